"""The report as machines read it, described once: the JSON that a run writes and its JSON Schema."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

from automation.controller import Reason
from automation.queue import Status
from automation.report_details import Details

REPORT_SCHEMA = "schema/report.schema.json"

Seconds = Annotated[float, Field(ge=0)]
Ending = Literal[Status.SUCCEEDED, Status.FAILED, Status.BLOCKED, Status.INTERRUPTED]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StackEntry(_Model):
    """One stack of the run."""

    stack: str = Field(description="Name of the stack.")
    result: Ending = Field(description="How it ended.")
    reason: Reason = Field(description="Why it ended so, from a closed list.")
    cause: str = Field(description="The first failure in one line; empty when there is none.")
    blocked_by: str | None = Field(description="The stack whose failure kept this one from starting.")
    operations: dict[str, int] = Field(
        description="Resources by the engine's operation; `state` and `outputs` are changes of the record alone."
    )
    pending: tuple[str, ...] = Field(description="URNs of operations that were begun and never ended.")
    retries: int = Field(
        ge=0, description="Calls of AWS that were tried again until they succeeded, as far as providers tell."
    )
    recorded: int = Field(
        ge=0, description="Resources that the sandbox only kept, not emulated: charts that it cannot fetch."
    )
    duration_s: Seconds = Field(description="Seconds that it ran; 0 when it never started.")


class ReportFile(_Model):
    """One run of `fleet preview`, `up` or `destroy`: `.fleet/report.json`, and standard output with `--json`."""

    version: Literal[1] = Field(default=1, description="Version of this format.")
    command: str = Field(description="The command that this is the report of.")
    exit_code: Literal[0, 1, 2, 130] = Field(
        description="0 done, 1 something failed, 2 a preview found changes, 130 interrupted."
    )
    stacks: tuple[StackEntry, ...] = Field(description="Every selected stack, in the order of the graph.")
    preview_s: Seconds = Field(description="Seconds of the previews, before the question.")
    wall_s: Seconds = Field(description="Seconds from the first start to the last end.")
    critical_path: tuple[str, ...] = Field(description="The chain of stacks that took longest.")
    critical_path_s: Seconds = Field(description="Seconds that this chain ran.")
    ratio: Seconds | None = Field(
        description="Wall time over critical path: 1 is as fast as the graph allows; null when nothing ran."
    )
    next_command: str = Field(description="What to run next; empty when there is nothing to do.")
    details: Details = Field(description="What the verb adds.")
    advice: str = Field(description="What has to be done before that; empty when nothing has.")


def schemas() -> dict[str, str]:
    """The text of the schema file, by its path in the checkout. It is committed, and a test compares."""
    schema = ReportFile.model_json_schema(mode="serialization")
    document = {"$schema": GenerateJsonSchema.schema_dialect, **schema}
    return {REPORT_SCHEMA: json.dumps(document, indent=2, ensure_ascii=False) + "\n"}
