"""Every resource type lives a whole life: created, read, imported, updated, replaced, deleted."""

from __future__ import annotations

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.providers.tables import RESOURCE_TYPES
from tests.unit.sandbox.providers.engine import Engine, urn_of
from tests.unit.sandbox.providers.examples import EXAMPLES

NONE = provider_pb2.DiffResponse.DIFF_NONE


def test_every_type_has_an_example() -> None:
    assert set(EXAMPLES) == set(RESOURCE_TYPES)


@pytest.mark.parametrize("kind", RESOURCE_TYPES)
def test_life_of_a_resource(engine: Engine, kind: str) -> None:
    example, urn = EXAMPLES[kind], urn_of(kind)
    given = example.needs(engine)
    program = example.inputs(given)
    inputs = engine.inputs(urn, program)

    _, expected = engine.create(urn, inputs, preview=True)
    resource_id, outputs = engine.create(urn, inputs)
    assert set(outputs) <= set(expected) | {"tags"}
    assert {key: outputs[key] for key in program if key not in {"code"}} == {
        key: program[key] for key in program if key not in {"code"}
    }
    assert engine.diff(urn, outputs, inputs, inputs).changes == NONE

    assert engine.read(urn, resource_id, outputs, inputs) == (resource_id, outputs, inputs)
    import_id = example.import_id(given) if example.import_id else resource_id
    imported_id, imported, imported_inputs = engine.read(urn, import_id)
    adopted = engine.inputs(urn, {key: value for key, value in program.items() if key != "code"})
    assert imported_id == resource_id
    assert engine.diff(urn, imported, imported_inputs, adopted).diffs in ([], ["autoAccept"])

    changes = example.changes(given)
    if changes:
        changed = {key: value for key, value in {**program, **changes}.items() if value is not None}
        news = engine.inputs(urn, changed, inputs)
        found = engine.diff(urn, outputs, inputs, news)
        assert set(found.diffs) - {"tagsAll"} == set(changes)
        assert list(found.replaces) == []
        old, outputs = outputs, engine.update(urn, resource_id, outputs, inputs, news)
        inputs = news
        assert {key: outputs.get(key) for key in changes if key != "code"} == {
            key: value for key, value in changes.items() if key != "code"
        }
        assert engine.diff(urn, outputs, inputs, inputs).changes == NONE
        assert engine.read(urn, resource_id, outputs, inputs) == (resource_id, outputs, inputs)

    if example.replaced:
        replacing = engine.diff(urn, outputs, inputs, {**inputs, **example.replaced})
        assert set(replacing.replaces) == set(example.replaced)

    engine.delete(urn, resource_id, outputs)
    if RESOURCE_TYPES[kind].delete:
        assert engine.read(urn, resource_id, outputs, inputs)[0] == ""
        engine.delete(urn, resource_id, outputs)
