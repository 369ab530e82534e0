"""What operators write: models, rules and the one reader of fleet.yaml and the stack files."""

from __future__ import annotations

from spec.data import Alerts, Data
from spec.fleet import Account, Fleet, FleetSettings, SiteEntry, State
from spec.network import Network
from spec.parallelcluster import ParallelCluster, SlurmCluster
from spec.problem import Problem, SpecError
from spec.reader import load
from spec.registry import Registry
from spec.site import Site
from spec.storage import AccessPoint, Efs, Lustre, Storage

__all__ = [
    "AccessPoint",
    "Account",
    "Alerts",
    "Data",
    "Efs",
    "Fleet",
    "FleetSettings",
    "Lustre",
    "Network",
    "ParallelCluster",
    "Problem",
    "Registry",
    "Site",
    "SiteEntry",
    "SlurmCluster",
    "SpecError",
    "State",
    "Storage",
    "load",
]
