"""What one verb adds to a report: the changes of a preview, drift, and what a destroy left; described once for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from automation.changes import Drift, ResourceChange
from automation.recovery.deed import Deed, Did
from automation.residue import Left


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChangeEntry(_Model):
    """One operation on one resource."""

    operation: str = Field(description="The engine's word: create, update, replace, delete or import.")
    type: str = Field(description="Type token of the resource.")
    name: str = Field(description="Logical name of the resource.")
    urn: str = Field(description="URN of the resource.")
    properties: tuple[str, ...] = Field(description="Paths that change; of an update or replacement only.")


class PropertyEntry(_Model):
    """One property that is not as the state says."""

    property: str = Field(description="Path of the property.")
    expected: Any = Field(description="What the state says; null when it is not set, secrets masked.")
    actual: Any = Field(description="What is there; null when it is not set, secrets masked.")


class DriftEntry(_Model):
    """One resource that is not as the state says."""

    urn: str = Field(description="URN of the resource.")
    type: str = Field(description="Type token of the resource.")
    name: str = Field(description="Logical name of the resource.")
    is_gone: bool = Field(description="Whether somebody deleted it.")
    properties: tuple[PropertyEntry, ...] = Field(description="What differs; empty when it is gone.")


class LeftEntry(_Model):
    """One resource that a destroy has left in AWS."""

    account: str = Field(description="Name of the account.")
    region: str = Field(description="Region, or `global`.")
    arn: str = Field(description="Its ARN, or its id where AWS lists none.")
    stack: str = Field(description="The stack that made it; empty when its tags do not say.")
    resource: str = Field(description="Its logical name; empty when its tags do not say.")


class RecoveryEntry(_Model):
    """One thing that an earlier run had left, and what was done about it before this one began."""

    did: Did = Field(description="What was done, from a closed list.")
    found: str = Field(description="What was found, in a line.")
    stack: str = Field(description="Name of the stack; empty for the fleet lock.")
    urn: str = Field(description="URN of the resource; empty for a lock.")
    id: str = Field(description="What the resource was imported as; empty when it was not.")


class Details(_Model):
    """What one verb adds; null where another one ran."""

    changes: dict[str, tuple[ChangeEntry, ...]] | None = Field(
        default=None, description="Of a preview: the changed resources of each stack."
    )
    refusals: tuple[str, ...] | None = Field(
        default=None, description="Of a preview: why an up would be stopped; empty when it would not."
    )
    drift: dict[str, tuple[DriftEntry, ...]] | None = Field(
        default=None, description="Of a refresh: what it was asked to take over, by stack."
    )
    recovered: tuple[RecoveryEntry, ...] | None = Field(
        default=None,
        description="Of what changes something: what an earlier run had left and was settled before this one began.",
    )
    left: tuple[LeftEntry, ...] | None = Field(
        default=None, description="Of a destroy: what a search over all accounts and regions found."
    )
    kept: dict[str, tuple[str, ...]] | None = Field(
        default=None, description="Of a destroy: URNs of data, and of what it stands on, that stay, by stack."
    )
    search_problem: str | None = Field(
        default=None, description="Of a destroy: why that search could not be made; empty when it was."
    )


def of_preview(changes: Mapping[str, Iterable[ResourceChange]], refusals: Iterable[str]) -> Details:
    """The details of a preview."""
    by_stack = {
        stack: tuple(
            ChangeEntry(
                operation=change.operation,
                type=change.type,
                name=change.name,
                urn=change.urn,
                properties=change.properties,
            )
            for change in of_stack
        )
        for stack, of_stack in changes.items()
    }
    return Details(changes=by_stack, refusals=tuple(refusals))


def of_up(recovered: Iterable[Deed]) -> Details:
    """The details of an up."""
    return Details(recovered=_recovery_entries(recovered))


def of_refresh(drift: Mapping[str, Iterable[Drift]], recovered: Iterable[Deed]) -> Details:
    """The details of a refresh."""
    entries = {stack: drift_entries(items) for stack, items in drift.items()}
    return Details(drift=entries, recovered=_recovery_entries(recovered))


def of_destroy(
    left: Iterable[Left],
    problem: str,
    *,
    kept: Mapping[str, tuple[str, ...]],
    recovered: Iterable[Deed],
) -> Details:
    """The details of a destroy."""
    return Details(
        left=tuple(LeftEntry.model_validate(asdict(item)) for item in left),
        search_problem=problem,
        kept=dict(kept),
        recovered=_recovery_entries(recovered),
    )


def drift_entries(drift: Iterable[Drift]) -> tuple[DriftEntry, ...]:
    """The drifted resources of a stack."""
    return tuple(
        DriftEntry(
            urn=item.urn,
            type=item.type,
            name=item.name,
            is_gone=item.is_gone,
            properties=tuple(
                PropertyEntry(property=found.path, expected=found.expected, actual=found.actual)
                for found in item.differences
            ),
        )
        for item in drift
    )


def _recovery_entries(deeds: Iterable[Deed]) -> tuple[RecoveryEntry, ...]:
    return tuple(RecoveryEntry.model_validate(asdict(deed)) for deed in deeds)
