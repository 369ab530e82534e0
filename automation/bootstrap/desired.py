"""What bootstrap makes, as tables and values; nothing here talks to AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automation.bootstrap import policies
from plan import names
from plan.policies import Document
from spec import Fleet

EXECUTION_ROLE_SESSION_SECONDS = 3600
"""A role assumed by a role lives one hour at most, whatever it says (IAM User Guide, role chaining)."""

CI_ROLE_SESSION_SECONDS = 4 * 3600
"""CI's first hop is not chained and must outlive the longest rollout."""

ADMINISTRATOR_POLICY_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"

NONCURRENT_VERSION_DAYS = 90
"""A state can be restored to what it was at any time of the last 90 days: they count from being replaced."""

TAGS = {"fleet": names.PROJECT}

PUBLIC_ACCESS_BLOCK = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}

SERVICE_LINKED_ROLES = {
    "autoscaling.amazonaws.com": ("AWSServiceRoleForAutoScaling", "EKS node groups and Slurm login nodes"),
    "eks.amazonaws.com": ("AWSServiceRoleForAmazonEKS", "EKS control planes"),
    "eks-nodegroup.amazonaws.com": ("AWSServiceRoleForAmazonEKSNodegroup", "EKS managed node groups"),
    "hyperpod.sagemaker.amazonaws.com": ("AWSServiceRoleForSageMakerHyperPod", "HyperPod clusters"),
    "elasticloadbalancing.amazonaws.com": (
        "AWSServiceRoleForElasticLoadBalancing",
        "load balancers of services",
    ),
    "fsx.amazonaws.com": ("AWSServiceRoleForAmazonFSx", "FSx for Lustre's network interfaces"),
    "spot.amazonaws.com": ("AWSServiceRoleForEC2Spot", "spot instances of Slurm queues and Karpenter"),
}
"""Service -> (role, what needs it). Two stacks that use a service for the first time at once would race to make it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """A role of one account: who may assume it, for how long, and what it may do."""

    name: str
    description: str
    trust: Document
    session_seconds: int
    managed_policy_arns: tuple[str, ...] = ()
    inline_policies: tuple[tuple[str, Document], ...] = ()


def execution_role(fleet: Fleet) -> Role:
    """The role that every rollout works as, in each account."""
    return Role(
        name=names.EXECUTION_ROLE,
        description="Rolls out the fleet in this account",
        trust=policies.execution_trust(
            state_account_id=state_account_id(fleet), operators=fleet.settings.operators
        ),
        session_seconds=EXECUTION_ROLE_SESSION_SECONDS,
        managed_policy_arns=(ADMINISTRATOR_POLICY_ARN,),
    )


def ci_role(fleet: Fleet) -> Role:
    """The role of CI, in the state account."""
    permissions = policies.ci_permissions(
        state_account_id=state_account_id(fleet),
        state_region=fleet.settings.state.region,
        account_ids=[account.id for account in fleet.settings.accounts.values()],
    )
    return Role(
        name=names.CI_ROLE,
        description="Starts the fleet's rollouts",
        trust=policies.ci_trust(state_account_id=state_account_id(fleet), operators=fleet.settings.operators),
        session_seconds=CI_ROLE_SESSION_SECONDS,
        inline_policies=(("rollout", permissions),),
    )


def state_account_id(fleet: Fleet) -> str:
    """Id of the account that holds the state."""
    return fleet.settings.accounts[fleet.settings.state.account].id


def account_regions(fleet: Fleet, account: str) -> tuple[str, ...]:
    """The regions in which the fleet uses an account, the state's included, in the order of the sites."""
    regions = [site.region for site in fleet.sites.values() if site.account == account]
    if account == fleet.settings.state.account:
        regions.insert(0, fleet.settings.state.region)
    return tuple(dict.fromkeys(regions))


def accounts_in_order(fleet: Fleet) -> tuple[str, ...]:
    """The state account first: the others' roles trust it."""
    first = fleet.settings.state.account
    return (first, *(name for name in fleet.settings.accounts if name != first))


def bucket_encryption(fleet: Fleet) -> dict[str, Any]:
    """SSE-KMS under the state key; a bucket key saves a KMS request an object."""
    alias = f"arn:aws:kms:{fleet.settings.state.region}:{state_account_id(fleet)}:{names.STATE_KEY_ALIAS}"
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": alias}
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]}


def bucket_lifecycle() -> dict[str, Any]:
    """Old versions go in time; uploads that were broken off go in a week."""
    return {
        "Rules": [
            {
                "ID": "old-versions",
                "Status": "Enabled",
                "Filter": {"Prefix": ""},
                "NoncurrentVersionExpiration": {"NoncurrentDays": NONCURRENT_VERSION_DAYS},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            }
        ]
    }
