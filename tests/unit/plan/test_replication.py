"""The rules, the roles and the alarms of replication (rows D1 to D5)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import spec
from plan import plan_fleet
from plan.replication import ReplicationPlan, batch_keys, replication_keys

ROOT = Path(__file__).parents[3]
KEYS = {
    "main-use1": "arn:aws:kms:us-east-1:483026362307:key/a",
    "main-usw2": "arn:aws:kms:us-west-2:483026362307:key/b",
    "secondary-use1": "arn:aws:kms:us-east-1:159553542841:key/c",
    "secondary-usw2": "arn:aws:kms:us-west-2:159553542841:key/d",
}


def replication() -> ReplicationPlan:
    plan = plan_fleet(spec.load(ROOT)).links.replication
    assert plan is not None
    return plan


def test_d1_d2_twelve_rules_with_priorities_of_their_own() -> None:
    rules = replication().rules
    assert [rule.priority for rule in rules] == list(range(1, 13))
    assert len({rule.id for rule in rules}) == 12
    by_prefix = {rule.prefix: (rule.storage_class, rule.is_timed) for rule in rules}
    assert by_prefix == {
        "datasets/": ("STANDARD", True),
        "checkpoints/": ("STANDARD", True),
        "models/": ("STANDARD_IA", False),
        "code/": ("STANDARD", True),
    }
    assert Counter(rule.destination.bucket for rule in rules) == {
        "ml-data-main-us-west-2": 4,
        "ml-data-secondary-us-east-1": 4,
        "ml-data-secondary-us-west-2": 4,
    }


def test_d3_replicas_of_another_account_change_their_owner() -> None:
    changes = {rule.destination.site: rule.changes_owner for rule in replication().rules}
    assert changes == {"main-usw2": False, "secondary-use1": True, "secondary-usw2": True}


def test_d3_the_role_may_do_what_replication_needs_and_nothing_else() -> None:
    plan = replication()
    assert plan.role.name == "replication-main-use1"
    actions = {action for statement in plan.role.policy["Statement"] for action in statement["Action"]}
    assert actions == {
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
        "s3:ReplicateObject",
        "s3:ReplicateTags",
        "s3:ObjectOwnerOverrideToBucketOwner",
    }
    resources = {item for statement in plan.role.policy["Statement"] for item in statement["Resource"]}
    assert not [item for item in resources if item.endswith(("/*", ":*")) and item.count("/") < 2]


def test_d3_each_key_for_its_bucket_alone() -> None:
    statements = replication_keys(replication(), KEYS)["Statement"]
    assert [(s["Resource"], s["Action"]) for s in statements] == [
        ([KEYS["main-use1"]], ["kms:Decrypt"]),
        ([KEYS["main-usw2"]], ["kms:Encrypt", "kms:GenerateDataKey"]),
        ([KEYS["secondary-use1"]], ["kms:Encrypt", "kms:GenerateDataKey"]),
        ([KEYS["secondary-usw2"]], ["kms:Encrypt", "kms:GenerateDataKey"]),
    ]
    bucket = "arn:aws:s3:::ml-data-secondary-us-west-2"
    assert statements[3]["Condition"] == {
        "StringEquals": {"kms:ViaService": "s3.us-west-2.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]},
    }


def test_d4_batch_replication_reports_to_a_prefix_that_is_not_replicated() -> None:
    plan = replication()
    assert plan.batch_role.policy["Statement"][-1]["Resource"] == [
        "arn:aws:s3:::ml-data-main-us-east-1/logs/batch-replication/*"
    ]
    assert batch_keys(plan, KEYS)["Statement"][0]["Resource"] == [KEYS["main-use1"]]


def test_d5_an_alarm_is_where_its_metric_is_and_tells_the_site_there() -> None:
    alarms = {
        alarm.key: (alarm.region, alarm.metric_name, alarm.statistic, alarm.threshold, alarm.topic_arn)
        for alarm in replication().alarms
    }
    assert len(alarms) == 36
    there = "arn:aws:sns:us-west-2:159553542841:ml-clusters-secondary-usw2-alerts"
    central = "arn:aws:sns:us-east-1:483026362307:ml-clusters-main-use1-alerts"
    rule = "models-to-secondary-usw2"
    assert alarms[f"{rule}-late"] == ("us-west-2", "ReplicationLatency", "Maximum", 1800, there)
    assert alarms[f"{rule}-pending"] == ("us-west-2", "OperationsPendingReplication", "Minimum", 0, there)
    assert alarms[f"{rule}-failed"] == ("us-east-1", "OperationsFailedReplication", "Sum", 0, central)


def test_d5_late_means_thirty_minutes() -> None:
    periods = {alarm.key.rpartition("-")[2]: alarm.period_s * alarm.periods for alarm in replication().alarms}
    assert periods == {"late": 300, "pending": 1800, "failed": 300}
