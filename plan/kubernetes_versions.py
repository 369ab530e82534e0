"""What the support calendar of EKS means for a cluster on a given day (row T11). Pure: the day is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from spec.eks import EksCluster
from spec.kubernetes_versions import CHECKED, VERSIONS, KubernetesVersion

NOTICE = timedelta(days=60)
"""How long before the end of standard support a rollout says so: an upgrade wants planning, one minor at a time."""

SupportState = Literal["standard", "extended", "ended"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """What the calendar says about a cluster. A refusal is what AWS would not make, or would undo at once."""

    cluster: str
    is_refusal: bool
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.cluster}: {self.cause}; {self.remedy}"


def support_state(version: KubernetesVersion, on: date) -> SupportState:
    """How AWS supports a version on a day; each end is the last day of what it ends."""
    if on <= version.standard_until:
        return "standard"
    return "extended" if on <= version.extended_until else "ended"


def hyperpod_versions() -> tuple[str, ...]:
    """Minor versions that HyperPod takes for the cluster that orchestrates it (row H3), the oldest first."""
    return tuple(version.minor for version in VERSIONS.values() if version.hyperpod)


def notices(name: str, cluster: EksCluster, on: date) -> tuple[Notice, ...]:
    """What to say about a cluster's version on a day: nothing, a warning, or a refusal."""
    version = VERSIONS[cluster.version]
    state = support_state(version, on)
    supported = tuple(minor for minor in VERSIONS if support_state(VERSIONS[minor], on) == "standard")
    upgrade = (
        f"plan the upgrade to {supported[-1]}" if supported else f"the calendar is of {CHECKED}: renew it"
    )
    if state == "ended":
        cause = f"AWS supports Kubernetes {version.minor} no longer, since {version.extended_until}"
        return (Notice(cluster=name, is_refusal=True, cause=cause, remedy=upgrade),)
    if state == "extended" and cluster.support == "STANDARD":
        cause = f"standard support of {version.minor} ended on {version.standard_until}: AWS upgrades it by itself"
        remedy = f"{upgrade}, or write `support: EXTENDED`, which costs more"
        return (Notice(cluster=name, is_refusal=True, cause=cause, remedy=remedy),)
    if state == "extended":
        cause = f"{version.minor} is in extended support until {version.extended_until}, and costs more"
        return (Notice(cluster=name, is_refusal=False, cause=cause, remedy=upgrade),)
    if version.standard_until - on <= NOTICE:
        cause = f"standard support of {version.minor} ends on {version.standard_until}"
        return (Notice(cluster=name, is_refusal=False, cause=cause, remedy=upgrade),)
    return ()
