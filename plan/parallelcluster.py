"""ParallelCluster's API and the Slurm clusters of a site (rows P1 to P5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from plan import mounts, names, tags
from plan.cluster_config import Facts
from plan.contracts import StorageContract
from plan.iam import IamAccount, iam_account
from plan.storage import StoragePlan
from spec import Fleet, ParallelCluster, SlurmCluster
from spec.cluster_config import FOLDER

TEMPLATE_URL = (
    "https://{region}-aws-parallelcluster.s3.{region}.amazonaws.com"
    "/parallelcluster/{version}/api/parallelcluster-api.yaml"
)
"""AWS's own template, in its bucket of each region (ParallelCluster User Guide 3, "ParallelCluster API")."""

CAPABILITIES = ("CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
"""The template names its roles and is a serverless application."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiPlan:
    """The stack that installs the API. `is_private`: it answers at an endpoint of the VPC only."""

    stack_name: str
    template_url: str
    capabilities: tuple[str, ...]
    parameters: dict[str, str]
    is_private: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterPlan:
    """One Slurm cluster: its file as people wrote it, and what is known before anything exists."""

    key: str
    name: str
    zone_id: str
    file: str
    config: Mapping[str, Any]
    vpc_cidr: str
    head_node_role: str
    compute_node_role: str
    capacity_reservation: str | None
    slurm_database: dict[str, Any] | None
    external_slurmdbd: dict[str, Any] | None
    permissions_boundary: str | None
    tags: dict[str, str]
    updates: Literal["live", "stop-fleet", "replace"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ParallelClusterPlan:
    """The API and the clusters. `execution_role_arn` is who may become the API's user."""

    version: str
    region: str
    execution_role_arn: str
    api: ApiPlan
    clusters: tuple[ClusterPlan, ...]


def plan_parallelcluster(fleet: Fleet, name: str, execution_role_arn: str) -> ParallelClusterPlan | None:
    """The Slurm clusters of a site of the fleet; None for one that has none."""
    site = fleet.sites[name]
    if site.parallelcluster is None or site.network is None:
        return None
    iam = iam_account(fleet, fleet.settings.accounts[site.account].id)
    own_tags = tags.default_tags(
        site=name,
        environment=site.environment,
        owner=fleet.settings.owner,
        repository=fleet.settings.repository,
    )
    return ParallelClusterPlan(
        version=site.parallelcluster.version,
        region=site.region,
        execution_role_arn=execution_role_arn,
        api=_api(site.region, site.parallelcluster, iam),
        clusters=tuple(
            ClusterPlan(
                key=key,
                name=names.cluster(name, key),
                zone_id=cluster.availability_zone,
                file=f"{FOLDER}/{cluster.config}",
                config=fleet.cluster_configs[cluster.config],
                vpc_cidr=str(site.network.cidr),
                head_node_role=_role(iam, names.PARALLELCLUSTER_HEAD_NODE_ROLE, name),
                compute_node_role=_role(iam, names.PARALLELCLUSTER_COMPUTE_ROLE, name),
                capacity_reservation=cluster.capacity_reservation,
                slurm_database=_database(cluster),
                external_slurmdbd=_slurmdbd(cluster),
                permissions_boundary=iam.permissions_boundary_arn,
                tags=own_tags,
                updates=cluster.updates,
            )
            for key, cluster in site.parallelcluster.clusters.items()
        ),
    )


def facts(
    region: str,
    plan: ClusterPlan,
    *,
    private_subnet: str,
    base_security_group: str,
    storage: tuple[StoragePlan, StorageContract] | None,
) -> Facts:
    """What the cluster's file is filled in with, once ids are known: storage is its plan and its ids."""
    shared = mounts.parallelcluster(*storage) if storage else []
    return Facts(
        region=region,
        cluster_name=plan.name,
        vpc_cidr=plan.vpc_cidr,
        private_subnet=private_subnet,
        base_security_group=base_security_group,
        head_node_role=plan.head_node_role,
        compute_node_role=plan.compute_node_role,
        tags=[{"Key": key, "Value": value} for key, value in sorted(plan.tags.items())],
        shared_storage=shared or None,
        capacity_reservation=plan.capacity_reservation,
        slurm_database=plan.slurm_database,
        external_slurmdbd=plan.external_slurmdbd,
        permissions_boundary=plan.permissions_boundary,
    )


def example_facts(plan: ParallelClusterPlan, cluster: ClusterPlan, storage: StoragePlan | None) -> Facts:
    """The facts with made-up ids in place of those that AWS gives: what can be checked before anything exists."""
    ids = StorageContract(
        file_system_ids={"lustre": "fs-0123456789abcdef0", "efs": "fs-0123456789abcdef1"},
        dns_names={},
        mount_names={},
        access_point_ids=dict.fromkeys(_access_points(storage), "fsap-0123456789abcdef0"),
    )
    return facts(
        plan.region,
        cluster,
        private_subnet="subnet-0123456789abcdef0",
        base_security_group="sg-0123456789abcdef0",
        storage=(storage, ids) if storage else None,
    )


def _api(region: str, parallelcluster: ParallelCluster, iam: IamAccount) -> ApiPlan:
    """IAM access, since a cluster's stack makes the roles of its own clean-up functions (in /parallelcluster/)."""
    parameters = {"Region": region, "EnableIamAdminAccess": "true", "CreateApiUserRole": "true"}
    if iam.permissions_boundary_arn:
        parameters["PermissionsBoundaryPolicy"] = iam.permissions_boundary_arn
    return ApiPlan(
        stack_name=names.parallelcluster_api(region),
        template_url=TEMPLATE_URL.format(region=region, version=parallelcluster.version),
        capabilities=CAPABILITIES,
        parameters=parameters,
        is_private=parallelcluster.private_api,
    )


def _role(iam: IamAccount, role: str, site: str) -> str:
    return iam.role_arn(names.site_role(role, site), path=names.PARALLELCLUSTER_PATH)


def _database(cluster: SlurmCluster) -> dict[str, Any] | None:
    database = cluster.slurm_database
    if database is None:
        return None
    return {
        "Uri": database.uri,
        "UserName": database.user_name,
        "PasswordSecretArn": database.password_secret,
    }


def _slurmdbd(cluster: SlurmCluster) -> dict[str, Any] | None:
    slurmdbd = cluster.external_slurmdbd
    return {"Host": slurmdbd.host, "Port": slurmdbd.port} if slurmdbd else None


def _access_points(storage: StoragePlan | None) -> tuple[str, ...]:
    return tuple(point.key for point in storage.efs.access_points) if storage and storage.efs else ()
