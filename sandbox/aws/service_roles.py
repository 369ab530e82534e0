"""Service-linked roles: AWS's own names for them, and that each is there once."""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends

from sandbox.aws.callers import PARTITION
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused

NAMES = {
    "autoscaling.amazonaws.com": "AutoScaling",
    "backup.amazonaws.com": "Backup",
    "ec2fleet.amazonaws.com": "EC2Fleet",
    "ecs.amazonaws.com": "ECS",
    "eks.amazonaws.com": "AmazonEKS",
    "eks-nodegroup.amazonaws.com": "AmazonEKSNodegroup",
    "elasticfilesystem.amazonaws.com": "AmazonElasticFileSystem",
    "elasticloadbalancing.amazonaws.com": "ElasticLoadBalancing",
    "fsx.amazonaws.com": "AmazonFSx",
    "hyperpod.sagemaker.amazonaws.com": "SageMakerHyperPod",
    "imagebuilder.amazonaws.com": "ImageBuilder",
    "pullthroughcache.ecr.amazonaws.com": "ECRPullThroughCache",
    "ram.amazonaws.com": "ResourceAccessManager",
    "replication.ecr.amazonaws.com": "ECRReplication",
    "s3.data-source.lustre.fsx.amazonaws.com": "FSxS3Access",
    "servicequotas.amazonaws.com": "ServiceQuotas",
    "spot.amazonaws.com": "EC2Spot",
    "spotfleet.amazonaws.com": "EC2SpotFleet",
    "ssm.amazonaws.com": "AmazonSSM",
    "transitgateway.amazonaws.com": "VPCTransitGateway",
}
"""Service -> the end of its role's name. Source: the pages of IAM User Guide, "AWS services that work with IAM"."""
_PATH = "/aws-service-role/"


def _name(service: str, suffix: str | None) -> str | None:
    if service not in NAMES:
        return None
    return f"AWSServiceRoleFor{NAMES[service]}" + (f"_{suffix}" if suffix else "")


def create(call: Call) -> Any:
    """Moto's role under AWS's name."""
    name = _name(call.params["AWSServiceName"], call.params.get("CustomSuffix"))
    result = call.moto()
    if name is not None:
        result["Role"].name = name
    return result


def is_taken(call: Call) -> None:
    """IAM User Guide, "Create a service-linked role": a service has one role (or one for each suffix)."""
    name = _name(call.params["AWSServiceName"], call.params.get("CustomSuffix"))
    if any(role.name == name for role in iam_backends[call.account][PARTITION].roles.values()):
        raise Refused(
            "InvalidInput",
            f"Service role name {name} has been taken in this account, please try a different suffix.",
        )


def is_protected(call: Call) -> None:
    """IAM API Reference, DeleteRole, UnmodifiableEntity: only the service may modify its role."""
    for role in iam_backends[call.account][PARTITION].roles.values():
        if role.name == call.params["RoleName"] and role.path.startswith(_PATH):
            raise Refused(
                "UnmodifiableEntity",
                f"Cannot perform the operation on the protected role '{role.name}' - "
                "this role is only modifiable by AWS",
            )


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("iam", "CreateServiceLinkedRole"): (is_taken,),
    **{
        ("iam", operation): (is_protected,)
        for operation in (
            "AttachRolePolicy",
            "DeleteRole",
            "DetachRolePolicy",
            "PutRolePolicy",
            "UpdateAssumeRolePolicy",
        )
    },
}
OPERATIONS: dict[Key, Operation] = {("iam", "CreateServiceLinkedRole"): create}
