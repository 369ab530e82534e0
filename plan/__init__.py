"""What will exist: pure functions from the spec to frozen values. No pulumi, no boto3, no I/O."""

from __future__ import annotations

from plan.fleet import FleetPlan, plan_fleet
from plan.links import LinksPlan
from plan.site import SitePlan
from plan.stacks import Stack, graph

__all__ = ["FleetPlan", "LinksPlan", "SitePlan", "Stack", "graph", "plan_fleet"]
