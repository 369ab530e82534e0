"""The lifecycle scripts of a HyperPod cluster: what its nodes are told, and where the scripts lie (row H2).

The files of `cluster-configs/hyperpod/lifecycle-scripts/<folder>/`, with the parameters of the cluster beside them, go
under a prefix that is made of their content. So a change is a new prefix: a node that starts meanwhile reads the old
files or the new ones, never half of each, and what a group ran is known from its SourceS3Uri (docs/decisions/0025).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from plan import names
from plan.mounts import LUSTRE_PATH
from plan.prefixes import LIFECYCLE_SCRIPTS
from plan.storage import StoragePlan
from spec import Fleet
from spec.storage import HOMES_NAME, HOMES_PATH

NodeType = Literal["controller", "login", "compute"]

ON_CREATE = "on_create.sh"
"""`LifeCycleConfig.OnCreate`: what SageMaker runs, as root, on each new node."""

PARAMETERS = "parameters.json"
"""Never `provisioning_parameters.json`: a cluster whose groups have a SlurmConfig must have no file of that name, which
switches HyperPod to the older way (SageMaker AI Developer Guide, "Migrating to API-driven Slurm configuration")."""

PARAMETERS_VERSION = "1.0.0"
"""What the scripts check: they and the plan change together."""

FOLDERS: Mapping[str, str] = {"slurm": "base-config", "eks": "eks"}
"""The folder of the scripts by orchestrator."""

HASH_LENGTH = 16
"""Characters of the SHA-256 that a prefix carries: 64 bits, enough to tell the versions of one cluster apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeGroup:
    """An instance group as the scripts know it; compute groups have a partition."""

    instance_group_name: str
    node_type: NodeType
    partition_name: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountingDatabase:
    """MySQL on RDS or Aurora for slurmdbd; the secret holds `username` and `password`."""

    endpoint: str
    port: int
    name: str
    secret_arn: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """A group of the nodes' users: who may use an access point of EFS."""

    name: str
    gid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """A user of the nodes; the same uid everywhere, since /home and /fsx are shared."""

    name: str
    uid: int
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ScriptParameters:
    """What a Slurm cluster's nodes are told, without ids that AWS has yet to give.

    `accounting_database` None is MariaDB on the controller; `accounting` False is no accounting at all.
    """

    cluster: str
    region: str
    groups: tuple[NodeGroup, ...]
    homes_path: str | None
    lustre_path: str | None
    teams: tuple[Team, ...]
    users: tuple[User, ...] = ()
    accounting: bool = True
    accounting_database: AccountingDatabase | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterScripts:
    """The scripts of one cluster as a plan holds them; no `parameters` for one on EKS, where Kubernetes mounts."""

    bucket: str
    cluster: str
    folder: str
    parameters: ScriptParameters | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LifecycleScriptsPlan:
    """Where each file goes: object key and text, by its path in the folder."""

    bucket: str
    prefix: str
    files: Mapping[str, tuple[str, str]]

    @property
    def s3_uri(self) -> str:
        """`LifeCycleConfig.SourceS3Uri`."""
        return f"s3://{self.bucket}/{self.prefix}"


def slurm_scripts(
    fleet: Fleet,
    site_name: str,
    storage: StoragePlan | None,
    *,
    cluster: str,
    groups: Sequence[NodeGroup],
    users: Sequence[User] = (),
    accounting: bool = True,
    accounting_database: AccountingDatabase | None = None,
) -> ClusterScripts:
    """The scripts of a cluster on Slurm. `cluster` is its physical name."""
    has_lustre, efs = storage is not None and storage.lustre is not None, storage.efs if storage else None
    teams = tuple(
        Team(name=point.key, gid=point.owner_gid)
        for point in (efs.access_points if efs else ())
        if point.key != HOMES_NAME
    )
    return ClusterScripts(
        bucket=_bucket(fleet, site_name),
        cluster=cluster,
        folder=FOLDERS["slurm"],
        parameters=ScriptParameters(
            cluster=cluster,
            region=fleet.sites[site_name].region,
            groups=tuple(groups),
            homes_path=HOMES_PATH if efs else None,
            lustre_path=LUSTRE_PATH if has_lustre else None,
            teams=teams,
            users=tuple(users),
            accounting=accounting,
            accounting_database=accounting_database,
        ),
    )


def eks_scripts(fleet: Fleet, site_name: str, *, cluster: str) -> ClusterScripts:
    """The scripts of a cluster on EKS, `cluster` is its physical name."""
    return ClusterScripts(
        bucket=_bucket(fleet, site_name), cluster=cluster, folder=FOLDERS["eks"], parameters=None
    )


def plan_lifecycle_scripts(
    scripts: ClusterScripts, sources: Mapping[str, str], fstab: Sequence[str] = ()
) -> LifecycleScriptsPlan:
    """Where the files go. `sources` are texts by path in the folder, `fstab` lines of `plan.mounts.hyperpod_fstab`."""
    files = dict(sources)
    if scripts.parameters:
        files[PARAMETERS] = parameters_text(scripts.parameters, fstab)
    prefix = f"{LIFECYCLE_SCRIPTS}{scripts.cluster}/{content_hash(files)}/"
    return LifecycleScriptsPlan(
        bucket=scripts.bucket,
        prefix=prefix,
        files={path: (prefix + path, files[path]) for path in sorted(files)},
    )


def content_hash(files: Mapping[str, str]) -> str:
    """A hash of names and texts, whatever the order they come in."""
    content = json.dumps(sorted(files.items())).encode()
    return hashlib.sha256(content).hexdigest()[:HASH_LENGTH]


def parameters_text(parameters: ScriptParameters, fstab: Sequence[str]) -> str:
    """The file that the scripts read and check (provision/parameters.py there)."""
    told = {"version": PARAMETERS_VERSION, **asdict(parameters), "fstab": list(fstab)}
    return json.dumps(told, indent=2) + "\n"


def _bucket(fleet: Fleet, site_name: str) -> str:
    site = fleet.sites[site_name]
    return names.data_bucket(site.account, site.region)
