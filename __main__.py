"""The Pulumi program: load the fleet, plan it, build the stack that is asked for."""

from __future__ import annotations

from pathlib import Path

import pulumi

import spec
from components.stack import build
from plan import plan_fleet
from plan.checks import CHECKS


def main() -> None:
    """Build the current stack; bad input ends the run with every problem, one a line."""
    try:
        fleet = spec.load(Path(__file__).parent, CHECKS)
    except spec.SpecError as error:
        raise pulumi.RunError(f"the fleet's files have problems:\n{error}") from None
    build(plan_fleet(fleet), pulumi.get_stack())


main()
