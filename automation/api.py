"""Pulumi's Automation API without what a driver of many stacks does not want of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from pulumi import automation as auto

from automation.errors import FleetError


class QuietStack(auto.Stack):
    """After each operation the API reads all outputs in clear and the history: three more engines, none needed."""

    def outputs(self) -> auto.OutputMap:
        return {}

    def info(self, show_secrets: bool = True) -> auto.UpdateSummary:  # noqa: ARG002
        return auto.UpdateSummary(
            kind="", start_time=datetime.now(UTC), message="", environment={}, config={}, result=""
        )


class ProjectWorkspace(auto.LocalWorkspace):
    """Selecting writes a file that engines share; every command names its stack instead."""

    def select_stack(self, stack_name: str) -> None:
        pass


@contextmanager
def explained() -> Iterator[None]:
    """The engine's own words, of which an exception of the API keeps only a dump of the whole output."""
    try:
        yield
    except auto.CommandError as error:
        lines = str(error).partition("stderr:")[2].splitlines()
        told = [line.strip().removeprefix("error: ") for line in lines if line.strip()]
        raise FleetError(" ".join(told) or "the engine gave no reason") from error
