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
    """What the calendar says about a cluster. A refusal is a version that AWS has taken away."""

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
    upgrade = _upgrade(version, on)

    def notice(cause: str, remedy: str = upgrade, *, is_refusal: bool = False) -> tuple[Notice, ...]:
        return (Notice(cluster=name, is_refusal=is_refusal, cause=cause, remedy=remedy),)

    if state == "ended":
        cause = f"AWS supports Kubernetes {version.minor} no longer, since {version.extended_until}"
        return notice(cause, f"{upgrade}, one minor at a time", is_refusal=True)
    if state == "extended" and cluster.support == "STANDARD":
        return notice(
            f"standard support of {version.minor} ended on {version.standard_until}: AWS upgrades it by itself",
            f"{upgrade}, or write `support: EXTENDED`, which costs more",
        )
    if state == "extended":
        return notice(
            f"{version.minor} is in extended support until {version.extended_until}, and costs more"
        )
    if version.standard_until - on <= NOTICE:
        return notice(f"standard support of {version.minor} ends on {version.standard_until}")
    return ()


def _upgrade(version: KubernetesVersion, on: date) -> str:
    """The remedy: the next version, as long as the table has one that will do."""
    later = [known for known in VERSIONS.values() if known.number > version.number]
    if not later or support_state(later[-1], on) == "ended":
        return f"the table of versions is of {CHECKED}: renew it"
    return f"plan the upgrade to {later[0].minor}"
