"""Turns pydantic's errors into findings in the operator's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from spec.document import kind_of
from spec.problem import Finding, Path, did_you_mean

WANTED: Mapping[str, tuple[str, str]] = {
    "string_type": ("text", "put it in quotes"),
    "int_type": ("a whole number", "write digits without quotes"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "tuple_type": ("a list", "write it like [a, b]"),
    "dict_type": ("a mapping", "write fields, `name: value`, one a line"),
    "model_type": ("a mapping", "write fields, `name: value`, one a line"),
}
"""pydantic's error type -> what the field wants, how to write it."""


def findings(model: type[BaseModel], error: ValidationError, *, root: Path) -> Iterator[Finding]:
    """One finding for each of pydantic's errors; `root` is the path of the model in its file."""
    for detail in error.errors(include_url=False):
        path = tuple(step for step in detail["loc"] if step != "[key]")
        cause, remedy = _explain(model, path, detail)
        yield Finding(path=(*root, *path), cause=cause, remedy=remedy)


def _explain(model: type[BaseModel], path: Path, detail: ErrorDetails) -> tuple[str, str]:
    kind = detail["type"]
    if kind == "spec":
        return detail["ctx"]["cause"], detail["ctx"]["remedy"]
    if kind == "missing":
        return "is missing", f"add it: {_description(model, path)}"
    if kind == "extra_forbidden":
        return "is not a field", did_you_mean(path[-1], _fields(model, path[:-1]))
    if kind == "literal_error":
        expected = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
        return f"cannot be {kind_of(detail['input'])}", did_you_mean(detail["input"], expected)
    wanted, remedy = WANTED[kind]
    return f"must be {wanted}, not {kind_of(detail['input'])}", remedy


def _fields(model: type[BaseModel], path: Path) -> Mapping[str, Any]:
    """The fields of the model that lies at a path."""
    return _model_at(model, path).model_fields


def _description(model: type[BaseModel], path: Path) -> str:
    description = _model_at(model, path[:-1]).model_fields[str(path[-1])].description or ""
    return description.split(". ")[0].rstrip(".")


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """Walks a path through fields, optional models, mappings and sequences of models."""
    for step in path:
        if step in model.model_fields:
            model = _inner_model(model.model_fields[str(step)].annotation) or model
    return model


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_inner_model, get_args(annotation))), None)
