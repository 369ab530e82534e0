"""What HyperPod on EKS needs in the cluster before its own: AWS's chart `hyperpod-dependencies` (row H4).

The site installs it: Argo CD comes later, and a HyperPod cluster wants it at once. AWS publishes it in no chart
repository, so a revision of its Git repository is pinned and fetched into the checkout's .fleet
(SageMaker AI Developer Guide, "Installing packages on the Amazon EKS cluster using Helm").
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

REPOSITORY = "https://github.com/aws/sagemaker-hyperpod-cli"
REVISION = "b01cf90676553a711ab1a8ac51422adbb09aef6b"
"""Release v3.9.0, 2026-06-11."""

CHARTS = ".fleet/charts"
"""Below the checkout, where the engine works: the same path on every machine, so that no state differs."""

_CHART = "helm_chart/HyperPodHelmChart"
RELEASE, NAMESPACE = "hyperpod-dependencies", "kube-system"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartPlan:
    """A Helm release of the chart."""

    release: str
    namespace: str
    chart: str
    revision: str
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of the chart: its values, and the fleet's own switch for the same thing, if there is one."""

    name: str
    values: Mapping[str, Any]
    switch: str | None = None


_ON = {"enabled": True}
_OFF = {"enabled": False}

PARTS = (
    Part(name="nvidia-device-plugin", values={"devicePlugin": _ON}, switch="enable_nvidia_device_plugin"),
    Part(
        name="aws-efa-k8s-device-plugin",
        values={"devicePlugin": _ON},
        switch="enable_aws_efa_k8s_device_plugin",
    ),
    Part(name="neuron-device-plugin", values={"devicePlugin": _ON}, switch="enable_neuron_device_plugin"),
    Part(name="trainingOperators", values=_ON, switch="enable_training_operator"),
    Part(name="mpi-operator", values=_ON, switch="enable_mpi_operator"),
    Part(name="health-monitoring-agent", values=_ON),
    Part(name="deep-health-check", values=_ON),
    Part(name="job-auto-restart", values=_ON),
    Part(name="hyperpod-patching", values=_ON),
    # Argo CD's, or nobody's.
    Part(name="cert-manager", values=_OFF),
    Part(name="gpu-operator", values=_OFF),
    Part(name="inferenceOperators", values=_OFF),
    Part(name="mlflow", values=_OFF),
    Part(name="storage", values=_OFF),
)
"""Said in full, since the chart's own defaults move with its revision."""


def plan_chart(region: str) -> ChartPlan:
    """The release of one EKS cluster."""
    return ChartPlan(
        release=RELEASE,
        namespace=NAMESPACE,
        chart=f"{CHARTS}/{REVISION}/{_CHART}",
        revision=REVISION,
        values={"global": {"region": region}, **{part.name: dict(part.values) for part in PARTS}},
    )


def brought() -> tuple[str, ...]:
    """Add-on switches that must be off on a cluster that carries HyperPod: the chart brings the same, and two device
    plugins on a node both claim its devices.
    """
    return tuple(part.switch for part in PARTS if part.switch)


def twice(switches_on: Collection[str]) -> tuple[str, ...]:
    """Of the switches that are on, those whose add-on the chart brings already."""
    return tuple(switch for switch in brought() if switch in switches_on)
