"""What HyperPod wants in place (row H3), each with its exact words, and the budget of addresses (row N8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

import spec
from plan import address_use, checks
from plan.hyperpod_prerequisites import EksFacts, of_eks, of_network, of_roles, planned_eks
from plan.policies import document
from plan.site import plan_site
from spec.problem import Finding
from tests.unit.plan.hyperpods import FLEET, SITE, eks, fleet_with, group, planned, site_of, slurm

SOUND = EksFacts(
    name="s--training",
    version="1.34",
    authentication_mode="API",
    addons={"vpc-cni": "v1.21.1-eksbuild.1", "eks-pod-identity-agent": "v1.3.10-eksbuild.2"},
)
EKS: tuple[tuple[dict[str, Any], str], ...] = (
    (
        {"status": "UPDATING"},
        "EKS cluster s--training is UPDATING; wait until it is ACTIVE, or repair it",
    ),
    (
        {"version": "1.35"},
        (
            "EKS cluster s--training has Kubernetes 1.35, and HyperPod takes 1.32 to 1.34; keep it "
            "at 1.34, or move the "
            "HyperPod cluster to another EKS cluster first"
        ),
    ),
    (
        {"authentication_mode": "CONFIG_MAP"},
        (
            "EKS cluster s--training lets roles in by CONFIG_MAP, and HyperPod comes by an access entry; write "
            "`authentication_mode: API_AND_CONFIG_MAP` or API for it"
        ),
    ),
    (
        {"addons": {"eks-pod-identity-agent": "v1.3.10-eksbuild.2"}},
        "EKS cluster s--training has no add-on vpc-cni; HyperPod takes no other network plugin",
    ),
    (
        {"addons": {**SOUND.addons, "vpc-cni": "v1.18.3-eksbuild.9"}},
        (
            "EKS cluster s--training has vpc-cni v1.18.3-eksbuild.9, and EFA needs 1.18.4 or newer; "
            "update the add-on to "
            "1.18.4 or newer"
        ),
    ),
    (
        {"addons": {"vpc-cni": "v1.18.4-eksbuild.1"}},
        (
            "EKS cluster s--training has no add-on eks-pod-identity-agent, by which pods on HyperPod nodes get their "
            "roles; add the add-on"
        ),
    ),
)


@pytest.mark.parametrize(("changed", "says"), EKS)
def test_an_eks_cluster_that_cannot_carry_hyperpod(changed: dict[str, Any], says: str) -> None:
    assert [str(problem) for problem in of_eks(replace(SOUND, **changed))] == [says]


def test_a_sound_one_can() -> None:
    assert list(of_eks(SOUND)) == []
    site = site_of(FLEET)
    assert site.eks is not None
    assert list(of_eks(planned_eks(site.eks.clusters["training"]))) == []


def test_instances_want_a_private_subnet_in_their_zone() -> None:
    network = site_of(FLEET).network
    assert network is not None
    subnets = tuple(item for item in network.subnets if item.public or item.zone_id != "usw2-az1")
    assert [str(item) for item in of_network(planned(slurm()), replace(network, subnets=subnets))] == [
        (
            "there is no private subnet in usw2-az1, where instances are wanted; add the zone to "
            "`network`, or choose another"
        )
    ]


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_efa_wants_its_group_open_to_itself_both_ways(direction: str) -> None:
    network = site_of(FLEET).network
    assert network is not None
    groups = tuple(
        replace(item, rules=tuple(rule for rule in item.rules if rule.direction != direction))
        if item.key == "efa"
        else item
        for item in network.security_groups
    )
    assert [str(item) for item in of_network(planned(slurm()), replace(network, security_groups=groups))] == [
        (
            f"the EFA security group has no {direction} rule for all protocols with itself; put the rule back into "
            "plan/firewall.py: EFA starts without it and fails in the first job"
        )
    ]


def test_roles_let_sagemaker_in_and_read_the_scripts() -> None:
    scaled = planned(eks(autoscaling=True, groups={"gpu": {**group(count=0), "autoscaled": True}}))
    site = site_of(FLEET)
    assert site.roles is not None
    roles = site.roles.roles
    assert list(of_roles(scaled, roles)) == []
    nodes, autoscaling = roles["HyperPodExecutionRole"], roles["HyperPodAutoscalingRole"]
    shut = {"nodes": replace(nodes, trust=document()), "autoscaling": replace(autoscaling, trust=document())}
    arn = "arn:aws:iam::159553542841:role"
    remedy = "let its trust policy name the service (plan/roles/hyperpod.py)"
    assert [str(item) for item in of_roles(scaled, shut)] == [
        f"role {arn}/HyperPodExecutionRole-{SITE} does not exist or does not let sagemaker.amazonaws.com in; {remedy}",
        (
            f"role {arn}/HyperPodAutoscalingRole-{SITE} does not exist or does not let "
            f"hyperpod.sagemaker.amazonaws.com in;"
            f" {remedy}"
        ),
    ]
    blind = {**roles, "HyperPodExecutionRole": replace(nodes, policy=document())}
    assert [str(item) for item in of_roles(scaled, blind)] == [
        (
            f"role HyperPodExecutionRole-{SITE} may not read lifecycle scripts of {SITE}--it in "
            "ml-data-secondary-us-west-2, whose name does not begin with sagemaker-; give it "
            "s3:GetObject on their prefix "
            "(plan/roles/hyperpod.py)"
        )
    ]
    aws_s = replace(scaled, scripts=replace(scaled.scripts, bucket="sagemaker-scripts"))
    assert list(of_roles(aws_s, blind)) == []


def found(fleet: spec.Fleet) -> list[Finding]:
    return [finding for check in checks.CHECKS for finding in check(fleet)]


def test_the_committed_fleet_fulfils_everything() -> None:
    assert found(FLEET) == []


def test_an_upgrade_that_hyperpod_does_not_take_is_refused() -> None:
    site = FLEET.sites[SITE]
    assert site.eks is not None
    newer = {"training": site.eks["training"].model_copy(update={"version": "1.35"})}
    changed = site.model_copy(update={"eks": newer})
    (finding,) = found(replace(FLEET, sites={**FLEET.sites, SITE: changed}))
    assert (finding.site, finding.path) == (SITE, ("hyperpod", "eks", "eks_cluster"))
    assert finding.cause == (
        f"EKS cluster {SITE}--training has Kubernetes 1.35, and HyperPod takes 1.32 to 1.34"
    )


def nodes_that_fit(cluster: dict[str, Any], most: int) -> Iterable[bool]:
    """Whether so many nodes fit, and whether one more does; Karpenter may have 256 GPUs, 32 nodes of 81 addresses."""
    for count in (most, most + 1):
        name = next(name for name in cluster["groups"] if name == "gpu")
        groups = {**cluster["groups"], name: {**cluster["groups"][name], "count": count}}
        yield found(fleet_with(it={**cluster, "groups": groups})) == []


@pytest.mark.parametrize(
    ("cluster", "most"),
    [
        # /18: 13103 for nodes, less 32 x 81 = 2592 of Karpenter: 10511
        (eks(), 129),  # 129 x 81 = 10449, 130 x 81 = 10530
        (slurm(), 327),  # less one controller of 32: 10479; 327 x 32 = 10464, 328 x 32 = 10496
    ],
)
def test_a_subnet_carries_what_row_n8_says(cluster: dict[str, Any], most: int) -> None:
    assert list(nodes_that_fit(cluster, most)) == [True, False]


def test_who_needs_too_many_addresses_is_told_with_all_others() -> None:
    (finding,) = found(fleet_with(it=eks(groups={"gpu": group(count=130)})))
    assert finding.path == ("hyperpod", "it", "groups", "gpu", "count")
    assert finding.cause == (
        "13122 addresses of 10.3.0.0/18 in usw2-az1 may be needed (HyperPod it/gpu 10530, Karpenter of training 2592), "
        "and nodes may have 13103 of its 16379"
    )
    assert finding.remedy == (
        "lower the counts, move a group to another zone, or widen the subnet before anything is in it"
    )


def test_karpenter_is_counted_in_every_zone() -> None:
    uses = list(address_use.karpenter_uses(site_of(FLEET).eks))
    assert [(use.zone_id, use.nodes, use.addresses) for use in uses] == [
        ("usw2-az1", 32, 2592),
        ("usw2-az2", 32, 2592),
    ]


def test_queues_of_parallelcluster_count_with_their_maxima() -> None:
    plan = plan_site(FLEET, "main-use1").parallelcluster
    assert plan is not None
    on_demand = ("queue gpu-ondemand of ParallelCluster slurm", 32, 1024)
    assert [(use.what, use.nodes, use.addresses) for use in address_use.parallelcluster_uses(plan)] == [
        on_demand
    ], "without a reservation there is no queue for one"
    reserved = (replace(plan.clusters[0], capacity_reservation="cr-0123456789abcdef0"),)
    uses = address_use.parallelcluster_uses(replace(plan, clusters=reserved))
    assert [(use.what, use.nodes, use.addresses) for use in uses] == [
        on_demand,
        ("queue gpu-capacity-block of ParallelCluster slurm", 8, 256),
    ]
