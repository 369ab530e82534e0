"""What engines are doing right now: operations that have begun and not ended, by stack.

An operation that is open when its engine ends is pending: what it made, if anything, is not in the state.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from pulumi.automation import EngineEvent, OpType

from automation.events import QUIET_OPERATIONS
from plan.usual_times import usual_s

Operations = dict[str, "OpenOperation"]

STEPS_OF_A_REPLACEMENT = {OpType.CREATE_REPLACEMENT: "create", OpType.DELETE_REPLACED: "delete"}
"""What the two halves of a replacement do, in the words of a plain operation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenOperation:
    """An operation that AWS has not ended; `began_s` is a time of the tracker's clock."""

    urn: str
    kind: str
    operation: str
    began_s: float

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]

    def words(self, now_s: float) -> str:
        """`create of one-network-vpc (aws:ec2/vpc:Vpc), open for 12 s, usually 20 s`; AWS's usual times are known of
        creations only.
        """
        usual = f", usually {usual_s(self.kind):.0f} s" if self.operation == "create" else ""
        return f"{self.operation} of {self.name} ({self.kind}), open for {now_s - self.began_s:.0f} s{usual}"


class OpenOperations:
    """Follows the events of any number of engines, which come in threads of their own."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, Operations] = {}

    def __call__(self, stack: str, event: EngineEvent) -> None:
        """Take note of one event of a stack's engine."""
        with self._lock:
            operations = self._open.setdefault(stack, {})
            if event.resource_pre_event:
                begun = event.resource_pre_event.metadata
                # A component has no provider: nothing is asked of AWS for it.
                if begun.op.value not in QUIET_OPERATIONS and begun.provider:
                    operations[begun.urn] = OpenOperation(
                        urn=begun.urn,
                        kind=begun.type,
                        operation=STEPS_OF_A_REPLACEMENT.get(begun.op, begun.op.value),
                        began_s=self._clock(),
                    )
            elif event.res_outputs_event:
                operations.pop(event.res_outputs_event.metadata.urn, None)
            elif event.res_op_failed_event:
                operations.pop(event.res_op_failed_event.metadata.urn, None)

    def of(self, stack: str) -> tuple[OpenOperation, ...]:
        """What is open in a stack, the longest first."""
        with self._lock:
            found = tuple(self._open.get(stack, {}).values())
        return tuple(sorted(found, key=lambda operation: operation.began_s))

    def words(self, stack: str) -> tuple[str, ...]:
        """What is open in a stack, for people."""
        return tuple(operation.words(self._clock()) for operation in self.of(stack))

    def all_words(self) -> dict[str, tuple[str, ...]]:
        """What is open, for people, by stack; only where something is."""
        with self._lock:
            stacks = [stack for stack, operations in self._open.items() if operations]
        return {stack: self.words(stack) for stack in stacks}

    def close(self, stack: str) -> tuple[str, ...]:
        """The engine of this stack has ended: forget its operations. The URNs of those that were still open."""
        left = tuple(operation.urn for operation in self.of(stack))
        with self._lock:
            self._open.pop(stack, None)
        return left
