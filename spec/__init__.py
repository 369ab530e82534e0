"""What operators write: models, rules and the one reader of fleet.yaml and the stack files."""

from __future__ import annotations

from spec.data import Alerts, Data
from spec.fleet import Account, Fleet, FleetSettings, SiteEntry, State
from spec.network import Network
from spec.problem import Problem, SpecError
from spec.reader import load
from spec.site import Site

__all__ = [
    "Account",
    "Alerts",
    "Data",
    "Fleet",
    "FleetSettings",
    "Network",
    "Problem",
    "Site",
    "SiteEntry",
    "SpecError",
    "State",
    "load",
]
