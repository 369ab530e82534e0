"""A Slurm cluster's file with what its site fills in. Pure."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from ruamel.yaml import YAML

from spec.cluster_config import references
from spec.problem import Path, path_text

_ALONE = re.compile(r"\$\{([a-z_]+)\}")
_REFERENCE = re.compile(r"\$(?:\$|\{([a-z_]+)\})")


class ConfigError(ValueError):
    """A file that cannot be filled in; says which, where and what is missing."""

    def __init__(self, file: str, path: Path, cause: str) -> None:
        super().__init__(f"{file}: {path_text(path)}: {cause}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What `${name}` stands for in one cluster's file, by name (spec.cluster_config.FACTS). None: the site has none."""

    region: str
    cluster_name: str
    vpc_cidr: str
    private_subnet: str
    base_security_group: str
    head_node_role: str
    compute_node_role: str
    tags: list[dict[str, str]]
    shared_storage: list[dict[str, Any]] | None
    capacity_reservation: str | None
    slurm_database: dict[str, Any] | None
    external_slurmdbd: dict[str, Any] | None
    permissions_boundary: str | None

    def as_mapping(self) -> dict[str, Any]:
        """By name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


class _Absent(Exception):
    """Something names what the site does not have: the nearest entry of a list goes, else the field."""


def filled(file: str, document: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """The configuration of one cluster.

    What names something that the site does not have is left out, with the entry of a list that it is in. Raises
    ConfigError for what stands for nothing, and for a fact that is no text within a text.
    """
    return _mapping(file, (), document, facts.as_mapping())


def render(file: str, document: Mapping[str, Any], facts: Facts) -> str:
    """The same as YAML 1.1: what AWS's reader takes texts such as `on` for is in quotes."""
    yaml = YAML()
    yaml.version = (1, 1)
    yaml.default_flow_style = False
    yaml.width = 1 << 20
    buffer = io.StringIO()
    yaml.dump(filled(file, document, facts), buffer)
    return buffer.getvalue()


def _filled(file: str, path: Path, value: Any, facts: Mapping[str, Any], *, in_list: bool) -> Any:
    match value:
        case str():
            return _text(file, path, value, facts)
        case Mapping():
            return _mapping(file, path, value, facts, in_list=in_list)
        case Sequence():
            return _sequence(file, path, value, facts)
        case _:
            return value


def _mapping(
    file: str, path: Path, value: Mapping[str, Any], facts: Mapping[str, Any], *, in_list: bool = False
) -> dict[str, Any]:
    """Inside an entry of a list an absence is the entry's; elsewhere it takes the field, and what it empties."""
    made: dict[str, Any] = {}
    for key, item in value.items():
        try:
            made[key] = _filled(file, (*path, key), item, facts, in_list=in_list)
        except _Absent:
            if in_list:
                raise
    if value and not made:
        raise _Absent
    return made


def _sequence(file: str, path: Path, value: Sequence[Any], facts: Mapping[str, Any]) -> list[Any]:
    made: list[Any] = []
    for index, item in enumerate(value):
        try:
            made.append(_filled(file, (*path, index), item, facts, in_list=True))
        except _Absent:
            continue
    if value and not made:
        raise _Absent
    return made


def _text(file: str, path: Path, value: str, facts: Mapping[str, Any]) -> Any:
    for name in references(value):
        if name not in facts:
            raise ConfigError(file, path, f"${{{name}}} stands for nothing")
        if facts[name] is None:
            raise _Absent
    alone = _ALONE.fullmatch(value)
    if alone:
        return facts[alone[1]]

    def fact(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "$"
        if not isinstance(facts[name], str):
            raise ConfigError(file, path, f"${{{name}}} is not a text, so it has to be the whole value")
        return str(facts[name])

    return _REFERENCE.sub(fact, value)
