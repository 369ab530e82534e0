"""Files of cluster-configs/parallelcluster: ParallelCluster's own YAML, with `${name}` for what a site fills in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from spec.document import Document, read
from spec.problem import Finding, Path, Problem, did_you_mean
from spec.site import Site

FOLDER = "cluster-configs/parallelcluster"

FACTS: Mapping[str, str] = {
    "region": "the site's region",
    "cluster_name": "<site>--<name>",
    "vpc_cidr": "the CIDR of the site's VPC",
    "private_subnet": "the private subnet of the cluster's zone",
    "base_security_group": "the group of nodes: egress, and the way to the file systems",
    "head_node_role": "ARN of ParallelClusterHeadNodeRole",
    "compute_node_role": "ARN of ParallelClusterComputeRole",
    "shared_storage": "SharedStorage: Lustre at /fsx and EFS at /home, where the site has them",
    "capacity_reservation": "the cluster's capacity block, where it names one",
    "slurm_database": "Database of SlurmSettings, where the cluster names one",
    "external_slurmdbd": "ExternalSlurmdbd of SlurmSettings, where the cluster names one",
    "permissions_boundary": "ARN of the fleet's permissions boundary, where it has one",
    "tags": "the fleet's tags",
}
"""What `${name}` may stand for -> what it means. A value that is nothing but `${name}` gets the fact as it is, a
list say; within other text only facts that are text may stand.
"""

_REFERENCE = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<named>[a-z_]+)\}|(?P<invalid>))")


def read_all(root: FilePath, sites: Mapping[str, Site]) -> tuple[dict[str, Document], list[Problem]]:
    """The files that the sites' clusters name, by name, and what is wrong with them."""
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for name in dict.fromkeys(file for site in sites.values() for file in _named_by(site)):
        file = root / FOLDER / name
        document = replace(read(file), file=f"{FOLDER}/{name}")
        if not file.exists():
            known = sorted(other.name for other in file.parent.glob("*.yaml"))
            remedy = f"write it, or name another in `config`: {', '.join(known) or 'there is none'}"
            document = replace(document, findings=(Finding(path=(), cause="is missing", remedy=remedy),))
        documents[name] = document
        problems += map(document.problem, document.findings or wrong_references(document.data))
        problems += map(document.problem, forced_placement_groups(document))
    return documents, problems


def references(text: str) -> Iterator[str]:
    """The names of `${name}` in a text; "" for a `$` that begins none (`$$` is a plain one)."""
    for match in _REFERENCE.finditer(text):
        if match["escaped"] is None:
            yield match["named"] or ""


def wrong_references(value: Any, path: Path = ()) -> Iterator[Finding]:
    """References to what is no fact."""
    for place, text in texts(value, path):
        for name in references(text):
            if not name:
                cause, remedy = f'"{text}" has a $ that begins no ${{name}}', "write $$ for a plain $"
                yield Finding(path=place, cause=cause, remedy=remedy)
            elif name not in FACTS:
                yield Finding(
                    path=place, cause=f"${{{name}}} stands for nothing", remedy=did_you_mean(name, FACTS)
                )


def forced_placement_groups(document: Document) -> Iterator[Finding]:
    """A capacity block's instances are placed already; a placement group keeps some of them out (trap T3)."""
    queues = document.at(("Scheduling", "SlurmQueues"))
    for index, queue in enumerate(queues if isinstance(queues, Sequence) else ()):
        if not isinstance(queue, Mapping) or queue.get("CapacityType") != "CAPACITY_BLOCK":
            continue
        networking = queue.get("Networking")
        group = networking.get("PlacementGroup") if isinstance(networking, Mapping) else None
        if isinstance(group, Mapping) and (group.get("Enabled") is True or group.get("Name")):
            yield Finding(
                path=("Scheduling", "SlurmQueues", index, "Networking", "PlacementGroup"),
                cause="a capacity block has its own placement; with a placement group some nodes never start",
                remedy="write {Enabled: false}",
            )


def texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a document, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts(item, (*path, key))
    elif isinstance(value, Sequence):
        for index, item in enumerate(value):
            yield from texts(item, (*path, index))


def _named_by(site: Site) -> Iterator[str]:
    if site.parallelcluster:
        yield from (cluster.config for cluster in site.parallelcluster.clusters.values())
