"""EKS clusters that carry HyperPod, as somebody left them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from automation.hyperpod_eks import notes, read
from tests.unit.plan.hyperpods import FLEET, SITE

NAME = f"{SITE}--training"
ADDONS = {"vpc-cni": "v1.21.1-eksbuild.1", "eks-pod-identity-agent": "v1.3.10-eksbuild.2"}


class Eks:
    """AWS's answers about one cluster; None when there is none."""

    def __init__(self, cluster: dict[str, Any] | None, addons: dict[str, str]) -> None:
        self.cluster, self.addons = cluster, addons

    def describe_cluster(self, *, name: str) -> dict[str, Any]:
        if self.cluster is None:
            error = {"Code": "ResourceNotFoundException", "Message": f"No cluster found for name: {name}."}
            raise ClientError({"Error": error}, "DescribeCluster")
        return {"cluster": self.cluster}

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_addons"
        return self

    def paginate(self, *, clusterName: str) -> list[dict[str, Any]]:  # noqa: N803 - boto3's name
        assert clusterName == NAME
        return [{"addons": [name]} for name in self.addons]

    def describe_addon(self, *, clusterName: str, addonName: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        return {"addon": {"clusterName": clusterName, "addonVersion": self.addons[addonName]}}


def cluster(**changed: Any) -> dict[str, Any]:
    return {
        "version": "1.34",
        "status": "ACTIVE",
        "accessConfig": {"authenticationMode": "API"},
        **changed,
    }


def said(eks: Eks) -> list[str]:
    return list(notes(SITE, FLEET.sites[SITE], lambda: eks))


def test_a_sound_cluster_and_one_that_is_not_there_need_no_word() -> None:
    assert said(Eks(cluster(), ADDONS)) == []
    assert said(Eks(None, {})) == []
    assert read(Eks(None, {}), NAME) is None


@pytest.mark.parametrize(
    ("changed", "addons", "says"),
    [
        ({"version": "1.35"}, ADDONS, "has Kubernetes 1.35, and HyperPod takes 1.32 to 1.34;"),
        ({"accessConfig": {"authenticationMode": "CONFIG_MAP"}}, ADDONS, "lets roles in by CONFIG_MAP"),
        ({}, {"vpc-cni": ADDONS["vpc-cni"]}, "has no add-on eks-pod-identity-agent"),
    ],
)
def test_what_somebody_changed_is_noted(changed: dict[str, Any], addons: dict[str, str], says: str) -> None:
    (note,) = said(Eks(cluster(**changed), addons))
    assert note.startswith(f"as it is deployed, EKS cluster {NAME} {says}")


def test_nothing_is_asked_for_a_site_without_hyperpod() -> None:
    def no_client() -> Any:
        raise AssertionError("no client is needed")

    assert list(notes("main-use1", FLEET.sites["main-use1"], no_client)) == []
