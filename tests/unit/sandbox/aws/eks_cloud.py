"""What the tests of EKS stand on: roles, a network in two zones, a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.unit.sandbox.aws.cloud import MAIN, Cloud

ROLES = {
    "eks-control-plane": ("eks.amazonaws.com", ["sts:AssumeRole"]),
    "eks-nodes": ("ec2.amazonaws.com", ["sts:AssumeRole"]),
    "eks-pods": ("pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]),
}
CONTROL_PLANE, NODES, PODS = (f"arn:aws:iam::{MAIN}:role/{name}" for name in ROLES)


@dataclass(frozen=True)
class Place:
    """Where clusters of a test are made."""

    eks: Any
    ec2: Any
    vpc: str
    subnets: tuple[str, ...]
    here: str
    """A subnet of the first one's zone."""

    def create(self, name: str = "training", **more: Any) -> dict[str, Any]:
        """A cluster with access entries."""
        settings = {
            "roleArn": CONTROL_PLANE,
            "version": "1.33",
            "resourcesVpcConfig": self.network(),
            "accessConfig": {"authenticationMode": "API"},
            **more,
        }
        made: dict[str, Any] = self.eks.create_cluster(name=name, **settings)["cluster"]
        return made

    def network(self, **more: Any) -> dict[str, Any]:
        """A private endpoint in the place's subnets."""
        endpoints = {"endpointPublicAccess": False, "endpointPrivateAccess": True}
        return {"subnetIds": list(self.subnets), **endpoints, **more}

    def create_group(self, name: str = "system", **more: Any) -> dict[str, Any]:
        """A node group of the cluster `training`."""
        settings = {"nodeRole": NODES, "subnets": list(self.subnets), "instanceTypes": ["m5.xlarge"], **more}
        made: dict[str, Any] = self.eks.create_nodegroup(
            clusterName="training", nodegroupName=name, **settings
        )["nodegroup"]
        return made

    def shown(self, name: str = "training") -> dict[str, Any]:
        """The cluster as it is."""
        found: dict[str, Any] = self.eks.describe_cluster(name=name)["cluster"]
        return found

    def running(self) -> list[dict[str, Any]]:
        """The instances of the test's VPC that run."""
        filters = [
            {"Name": "vpc-id", "Values": [self.vpc]},
            {"Name": "instance-state-name", "Values": ["running"]},
        ]
        pages = self.ec2.describe_instances(Filters=filters)["Reservations"]
        return [instance for page in pages for instance in page["Instances"]]

    def clear(self) -> None:
        """Remove all clusters with what they have."""
        for name in self.eks.list_clusters()["clusters"]:
            for group in self.eks.list_nodegroups(clusterName=name)["nodegroups"]:
                self.eks.delete_nodegroup(clusterName=name, nodegroupName=group)
            if self.shown(name)["deletionProtection"]:
                self.eks.update_cluster_config(name=name, deletionProtection=False)
            self.eks.delete_cluster(name=name)


@contextmanager
def place(cloud: Cloud) -> Iterator[Place]:
    """The network and the roles, as long as they are needed."""
    iam, ec2 = cloud.client("iam"), cloud.client("ec2")
    for name, (service, actions) in ROLES.items():
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    vpc = ec2.create_vpc(CidrBlock="10.79.0.0/16")["Vpc"]["VpcId"]
    zones = ("us-east-1a", "us-east-1b", "us-east-1a")
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.79.{index}.0/24", AvailabilityZone=zone)["Subnet"][
            "SubnetId"
        ]
        for index, zone in enumerate(zones)
    ]
    made = Place(cloud.client("eks"), ec2, vpc, tuple(subnets[:2]), subnets[2])
    yield made
    made.clear()
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
    for name in ROLES:
        iam.delete_role(RoleName=name)
