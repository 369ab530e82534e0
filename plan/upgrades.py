"""How the control plane of an EKS cluster gets from one Kubernetes version to another: pure functions over versions.

Source: EKS User Guide, "Update existing cluster to new Kubernetes version" (one minor at a time, never back). Nodes and
add-ons follow the cluster's version (plan/eks.py, plan/addons.py); HyperPod's range is a prerequisite of its own
(plan/hyperpod_prerequisites.py).
"""

from __future__ import annotations


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
