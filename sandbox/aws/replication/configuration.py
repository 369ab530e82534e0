"""A bucket's replication configuration: kept as it was put, and refused as S3 refuses it.

Source: S3 API Reference, PutBucketReplication, Destination and the error codes of S3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from moto.s3.models import FakeBucket

from sandbox.aws.buckets import bucket_of, find_bucket
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused

Rule = Mapping[str, Any]

RTC_MINUTES = 15
RULES_MAX = 1000


def bucket_named_by(arn: str) -> FakeBucket | None:
    """The bucket of an ARN."""
    return find_bucket(arn.removeprefix("arn:aws:s3:::"))


def rules_of(bucket: FakeBucket) -> tuple[Rule, ...]:
    """The rules of a bucket; none without a configuration."""
    configuration = getattr(bucket, "replication", None)
    return tuple(configuration["Rules"]) if configuration else ()


def rules_for(bucket: FakeBucket, key_name: str) -> tuple[Rule, ...]:
    """The rules that an object's key falls under: for each destination the one of the highest priority."""
    chosen: dict[str, Rule] = {}
    for rule in sorted(rules_of(bucket), key=lambda rule: rule.get("Priority", 0)):
        if rule["Status"] == "Enabled" and key_name.startswith(_prefix(rule)):
            chosen[rule["Destination"]["Bucket"]] = rule
    return tuple(chosen.values())


def role_of(bucket: FakeBucket) -> str:
    """ARN of the role that carries a bucket's objects."""
    role: str = bucket.replication["Role"]
    return role


def _prefix(rule: Rule) -> str:
    found = rule.get("Filter", {})
    return str(found.get("Prefix") or found.get("And", {}).get("Prefix") or rule.get("Prefix") or "")


def put_replication(call: Call) -> dict[str, Any]:
    """Keep the configuration; objects that were put before stay as they are."""
    bucket = call.response.backend.get_bucket(call.response.uri_match["Bucket"])
    bucket.replication = call.params["ReplicationConfiguration"]
    return {}


def get_replication(call: Call) -> dict[str, Any]:
    """The configuration as it was put."""
    bucket = call.response.backend.get_bucket(call.response.uri_match["Bucket"])
    if not getattr(bucket, "replication", None):
        raise Refused("ReplicationConfigurationNotFoundError", "The replication configuration was not found")
    return {"ReplicationConfiguration": bucket.replication}


def is_versioned(call: Call) -> None:
    """Both ends keep versions, and both exist."""
    bucket = bucket_of(call)
    if bucket is None:
        return
    if bucket.versioning_status != "Enabled":
        raise _invalid("Versioning must be 'Enabled' on the bucket to apply a replication configuration")
    for rule in call.params["ReplicationConfiguration"]["Rules"]:
        destination = bucket_named_by(rule["Destination"]["Bucket"])
        if destination is None:
            raise _invalid("Destination bucket must exist.")
        if destination is bucket:
            raise _invalid("Destination bucket cannot be the same as the source bucket.")
        if destination.versioning_status != "Enabled":
            raise _invalid("Destination bucket must have versioning enabled.")


def rules_differ(call: Call) -> None:
    """Every rule has an id and a priority of its own, and there are not too many."""
    rules = call.params["ReplicationConfiguration"]["Rules"]
    if len(rules) > RULES_MAX:
        raise _invalid(
            f"The number of replication rules must not exceed the allowed limit of {RULES_MAX} rules."
        )
    for member, named in (("ID", "Rule ID"), ("Priority", "priority")):
        twice = _twice(rule[member] for rule in rules if member in rule)
        if twice is not None:
            raise _invalid(f"Found duplicate {named} {twice}. {named} must be unique.")


def rules_hold_together(call: Call) -> None:
    """What the parts of a rule ask of each other."""
    for rule in call.params["ReplicationConfiguration"]["Rules"]:
        for wrong, message in _problems(rule):
            if wrong:
                raise _invalid(message)


def _problems(rule: Rule) -> Iterable[tuple[bool, str]]:
    destination = rule["Destination"]
    timed, metrics = destination.get("ReplicationTime"), destination.get("Metrics")
    selects_kms = _enabled(rule.get("SourceSelectionCriteria", {}).get("SseKmsEncryptedObjects"))
    has_key = bool(destination.get("EncryptionConfiguration", {}).get("ReplicaKmsKeyID"))
    threshold = metrics.get("EventThreshold") if metrics else None
    yield (
        "Filter" in rule and "DeleteMarkerReplication" not in rule,
        "DeleteMarkerReplication must be specified for this version of Cross Region Replication configuration schema.",
    )
    yield (
        "Filter" in rule and "Priority" not in rule,
        "Priority must be specified for this version of schema.",
    )
    yield (
        selects_kms and not has_key,
        "ReplicaKmsKeyID must be specified if the rule has SseKmsEncryptedObjects tag.",
    )
    yield (
        has_key and not selects_kms,
        "SseKmsEncryptedObjects must be specified if EncryptionConfiguration is.",
    )
    yield (
        bool(threshold) and not timed,
        "Replication destination must contain ReplicationTime if Metrics contains EventThreshold.",
    )
    yield (
        _enabled(timed) and not _enabled(metrics),
        "Replication destination must contain Metrics if ReplicationTime is enabled.",
    )
    yield (
        any(time and time["Minutes"] != RTC_MINUTES for time in (timed and timed["Time"], threshold)),
        f"ReplicationTime and EventThreshold must be {RTC_MINUTES} minutes.",
    )
    yield (
        "AccessControlTranslation" in destination and "Account" not in destination,
        "Account must be specified if AccessControlTranslation is.",
    )


def versioning_stays(call: Call) -> None:
    """InvalidBucketState: versioning cannot be suspended under a replication configuration."""
    bucket = bucket_of(call)
    status = call.params["VersioningConfiguration"].get("Status")
    if bucket is not None and rules_of(bucket) and status == "Suspended":
        raise Refused(
            "InvalidBucketState",
            "A replication configuration is present on this bucket, so the versioning state cannot be changed.",
        )


def _enabled(part: Mapping[str, Any] | None) -> bool:
    return bool(part) and part["Status"] == "Enabled"  # type: ignore[index]


def _twice(values: Iterable[object]) -> object:
    return next((value for value, count in Counter(values).items() if count > 1), None)


def _invalid(message: str) -> Refused:
    return Refused("InvalidRequest", message)


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("s3", "PutBucketReplication"): (is_versioned, rules_differ, rules_hold_together),
    ("s3", "PutBucketVersioning"): (versioning_stays,),
}
OPERATIONS: dict[Key, Operation] = {
    ("s3", "PutBucketReplication"): put_replication,
    ("s3", "GetBucketReplication"): get_replication,
}
