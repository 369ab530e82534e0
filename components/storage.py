"""A site's file systems, as their plan says: FSx for Lustre and its associations, EFS and its access points."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.contracts import promise
from components.layer import Layer, LayerOptions
from components.network import Network
from plan.contracts import StorageContract
from plan.storage import AccessPointPlan, AssociationPlan, EfsPlan, LustrePlan, StoragePlan
from plan.storage_watch import StorageAlarmPlan

LUSTRE_TIMEOUT = pulumi.CustomTimeouts(create="60m", update="60m", delete="60m")
ASSOCIATION_TIMEOUT = pulumi.CustomTimeouts(create="60m", update="40m", delete="40m")
"""An association whose prefix holds many objects takes over 20 minutes, beyond the provider's own limit of 10."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StorageArgs:
    """What file systems are built from. `data` is the layer that makes the bucket which Lustre is linked to."""

    plan: StoragePlan
    network: Network
    key_arn: pulumi.Output[str]
    topic_arn: pulumi.Output[str] | None
    data: Layer | None


class Storage(Layer):
    """The file systems of a site. Ids and names are promised to the clusters as `StorageContract`."""

    file_system_ids: dict[str, pulumi.Output[str]]
    access_point_ids: dict[str, pulumi.Output[str]]
    mounts: list[pulumi.Resource]
    """What has to be there before a node can mount: the file systems, and EFS's mount targets."""

    def __init__(self, name: str, args: StorageArgs, opts: LayerOptions | None = None) -> None:
        super().__init__(name, opts)
        self._args = args
        self.plan = args.plan
        self.mounts = []
        self.file_system_ids, self.access_point_ids = {}, {}
        self._dns_names: dict[str, pulumi.Output[str]] = {}
        self._mount_names: dict[str, pulumi.Output[str]] = {}
        if args.plan.lustre:
            self._lustre(args.plan.lustre)
        if args.plan.efs:
            self._efs(args.plan.efs)
        self.promised: dict[str, dict[str, pulumi.Output[str]]] = {
            "file_system_ids": self.file_system_ids,
            "dns_names": self._dns_names,
            "mount_names": self._mount_names,
            "access_point_ids": self.access_point_ids,
        }
        self.register_outputs(self.promised)

    def promise(self) -> None:
        """Export what other stacks may rely on."""
        promise(StorageContract, **self.promised)

    def _lustre(self, plan: LustrePlan) -> None:
        """The file system, once its group lets its servers reach each other: FSx looks, and refuses otherwise.

        No automatic backups: FSx makes none of a file system that is linked to a bucket (docs/decisions/0014).
        """
        network = self._args.network
        metadata: dict[str, Any] = {"mode": "AUTOMATIC"}
        if plan.metadata_iops is not None:
            metadata = {"mode": "USER_PROVISIONED", "iops": plan.metadata_iops}
        system = self.child(
            aws.fsx.LustreFileSystem,
            "lustre",
            stateful=True,
            deployment_type="PERSISTENT_2",
            storage_type="SSD",
            storage_capacity=plan.capacity_gib,
            per_unit_storage_throughput=plan.throughput_mbps_per_tib,
            data_compression_type="LZ4",
            kms_key_id=self._args.key_arn,
            subnet_ids=network.private_subnet_ids[plan.zone_id],
            security_group_ids=[network.security_group_ids["lustre"]],
            weekly_maintenance_start_time=plan.maintenance_window,
            metadata_configuration=metadata,
            tags={"Name": f"{self.name}-lustre"},
            opts=pulumi.ResourceOptions(
                depends_on=network.security_group_rules["lustre"],
                custom_timeouts=LUSTRE_TIMEOUT,
                # FSx never tells them: an imported file system would seem to have none and be replaced.
                ignore_changes=["securityGroupIds"],
            ),
        )
        self.mounts.append(system)
        self.file_system_ids["lustre"] = system.id
        self._dns_names["lustre"] = system.dns_name
        self._mount_names["lustre"] = system.mount_name
        for association in plan.associations:
            self._association(association, system.id)
        for alarm in plan.alarms:
            self._alarm(alarm, system.id)

    def _association(self, plan: AssociationPlan, file_system_id: pulumi.Output[str]) -> None:
        """A link that leaves its files alone, on both sides, when it goes."""
        policies = {
            "auto_import_policy": plan.import_events,
            "auto_export_policy": plan.export_events,
        }
        self.child(
            aws.fsx.DataRepositoryAssociation,
            f"lustre-{plan.key}",
            file_system_id=file_system_id,
            file_system_path=plan.file_system_path,
            data_repository_path=plan.data_repository_path,
            batch_import_meta_data_on_create=True,
            delete_data_in_filesystem=False,
            s3={name: {"events": list(events)} for name, events in policies.items() if events},
            tags={"Name": f"{self.name}-lustre-{plan.key}"},
            opts=pulumi.ResourceOptions(
                depends_on=[self._args.data] if self._args.data else None,
                custom_timeouts=ASSOCIATION_TIMEOUT,
            ),
        )

    def _efs(self, plan: EfsPlan) -> None:
        network = self._args.network
        system = self.child(
            aws.efs.FileSystem,
            "efs",
            stateful=True,
            encrypted=True,
            kms_key_id=self._args.key_arn,
            performance_mode="generalPurpose",
            throughput_mode="elastic",
            tags={"Name": f"{self.name}-efs"},
        )
        self.file_system_ids["efs"] = system.id
        self._dns_names["efs"] = system.dns_name
        self.child(aws.efs.FileSystemPolicy, "efs", file_system_id=system.id, policy=json.dumps(plan.policy))
        self.child(aws.efs.BackupPolicy, "efs", file_system_id=system.id, backup_policy={"status": "ENABLED"})
        for zone_id in plan.zone_ids:
            target = self.child(
                aws.efs.MountTarget,
                f"efs-{zone_id}",
                file_system_id=system.id,
                subnet_id=network.private_subnet_ids[zone_id],
                security_groups=[network.security_group_ids["efs"]],
            )
            self.mounts.append(target)
        for point in plan.access_points:
            self.access_point_ids[point.key] = self._access_point(point, system.id).id
        for alarm in plan.alarms:
            self._alarm(alarm, system.id)

    def _access_point(self, plan: AccessPointPlan, file_system_id: pulumi.Output[str]) -> aws.efs.AccessPoint:
        user: dict[str, Any] = {} if plan.uid is None else {"posix_user": {"uid": plan.uid, "gid": plan.gid}}
        return self.child(
            aws.efs.AccessPoint,
            f"efs-{plan.key}",
            file_system_id=file_system_id,
            root_directory={
                "path": plan.path,
                "creation_info": {
                    "owner_uid": plan.owner_uid,
                    "owner_gid": plan.owner_gid,
                    "permissions": plan.permissions,
                },
            },
            tags={"Name": f"{self.name}-{plan.key}"},
            **user,
        )

    def _alarm(self, plan: StorageAlarmPlan, file_system_id: pulumi.Output[str]) -> None:
        """An alarm that tells the site's topic when it begins and when it ends."""
        topics = [self._args.topic_arn] if self._args.topic_arn is not None else []
        self.child(
            aws.cloudwatch.MetricAlarm,
            plan.key,
            alarm_description=plan.description,
            namespace=plan.namespace,
            metric_name=plan.metric_name,
            dimensions={"FileSystemId": file_system_id, **plan.dimensions},
            statistic=plan.statistic,
            comparison_operator=plan.comparison,
            threshold=plan.threshold,
            period=plan.period_s,
            evaluation_periods=plan.periods,
            treat_missing_data=plan.missing_data,
            alarm_actions=topics,
            ok_actions=topics,
        )
