"""JSON Schemas of fleet.yaml and the stack files, for editors: `# yaml-language-server: $schema=...`."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from spec.fleet import FleetSettings
from spec.site import Site
from spec.stackfile import ENGINE_CONFIG_PREFIX, ENGINE_KEYS, SITE_KEY

FLEET_SCHEMA = "schema/fleet.schema.json"
SITE_SCHEMA = "schema/site.schema.json"


def schemas() -> dict[str, str]:
    """The text of each schema file, by its path in the checkout. They are committed, and a test compares."""
    return {FLEET_SCHEMA: _text(_fleet()), SITE_SCHEMA: _text(_stack_file())}


def _fleet() -> dict[str, Any]:
    fleet = FleetSettings.model_json_schema()
    for field in fleet["properties"].values():
        if "patternProperties" in field:  # pydantic leaves the names that do not match free
            field["additionalProperties"] = False
    return {"$schema": GenerateJsonSchema.schema_dialect, **fleet}


def _stack_file() -> dict[str, Any]:
    """The whole file: the site inside of the engine's own keys, which are described but not checked."""
    site = Site.model_json_schema()
    definitions = site.pop("$defs")
    engine_key = {"description": "The engine's own; written by `fleet bootstrap` or `pulumi`."}
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$defs": {**definitions, "Site": site},
        "title": "Stack file of a site",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {SITE_KEY: {"$ref": "#/$defs/Site"}},
                "patternProperties": {f"^{ENGINE_CONFIG_PREFIX}": engine_key},
                "required": [SITE_KEY],
                "additionalProperties": False,
            },
            **dict.fromkeys(ENGINE_KEYS, engine_key),
        },
        "required": ["config"],
        "additionalProperties": False,
    }


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
