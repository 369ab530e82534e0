"""What ParallelCluster says about a configuration, in our words: where in the file, how bad, what to do. Pure."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML

from spec.cluster_config import texts
from spec.problem import Path, path_text

SCHEMA = "ConfigSchemaValidator"
_SCHEMA_MESSAGES = re.compile(r"\[\(.*\)\]", re.DOTALL)

REMEDIES: Mapping[str, str] = {
    SCHEMA: "compare with ParallelCluster User Guide, Cluster configuration file",
    "CapacityTypeValidator": "name the block in the site file: capacity_reservation",
    "ComputeResourceSizeValidator": "a block's queue has MinCount = MaxCount, as many as the block has instances",
    "EfaPlacementGroupValidator": "say under Networking: PlacementGroup: {Enabled: true}, or false for a block's queue",
    "EfaValidator": "choose an instance type that has EFA, or remove Efa",
    "PlacementGroupCapacityTypeValidator": "write PlacementGroup: {Enabled: false} for the block's queue",
    "ClusterNameValidator": "shorten the cluster's key in the site file",
    "InstanceTypeValidator": "choose a type that EC2 has in this region",
    "CapacityReservationValidator": "compare the block's instance type and zone with the queue's",
    "EfaOsArchitectureValidator": "choose an Image.Os that EFA supports",
}
"""Validator of ParallelCluster -> what to do; others say it themselves."""
OTHERWISE = "change it in the file"

EXPECTED = frozenset({"KeyPairValidator"})
"""Warnings of what is meant: there are no keys, since people come in by Systems Manager (row P2)."""

STOPPED_FLEET = re.compile(
    r"compute (?:nodes|fleet) must be stopped|compute or login nodes are running", re.IGNORECASE
)
"""What the update policy says of a change that it makes with a stopped compute fleet (its update_policy.py)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One thing that ParallelCluster says. `path` is where in the file, as far as that can be told."""

    level: str
    path: Path
    text: str
    remedy: str

    def line(self, file: str) -> str:
        """One line, as the fleet's own problems are written."""
        place = ": ".join(filter(None, (file, path_text(self.path))))
        level = "" if self.level == "ERROR" else f"{self.level.lower()}: "
        return f"{place}: {level}{_one_line(self.text)}; {self.remedy}"


def of_validation(said: Sequence[Mapping[str, Any]], configuration: str) -> tuple[Message, ...]:
    """The members of `configurationValidationErrors` or `validationMessages` about this YAML."""
    document = YAML(typ="safe").load(io.StringIO(configuration)) or {}
    meant = [item for item in said if item.get("level") == "ERROR" or item.get("type") not in EXPECTED]
    return tuple(message for item in meant for message in _messages(item, document))


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedChange:
    """A change that the update policy does not make as things are. With `needs_stop` a stopped fleet is enough."""

    parameter: str
    current: str
    requested: str
    reason: str

    @property
    def needs_stop(self) -> bool:
        return STOPPED_FLEET.search(self.reason) is not None

    def line(self, file: str) -> str:
        """One line with the policy's own reason."""
        remedy = (
            "set updates: stop-fleet" if self.needs_stop else "take the change back, or set updates: replace"
        )
        change = f"{self.current} to {self.requested}"
        return f"{file}: {self.parameter}: {change} is not done: {_one_line(self.reason)}; {remedy}"


def of_update(said: Sequence[Mapping[str, Any]]) -> tuple[RefusedChange, ...]:
    """The members of `updateValidationErrors`."""
    return tuple(
        RefusedChange(
            parameter=item["parameter"],
            current=item.get("currentValue", "-"),
            requested=item.get("requestedValue", "-"),
            reason=item["message"],
        )
        for item in said
    )


def _messages(item: Mapping[str, Any], document: Any) -> Iterator[Message]:
    kind, text, level = item.get("type", ""), item["message"], item.get("level", "ERROR")
    remedy = REMEDIES.get(kind, OTHERWISE)
    if kind == SCHEMA and _SCHEMA_MESSAGES.fullmatch(text):
        for path, cause in _leaves((), dict(ast.literal_eval(text))):
            yield Message(level=level, path=path, text=cause, remedy=remedy)
    else:
        where = f" ({kind})" if kind else ""
        yield Message(level=level, path=_place(text, document), text=text + where, remedy=remedy)


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    """The schema's messages: mappings down to a list of sentences; a list's entries are under their number."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(path if key == "_schema" else (*path, key), item)
    else:
        yield path, " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _place(text: str, document: Any) -> Path:
    """The path of the longest value of the file that the message names; () when it names none."""
    named = [
        (len(value), path)
        for path, value in texts(document)
        if len(value) > 1 and re.search(rf"(?<![\w.-]){re.escape(value)}(?![\w-])", text)
    ]
    return max(named, key=lambda each: (each[0], -len(each[1])))[1] if named else ()


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")
