"""How each type of cluster mounts: Lustre at /fsx, homes at /home (row S4)."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from plan import mounts
from plan.contracts import StorageContract
from tests.unit.plan.test_storage import plan

IDS = StorageContract(
    file_system_ids={"lustre": "fs-0123456789abcdef0", "efs": "fs-0fedcba9876543210"},
    dns_names={
        "lustre": "fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com",
        "efs": "fs-0fedcba9876543210.efs.us-east-1.amazonaws.com",
    },
    mount_names={"lustre": "abcdefgh"},
    access_point_ids={"homes": "fsap-0aaaaaaaaaaaaaaaa", "vision": "fsap-0bbbbbbbbbbbbbbbb"},
)


def test_parallelcluster_names_both_in_its_shared_storage() -> None:
    assert mounts.parallelcluster(plan(), IDS) == [
        {
            "Name": "fsx",
            "StorageType": "FsxLustre",
            "MountDir": "/fsx",
            "FsxLustreSettings": {"FileSystemId": "fs-0123456789abcdef0"},
        },
        {
            "Name": "home",
            "StorageType": "Efs",
            "MountDir": "/home",
            "EfsSettings": {
                "FileSystemId": "fs-0fedcba9876543210",
                "AccessPointId": "fsap-0aaaaaaaaaaaaaaaa",
                "EncryptionInTransit": True,
                "IamAuthorization": True,
            },
        },
    ]


def test_kubernetes_has_a_static_volume_and_a_claim_for_each() -> None:
    manifests = mounts.kubernetes(plan(), IDS, "training")
    volumes = {m["metadata"]["name"]: m["spec"] for m in manifests if m["kind"] == "PersistentVolume"}
    claims = {m["metadata"]["name"]: m for m in manifests if m["kind"] == "PersistentVolumeClaim"}
    assert list(volumes) == ["training-fsx", "training-efs-homes", "training-efs-vision"]
    assert volumes["training-fsx"] == {
        "capacity": {"storage": "2400Gi"},
        "accessModes": ["ReadWriteMany"],
        "persistentVolumeReclaimPolicy": "Retain",
        "storageClassName": "",
        "claimRef": {"namespace": "training", "name": "fsx"},
        "csi": {
            "driver": "fsx.csi.aws.com",
            "volumeHandle": "fs-0123456789abcdef0",
            "volumeAttributes": {
                "dnsname": "fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com",
                "mountname": "abcdefgh",
            },
        },
        "mountOptions": ["noatime", "flock"],
    }
    assert volumes["training-efs-vision"]["csi"] == {
        "driver": "efs.csi.aws.com",
        "volumeHandle": "fs-0fedcba9876543210::fsap-0bbbbbbbbbbbbbbbb",
    }
    assert volumes["training-efs-vision"]["mountOptions"] == ["tls", "iam"]
    assert list(claims) == ["fsx", "efs-homes", "efs-vision"]
    for name, claim in claims.items():
        assert claim["metadata"]["namespace"] == "training"
        assert claim["spec"]["volumeName"] == f"training-{name}"
        assert claim["spec"]["resources"]["requests"] == volumes[f"training-{name}"]["capacity"]


def test_hyperpod_takes_lustre_by_its_api_and_the_homes_by_fstab() -> None:
    assert mounts.hyperpod_storage(plan(), IDS) == [
        {
            "FsxLustreConfig": {
                "DnsName": "fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com",
                "MountName": "abcdefgh",
                "MountPath": "/fsx",
            }
        }
    ]
    options = "_netdev,noresvport,tls,iam,accesspoint=fsap-0aaaaaaaaaaaaaaaa"
    assert mounts.hyperpod_fstab(plan(), IDS) == (f"fs-0fedcba9876543210:/ /home efs {options} 0 0",)


@pytest.mark.parametrize(("missing", "left"), [("lustre", ["home"]), ("efs", ["fsx"])])
def test_what_a_site_has_not_is_not_mounted(missing: str, left: list[str]) -> None:
    made = plan(**{missing: None})
    assert [mount["Name"] for mount in mounts.parallelcluster(made, IDS)] == left
    names: list[Any] = [m["metadata"]["name"] for m in mounts.kubernetes(made, IDS, "ml")]
    assert all((name.removeprefix("ml-") == "fsx") == (left == ["fsx"]) for name in names)
    assert (mounts.hyperpod_storage(made, IDS) == []) == (missing == "lustre")
    assert (mounts.hyperpod_fstab(made, IDS) == ()) == (missing == "efs")


def test_the_shapes_are_awss_own() -> None:
    """What AWS's model of CreateCluster calls them."""
    model = botocore.session.get_session().get_service_model("sagemaker")
    (config,) = mounts.hyperpod_storage(plan(), IDS)
    assert set(config) <= set(model.shape_for("ClusterInstanceStorageConfig").members)
    assert set(config["FsxLustreConfig"]) <= set(model.shape_for("ClusterFsxLustreConfig").members)
