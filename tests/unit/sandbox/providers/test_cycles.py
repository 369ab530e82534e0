"""Every resource type lives a whole life: created, read, imported, updated, replaced, deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.providers.tables import RESOURCE_TYPES
from sandbox.providers.wire import Properties
from tests.unit.sandbox.providers.engine import Engine, urn_of
from tests.unit.sandbox.providers.example import Example, Given
from tests.unit.sandbox.providers.examples import EXAMPLES

NEVER_READ = {"code", "content"}
"""What the provider writes and never reads back: an import cannot know it."""
NOT_TOLD = {
    *NEVER_READ,
    *("autoAccept", "securityGroupIds"),
    *("templateUrl", "parameters"),
    *("resolveConflictsOnCreate", "resolveConflictsOnUpdate"),
}
MADE_NAMES = {"name", "nodeGroupName", "statementId", "targetId"}
TOLD = {
    name: item.told for kind in RESOURCE_TYPES.values() for name, item in kind.properties.items() if item.told
}
NONE = provider_pb2.DiffResponse.DIFF_NONE


def test_every_type_has_an_example() -> None:
    assert set(EXAMPLES) == set(RESOURCE_TYPES)


def readable(properties: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The properties of these names that AWS tells: not a function's code, and not what it adds by itself."""
    return {
        name: {key: item for key, item in value.items() if key not in TOLD.get(name, ())}
        if isinstance(value := properties.get(name), Mapping)
        else value
        for name in names
        if name not in NEVER_READ
    }


@pytest.mark.parametrize("kind", RESOURCE_TYPES)
def test_life_of_a_resource(engine: Engine, kind: str) -> None:
    example, urn = EXAMPLES[kind], urn_of(kind)
    given = example.needs(engine)
    program = example.inputs(given)
    inputs = engine.inputs(urn, program)

    resource_id, outputs = _created(engine, urn, program, inputs)
    _imported(engine, urn, program, import_id(example, given, resource_id))
    changes = example.changes(given)
    if changes:
        changed = {name: value for name, value in {**program, **changes}.items() if value is not None}
        news = engine.inputs(urn, changed, inputs)
        outputs, inputs = _updated(engine, urn, resource_id, changes, outputs, inputs, news), news
    replacing = engine.diff(urn, outputs, inputs, {**inputs, **example.replaced})
    assert set(replacing.replaces) == set(example.replaced)
    _deleted(engine, urn, resource_id, outputs, inputs)


def import_id(example: Example, given: Given, resource_id: str) -> str:
    """The id that a user writes to import the resource."""
    return example.import_id(given).replace("{id}", resource_id) if example.import_id else resource_id


def _created(engine: Engine, urn: str, program: Properties, inputs: Properties) -> tuple[str, Properties]:
    _, expected = engine.create(urn, inputs, preview=True)
    resource_id, outputs = engine.create(urn, inputs)
    assert set(outputs) <= set(expected) | {"tags"}
    assert readable(outputs, program) == readable(program, program)
    _settled(engine, urn, resource_id, outputs, inputs)
    return resource_id, outputs


def _settled(engine: Engine, urn: str, resource_id: str, outputs: Properties, inputs: Properties) -> None:
    """The same program changes nothing, and neither does a refresh."""
    assert engine.diff(urn, outputs, inputs, inputs).changes == NONE
    assert engine.read(urn, resource_id, outputs, inputs) == (resource_id, outputs, inputs)


def _imported(engine: Engine, urn: str, program: Properties, import_id: str) -> None:
    _, outputs, inputs = engine.read(urn, import_id)
    news = engine.inputs(urn, program)
    found = set(engine.diff(urn, outputs, inputs, news).diffs)
    assert found <= {*NOT_TOLD, *_made_names(news)}


def _made_names(inputs: Properties) -> set[str]:
    return {name for name in inputs["__defaults"] if name in MADE_NAMES}


def _updated(
    engine: Engine,
    urn: str,
    resource_id: str,
    changes: Properties,
    outputs: Properties,
    inputs: Properties,
    news: Properties,
) -> Properties:
    found = engine.diff(urn, outputs, inputs, news)
    assert set(found.diffs) - {"tagsAll"} == set(changes)
    assert list(found.replaces) == []
    updated = engine.update(urn, resource_id, outputs, inputs, news)
    assert readable(updated, changes) == readable(changes, changes)
    _settled(engine, urn, resource_id, updated, news)
    return updated


def _deleted(engine: Engine, urn: str, resource_id: str, outputs: Properties, inputs: Properties) -> None:
    engine.delete(urn, resource_id, outputs)
    if RESOURCE_TYPES[urn.split("::")[2]].delete:
        assert engine.read(urn, resource_id, outputs, inputs)[0] == ""
    engine.delete(urn, resource_id, outputs)
