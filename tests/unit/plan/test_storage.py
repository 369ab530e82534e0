"""The file systems of a site: what is linked, who may mount, what alarms."""

from __future__ import annotations

from typing import Any

import pytest

from plan.storage import StoragePlan, plan_file_systems
from spec import Storage

LUSTRE = {
    "capacity_gib": 2400,
    "throughput_mbps_per_tib": 500,
    "availability_zone": "use1-az4",
    "maintenance_window": "7:03:00",
}
EFS = {"access_points": ({"name": "vision", "uid": 10_001, "gid": 10_002, "path": "/teams/vision"},)}
ZONES = ("use1-az4", "use1-az6")


def plan(bucket: str | None = "ml-data-main-us-east-1", **changes: Any) -> StoragePlan:
    storage = Storage.model_validate({"lustre": LUSTRE, "efs": EFS} | changes)
    return plan_file_systems("main-use1", "483026362307", storage, zone_ids=ZONES, bucket=bucket)


def test_replicated_prefixes_come_in_and_the_sites_own_goes_out() -> None:
    lustre = plan().lustre
    assert lustre is not None
    rows = [
        (a.file_system_path, a.data_repository_path, a.import_events, a.export_events)
        for a in lustre.associations
    ]
    bucket, both = "s3://ml-data-main-us-east-1", ("NEW", "CHANGED")
    assert rows == [
        ("/datasets", f"{bucket}/datasets/", both, ()),
        ("/checkpoints", f"{bucket}/checkpoints/", both, ()),
        ("/models", f"{bucket}/models/", both, ()),
        ("/code", f"{bucket}/code/", both, ()),
        ("/sites/main-use1", f"{bucket}/sites/main-use1/", (), both),
    ]


def test_without_a_bucket_nothing_is_linked_and_no_backlog_is_watched() -> None:
    lustre = plan(bucket=None).lustre
    assert lustre is not None
    assert lustre.associations == ()
    assert [alarm.key for alarm in lustre.alarms] == ["lustre-free-capacity", "lustre-silent"]


def test_alarms_say_when_and_what_to_do() -> None:
    made = plan()
    assert made.lustre is not None
    assert made.efs is not None
    rows = {
        a.key: (a.namespace, a.metric_name, a.statistic, a.comparison, a.threshold, a.dimensions)
        for a in (*made.lustre.alarms, *made.efs.alarms)
    }
    tenth = 2400 * 1024**3 * 0.1
    fsx, queue = "AWS/FSx", "AgeOfOldestQueuedMessage"
    assert rows == {
        "lustre-free-capacity": (fsx, "FreeDataStorageCapacity", "Sum", "LessThanThreshold", tenth, {}),
        "lustre-silent": (fsx, "FreeDataStorageCapacity", "SampleCount", "LessThanThreshold", 1, {}),
        "lustre-autoimport-backlog": (
            *(fsx, queue, "Maximum", "GreaterThanThreshold", 1800),
            {"Publisher": "AutoImport"},
        ),
        "lustre-autoexport-backlog": (
            *(fsx, queue, "Maximum", "GreaterThanThreshold", 1800),
            {"Publisher": "AutoExport"},
        ),
        "efs-io-limit": ("AWS/EFS", "PercentIOLimit", "Average", "GreaterThanThreshold", 80, {}),
    }
    silent = next(alarm for alarm in made.lustre.alarms if alarm.key == "lustre-silent")
    assert silent.missing_data == "breaching"
    assert all(alarm.description.startswith("main-use1: ") for alarm in made.lustre.alarms)


def test_a_team_is_one_user_and_the_homes_are_many() -> None:
    efs = plan().efs
    assert efs is not None
    assert efs.zone_ids == ZONES
    rows = [(p.key, p.path, p.owner_uid, p.owner_gid, p.permissions, p.uid, p.gid) for p in efs.access_points]
    assert rows == [
        ("homes", "/home", 0, 0, "0755", None, None),
        ("vision", "/teams/vision", 10_001, 10_002, "2770", 10_001, 10_002),
    ]


def test_the_file_systems_policy_denies_plain_and_whole_mounts_and_admits_this_account() -> None:
    efs = plan().efs
    assert efs is not None
    plain, whole, account = efs.policy["Statement"]
    assert (plain["Effect"], plain["Action"], plain["Condition"]) == (
        "Deny",
        ["*"],
        {"Bool": {"aws:SecureTransport": "false"}},
    )
    assert (whole["Effect"], whole["Action"], whole["Condition"]) == (
        "Deny",
        ["elasticfilesystem:ClientMount"],
        {"Null": {"elasticfilesystem:AccessPointArn": "true"}},
    )
    assert account["Effect"] == "Allow"
    assert account["Condition"] == {
        "StringEquals": {"aws:PrincipalAccount": "483026362307"},
        "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"},
    }


@pytest.mark.parametrize("missing", ["lustre", "efs"])
def test_a_site_may_have_one_kind_alone(missing: str) -> None:
    made = plan(**{missing: None})
    assert [kind for kind in ("lustre", "efs") if getattr(made, kind) is None] == [missing]
