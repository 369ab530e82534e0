"""What stacks promise each other: typed outputs, written and read by the same definition.

A contract is a frozen dataclass of strings and maps of strings. The producing stack exports it under `KEY`
with its `VERSION`; a consumer gets it back by `parse`, or an error that says which stack, which output and
what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar

from pydantic import TypeAdapter, ValidationError


class ContractError(Exception):
    """A stack's outputs are not what it promised. `stack` is the one to deploy (again) first."""

    def __init__(self, stack: str, problems: tuple[str, ...]) -> None:
        self.stack = stack
        self.problems = problems
        super().__init__("\n".join(f"{stack}: {problem}" for problem in problems))


@dataclass(frozen=True)
class Contract:
    """Base of all contracts."""

    KEY: ClassVar[str]
    VERSION: ClassVar[int]


ContractT = TypeVar("ContractT", bound=Contract)


@dataclass(frozen=True)
class NetworkContract(Contract):
    """Ids of a site's network: subnets and tables by zone id, placement groups by `<fleet>-<zone id>`."""

    KEY: ClassVar[str] = "network"
    VERSION: ClassVar[int] = 1

    vpc_id: str
    private_subnet_ids: dict[str, str]
    public_subnet_ids: dict[str, str]
    private_route_table_ids: dict[str, str]
    security_group_ids: dict[str, str]
    placement_groups: dict[str, str]


@dataclass(frozen=True)
class StorageContract(Contract):
    """A site's file systems: ids, DNS names and mount names by kind, `lustre` and `efs`; access points by name."""

    KEY: ClassVar[str] = "storage"
    VERSION: ClassVar[int] = 1

    file_system_ids: dict[str, str]
    dns_names: dict[str, str]
    mount_names: dict[str, str]
    access_point_ids: dict[str, str]


@dataclass(frozen=True)
class RegistryContract(Contract):
    """Where images are pushed to and pulled from, by the repository's name in fleet.yaml."""

    KEY: ClassVar[str] = "registry"
    VERSION: ClassVar[int] = 1

    repository_urls: dict[str, str]


@dataclass(frozen=True)
class HyperPodContract(Contract):
    """A site's HyperPod clusters by short name; those on EKS also by the EKS cluster that carries them."""

    KEY: ClassVar[str] = "hyperpod"
    VERSION: ClassVar[int] = 1

    cluster_names: dict[str, str]
    cluster_arns: dict[str, str]
    eks_clusters: dict[str, str]


@dataclass(frozen=True)
class ParallelClusterContract(Contract):
    """ParallelCluster's API of the account and region, and the clusters that it made for this site, by short name."""

    KEY: ClassVar[str] = "parallelcluster"
    VERSION: ClassVar[int] = 1

    api_url: str
    user_role_arn: str
    cluster_names: dict[str, str]
    cluster_versions: dict[str, str]


@dataclass(frozen=True)
class KeysContract(Contract):
    """The key of a site; every site has one."""

    KEY: ClassVar[str] = "keys"
    VERSION: ClassVar[int] = 1

    key_arn: str


@dataclass(frozen=True)
class EksContract(Contract):
    """The EKS clusters of a site, by their short names."""

    KEY: ClassVar[str] = "eks"
    VERSION: ClassVar[int] = 1

    names: dict[str, str]
    arns: dict[str, str]
    endpoints: dict[str, str]
    certificate_authorities: dict[str, str]
    versions: dict[str, str]
    cluster_security_group_ids: dict[str, str]


@dataclass(frozen=True)
class LinksContract(Contract):
    """Ids of the peering connections, by `<site>--<site>`."""

    KEY: ClassVar[str] = "links"
    VERSION: ClassVar[int] = 1

    peering_connection_ids: dict[str, str]


def field_names(contract: type[Contract]) -> tuple[str, ...]:
    """The outputs that a contract consists of."""
    return tuple(field.name for field in fields(contract))


def parse(contract: type[ContractT], stack: str, outputs: Mapping[str, Any]) -> ContractT:
    """The promise of that stack from its outputs.

    Raises ContractError naming every missing or mistyped output.
    """
    value = outputs.get(contract.KEY)
    if not isinstance(value, Mapping):
        found = "is missing" if value is None else f"is {type(value).__name__}, not a map"
        raise ContractError(stack, (f"output {contract.KEY} {found}; {_remedy(stack)}",))
    if value.get("version") != contract.VERSION:
        versions = f"version {value.get('version')}, this checkout reads version {contract.VERSION}"
        raise ContractError(stack, (f"output {contract.KEY} has {versions}; {_remedy(stack)}",))
    content = {name: value[name] for name in field_names(contract) if name in value}
    try:
        return TypeAdapter(contract).validate_python(content)
    except ValidationError as error:
        raise ContractError(stack, _problems(contract, stack, error)) from None


def _problems(contract: type[Contract], stack: str, error: ValidationError) -> tuple[str, ...]:
    def sentence(kind: str, path: str, value: object) -> str:
        if kind == "missing":
            return f"output {path} is missing; {_remedy(stack)}"
        return f"output {path} is {type(value).__name__}; {_remedy(stack)}"

    return tuple(
        sentence(item["type"], ".".join((contract.KEY, *(str(part) for part in item["loc"]))), item["input"])
        for item in error.errors()
    )


def _remedy(stack: str) -> str:
    return f"deploy that stack first: fleet up --only {stack}"
