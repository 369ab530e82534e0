"""What goes with what while an EKS cluster is upgraded: pure functions over versions.

Sources: EKS User Guide, "Update existing cluster to new Kubernetes version" (one minor at a time, never back);
kubernetes.io, "Version Skew Policy" (nodes up to three minors behind); HyperPod's range from spec/kubernetes_versions.
"""

from __future__ import annotations

from collections.abc import Mapping

from plan.addons import ADDONS
from plan.kubernetes_versions import hyperpod_versions

KUBELET_SKEW_MINORS = 3
"""How far a node may be behind its control plane."""


def minor(version: str) -> int:
    """The part after the dot: `1.34` is 34."""
    return int(version.partition(".")[2])


def steps(has: str, wanted: str) -> tuple[str, ...]:
    """The versions to roll out one after another, `wanted` last; none when there is nothing to do or no way."""
    major = has.partition(".")[0]
    return tuple(f"{major}.{number}" for number in range(minor(has) + 1, minor(wanted) + 1))


def control_plane_refusal(has: str, wanted: str) -> str | None:
    """Why a control plane may not go from one version to the other, with the way; None when it may."""
    if minor(wanted) < minor(has):
        return f'Kubernetes never goes back from {has} to {wanted}; write version: "{has}"'
    way = steps(has, wanted)
    if len(way) <= 1:
        return None
    first, *then = (f'"{version}"' for version in way)
    return (
        f"Kubernetes {has} cannot become {wanted} at once, EKS takes one minor at a time; "
        f"write version: {first} and roll it out, then {', then '.join(then)}"
    )


def node_refusal(control_plane: str, nodes: str) -> str | None:
    """Why nodes of a version may not work with a control plane; None when they may."""
    if minor(nodes) > minor(control_plane):
        return f"nodes of {nodes} are ahead of their control plane, {control_plane}; upgrade that first"
    if minor(control_plane) - minor(nodes) > KUBELET_SKEW_MINORS:
        least = f"{control_plane.partition('.')[0]}.{minor(control_plane) - KUBELET_SKEW_MINORS}"
        return f"nodes of {nodes} are too far behind {control_plane}; bring them to {least} at least"
    return None


def addon_refusals(control_plane: str, versions: Mapping[str, str]) -> tuple[str, ...]:
    """Which of these add-ons (name -> version) are not those that were checked with a Kubernetes version."""
    checked = {addon.name: addon.versions.get(control_plane) for addon in ADDONS}
    return tuple(
        f"{name} {version} was not checked with {control_plane}; use {checked[name] or 'another version'}"
        for name, version in versions.items()
        if name in checked and checked[name] != version
    )


def hyperpod_refusal(wanted: str) -> str | None:
    """Why a cluster that orchestrates HyperPod may not have a version; None when it may (row H3)."""
    range_ = hyperpod_versions()
    if wanted in range_:
        return None
    return f"HyperPod takes Kubernetes {range_[0]} to {range_[-1]}, not {wanted}; stay at {range_[-1]}"
