"""The values that templates see, and the parameters of a request made from them.

Pure, given botocore's model of the operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from botocore.model import OperationModel

from sandbox.providers.resource_type import NOT_SET, Call, ResourceType
from sandbox.providers.shapes import member_named, to_shape
from sandbox.providers.templates import fill
from sandbox.providers.wire import Properties


def in_api_form(kind: ResourceType, properties: Mapping[str, Any]) -> Properties:
    """Properties as requests write them, with the resource's tags in each of AWS's forms."""
    values = {
        name: kind.properties[name].form.to_api(value) if name in kind.properties else value
        for name, value in properties.items()
    }
    tags = properties.get("tagsAll") or {}
    return values | tag_values(tags) | {"tags.all": tag_values(tags)["tags.list"] or []}


def tag_values(tags: Mapping[str, str]) -> Properties:
    """Tags as the templates name them; absent when there are none."""
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    keyed = [{"TagKey": key, "TagValue": value} for key, value in tags.items()]
    return {
        "tags.map": dict(tags) or None,
        "tags.list": pairs or None,
        "tags.keyed": keyed or None,
        "tags.query": urlencode(tags) or None,
    }


def list_changes(olds: Mapping[str, Any], news: Mapping[str, Any]) -> Properties:
    """`$name.added` and `$name.removed` of every property that is a list; absent when empty."""
    changes: Properties = {}
    for name, new in news.items():
        if isinstance(new, list):
            old = olds.get(name) or []
            changes[f"{name}.added"] = [item for item in new if item not in old] or None
            changes[f"{name}.removed"] = [item for item in old if item not in new] or None
    return changes


def params_of(kind: ResourceType, step: Call, model: OperationModel, values: Mapping[str, Any]) -> Properties:
    """A request's parameters, in the names and types of AWS's model."""
    tags = kind.tags.create_params if kind.tags and step is kind.create else {}
    params: Properties = fill({**step.params, **tags}, values) or {}
    if step.matching:
        params = {**_matching(kind, model, values), **params}
    shaped: Properties = to_shape(params, model.input_shape) if model.input_shape else params
    return shaped


def _matching(kind: ResourceType, model: OperationModel, values: Mapping[str, Any]) -> Properties:
    named = {
        member_named(model.input_shape, name): values[name]
        for name, item in kind.properties.items()
        if values.get(name) is not None and item.initial is NOT_SET
    }
    return {member: value for member, value in named.items() if member is not None}
