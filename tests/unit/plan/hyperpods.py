"""HyperPod clusters that tests of plans are made with: variations of the committed fleet's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import spec
from plan.hyperpod import HyperPodClusterPlan, plan_hyperpod
from plan.site import SitePlan, plan_site
from spec.hyperpod import HyperPodCluster

ROOT = Path(__file__).parents[3]
SITE = "secondary-usw2"
FLEET = spec.load(ROOT)
BOUGHT = {
    "arn": "arn:aws:sagemaker:us-west-2:159553542841:training-plan/p5-june",
    "availability_zone": "usw2-az2",
}


def fleet_with(**clusters: dict[str, Any]) -> spec.Fleet:
    """The committed fleet with these HyperPod clusters at one site, and no other."""
    made = {short: HyperPodCluster.model_validate(cluster) for short, cluster in clusters.items()}
    site = FLEET.sites[SITE].model_copy(update={"hyperpod": made})
    return replace(FLEET, sites={**FLEET.sites, SITE: site})


def site_of(fleet: spec.Fleet) -> SitePlan:
    return plan_site(fleet, SITE)


def planned(cluster: dict[str, Any]) -> HyperPodClusterPlan:
    """The plan of one cluster called it."""
    fleet = fleet_with(it=cluster)
    plan = plan_hyperpod(fleet, SITE, site_of(fleet).storage)
    assert plan is not None
    return plan.clusters["it"]


def group(**more: Any) -> dict[str, Any]:
    return {"instance_type": "ml.p5.48xlarge", "count": 2, **more}


def slurm(**more: Any) -> dict[str, Any]:
    groups = {
        "controller": {"instance_type": "ml.m5.xlarge", "count": 1, "slurm_node": "controller"},
        "gpu": group(slurm_node="compute"),
    }
    return {"orchestrator": "slurm", "availability_zone": "usw2-az1", "groups": groups, **more}


def eks(**more: Any) -> dict[str, Any]:
    return {
        "orchestrator": "eks",
        "eks_cluster": "training",
        "availability_zone": "usw2-az1",
        "continuous_provisioning": True,
        "groups": {"gpu": group()},
        **more,
    }
