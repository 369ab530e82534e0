"""The Slurm clusters of one site, which ParallelCluster's own API makes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spec.fields import Name, Spec, ZoneId
from spec.parallelcluster_fields import ConfigFile, Endpoint, Port, ReservationId, SecretArn, Version

DEFAULT_VERSION = "3.16.1"


class Database(Spec):
    """A MySQL-compatible database that the head node's own slurmdbd keeps accounting in."""

    uri: Endpoint = Field(description="host or host:port of the database; the port is 3306 if left out.")
    user_name: str = Field(description="The user as whom slurmdbd logs in.")
    password_secret: SecretArn = Field(
        description="ARN of the Secrets Manager secret that holds the password as plain text."
    )


class ExternalSlurmdbd(Spec):
    """A slurmdbd outside of the cluster, which several clusters share."""

    host: Endpoint = Field(description="Host name of the slurmdbd.")
    port: Port = Field(default=6819, description="Port of the slurmdbd.")


class SlurmCluster(Spec):
    """A Slurm cluster: a file of cluster-configs/parallelcluster and what this site fills in."""

    config: ConfigFile = Field(
        default="slurm.yaml",
        description="File of cluster-configs/parallelcluster that the cluster is made from, such as slurm.yaml.",
    )
    availability_zone: ZoneId = Field(
        description="Id of the zone whose private subnet holds all nodes, one of the network's: EFA and a capacity "
        "block are in one zone."
    )
    capacity_reservation: ReservationId | None = Field(
        default=None,
        description="Id of the capacity block that the queue gpu-capacity-block uses, such as "
        "cr-0123456789abcdef0; left out, there is no such queue.",
    )
    slurm_database: Database | None = Field(
        default=None, description="Slurm accounting in a database; left out, not there."
    )
    external_slurmdbd: ExternalSlurmdbd | None = Field(
        default=None, description="Slurm accounting by a slurmdbd elsewhere; left out, not there."
    )
    updates: Literal["live", "stop-fleet", "replace"] = Field(
        default="live",
        description="Which updates are made: live, those that leave running jobs alone; stop-fleet, also those for "
        "which the compute fleet is stopped, which ends jobs, and started again; replace, also those that make the "
        "cluster anew, which the driver asks for by --allow-replace as well.",
    )


class ParallelCluster(Spec):
    """ParallelCluster's API in the site's account and region, and the clusters that it makes."""

    version: Version = Field(
        default=DEFAULT_VERSION,
        description='Version of ParallelCluster, in quotes: "3.16.1". A cluster keeps the version it was made with; '
        "to upgrade it is to make it anew.",
    )
    private_api: bool = Field(
        default=False,
        description="Whether the API answers inside the site's VPC only; whoever rolls out has to be able to reach it.",
    )
    clusters: dict[Name, SlurmCluster] = Field(
        description="The clusters by their short names; a cluster is called <site>--<name>."
    )
