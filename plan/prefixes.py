"""The prefixes of a data bucket and how each is kept (rows D2, D6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StorageClass = Literal["STANDARD", "STANDARD_IA"]

TIERED_AFTER_DAYS = 30
"""Row D6: after the first period of access. 30 days is also the least that S3 keeps an object in STANDARD_IA
before it moves on (S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle"), which holds for models/."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PrefixPlan:
    """A prefix that replicas hold a copy of.

    `is_timed`: replicated within 15 minutes (RTC, paid per GB). `is_tiered`: moved to Intelligent-Tiering.
    `noncurrent_days`: how long a version lives on after it was overwritten or deleted.
    """

    prefix: str
    storage_class: StorageClass
    is_timed: bool
    is_tiered: bool
    noncurrent_days: int

    @property
    def key(self) -> str:
        """The prefix as part of a name: `models/` is `models`."""
        return self.prefix.rstrip("/")


REPLICATED = (
    # Rarely overwritten; a month to notice that a version was needed.
    PrefixPlan(
        prefix="datasets/", storage_class="STANDARD", is_timed=True, is_tiered=False, noncurrent_days=30
    ),
    # Large and overwritten all the time; what matters is the last ones.
    PrefixPlan(
        prefix="checkpoints/", storage_class="STANDARD", is_timed=True, is_tiered=True, noncurrent_days=7
    ),
    # Published, read now and then by inference; the way back to an earlier model is long.
    PrefixPlan(
        prefix="models/", storage_class="STANDARD_IA", is_timed=False, is_tiered=True, noncurrent_days=90
    ),
    PrefixPlan(prefix="code/", storage_class="STANDARD", is_timed=True, is_tiered=False, noncurrent_days=30),
)
"""What is carried from the central bucket to every replica (row D2)."""

LOGS = "logs/"
"""Of the bucket that it is in: not replicated (row D2)."""

SITES = "sites/"
"""Below it a site writes for itself; not replicated either."""

LIFECYCLE_SCRIPTS = "hyperpod/"
"""What root runs on new HyperPod nodes. Neither replicated nor linked to Lustre: what users write into a file system
must never become it (docs/decisions/0025)."""

OWN_NONCURRENT_DAYS = 7
"""Old versions of what a bucket keeps for itself."""


def own_prefix(site: str) -> str:
    """A site's own durable place in its bucket: logs, scripts, checkpoints written on its Lustre."""
    return f"{SITES}{site}/"
