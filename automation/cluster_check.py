"""AWS's own schema and validators on the fleet's Slurm clusters, before anything exists (docs/decisions/0021).

The package answers in a process of its own. What it said about a configuration is kept by its content, so that
`fleet validate` asks again only when something changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from automation.errors import FleetError
from parallelcluster.client import WorkerError
from plan import FleetPlan
from plan.cluster_config import render
from plan.cluster_messages import Message, of_validation
from plan.parallelcluster import ClusterPlan, example_facts

NEEDS_SETUP = "run: make setup"


class Validator(Protocol):
    """The process that has AWS's package."""

    def ask(self, what: str, **details: Any) -> Any:
        """Its answer. Raises WorkerError."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What AWS's code says of one cluster. `unanswered` are validators that have to ask AWS: the preview does."""

    cluster: str
    file: str
    version: str
    messages: tuple[Message, ...]
    unanswered: tuple[str, ...]

    @property
    def errors(self) -> tuple[Message, ...]:
        return tuple(message for message in self.messages if message.level == "ERROR")


def check(fleet: FleetPlan, validator: Validator, cache: Path) -> tuple[Checked, ...]:
    """Every Slurm cluster of the fleet, checked. Raises FleetError when the process cannot answer."""
    return tuple(
        _checked(region, cluster, configuration, validator, cache)
        for region, cluster, configuration in _configurations(fleet)
    )


def has_clusters(fleet: FleetPlan) -> bool:
    """Whether there is anything to check."""
    return any(site.parallelcluster for site in fleet.sites.values())


def _configurations(fleet: FleetPlan) -> Iterator[tuple[str, ClusterPlan, str]]:
    """(region, cluster, its file with made-up ids) of every cluster."""
    for site in fleet.sites.values():
        if site.parallelcluster is None:
            continue
        for cluster in site.parallelcluster.clusters:
            filled = example_facts(site.parallelcluster, cluster, site.storage)
            yield site.parallelcluster.region, cluster, render(cluster.file, cluster.config, filled)


def _checked(
    region: str, cluster: ClusterPlan, configuration: str, validator: Validator, cache: Path
) -> Checked:
    name = cluster.name
    key = hashlib.sha256(f"{name}\n{region}\n{configuration}".encode()).hexdigest()
    answer = _kept(cache / f"{key}.json")
    if answer is None:
        answer = _ask(name, configuration, validator, region)
        cache.mkdir(parents=True, exist_ok=True)
        (cache / f"{key}.json").write_text(json.dumps(answer))
    return Checked(
        cluster=name,
        file=cluster.file,
        version=answer["version"],
        messages=of_validation(answer["messages"], configuration),
        unanswered=tuple(answer["unanswered"]),
    )


def _ask(name: str, configuration: str, validator: Validator, region: str) -> Mapping[str, Any]:
    try:
        answer: Mapping[str, Any] = validator.ask(
            "validate",
            name=name,
            configuration=configuration,
            region=region,
            instance_types=str(_instance_types()),
        )
    except WorkerError as error:
        raise FleetError(f"AWS's validators cannot be asked: {error}", remedy=NEEDS_SETUP) from None
    return answer


def _instance_types() -> Path:
    """EC2's instance types as moto ships them, found without loading it. Raises FleetError without the extra."""
    found = find_spec("moto")
    if found is None or found.origin is None:
        raise FleetError("AWS's validators need moto's table of instance types", remedy=NEEDS_SETUP)
    return Path(found.origin).parent / "ec2" / "resources" / "instance_types.json.gz"


def _kept(file: Path) -> Mapping[str, Any] | None:
    try:
        kept: Mapping[str, Any] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return None
    return kept
