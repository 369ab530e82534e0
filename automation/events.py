"""What an engine's events say about one stack: resources by operation, and failures with their causes.

Results are decided from events and summaries; the engine's text is for people and goes to the log file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pulumi.automation import DiagnosticEvent, EngineEvent, OpType, StepEventMetadata

from automation.changes import Drift, ResourceChange, Watched

STACK_TYPE = "pulumi:pulumi:Stack"

QUIET_OPERATIONS = frozenset({"same", "read", "refresh"})
"""Operations that change neither a resource nor the state."""

STATE = "state"
"""Resources that stay as they are, but whose record changes: protection, provider, parent, name. The engine calls
them `same`; an up is needed all the same, or a deletion protection would never be switched on."""

OUTPUTS = "outputs"
"""Whether the stack's outputs change: 1. The engine's summary does not count them, other stacks read them."""

_RECORDED = ("protect", "retain_on_delete", "provider", "parent", "urn")
_COLOUR = re.compile(r"<\{%.*?%\}>")
_UNHANDLED = "Program failed with an unhandled exception:"
_TRACEBACK = "Traceback (most recent call last):\n"
_RAISED = re.compile(r"^[\w.]+(?:Error|Exception): (.*)\Z", re.MULTILINE | re.DOTALL)
_UNSAVED = "post-step event returned an error: failed to save snapshot"
"""How the engine reports it (pkg/resource/deploy, step_executor.go); there is no event of its own."""
_RETRIES = re.compile(r"^\S+ \S+ succeeded; retries: (\d+)$")
"""How a provider of the sandbox tells, at a resource, of a call that its SDK had to repeat; pulumi-aws only logs it."""
_NOT_EMULATED = "recorded: "
"""How the sandbox tells, at a resource, that it only keeps what it was given."""
_ECHOES = ("an unhandled error occurred: program exited", "update failed", "preview failed", "destroy failed")
"""Errors that only repeat that there was one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A resource (empty `urn`: the program or the engine itself) and the message of who refused it."""

    urn: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One operation on one resource, as the engine comes to it; `is_preview`: nothing is done, only foreseen."""

    urn: str
    operation: str
    phase: Literal["begun", "done", "failed"]
    is_preview: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedStep:
    """An operation that a preview foresees; `needs` are the URNs that must be there before it."""

    urn: str
    operation: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """What is to be done in a stack; of a destroy only the number of steps is known."""

    stack: str
    total: int
    steps: tuple[PlannedStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StackResult:
    """How one engine run ended. `operations` counts resources by the engine's operation, see STATE and OUTPUTS.

    `resource_changes` says which they are, `drift` what a refresh found, `urns` every resource that the run came by,
    `planned` are the steps that a preview foresees, `pending` the URNs of operations that never ended, `retries` the
    calls of AWS that were tried again and then succeeded, `recorded` the resources that the sandbox only keeps;
    `ended_session` says whose session ended when that was the reason of a failure.
    """

    stack: str
    succeeded: bool
    operations: Mapping[str, int]
    resource_changes: tuple[ResourceChange, ...] = ()
    drift: tuple[Drift, ...] = ()
    urns: frozenset[str] = frozenset()
    failures: tuple[Failure, ...] = ()
    duration_s: float = 0.0
    was_interrupted: bool = False
    planned: tuple[PlannedStep, ...] = ()
    pending: tuple[str, ...] = ()
    retries: int = 0
    recorded: int = 0
    ended_session: str = ""

    @property
    def has_changes(self) -> bool:
        return bool(changes(self.operations))

    @property
    def cause(self) -> str:
        """The first failure in one line; a failed resource explains more than the program that needed it."""
        if not self.failures:
            return ""
        failure = next((failure for failure in self.failures if failure.urn), self.failures[0])
        name = failure.urn.rpartition("::")[2]
        return f"{name}: {one_line(failure.message)}" if name else one_line(failure.message)


def unsaved(failures: Iterable[Failure]) -> tuple[str, ...]:
    """The resources that were changed and whose change could not be written to the state: as good as pending."""
    return tuple(failure.urn for failure in failures if failure.urn and _UNSAVED in failure.message)


def changes(operations: Mapping[str, int]) -> dict[str, int]:
    """The operations that change something."""
    return {name: count for name, count in operations.items() if name not in QUIET_OPERATIONS and count}


def counts(operations: Mapping[str, int]) -> str:
    """`43 create, 2 delete`; empty when nothing changes."""
    return ", ".join(f"{count} {name}" for name, count in changes(operations).items())


def is_work(operation: str) -> bool:
    """Whether a step of this operation changes something. `replace` only joins a creation and a deletion."""
    return operation not in QUIET_OPERATIONS and operation != "replace"


def step_of(event: EngineEvent) -> Step | None:
    """The step that an event is about; None when it is about something else."""
    if event.resource_pre_event:
        return _step(event.resource_pre_event.metadata, "begun", event.resource_pre_event.planning)
    if event.res_outputs_event:
        return _step(event.res_outputs_event.metadata, "done", event.res_outputs_event.planning)
    if event.res_op_failed_event:
        return _step(event.res_op_failed_event.metadata, "failed", None)
    return None


def _step(
    metadata: StepEventMetadata, phase: Literal["begun", "done", "failed"], planning: bool | None
) -> Step:
    return Step(urn=metadata.urn, operation=metadata.op.value, phase=phase, is_preview=bool(planning))


def one_line(message: str) -> str:
    """A message without line breaks; of a Python traceback the last line, which is the exception."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if lines and lines[0] == _UNHANDLED:
        lines = lines[-1:]
    return " ".join(lines)


@dataclass(slots=True)
class Tally:
    """Adds up the events of one engine run; give it to `on_event`, and its `add_error_line` to `on_error`."""

    watched: Watched = field(default_factory=Watched)
    has_begun: bool = False
    retries: int = 0
    recorded: int = 0
    _operations: dict[str, int] = field(default_factory=dict)
    _rerecorded: set[str] = field(default_factory=set)
    _outputs_change: bool = False
    _failed: list[str] = field(default_factory=list)
    _messages: dict[str, list[str]] = field(default_factory=dict)
    _error_lines: list[str] = field(default_factory=list)
    _planned: dict[tuple[str, str], None] = field(default_factory=dict)

    def __call__(self, event: EngineEvent) -> None:
        self.has_begun = True
        self.watched(event)
        step = step_of(event)
        if step and step.is_preview and is_work(step.operation):
            self._planned[step.urn, step.operation] = None
        if event.summary_event:
            self._operations = {
                str(name): count for name, count in event.summary_event.resource_changes.items()
            }
        elif event.res_outputs_event:
            self._add_step(event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            self._failed.append(event.res_op_failed_event.metadata.urn)
        elif event.diagnostic_event:
            self._add_message(event.diagnostic_event)

    def add_error_line(self, line: str) -> None:
        """A line of standard error: all there is when the engine stops before its first event, as for a lock."""
        if line.strip():
            self._error_lines.append(line.strip().removeprefix("error: "))

    @property
    def operations(self) -> dict[str, int]:
        extra = {STATE: len(self._rerecorded), OUTPUTS: int(self._outputs_change)}
        return self._operations | {name: count for name, count in extra.items() if count}

    def planned(self, needs: Mapping[str, tuple[str, ...]]) -> tuple[PlannedStep, ...]:
        """The steps that a preview foresees, in its order; `needs` are the dependencies of resources by URN."""
        return tuple(
            PlannedStep(urn=urn, operation=operation, needs=needs.get(urn, ()))
            for urn, operation in self._planned
        )

    def failures(self) -> tuple[Failure, ...]:
        """Failed resources first, then errors of the program, else what the engine said on standard error."""
        failed = [Failure(urn=urn, message="\n".join(self._messages.get(urn, ()))) for urn in self._failed]
        others = [
            Failure(urn="" if f"::{STACK_TYPE}::" in urn else urn, message=message)
            for urn, messages in self._messages.items()
            if urn not in self._failed
            for message in _meaningful(messages)
        ]
        found = tuple(failed + others)
        return found or (
            (Failure(urn="", message="\n".join(self._error_lines)),) if self._error_lines else ()
        )

    def _add_message(self, event: DiagnosticEvent) -> None:
        message = _COLOUR.sub("", event.message).strip()
        if event.severity == "error":
            self._messages.setdefault(event.urn or "", []).append(_without_traceback(message))
        elif told := _RETRIES.match(message):
            self.retries += int(told[1])
        elif message.startswith(_NOT_EMULATED):
            self.recorded += 1

    def _add_step(self, step: StepEventMetadata) -> None:
        if step.op is not OpType.SAME or step.old is None or step.new is None:
            return
        if step.type == STACK_TYPE:
            # The root's outputs are known only at its last event; the first repeats the old ones.
            self._outputs_change = (step.old.outputs or {}) != (step.new.outputs or {})
        elif any(_value(step.old, name) != _value(step.new, name) for name in _RECORDED):
            self._rerecorded.add(step.urn)


def _without_traceback(message: str) -> str:
    """What a dynamic provider raised: the SDK tells it with the frames (pulumi/dynamic/__main__.py)."""
    before, found, frames = message.partition(_TRACEBACK)
    raised = _RAISED.search(frames) if found else None
    return before + raised[1].strip() if raised else message


def _value(state: object, name: str) -> object:
    return getattr(state, name) or None


def _meaningful(messages: Iterable[str]) -> list[str]:
    texts = list(messages)
    return [text for text in texts if not text.startswith(_ECHOES)] or texts[:1]
