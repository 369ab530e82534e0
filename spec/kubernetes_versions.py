"""Kubernetes versions that this project was checked with: how long AWS supports each, and HyperPod's range.

Source of the dates: EKS User Guide, "Amazon EKS Kubernetes release calendar" (docs.aws.amazon.com/eks/latest/
userguide/kubernetes-versions.html), and endoflife.date/amazon-eks, which agree. Source of HyperPod's range: SageMaker
AI Developer Guide, "Prerequisites for using SageMaker HyperPod with Amazon EKS" (row T11). Both read on CHECKED.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

CHECKED = date(2026, 4, 24)
"""When the table was last compared with its sources."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KubernetesVersion:
    """A minor version and the last days of its support.

    Beyond standard support each cluster hour costs more; beyond the extended one AWS upgrades by itself.
    """

    minor: str
    standard_until: date
    extended_until: date
    hyperpod: bool

    @property
    def number(self) -> int:
        """The part after the dot: versions are one step apart."""
        return int(self.minor.partition(".")[2])


VERSIONS = {
    version.minor: version
    for version in (
        KubernetesVersion(
            minor="1.32",
            standard_until=date(2026, 3, 23),
            extended_until=date(2027, 3, 23),
            hyperpod=True,
        ),
        KubernetesVersion(
            minor="1.33",
            standard_until=date(2026, 7, 29),
            extended_until=date(2027, 7, 29),
            hyperpod=True,
        ),
        KubernetesVersion(
            minor="1.34",
            standard_until=date(2026, 12, 2),
            extended_until=date(2027, 12, 2),
            hyperpod=True,
        ),
        KubernetesVersion(
            minor="1.35",
            standard_until=date(2027, 3, 27),
            extended_until=date(2028, 3, 27),
            hyperpod=False,
        ),
    )
}
"""By minor version, the oldest first."""
