"""CloudFormation's schema of a resource type, as cfn-lint ships it: what inputs are held against.

Only the one file of a type is read; cfn-lint itself is never imported (4.5 s). Names are CloudFormation's; the
provider's are the same in camel case, so that `VolumeSizeInGB` is `volumeSizeInGb` there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend

from sandbox.providers.errors import ProviderError
from sandbox.providers.wire import UNKNOWN, has_unknown

_UNICODE_CLASSES: Final = re.compile(r"\\p\{\w+\}")
"""Python's expressions have none: what has one is held against nothing."""

_WORDS: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z]|$)")
"""A run of capitals, up to the one that begins the next word."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An input that cannot be: its path in the provider's names, and why."""

    path: str
    reason: str


class Schema:
    """One resource type."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self.type_name: str = document["typeName"]
        self.create_only = tuple(map(_steps, document.get("createOnlyProperties", ())))
        self.read_only = tuple(map(_steps, document.get("readOnlyProperties", ())))
        self.inputs = tuple(
            sdk_name(name) for name in document["properties"] if (name,) not in self.read_only
        )

    def to_cloudformation(self, value: Any, schema: Mapping[str, Any] | None = None) -> Any:
        """Inputs under CloudFormation's names; a name that is not in the schema stays as it is."""
        schema = self._resolved(schema if schema is not None else self._document)
        if isinstance(value, Mapping):
            return {
                name: self.to_cloudformation(item, part) for name, item, part in self._members(value, schema)
            }
        if isinstance(value, list):
            return [self.to_cloudformation(item, schema.get("items", {})) for item in value]
        return value

    def to_sdk(self, value: Any, schema: Mapping[str, Any] | None = None) -> Any:
        """What CloudFormation calls so under the provider's names; keys of free maps stay."""
        schema = self._resolved(schema if schema is not None else self._document)
        if isinstance(value, Mapping):
            known = schema.get("properties", {})
            return {
                sdk_name(name) if name in known else name: self.to_sdk(item, known.get(name, {}))
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [self.to_sdk(item, schema.get("items", {})) for item in value]
        return value

    def faults(self, inputs: Mapping[str, Any]) -> Iterator[Fault]:
        """Everything about inputs that CloudFormation would refuse; values that are not known yet are let through."""
        document = self.to_cloudformation(inputs)
        for name in self.read_only:
            if len(name) == 1 and name[0] in document:
                yield Fault(sdk_name(name[0]), "is read-only")
        for error in _Validator(self._document).iter_errors(document):
            exact = best_match([error]) or error
            yield Fault(_path(exact), exact.message)

    def replaces(self, path: tuple[str, ...]) -> bool:
        """Whether a change at this path, in CloudFormation's names, makes the resource anew."""
        return any(path[: len(steps)] == steps or steps[: len(path)] == path for steps in self.create_only)

    def _members(
        self, value: Mapping[str, Any], schema: Mapping[str, Any]
    ) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
        known = {sdk_name(name): name for name in schema.get("properties", {})}
        for key, item in value.items():
            name = known.get(key, key)
            yield name, item, schema.get("properties", {}).get(name, {})

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema behind a reference; of alternatives, one with the properties of all."""
        if "$ref" in schema:
            name = str(schema["$ref"]).rpartition("/")[2]
            return self._resolved(self._document["definitions"][name])
        if "oneOf" in schema:
            parts = [self._resolved(part).get("properties", {}) for part in schema["oneOf"]]
            return {**schema, "properties": {key: item for part in parts for key, item in part.items()}}
        return schema


def sdk_name(name: str) -> str:
    """CloudFormation's name in camel case: ClusterArn, FSxLustreConfig, VolumeSizeInGB -> clusterArn,
    fSxLustreConfig, volumeSizeInGb.
    """
    words = _WORDS.sub(lambda run: run[0].capitalize(), name)
    return words[:1].lower() + words[1:]


@cache
def load(type_name: str) -> Schema:
    """The schema of a type. Raises ProviderError when there is none."""
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ProviderError("the sandbox's schemas of CloudFormation are missing: install cfn-lint")
    folder = Path(spec.origin).parent / "data" / "schemas"
    files = json.loads((folder / "providers" / "us-east-1.json").read_text())
    if type_name not in files:
        raise ProviderError(f"CloudFormation has no resource type {type_name}")
    document = json.loads((folder / "resources" / f"{files[type_name]}.json").read_text())
    return Schema(document)


def _steps(pointer: str) -> tuple[str, ...]:
    return tuple(pointer.removeprefix("/properties/").split("/"))


def _path(error: ValidationError) -> str:
    steps = (
        f"[{step}]" if isinstance(step, int) else f".{sdk_name(str(step))}" for step in error.absolute_path
    )
    return "".join(steps).removeprefix(".")


def _known_only(keyword: Any) -> Any:
    """A keyword that holds nothing against what is not known yet."""

    def check(validator: Any, wanted: Any, instance: Any, schema: Any) -> Any:
        return () if instance is UNKNOWN else keyword(validator, wanted, instance, schema) or ()

    return check


def _pattern(validator: Any, wanted: str, instance: Any, schema: Any) -> Any:
    if _UNICODE_CLASSES.search(wanted):
        return ()
    return Draft7Validator.VALIDATORS["pattern"](validator, wanted, instance, schema)


def _unique(validator: Any, wanted: bool, instance: Any, schema: Any) -> Any:
    return (
        ()
        if has_unknown(instance)
        else Draft7Validator.VALIDATORS["uniqueItems"](validator, wanted, instance, schema)
    )


_Validator: Final = extend(
    Draft7Validator,
    {
        name: _known_only(keyword)
        for name, keyword in {
            **Draft7Validator.VALIDATORS,
            "pattern": _pattern,
            "uniqueItems": _unique,
        }.items()
        if name != "$ref"
    },
)
