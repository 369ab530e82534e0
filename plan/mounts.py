"""How each type of cluster mounts a site's file systems (row S4): what the clusters' own plans are made with.

Everywhere Lustre is at /fsx and the homes of EFS at /home. Pure: a storage plan says what there is, the site's
contract gives the ids. EFS is mounted with TLS and IAM through an access point, or its policy refuses the mount.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plan.contracts import StorageContract
from plan.storage import StoragePlan
from spec.storage import HOMES_NAME, HOMES_PATH

LUSTRE_PATH = "/fsx"
LUSTRE_OPTIONS = ("noatime", "flock")
EFS_OPTIONS = ("tls", "iam")

EFS_CAPACITY = "1Ti"
"""EFS is as large as what it holds, but a PersistentVolume has to say some capacity."""


def parallelcluster(plan: StoragePlan, storage: StorageContract) -> list[dict[str, Any]]:
    """`SharedStorage` of a ParallelCluster configuration.

    ParallelCluster refuses to change the mount of /home on update (row T15), so its name never changes here.
    """
    mounts: list[dict[str, Any]] = []
    if plan.lustre:
        mounts.append(
            {
                "Name": "fsx",
                "StorageType": "FsxLustre",
                "MountDir": LUSTRE_PATH,
                "FsxLustreSettings": {"FileSystemId": storage.file_system_ids["lustre"]},
            }
        )
    if plan.efs:
        mounts.append(
            {
                "Name": "home",
                "StorageType": "Efs",
                "MountDir": HOMES_PATH,
                "EfsSettings": {
                    "FileSystemId": storage.file_system_ids["efs"],
                    "AccessPointId": storage.access_point_ids[HOMES_NAME],
                    "EncryptionInTransit": True,
                    "IamAuthorization": True,
                },
            }
        )
    return mounts


def kubernetes(plan: StoragePlan, storage: StorageContract, namespace: str) -> list[dict[str, Any]]:
    """Static PersistentVolumes and the claims of one namespace, for EKS and HyperPod on EKS.

    Static, since a StorageClass can make no PERSISTENT_2 file system that is linked to a bucket (row T4).
    """
    manifests: list[dict[str, Any]] = []
    for name, capacity, driver in _volumes(plan, storage):
        manifests += (_volume(namespace, name, capacity, driver), _claim(namespace, name, capacity))
    return manifests


def hyperpod_storage(plan: StoragePlan, storage: StorageContract) -> list[dict[str, Any]]:
    """`InstanceStorageConfigs` of a HyperPod instance group: Lustre, which the API mounts by itself."""
    if plan.lustre is None:
        return []
    config = {
        "DnsName": storage.dns_names["lustre"],
        "MountName": storage.mount_names["lustre"],
        "MountPath": LUSTRE_PATH,
    }
    return [{"FsxLustreConfig": config}]


def hyperpod_fstab(plan: StoragePlan, storage: StorageContract) -> tuple[str, ...]:
    """Lines of /etc/fstab for HyperPod's lifecycle scripts: the homes, which the API cannot mount."""
    if plan.efs is None:
        return ()
    access_point = f"accesspoint={storage.access_point_ids[HOMES_NAME]}"
    options = ",".join(("_netdev", "noresvport", *EFS_OPTIONS, access_point))
    return (f"{storage.file_system_ids['efs']}:/ {HOMES_PATH} efs {options} 0 0",)


def _volumes(plan: StoragePlan, storage: StorageContract) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(name, capacity, the volume's source and mount options) of each volume."""
    if plan.lustre:
        attributes = {
            "dnsname": storage.dns_names["lustre"],
            "mountname": storage.mount_names["lustre"],
        }
        csi = {
            "driver": "fsx.csi.aws.com",
            "volumeHandle": storage.file_system_ids["lustre"],
            "volumeAttributes": attributes,
        }
        yield "fsx", f"{plan.lustre.capacity_gib}Gi", {"csi": csi, "mountOptions": list(LUSTRE_OPTIONS)}
    for point in plan.efs.access_points if plan.efs else ():
        handle = f"{storage.file_system_ids['efs']}::{storage.access_point_ids[point.key]}"
        csi = {"driver": "efs.csi.aws.com", "volumeHandle": handle}
        yield f"efs-{point.key}", EFS_CAPACITY, {"csi": csi, "mountOptions": list(EFS_OPTIONS)}


def _volume(namespace: str, name: str, capacity: str, source: dict[str, Any]) -> dict[str, Any]:
    """A volume that outlives its claim; cluster-wide, so the namespace is in its name."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"{namespace}-{name}"},
        "spec": {
            "capacity": {"storage": capacity},
            "accessModes": ["ReadWriteMany"],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "",
            "claimRef": {"namespace": namespace, "name": name},
            **source,
        },
    }


def _claim(namespace: str, name: str, capacity: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "storageClassName": "",
            "volumeName": f"{namespace}-{name}",
            "resources": {"requests": {"storage": capacity}},
        },
    }
