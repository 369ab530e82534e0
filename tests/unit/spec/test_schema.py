from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from spec.schema import FLEET_SCHEMA, SITE_SCHEMA, schemas
from tests.unit.spec.bad_inputs.case import FLEET, MAIN_USE1, MAIN_USW2, ROOT, SECONDARY_USE1, SECONDARY_USW2

COMMITTED = [
    (FLEET, FLEET_SCHEMA),
    (MAIN_USE1, SITE_SCHEMA),
    (MAIN_USW2, SITE_SCHEMA),
    (SECONDARY_USE1, SITE_SCHEMA),
    (SECONDARY_USW2, SITE_SCHEMA),
]


def content(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((ROOT / name).read_text())


def problems(name: str, data: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(json.loads(schemas()[name]))
    return sorted(error.json_path for error in validator.iter_errors(data))


@pytest.mark.parametrize("path", [FLEET_SCHEMA, SITE_SCHEMA])
def test_the_committed_schema_is_the_models(path: str) -> None:
    assert (ROOT / path).read_text() == schemas()[path], "run `fleet schema`"


@pytest.mark.parametrize("path", [FLEET_SCHEMA, SITE_SCHEMA])
def test_a_schema_is_valid_itself(path: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schemas()[path]))


@pytest.mark.parametrize(("file", "schema"), COMMITTED)
def test_a_committed_file_is_valid_and_names_its_schema(file: str, schema: str) -> None:
    assert problems(schema, content(file)) == []
    assert (ROOT / file).read_text().split("\n")[0] == f"# yaml-language-server: $schema={schema}"


def test_an_editor_sees_wrong_fields_of_a_site() -> None:
    data = content(MAIN_USE1)
    site = data["config"]["ml-clusters:site"]
    site["region"] = "us-east-9"
    site["hub"] = "yes"
    site["network"]["availability_zones"] = ["us-east-1a", "use1-az4"]
    site["network"]["flow_log_retention_days"] = 29
    site["network"]["gateway_endpoints"] = ["s3", "s3"]
    data["config"]["aws:region"] = "us-east-1"
    where = "$.config['ml-clusters:site']"
    assert problems(SITE_SCHEMA, data) == sorted(
        [
            "$.config",
            f"{where}.hub",
            f"{where}.network",
            f"{where}.region",
        ]
    )


def test_an_editor_sees_wrong_fields_of_the_fleet() -> None:
    data = content(FLEET)
    data["owner"] = ""
    data["accounts"]["main"]["id"] = 483026362307
    data["accounts"]["Third"] = {"id": "012345678901", "bootstrap_profile": "third"}
    data["peerings"][0] = ["main-use1"]
    assert problems(FLEET_SCHEMA, data) == ["$.accounts", "$.accounts.main.id", "$.owner", "$.peerings[0]"]


def fields(node: Any) -> list[tuple[str, bool]]:
    """Every property of every object that is a model, and whether it is described."""
    found: list[tuple[str, bool]] = []
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            found.append((name, "description" in value or "$ref" in value or name == "config"))
        for value in node.values():
            found += fields(value)
    return found


@pytest.mark.parametrize("path", [FLEET_SCHEMA, SITE_SCHEMA])
def test_every_field_is_described(path: str) -> None:
    assert [name for name, described in fields(json.loads(schemas()[path])) if not described] == []
