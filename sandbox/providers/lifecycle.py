"""The life of one resource in AWS: create, read, update, delete, as its table entry says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sandbox.providers import observe
from sandbox.providers.configuration import Instance
from sandbox.providers.errors import AwsError, PartlyCreatedError, ProviderError
from sandbox.providers.requests import in_api_form, list_changes
from sandbox.providers.resource_type import NOT_SET, ResourceType, Step
from sandbox.providers.steps import Retried, Steps
from sandbox.providers.templates import parse, text
from sandbox.providers.wire import Properties

_FIRST_PAUSE_SECONDS: Final = 0.01
_LONGEST_PAUSE_SECONDS: Final = 0.5


class Lifecycle:
    """Resources of one type, in the account of a provider instance and one region."""

    def __init__(self, kind: ResourceType, instance: Instance, region: str, *, retried: Retried) -> None:
        self._kind = kind
        self._place = {
            "region": region,
            "account": instance.account,
            "partition": "aws",
            # The one region that must not be named (S3 API Reference, CreateBucket).
            "locationConstraint": None if region == "us-east-1" else region,
        }
        self._default_tags = instance.configuration.default_tags
        self._steps = Steps(kind=kind, instance=instance, region=region, retried=retried)

    def create(self, inputs: Mapping[str, Any]) -> tuple[str, Properties]:
        """Make the resource; its id and outputs.

        Raises ProviderError when there is none, PartlyCreatedError when it exists but a later step failed.
        """
        values = {**self._values(inputs), **list_changes({}, inputs)}
        resource_id = self._make(values)
        values["id"] = resource_id
        try:
            self._steps.run_all(self._initial_steps(inputs), values)
            if self._kind.tags and not self._kind.tags.create_params:
                self._steps.change_tags({}, inputs.get("tagsAll") or {}, values)
            return resource_id, self._settled(resource_id, inputs)
        except ProviderError as error:
            message = f"creating {self._kind.noun} ({resource_id}): {error}"
            raise PartlyCreatedError(message, resource_id=resource_id, outputs=dict(inputs)) from error

    def read(self, resource_id: str, outputs: Mapping[str, Any]) -> tuple[str, Properties] | None:
        """The resource as it is, its id and outputs; None when it is gone."""
        known = outputs or self._imported(resource_id)
        composed = outputs or "$" not in self._kind.id
        own_id = known.get("id", resource_id) if composed else text(self._kind.id, self._values(known))
        try:
            found = self._steps.read({**self._values(known), "id": own_id})
        except ProviderError as error:
            raise ProviderError(f"reading {self._kind.noun} ({resource_id}): {error}") from error
        if found is None:
            return None
        if self._kind.found_id and not outputs:
            own_id = observe.at(self._kind.found_id, found)
        return own_id, self._outputs(own_id, found, known)

    def update(
        self, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any], changed: Iterable[str]
    ) -> Properties:
        """Make the calls that the changed properties name, each once; the outputs after them."""
        computed = {name: value for name, value in olds.items() if name not in self._kind.properties}
        values = {
            **self._values({**computed, **news}),
            **list_changes(olds, news),
            **{f"old.{name}": value for name, value in olds.items()},
            "id": resource_id,
        }
        steps: list[Step] = []
        for name in changed:
            updates = self._kind.properties[name].updates if name in self._kind.properties else ()
            steps += [step for step in updates if step not in steps]
        try:
            self._steps.run_all(steps, values)
            self._steps.change_tags(olds.get("tagsAll") or {}, news.get("tagsAll") or {}, values)
            return self._settled(resource_id, {**computed, **news})
        except ProviderError as error:
            raise ProviderError(f"updating {self._kind.noun} ({resource_id}): {error}") from error

    def delete(self, resource_id: str, outputs: Mapping[str, Any]) -> None:
        """Remove the resource and wait until it is gone; one that is gone already is no error."""
        values = {**self._values(outputs), "id": resource_id}
        try:
            for step in self._kind.delete:
                self._delete_step(step, values)
            if self._kind.delete and self._kind.gone is not None:
                self._wait(lambda: self._steps.read(values) is None, "it is still there")
        except ProviderError as error:
            raise ProviderError(f"deleting {self._kind.noun} ({resource_id}): {error}") from error

    def _make(self, values: Mapping[str, Any]) -> str:
        """Make the creating call; the id of what it made."""
        try:
            answer = self._steps.run(self._kind.create, values) or {}
        except ProviderError as error:
            raise ProviderError(f"creating {self._kind.noun}: {error}") from error
        if "$" in self._kind.id:
            return text(self._kind.id, values)
        resource_id = observe.at(self._kind.id, answer)
        if not resource_id:
            raise ProviderError(
                f"creating {self._kind.noun}: {self._kind.create.operation} answered with none"
            )
        return str(resource_id)

    def _delete_step(self, step: Step, values: Mapping[str, Any]) -> None:
        try:
            self._steps.run(step, values)
        except AwsError as error:
            if error.code not in self._kind.gone_codes:
                raise

    def _settled(self, resource_id: str, known: Mapping[str, Any]) -> Properties:
        """The outputs once the resource is in the state that it is usable in."""
        values = {**self._values(known), "id": resource_id}
        found: dict[str, Any] = {}

        def ready() -> bool:
            nonlocal found
            found = self._steps.read(values) or {}
            if observe.holds(self._kind.failed, found):
                raise ProviderError(f"it has failed: {observe.at(self._kind.failure, found)}")
            return bool(found) and (self._kind.ready is None or observe.holds(self._kind.ready, found))

        self._wait(ready, "it did not become ready")
        return self._outputs(resource_id, found, known)

    def _outputs(self, resource_id: str, found: Mapping[str, Any], known: Mapping[str, Any]) -> Properties:
        outputs = observe.outputs(self._kind, found, {**self._place, **known, "id": resource_id})
        if self._kind.tags:
            outputs["tags"] = observe.own_tags(
                outputs["tagsAll"], known.get("tags") or {}, self._default_tags
            )
        return outputs

    def _initial_steps(self, inputs: Mapping[str, Any]) -> list[Step]:
        """What follows the creating call: the entry's own steps, then properties unlike AWS's initial ones."""
        steps = list(self._kind.after_create)
        for name, item in self._kind.properties.items():
            if item.initial is not NOT_SET and name in inputs and inputs[name] != item.initial:
                steps += [step for step in item.updates if step not in steps]
        return steps

    def _imported(self, resource_id: str) -> Properties:
        template = self._kind.import_id or (self._kind.id if "$" in self._kind.id else "${id}")
        parts = parse(template, resource_id)
        if parts is None:
            raise ProviderError(
                f"importing {self._kind.noun}: the id {resource_id!r} is not of the form {template}"
            )
        return {**observe.assumed(self._kind), **parts}

    def _values(self, properties: Mapping[str, Any]) -> Properties:
        return {**self._place, **in_api_form(self._kind, properties)}

    def _wait(self, done: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + self._kind.patience_s
        pause = _FIRST_PAUSE_SECONDS
        while not done():
            if time.monotonic() > deadline:
                raise ProviderError(f"{otherwise} after {self._kind.patience_s:g} s")
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
