"""Buckets and alerts of the committed fleet's sites (rows D1, D3, D6, K4)."""

from __future__ import annotations

from pathlib import Path

import pytest

import spec
from plan import SitePlan, plan_fleet
from plan.alerts import AlertsPlan
from plan.data import DataPlan

ROOT = Path(__file__).parents[3]
MAIN, SECONDARY = "483026362307", "159553542841"
SITES = plan_fleet(spec.load(ROOT)).sites
COPIED = ("datasets", "checkpoints", "models", "code")
ROLE = f"arn:aws:iam::{MAIN}:role/replication-main-use1"


def data_of(site: str) -> DataPlan:
    data = SITES[site].data
    assert data is not None
    return data


def alerts_of(site: SitePlan) -> AlertsPlan:
    assert site.alerts is not None
    return site.alerts


def test_d1_every_site_of_the_documents_has_its_bucket() -> None:
    assert {name: data_of(name).bucket for name in SITES} == {
        "main-use1": "ml-data-main-us-east-1",
        "main-usw2": "ml-data-main-us-west-2",
        "secondary-use1": "ml-data-secondary-us-east-1",
        "secondary-usw2": "ml-data-secondary-us-west-2",
    }
    assert data_of("secondary-usw2").logs.bucket == "ml-logs-secondary-us-west-2"


@pytest.mark.parametrize("site", SITES)
def test_k4_no_bucket_is_reached_without_tls(site: str) -> None:
    data = data_of(site)
    for bucket, policy in ((data.bucket, data.policy), (data.logs.bucket, data.logs.policy)):
        assert policy["Statement"][0] == {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": ["s3:*"],
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }


@pytest.mark.parametrize(("site", "account"), [("main-usw2", MAIN), ("secondary-use1", SECONDARY)])
def test_copies_in_a_replica_are_changed_by_replication_and_deleted_by_rollouts(
    site: str, account: str
) -> None:
    bucket = data_of(site).bucket
    copies = [f"arn:aws:s3:::{bucket}/{prefix}/*" for prefix in COPIED]
    denied = [s for s in data_of(site).policy["Statement"] if s.get("Resource") == copies]
    denied = [statement for statement in denied if statement["Effect"] == "Deny"]
    assert [statement["Condition"] for statement in denied] == [
        {"ArnNotEquals": {"aws:PrincipalArn": ROLE}},
        {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/FleetExecutionRole"}},
    ]
    assert "s3:PutObject" in denied[0]["Action"]
    assert denied[1]["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]


def test_a_replica_of_another_account_admits_the_role_by_its_account_and_arn() -> None:
    policy = data_of("secondary-usw2").policy
    allowed = [statement for statement in policy["Statement"] if statement["Effect"] == "Allow"]
    assert [statement["Action"] for statement in allowed] == [
        ["s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"],
        ["s3:GetBucketVersioning"],
    ]
    for statement in allowed:
        assert statement["Principal"] == {"AWS": f"arn:aws:iam::{MAIN}:root"}
        assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": ROLE}}


@pytest.mark.parametrize("site", ["main-use1", "main-usw2"])
def test_no_statement_opens_a_bucket_to_its_own_account(site: str) -> None:
    assert {statement["Effect"] for statement in data_of(site).policy["Statement"]} == {"Deny"}


def test_d6_what_moves_to_intelligent_tiering_and_how_long_old_versions_live() -> None:
    rules = {
        rule.prefix: (rule.tiered_after_days, rule.noncurrent_days)
        for rule in data_of("main-usw2").lifecycle
        if rule.prefix
    }
    assert rules == {
        "datasets/": (None, 30),
        "checkpoints/": (30, 7),
        "models/": (30, 90),
        "code/": (None, 30),
        "logs/": (None, 7),
        "sites/": (None, 7),
        "hyperpod/": (None, 7),
    }
    (whole,) = (rule for rule in data_of("main-usw2").lifecycle if not rule.prefix)
    assert (whole.abort_uploads_days, whole.drops_lone_markers) == (7, True)


def test_only_the_central_bucket_is_listed_for_the_state_of_replication() -> None:
    assert [name for name in SITES if data_of(name).inventory] == ["main-use1"]
    inventory = data_of("main-use1").inventory
    assert inventory is not None
    assert "ReplicationStatus" in inventory.fields
    writers = [s["Principal"] for s in data_of("main-use1").logs.policy["Statement"][1:]]
    assert writers == [{"Service": "logging.s3.amazonaws.com"}, {"Service": "s3.amazonaws.com"}]


def test_a_topic_hears_its_own_account_and_replication_to_it() -> None:
    accounts = {
        name: alerts_of(site).policy["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"]
        for name, site in SITES.items()
    }
    assert accounts == {
        "main-use1": [MAIN],
        "main-usw2": [MAIN],
        "secondary-use1": [SECONDARY, MAIN],
        "secondary-usw2": [SECONDARY, MAIN],
    }
    assert (
        alerts_of(SITES["main-use1"]).topic_arn
        == f"arn:aws:sns:us-east-1:{MAIN}:ml-clusters-main-use1-alerts"
    )


def test_a_fleet_without_data_has_no_bucket_and_waits_for_no_replica() -> None:
    fleet = spec.load(ROOT)
    bare = fleet.settings.model_copy(update={"data": None, "alerts": None})
    plan = plan_fleet(spec.Fleet(settings=bare, sites=fleet.sites, cluster_configs=fleet.cluster_configs))
    assert {(site.data, site.alerts) for site in plan.sites.values()} == {(None, None)}
    assert plan.links.replication is None
    assert plan.stacks["links"].depends_on == ("main-use1", "main-usw2", "secondary-usw2")
