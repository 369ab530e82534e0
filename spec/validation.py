"""Checks a document against a model; what pydantic finds is said in the operator's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from spec.document import Document, kind_of
from spec.fields import Spec
from spec.problem import Finding, Path, did_you_mean

Model = TypeVar("Model", bound=Spec)

WANTED: Mapping[str, tuple[str, str]] = {
    "string_type": ("text", "put it in quotes"),
    "int_type": ("a whole number", "write digits without quotes"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "tuple_type": ("a list", "write it like [a, b]"),
    "dict_type": ("a mapping", "write fields, `name: value`, one a line"),
    "model_type": ("a mapping", "write fields, `name: value`, one a line"),
}
"""pydantic's error type -> what the field wants, how to write it."""


def validate(kind: type[Model], document: Document) -> tuple[Model | None, list[Finding]]:
    """The document's content as a model, or None, and all findings of its text and its fields.

    A value whose text was refused already (an unquoted id) is not refused again for its type, and a document
    that is not whole gives no model: rules would report what follows from the part that was left out.
    """
    findings = list(document.findings)
    if document.data is None:
        return None, findings
    value = document.at(document.root)
    if not isinstance(value, Mapping):
        cause = "is missing" if value is None else f"must be a mapping, not {kind_of(value)}"
        remedy = f"write the fields of the {kind.__name__.lower()} under it, `name: value`, one a line"
        return None, [*findings, Finding(path=document.root, cause=cause, remedy=remedy)]
    try:
        found = kind.model_validate(value)
    except ValidationError as error:
        refused = {finding.path for finding in findings}
        wrong = _wrong_fields(kind, error, root=document.root)
        return None, [*findings, *(finding for finding in wrong if finding.path not in refused)]
    return found if document.is_whole else None, findings


def _wrong_fields(model: type[BaseModel], error: ValidationError, *, root: Path) -> Iterator[Finding]:
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
