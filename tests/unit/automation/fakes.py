"""A workspace without engines, and a checkout that may be changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from automation.changes import Drift, ResourceChange
from automation.credentials import Credentials
from automation.events import Failure, StackResult
from automation.open_operations import OpenOperations
from automation.queue import Graph
from automation.residue import Left
from automation.seam import Deployed, OnEvent

CHECKOUT = Path(__file__).parents[3]
PENDING = {"create": 3}
NOTHING = {"same": 3}


class FakeWorkspace:
    """Stacks as numbers of pending changes: an up applies them; a stack of `broken` fails at that verb, one of
    `expired` because the credentials have.
    """

    def __init__(
        self,
        pending: Mapping[str, Mapping[str, int]],
        *,
        broken: Mapping[str, str] | None = None,
        expired: Mapping[str, str] | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self.pending = dict(pending)
        self.broken = broken or {}
        self.expired = expired or {}
        self.credentials = credentials
        self.open_operations = OpenOperations()
        self.calls: list[tuple[str, str]] = []
        self.resources: dict[str, int] = {}
        self.changes: dict[str, tuple[ResourceChange, ...]] = {}
        self.drifted: dict[str, tuple[Drift, ...]] = {}
        self.states: dict[str, list[dict[str, Any]]] = {}
        self.targets: tuple[str, ...] = ()

    def deployed(self, *, with_history: bool = False) -> dict[str, Deployed]:  # noqa: ARG002
        return {name: Deployed(resources=count) for name, count in self.resources.items()}

    def preview(
        self, stack: str, *, refresh: bool = False, targets: Sequence[str] = (), save: Path | None = None
    ) -> StackResult:
        self.targets = tuple(targets)
        result = self._result("refresh" if refresh else "preview", stack, self.pending[stack])
        if save and result.succeeded:
            save.write_text(f"the engine's plan of {stack}")
        return replace(
            result,
            resource_changes=self.changes.get(stack, ()),
            urns=frozenset(change.urn for change in self.changes.get(stack, ())),
        )

    def up(self, stack: str, *, targets: Sequence[str] = (), plan: Path | None = None) -> StackResult:
        self.targets = tuple(targets)
        applied, self.pending[stack] = self.pending[stack], NOTHING
        return self._result("planned up" if plan else "up", stack, applied)

    def drift(self, stack: str) -> StackResult:
        return self._drift("drift", stack)

    def refresh(self, stack: str, targets: Sequence[str] = ()) -> StackResult:  # noqa: ARG002
        result = self._drift("take over", stack)
        self.drifted.pop(stack, None)
        return result

    def export(self, stack: str) -> dict[str, Any]:
        return {"deployment": {"resources": self.states.get(stack, [])}}

    def destroy(self, stack: str, *, targets: Sequence[str] = ()) -> StackResult:
        self.targets = tuple(targets)
        return self._result("destroy", stack, {"delete": len(targets) or self.resources.pop(stack)})

    def replace(self, stack: str, state: Mapping[str, Any]) -> None:
        self.states[stack] = state["deployment"]["resources"]

    def outputs(self, stack: str) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def listen(self, on_event: OnEvent) -> None:
        self.on_event = on_event

    def interrupt(self) -> None:
        self.calls.append(("interrupt", ""))

    def abandon(self) -> None:
        self.calls.append(("abandon", ""))

    def _drift(self, verb: str, stack: str) -> StackResult:
        found = self.drifted.get(stack, ())
        operations = {"update": len(found)} if found else NOTHING
        return replace(self._result(verb, stack, operations), drift=found)

    def _result(self, verb: str, stack: str, operations: Mapping[str, int]) -> StackResult:
        self.calls.append((verb, stack))
        is_expired = self.expired.get(stack) == verb
        is_broken = is_expired or self.broken.get(stack) == verb
        failure = Failure(urn=f"urn:pulumi:{stack}::x::y:z:Z::vpc", message="no")
        return StackResult(
            stack=stack,
            succeeded=not is_broken,
            operations=operations,
            failures=(failure,) if is_broken else (),
            ended_session="the session of me ended 43 min after this run began" if is_expired else "",
        )


def nothing_left(_: Collection[str]) -> tuple[Left, ...]:
    """A search after a destroy that finds nothing."""
    return ()


def no_cluster(clusters: Collection[str]) -> None:
    """Of a destroy that takes no EKS cluster: there is none to switch the protection off for."""
    assert not clusters


def unwatched(_graph: Graph) -> AbstractContextManager[Callable[[object], None]]:
    """Nobody follows the rollout."""
    return nullcontext(lambda _event: None)


def copy_checkout(root: Path) -> Path:
    """The committed files that operators write, and the engine's project file, in a folder of their own."""
    root.mkdir()
    configs = Path("cluster-configs", "parallelcluster")
    shutil.copytree(CHECKOUT / configs, root / configs, dirs_exist_ok=True)
    for file in [CHECKOUT / "fleet.yaml", *CHECKOUT.glob("Pulumi*.yaml")]:
        shutil.copy(file, root)
    return root
