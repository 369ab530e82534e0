"""A rollout without engines that a test watches from outside: `python -m ... CHECKOUT`.

Each up shows one resource as being created, and ends when a line comes on standard input: the one who watches has
then seen what there is to see.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pulumi.automation import EngineEvent

from automation.commands.foresee import Asked
from automation.commands.up import roll_out
from automation.events import PlannedStep, StackResult
from automation.session import Options, open_session
from tests.unit.automation.fakes import PENDING, FakeWorkspace

STACK = "secondary-use1"
NETWORK = f"urn:pulumi:{STACK}::ml-clusters::mlclusters:network:Network"
NAT = f"{NETWORK}$aws:ec2/natGateway:NatGateway::{STACK}-network-nat-use1-az4"
PLANNED = (
    PlannedStep(urn=f"{NETWORK}::{STACK}", operation="create"),
    PlannedStep(urn=NAT, operation="create"),
)


class WatchedWorkspace(FakeWorkspace):
    """Its previews foresee two steps, its ups take one and wait."""

    def preview(self, stack: str, **_: Any) -> StackResult:
        return StackResult(stack=stack, succeeded=True, operations=PENDING, planned=PLANNED)

    def up(self, stack: str, **asked: Any) -> StackResult:
        self._tell(stack, "resOutputsEvent", PLANNED[0].urn)
        self._tell(stack, "resourcePreEvent", NAT)
        sys.stdin.readline()
        self._tell(stack, "resOutputsEvent", NAT)
        return super().up(stack, **asked)

    def _tell(self, stack: str, kind: str, urn: str) -> None:
        metadata: dict[str, Any] = {"op": "create", "urn": urn, "type": ""}
        self.on_event(stack, EngineEvent.from_json({kind: {"metadata": metadata}}))


if __name__ == "__main__":
    session = open_session(Options(root=Path(sys.argv[1]), is_sandbox=True, only=(STACK,)))
    sys.exit(
        roll_out(session, WatchedWorkspace({STACK: PENDING}), Asked(), max_parallel=1, yes=True, as_json=True)
    )
