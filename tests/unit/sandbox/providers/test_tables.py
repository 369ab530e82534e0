"""The tables against what they are written from: AWS's models, the SDK, CloudFormation's schemas."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import botocore.session
import jmespath
import pulumi
import pytest

from sandbox.providers.resource_type import Call, ResourceType
from sandbox.providers.tables import RESOURCE_TYPES

KINDS = pytest.mark.parametrize("kind", RESOURCE_TYPES.values(), ids=RESOURCE_TYPES.keys())
NOT_OF_THE_SDK = {"associationId"}
"""Outputs that a later request needs and the real provider keeps elsewhere."""


def calls(kind: ResourceType) -> Iterator[Call]:
    updates = [step for item in kind.properties.values() for step in item.updates]
    reads = [read.call for read in kind.reads]
    tags = [kind.tags.put, kind.tags.remove] if kind.tags else []
    for step in (kind.create, *kind.after_create, *updates, *kind.delete, *reads, *tags):
        if isinstance(step, Call):
            yield step


@cache
def service_model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


@cache
def schemas() -> tuple[Path, dict[str, str]]:
    spec = find_spec("cfnlint")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "data" / "schemas"
    return folder / "resources", json.loads((folder / "providers" / "us-east-1.json").read_text())


def cloudformation(type_name: str) -> dict[str, Any]:
    folder, files = schemas()
    schema: dict[str, Any] = json.loads((folder / f"{files[type_name]}.json").read_text())
    assert schema["typeName"] == type_name
    return schema


def top_level(paths: list[str] | None) -> set[str]:
    return {path.removeprefix("/properties/") for path in paths or () if path.count("/") == 2}


@KINDS
def test_operations_and_parameters_are_aws_s(kind: ResourceType) -> None:
    for step in calls(kind):
        shape = service_model(kind.service).operation_model(step.operation).input_shape
        assert set(step.params) <= set(shape.members), step.operation


@KINDS
def test_paths_compile(kind: ResourceType) -> None:
    paths = [*kind.outputs.values(), *(item.answer for item in kind.properties.values() if item.answer)]
    for path in paths:
        jmespath.compile(path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the SDK's packages import what they deprecate
@KINDS
def test_names_are_the_sdk_s(kind: ResourceType) -> None:
    module, name = kind.type.removeprefix("aws:").split(":")
    package = module.split("/")[0].replace("lambda", "lambda_")
    resource = getattr(importlib.import_module(f"pulumi_aws.{package}"), name)
    assert issubclass(resource, pulumi.CustomResource)
    getters = {key: item.fget for key, item in vars(resource).items() if isinstance(item, property)}
    known = {getattr(getter, "_pulumi_name", key) for key, getter in getters.items()}
    named = {*kind.properties, *kind.outputs, *kind.computed} - NOT_OF_THE_SDK
    assert named <= known
    assert ("tags" in known) == (kind.tags is not None)
    assert ("region" in known) == kind.regional


@KINDS
def test_replacements_are_cloudformation_s_or_say_why(kind: ResourceType) -> None:
    if not kind.cloudformation:
        assert kind.replaces_source
        return
    schema = cloudformation(kind.cloudformation)
    create_only = top_level(schema.get("createOnlyProperties"))
    sometimes = top_level(schema.get("conditionalCreateOnlyProperties"))
    by_lower = {name.lower(): name for name in schema["properties"]}
    for name, item in kind.properties.items():
        theirs = item.cloudformation or by_lower.get(name.lower())
        assert not item.cloudformation or item.cloudformation in schema["properties"], name
        same = theirs in sometimes or item.replaces == (theirs in create_only)
        assert same != bool(item.differs), f"{name}: {item.differs or 'differs, and does not say why'}"
