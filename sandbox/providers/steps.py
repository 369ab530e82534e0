"""The steps of a table entry, made: requests under their conditions, readings, changes of tags."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.providers.configuration import Instance
from sandbox.providers.errors import AwsError
from sandbox.providers.observe import at, holds
from sandbox.providers.requests import params_of, tag_values
from sandbox.providers.resource_type import Call, Read, ResourceType, Step
from sandbox.providers.templates import text

Retried: TypeAlias = Callable[[str, int], None]
"""Is told of an operation that succeeded only after so many retries."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Steps:
    """Requests for resources of one type, in the account of a provider instance and one region."""

    kind: ResourceType
    instance: Instance
    region: str
    retried: Retried

    def run(self, step: Step, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Make the step's request; None when its condition says that there is none to make."""
        if not isinstance(step, Call):
            step(self._ask, values)
            return None
        if (step.when and not values.get(step.when)) or (step.unless and values.get(step.unless)):
            return None
        if not step.each:
            return self._send(step, values)
        for item in values.get(step.each) or ():
            self._send(step, {**values, "each": item})
        return None

    def run_all(self, steps: Iterable[Step], values: Mapping[str, Any]) -> None:
        """Make the steps in their order, up to the first that fails."""
        for step in steps:
            self.run(step, values)

    def read(self, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Everything that the readings tell, merged; None when the resource is gone."""
        tags = (self.kind.tags.read,) if self.kind.tags and self.kind.tags.read else ()
        found: dict[str, Any] = {}
        for index, read in enumerate((*self.kind.reads, *tags)):
            try:
                part = self._located(read, values)
            except AwsError as error:
                if error.code in self.kind.gone_codes:
                    return None
                raise
            if index == 0 and (not part or holds(self.kind.gone, part)):
                return None
            found |= part or {}
        return found

    def change_tags(self, old: Mapping[str, str], new: Mapping[str, str], values: Mapping[str, Any]) -> None:
        """Remove and write what differs."""
        if self.kind.tags is None:
            return
        removed = [key for key in old if key not in new]
        written = {key: value for key, value in new.items() if old.get(key) != value}
        if removed:
            keys = {"tags.keys": removed, "tags.keyList": [{"Key": key} for key in removed]}
            self.run(self.kind.tags.remove, {**values, **keys})
        if written:
            self.run(self.kind.tags.put, {**values, **tag_values(written)})

    def _located(self, read: Read, values: Mapping[str, Any]) -> dict[str, Any] | None:
        answer = self.run(read.call, values)
        if answer is None:
            return None
        if read.decode:
            answer = {**answer, read.decode: json.loads(answer[read.decode])}
        part: dict[str, Any] | None = at(text(read.at, values), answer)
        return part

    def _send(self, step: Call, values: Mapping[str, Any]) -> dict[str, Any]:
        model = self.instance.clients.model(self.kind.service, self.region, step.operation)
        try:
            return self._ask(step.operation, params_of(self.kind, step, model, values))
        except AwsError as error:
            if error.code in step.ignores:
                return {}
            raise

    def _ask(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.instance.clients.ask(self.kind.service, self.region, operation, params)
        retries = answer["ResponseMetadata"]["RetryAttempts"]
        if retries:
            self.retried(f"{self.kind.service} {operation}", retries)
        return answer
