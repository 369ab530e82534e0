"""SageMaker HyperPod clusters of one site, on Slurm or on one of the site's EKS clusters."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spec.fields import Name, Spec, UniqueTuple, ZoneId
from spec.hyperpod_fields import (
    Alarms,
    HostName,
    InstanceCount,
    InstanceType,
    Percent,
    Port,
    SecretArn,
    TrainingPlanArn,
    UpdateSchedule,
    VolumeGib,
    WaitSeconds,
)
from spec.storage_fields import PosixId

DeepHealthCheck = Literal["InstanceStress", "InstanceConnectivity"]


class TrainingPlan(Spec):
    """A SageMaker training plan that was bought: where an instance group's capacity comes from."""

    arn: TrainingPlanArn = Field(
        description="ARN of the plan, in the site's own account and region: a plan stays where it was bought."
    )
    availability_zone: ZoneId = Field(
        description="Id of the zone that the plan's capacity is in: the group's subnet is the one of this zone."
    )


class SoftwareUpdates(Spec):
    """When and how SageMaker brings the nodes' images up to date, a batch at a time."""

    schedule: UpdateSchedule = Field(
        description='When, in UTC, in quotes: "cron(0 9 ? * 1#1 *)" is the first Sunday of each month at 9:00.'
    )
    batch_percent: Percent = Field(
        default=10, description="The part of each group in percent that is updated at a time."
    )
    rollback_batch_percent: Percent = Field(
        default=20, description="The part of each group in percent that is taken back at a time."
    )
    wait_seconds: WaitSeconds = Field(
        default=600, description="Seconds between two batches, in which an alarm can go off."
    )
    rollback_alarms: Alarms = Field(
        default=(),
        description="Names of CloudWatch alarms, at most ten; one that goes off takes the update back.",
    )


class AccountingDatabase(Spec):
    """A MySQL database for Slurm's accounting, in the place of the one on the controller."""

    endpoint: HostName = Field(description="Host name of the database.")
    port: Port = Field(default=3306, description="TCP port of the database.")
    name: Name = Field(default="slurm", description="Name of the schema in it.")
    secret: SecretArn = Field(description="ARN of the secret that holds `username` and `password`.")


class NodeUser(Spec):
    """A user of the nodes of a cluster on Slurm: the same on every node, since /home and /fsx are shared."""

    name: Name = Field(description="Name of the user, and of the group that is his own.")
    uid: PosixId = Field(description="POSIX user id, the same in every cluster that shares a file system.")
    teams: UniqueTuple[Name] = Field(
        default=(), description="Teams that the user is in: names of the site's EFS access points."
    )


class InstanceGroup(Spec):
    """Nodes of one kind. On Slurm a controller, a login or a compute group."""

    instance_type: InstanceType = Field(description="Instance type, such as ml.p5.48xlarge.")
    count: InstanceCount = Field(description="Number of instances; 0 for a group that is autoscaled.")
    min_count: InstanceCount | None = Field(
        default=None,
        description="The number of instances with which the group goes into service; left out, all of them.",
    )
    slurm_node: Literal["controller", "login", "compute"] | None = Field(
        default=None, description="What the nodes are to Slurm; only on Slurm, where each group says it."
    )
    partition: Name | None = Field(
        default=None, description="Slurm partition of a compute group; left out, it is named after the group."
    )
    deep_health_checks: UniqueTuple[DeepHealthCheck] = Field(
        default=(),
        description="Checks that each new node has to pass, which take one to two hours: InstanceStress, "
        "InstanceConnectivity.",
    )
    training_plan: TrainingPlan | None = Field(
        default=None, description="The bought plan that the capacity comes from; left out, on demand."
    )
    volume_gib: VolumeGib | None = Field(
        default=None,
        description="Size in GiB of a volume at /opt/sagemaker on each node; left out, there is none.",
    )
    capacity: Literal["on-demand", "spot"] | None = Field(
        default=None, description="How the instances are bought; left out, SageMaker's default, on demand."
    )
    autoscaled: bool = Field(
        default=False, description="Whether Karpenter decides the number of nodes; `count` is then 0."
    )


class HyperPodCluster(Spec):
    """A HyperPod cluster."""

    orchestrator: Literal["slurm", "eks"] = Field(description="What gives the nodes their work.")
    eks_cluster: Name | None = Field(
        default=None, description="The EKS cluster of this site whose nodes they are; only on EKS."
    )
    availability_zone: ZoneId = Field(
        description="Id of the zone whose private subnet the nodes live in: EFA works within one zone. A group "
        "with a training plan lives in the plan's zone."
    )
    node_recovery: Literal["Automatic", "None"] = Field(
        default="Automatic",
        description="Automatic: SageMaker reboots or replaces nodes that it finds broken.",
    )
    continuous_provisioning: bool = Field(
        default=False,
        description="Whether the cluster works with the instances it has got, while SageMaker tries on for the "
        "others; else a group is there as a whole or not at all.",
    )
    autoscaling: bool = Field(
        default=False, description="Whether SageMaker's Karpenter scales the groups that are `autoscaled`."
    )
    tiered_storage_memory_percent: Percent | None = Field(
        default=None,
        description="Part of the nodes' memory in percent that keeps checkpoints; left out, none does.",
    )
    software_updates: SoftwareUpdates | None = Field(
        default=None,
        description="Scheduled updates of the nodes' images; left out, there are none by schedule.",
    )
    accounting_database: AccountingDatabase | None = Field(
        default=None,
        description="Where Slurm keeps its accounting; left out, in a database on the controller. Only on Slurm.",
    )
    users: tuple[NodeUser, ...] = Field(
        default=(), description="Users of the nodes; left out, those of the image alone. Only on Slurm."
    )
    groups: dict[Name, InstanceGroup] = Field(description="The instance groups, by name.")
