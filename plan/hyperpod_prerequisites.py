"""What AWS wants in place before a HyperPod cluster is made, as rules with exact words (row H3).

Pure. Asked of the plan at every `validate`, `preview` and `up`, so that a change to an EKS cluster that its HyperPod
cluster could not live with is refused as well (row L3); and of an EKS cluster as it is deployed, by who can read one.

Sources: SageMaker AI Developer Guide, "Prerequisites for using SageMaker HyperPod", the same "with Amazon EKS", and
"Setting up SageMaker HyperPod with a custom Amazon VPC"; rows L4, N5, N8, T10.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from plan import addons
from plan.eks import EksClusterPlan
from plan.firewall import ALL_PROTOCOLS, SecurityGroupPlan
from plan.hyperpod import HyperPodClusterPlan
from plan.iam import RolePlan
from plan.kubernetes_versions import hyperpod_versions
from plan.network import NetworkPlan
from plan.policies import Document, Statement

AUTHENTICATION_MODES = ("API", "API_AND_CONFIG_MAP")
CNI, POD_IDENTITY = "vpc-cni", "eks-pod-identity-agent"
READABLE_BUCKETS = "sagemaker-"
"""How buckets begin that AWS's policy of the nodes' role reads."""

SAGEMAKER, AUTOSCALER = "sagemaker.amazonaws.com", "hyperpod.sagemaker.amazonaws.com"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A prerequisite that is not fulfilled. `about` is the field of the HyperPod cluster that wants it."""

    about: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.cause}; {self.remedy}"


@dataclass(frozen=True, kw_only=True, slots=True)
class EksFacts:
    """An EKS cluster as HyperPod looks at it: planned, or deployed. Versions of add-ons by name."""

    name: str
    version: str
    authentication_mode: str
    addons: Mapping[str, str]
    status: str = "ACTIVE"


def planned_eks(plan: EksClusterPlan) -> EksFacts:
    """The facts of a planned cluster."""
    return EksFacts(
        name=plan.name,
        version=plan.version,
        authentication_mode=plan.authentication_mode,
        addons={addon.name: addon.version for addon in plan.addons},
    )


def of_eks(facts: EksFacts) -> Iterator[Problem]:
    """What an EKS cluster must be to carry HyperPod nodes."""
    versions = hyperpod_versions()
    if facts.status != "ACTIVE":
        yield _eks(f"EKS cluster {facts.name} is {facts.status}", "wait until it is ACTIVE, or repair it")
    if facts.version not in versions:
        yield _eks(
            f"EKS cluster {facts.name} has Kubernetes {facts.version}, and HyperPod takes "
            f"{versions[0]} to {versions[-1]}",
            f"keep it at {versions[-1]}, or move the HyperPod cluster to another EKS cluster first",
        )
    if facts.authentication_mode not in AUTHENTICATION_MODES:
        yield _eks(
            f"EKS cluster {facts.name} lets roles in by {facts.authentication_mode}, and HyperPod comes by an "
            "access entry",
            "write `authentication_mode: API_AND_CONFIG_MAP` or API for it",
        )
    yield from _addons(facts)


def _addons(facts: EksFacts) -> Iterator[Problem]:
    floor = ".".join(map(str, addons.CNI_FLOOR))
    version = facts.addons.get(CNI)
    if version is None:
        yield _eks(f"EKS cluster {facts.name} has no add-on {CNI}", "HyperPod takes no other network plugin")
    elif not addons.carries_efa(version):
        yield _eks(
            f"EKS cluster {facts.name} has {CNI} {version}, and EFA needs {floor} or newer",
            f"update the add-on to {floor} or newer",
        )
    if POD_IDENTITY not in facts.addons:
        yield _eks(
            f"EKS cluster {facts.name} has no add-on {POD_IDENTITY}, by which pods on HyperPod nodes get their roles",
            "add the add-on",
        )


def of_network(plan: HyperPodClusterPlan, network: NetworkPlan) -> Iterator[Problem]:
    """Nodes live in private subnets of the zones that they are wanted in, and EFA's group is closed but to itself."""
    private = {subnet.zone_id: subnet for subnet in network.private_subnets}
    for zone_id in plan.zone_ids:
        if zone_id not in private:
            yield Problem(
                about="availability_zone",
                cause=f"there is no private subnet in {zone_id}, where instances are wanted",
                remedy="add the zone to `network`, or choose another",
            )
    groups = {group.key: group for group in network.security_groups}
    efa = groups.get("efa")
    for direction in ("ingress", "egress"):
        if efa is None or not _opens_to_itself(efa, direction):
            yield Problem(
                about="groups",
                cause=f"the EFA security group has no {direction} rule for all protocols with itself",
                remedy="put the rule back into plan/firewall.py: EFA starts without it and fails in the first job",
            )


def _opens_to_itself(group: SecurityGroupPlan, direction: str) -> bool:
    return any(
        rule.direction == direction and rule.protocol == ALL_PROTOCOLS and rule.peer == group.key
        for rule in group.rules
    )


def of_roles(plan: HyperPodClusterPlan, roles: Mapping[str, RolePlan]) -> Iterator[Problem]:
    """SageMaker may assume the roles, and the nodes' role reads the lifecycle scripts."""
    by_name = {role.name: role for role in roles.values()}
    wanted = [(plan.execution_role_arn, SAGEMAKER)]
    if plan.cluster_role_arn is not None:
        wanted.append((plan.cluster_role_arn, AUTOSCALER))
    for arn, service in wanted:
        role = by_name.get(arn.rpartition("/")[2])
        if role is None or not _trusts(role.trust, service):
            yield Problem(
                about="groups",
                cause=f"role {arn} does not exist or does not let {service} in",
                remedy="let its trust policy name the service (plan/roles/hyperpod.py)",
            )
    nodes = by_name.get(plan.execution_role_arn.rpartition("/")[2])
    bucket = plan.scripts.bucket
    if (
        nodes is not None
        and not bucket.startswith(READABLE_BUCKETS)
        and not _reads(nodes.policy, bucket, plan.name)
    ):
        yield Problem(
            about="groups",
            cause=f"role {nodes.name} may not read lifecycle scripts of {plan.name} in {bucket}, whose name does not "
            f"begin with {READABLE_BUCKETS}",
            remedy="give it s3:GetObject on their prefix (plan/roles/hyperpod.py)",
        )


def _trusts(trust: Document, service: str) -> bool:
    return any(
        statement["Effect"] == "Allow"
        and service in _listed(statement.get("Principal", {}).get("Service", ()))
        for statement in trust["Statement"]
    )


def _reads(policy: Document, bucket: str, cluster: str) -> bool:
    script = f"arn:aws:s3:::{bucket}/hyperpod/{cluster}/0/on_create.sh"
    return any(_allows(statement, "s3:GetObject", script) for statement in policy["Statement"])


def _allows(statement: Statement, action: str, resource: str) -> bool:
    return (
        statement["Effect"] == "Allow"
        and any(fnmatchcase(action, pattern) for pattern in statement["Action"])
        and any(fnmatchcase(resource, pattern) for pattern in statement.get("Resource", ()))
    )


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _eks(cause: str, remedy: str) -> Problem:
    return Problem(about="eks_cluster", cause=cause, remedy=remedy)
