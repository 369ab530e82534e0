"""What an engine run does, or would do, to each resource, and how resources differ from what the state says.

Read from the engine's events. A changed property is only named; its values are kept for drift alone, masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.automation import EngineEvent, OpType, StepEventMetadata, StepEventStateMetadata

from automation import properties

SHOWN = frozenset({OpType.CREATE, OpType.UPDATE, OpType.REPLACE, OpType.DELETE, OpType.IMPORT})
"""Operations that stand for themselves; the others are parts of a replacement, or change nothing in AWS."""

REMOVING = frozenset({"delete", "replace"})
"""Operations after which a resource is not there any more, or is another one."""

PROVIDER_TYPE = "pulumi:providers:"
CLUSTER_TYPE = "aws:eks/cluster:Cluster"


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceChange:
    """One operation on one resource. `properties` are the changed paths of an update or replacement.

    `kubernetes` are the versions that a cluster has and is to have, when they differ.
    `is_protected`: the state says `protect`. `is_refused`: the engine will not do it, since the program does not take
    the protection off. `is_real`: it is something in AWS, not a component or a provider.
    """

    urn: str
    operation: str
    properties: tuple[str, ...] = ()
    kubernetes: tuple[str, str] | None = None
    is_protected: bool = False
    is_refused: bool = False
    is_real: bool = True

    @property
    def type(self) -> str:
        return type_of(self.urn)

    @property
    def name(self) -> str:
        return name_of(self.urn)

    @property
    def is_removal(self) -> bool:
        return self.operation in REMOVING and self.is_real


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One property: what the state says and what is there; None where it is not set."""

    path: str
    expected: Any
    actual: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """A resource that is not as the state says. One that is gone has no differences."""

    urn: str
    is_gone: bool = False
    differences: tuple[Difference, ...] = ()

    @property
    def type(self) -> str:
        return type_of(self.urn)

    @property
    def name(self) -> str:
        return name_of(self.urn)


def stack_of(urn: str) -> str:
    """The stack that a URN belongs to."""
    return urn.split("::", 1)[0].rpartition(":")[2]


def type_of(urn: str) -> str:
    """The type token of a URN, without its parents'."""
    return urn.split("::")[2].rpartition("$")[2]


def name_of(urn: str) -> str:
    """The logical name of a URN."""
    return urn.split("::", 3)[3]


@dataclass(slots=True)
class Watched:
    """Collects from the events of one engine run; `urns` are all resources that it came by."""

    _changes: dict[str, ResourceChange] = field(default_factory=dict)
    _drift: dict[str, Drift] = field(default_factory=dict)
    _refreshing: set[str] = field(default_factory=set)
    _urns: dict[str, None] = field(default_factory=dict)

    def __call__(self, event: EngineEvent) -> None:
        if event.resource_pre_event:
            self._begin(event.resource_pre_event.metadata)
        elif event.res_outputs_event:
            self._end(event.res_outputs_event.metadata)

    @property
    def changes(self) -> tuple[ResourceChange, ...]:
        """In the engine's order: what is made or changed first, what is deleted last."""
        return tuple(self._changes.values())

    @property
    def drift(self) -> tuple[Drift, ...]:
        """What a refresh found; by URN, since a refresh has no order."""
        return tuple(self._drift[urn] for urn in sorted(self._drift))

    @property
    def urns(self) -> frozenset[str]:
        return frozenset(self._urns)

    def _begin(self, step: StepEventMetadata) -> None:
        self._urns[step.urn] = None
        if step.op is OpType.REFRESH:
            self._refreshing.add(step.urn)
        else:
            self._refreshing.discard(step.urn)
        if step.op in SHOWN:
            self._changes[step.urn] = _change(step)

    def _end(self, step: StepEventMetadata) -> None:
        """The end of a refresh says what it found: `update`, or `delete` for what is gone."""
        if step.urn not in self._refreshing:
            return
        self._refreshing.discard(step.urn)
        if step.op is OpType.DELETE:
            self._drift[step.urn] = Drift(urn=step.urn, is_gone=True)
        elif step.op is OpType.UPDATE:
            self._drift[step.urn] = Drift(urn=step.urn, differences=_differences(step))


def _change(step: StepEventMetadata) -> ResourceChange:
    is_protected = bool(step.old and step.old.protect)
    keeps_protection = step.op is OpType.DELETE or bool(step.new and step.new.protect)
    state = step.new or step.old
    return ResourceChange(
        urn=step.urn,
        operation=step.op.value,
        properties=properties.in_words(_paths(step)) if step.op is not OpType.CREATE else (),
        kubernetes=_kubernetes(step),
        is_protected=is_protected,
        is_refused=is_protected and step.op.value in REMOVING and keeps_protection,
        is_real=bool(state and state.custom) and not step.type.startswith(PROVIDER_TYPE),
    )


def _kubernetes(step: StepEventMetadata) -> tuple[str, str] | None:
    """The Kubernetes version of a cluster before and after, when it changes."""
    if step.type != CLUSTER_TYPE or not (step.old and step.new):
        return None
    has, wanted = (step.old.outputs or {}).get("version"), (step.new.inputs or {}).get("version")
    return (has, wanted) if has and wanted and has != wanted else None


def _differences(step: StepEventMetadata) -> tuple[Difference, ...]:
    """The differences by path. A tag is in two properties; all tags together are what AWS has."""
    old, new = _places(step.old), _places(step.new)
    found: dict[str, Difference] = {}
    for path in sorted(_paths(step), key=lambda path: path.startswith(properties.ALL_TAGS)):
        name = properties.shown(path)
        found[name] = Difference(
            path=name, expected=properties.at(path, *old), actual=properties.at(path, *new)
        )
    return tuple(found[name] for name in sorted(found))


def _paths(step: StepEventMetadata) -> list[str]:
    return list(step.detailed_diff or step.diffs or ())


def _places(state: StepEventStateMetadata | None) -> tuple[Mapping[str, Any], ...]:
    """Where a resource's values are: the inputs as the program would have them, else the provider's outputs."""
    return (state.inputs or {}, state.outputs or {}) if state else ()
