"""Pulumi's Automation API without what a driver of many stacks does not want of it."""

from __future__ import annotations

from datetime import UTC, datetime

from pulumi import automation as auto


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
