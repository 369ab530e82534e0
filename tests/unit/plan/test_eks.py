"""The EKS clusters of the committed fleet and what their settings change."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import spec
from plan import plan_fleet
from plan.api_reach import filled_apis
from plan.eks import EksClusterPlan, plan_eks
from spec import Fleet
from spec.eks import EksCluster

FLEET = spec.load(Path(__file__).parents[3])
PLAN = plan_fleet(FLEET)


def changed(site: str, short: str, **settings: object) -> Fleet:
    """The committed fleet with one cluster's settings changed."""
    cluster = EksCluster.model_validate({"version": "1.34", **settings})
    changed_site = FLEET.sites[site].model_copy(update={"eks": {short: cluster}})
    return replace(FLEET, sites={**FLEET.sites, site: changed_site})


def cluster(fleet: Fleet, site: str, short: str) -> EksClusterPlan:
    planned = plan_eks(fleet, site)
    assert planned is not None
    return planned.clusters[short]


def test_clusters_are_where_row_a3_says() -> None:
    assert {
        name: [plan.name for plan in site.eks.clusters.values()] if site.eks else []
        for name, site in PLAN.sites.items()
    } == {
        "main-use1": ["main-use1--training"],
        "main-usw2": ["main-usw2--inference"],
        "secondary-use1": [],
        "secondary-usw2": ["secondary-usw2--training"],
    }


def test_system_nodes_are_row_e3_s_and_three_on_the_hub() -> None:
    hub, spoke = (
        cluster(FLEET, site, short).system_nodes
        for site, short in (("main-use1", "training"), ("main-usw2", "inference"))
    )
    assert (spoke.ami_type, spoke.instance_type) == ("AL2023_x86_64_STANDARD", "m5.xlarge")
    assert (spoke.min_size, spoke.desired_size, spoke.max_size) == (2, 2, 4)
    assert (hub.min_size, hub.desired_size, hub.max_size) == (3, 3, 4)
    assert (spoke.metadata_hops, spoke.taint) == (1, "CriticalAddonsOnly")
    assert spoke.instance_tags["fleet:site"] == "main-usw2"


def test_a_desired_size_follows_the_least() -> None:
    nodes = cluster(
        changed("main-usw2", "inference", system_nodes={"min_size": 3}), "main-usw2", "inference"
    ).system_nodes
    assert (nodes.min_size, nodes.desired_size, nodes.max_size) == (3, 3, 4)


def test_the_api_lets_the_hub_and_the_runners_in_and_nobody_else() -> None:
    hub = (IPv4Network("10.0.0.0/16"), 443)
    assert [(rule.cidr, rule.port) for rule in cluster(FLEET, "main-usw2", "inference").api_ingress] == [hub]
    runners = (IPv4Network("10.0.0.0/16"), IPv4Network("192.168.7.0/24"))
    settings = FLEET.settings.model_copy(update={"runner_cidrs": runners})
    fleet = replace(FLEET, settings=settings)
    assert [(rule.key, rule.cidr) for rule in cluster(fleet, "main-usw2", "inference").api_ingress] == [
        ("hub", hub[0]),
        ("runners-1", runners[1]),
    ]
    assert cluster(FLEET, "main-usw2", "inference").public_cidrs == ()


def test_a_cluster_is_protected_in_prod_and_writes_all_its_logs() -> None:
    plan = cluster(FLEET, "main-use1", "training")
    assert plan.deletion_protection
    assert plan.log_types == ("api", "audit", "authenticator", "controllerManager", "scheduler")
    assert (plan.log_group.name, plan.log_group.retention_days) == (
        "/aws/eks/main-use1--training/cluster",
        90,
    )
    dev = replace(
        FLEET,
        sites={
            **FLEET.sites,
            "main-use1": FLEET.sites["main-use1"].model_copy(update={"environment": "dev"}),
        },
    )
    assert not cluster(dev, "main-use1", "training").deletion_protection


def test_access_is_data_and_nodes_of_karpenter_are_let_in() -> None:
    role = "arn:aws:iam::483026362307:role/team/Vision"
    asked = [{"role": role, "policy": "AmazonEKSEditPolicy", "namespaces": ("vision",)}]
    nodes, team = cluster(
        changed("main-use1", "training", access=tuple(asked)), "main-use1", "training"
    ).access
    assert (nodes.type, nodes.policy_arn, nodes.role) == ("EC2_LINUX", None, "KarpenterNodeRole")
    assert nodes.principal_arn == "arn:aws:iam::483026362307:role/KarpenterNodeRole-main-use1"
    assert (team.key, team.principal_arn) == ("483026362307-Vision", role)
    assert team.policy_arn == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"
    assert team.namespaces == ("vision",)


def test_reservations_become_selector_terms_e5() -> None:
    reservations = ("cr-0123456789abcdef0", "cr-0123456789abcdef1")
    settings = {"gpu_limit": 64, "capacity_reservations": reservations}
    karpenter = cluster(
        changed("main-use1", "training", karpenter=settings), "main-use1", "training"
    ).karpenter
    assert karpenter.gpu_limit == 64
    assert karpenter.reservation_terms == ({"id": reservations[0]}, {"id": reservations[1]})
    assert cluster(FLEET, "main-use1", "training").karpenter.reservation_terms == ()


def test_karpenter_hears_of_interruptions_and_nobody_else_writes_into_its_queue() -> None:
    karpenter = cluster(FLEET, "main-use1", "training").karpenter
    assert karpenter.queue == "main-use1--training"
    assert [rule.key for rule in karpenter.rules] == ["health", "spot", "rebalance", "state"]
    allow, deny = karpenter.queue_policy["Statement"]
    assert allow["Principal"] == {"Service": "events.amazonaws.com"}
    assert allow["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:483026362307:rule/*"}
    }
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_what_a_rollout_writes_into_and_who_is_let_in() -> None:
    api_only = changed("main-usw2", "inference")
    assert filled_apis(api_only, ("main-use1", "main-usw2")) == ()
    fleet = changed("main-usw2", "inference", authentication_mode="API_AND_CONFIG_MAP")
    (api,) = filled_apis(fleet, ("main-usw2",))
    assert (api.name, api.why) == ("main-usw2--inference", "aws-auth is written through it")
    inside = [
        api.admits(IPv4Address(address)) for address in ("10.0.0.9", "10.1.0.9", "10.3.0.9", "192.168.0.9")
    ]
    assert inside == [True, True, False, False]
