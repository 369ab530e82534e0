"""Versions: what goes with what, what the calendar says, and which add-ons a cluster gets."""

from __future__ import annotations

from datetime import date

import pytest

from plan import names, upgrades
from plan.addons import ADDONS, addons, carries_efa, number
from plan.kubernetes_versions import hyperpod_versions, notices, support_state
from spec.eks import EksCluster
from spec.kubernetes_versions import VERSIONS

BEFORE, NEAR = date(2026, 9, 1), date(2026, 10, 3)


@pytest.mark.parametrize(
    ("has", "wanted", "says"),
    [
        ("1.33", "1.33", None),
        ("1.33", "1.34", None),
        (
            "1.32",
            "1.34",
            (
                'Kubernetes 1.32 cannot become 1.34 at once, EKS takes one minor at a time; write version: "1.33" and '
                'roll it out, then "1.34"'
            ),
        ),
        (
            "1.32",
            "1.35",
            (
                'Kubernetes 1.32 cannot become 1.35 at once, EKS takes one minor at a time; write version: "1.33" and '
                'roll it out, then "1.34", then "1.35"'
            ),
        ),
        ("1.34", "1.33", 'Kubernetes never goes back from 1.34 to 1.33; write version: "1.34"'),
    ],
)
def test_a_control_plane_goes_one_minor_at_a_time(has: str, wanted: str, says: str | None) -> None:
    assert upgrades.control_plane_refusal(has, wanted) == says


def test_hyperpod_has_a_range_of_its_own() -> None:
    assert hyperpod_versions() == ("1.32", "1.33", "1.34")


@pytest.mark.parametrize("minor", VERSIONS)
def test_every_version_has_every_add_on_and_a_cni_that_carries_efa(minor: str) -> None:
    planned = {addon.name: addon for addon in addons(minor)}
    assert list(planned) == [
        "vpc-cni",
        "kube-proxy",
        "eks-pod-identity-agent",
        "coredns",
        "aws-ebs-csi-driver",
        "aws-efs-csi-driver",
        "aws-fsx-csi-driver",
    ]
    assert carries_efa(planned["vpc-cni"].version)
    assert planned["vpc-cni"].configuration == {"enableNetworkPolicy": "true"}
    proxy = number(planned["kube-proxy"].version)
    assert proxy[:2] == (1, upgrades.minor(minor)), "kube-proxy has the version of the control plane"
    assert [addon.name for addon in planned.values() if not addon.after_nodes] == [
        "vpc-cni",
        "kube-proxy",
        "eks-pod-identity-agent",
    ]


def test_the_cni_floor() -> None:
    assert [carries_efa(f"v{version}-eksbuild.1") for version in ("1.18.3", "1.18.4", "1.19.0", "2.0.0")] == [
        False,
        True,
        True,
        True,
    ]
    with pytest.raises(
        ValueError, match=r"1\.18 is not a version of an EKS add-on, like v1\.21\.1-eksbuild\.1"
    ):
        number("1.18")


def test_every_add_on_that_calls_aws_has_a_role_and_no_other() -> None:
    assert {addon.name: addon.pod_role.role for addon in ADDONS if addon.pod_role} == {
        "vpc-cni": names.VPC_CNI_ROLE,
        "aws-ebs-csi-driver": names.EBS_CSI_ROLE,
        "aws-efs-csi-driver": names.EFS_CSI_ROLE,
        "aws-fsx-csi-driver": names.FSX_CSI_ROLE,
    }


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 12, 2), "standard"),
        (date(2026, 12, 3), "extended"),
        (date(2027, 12, 2), "extended"),
        (date(2027, 12, 3), "ended"),
    ],
)
def test_the_last_day_of_support_is_one_of_it(day: date, state: str) -> None:
    assert support_state(VERSIONS["1.34"], day) == state


def said(version: str, day: date, support: str = "STANDARD") -> list[tuple[bool, str]]:
    cluster = EksCluster.model_validate({"version": version, "support": support})
    return [(notice.is_refusal, str(notice)) for notice in notices("a--b", cluster, day)]


def test_what_the_calendar_says_t11() -> None:
    assert said("1.34", BEFORE) == []
    assert said("1.34", NEAR) == [
        (False, "a--b: standard support of 1.34 ends on 2026-12-02; plan the upgrade to 1.35")
    ]
    assert said("1.32", BEFORE) == [
        (
            False,
            (
                "a--b: standard support of 1.32 ended on 2026-03-23: AWS upgrades it by itself; plan the upgrade to "
                "1.33, or write `support: EXTENDED`, which costs more"
            ),
        )
    ]
    assert said("1.32", BEFORE, "EXTENDED") == [
        (
            False,
            "a--b: 1.32 is in extended support until 2027-03-23, and costs more; plan the upgrade to 1.33",
        )
    ]
    assert said("1.32", date(2027, 3, 24)) == [
        (
            True,
            (
                "a--b: AWS supports Kubernetes 1.32 no longer, since 2027-03-23; plan the upgrade to 1.33, one minor "
                "at a time"
            ),
        )
    ]
