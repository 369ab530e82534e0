"""Why objects are not replicated: what is in AWS, compared with what the files say.

S3 tells the reason for a single object in an event or a job's report; these are the causes that stop all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from automation.data.sites import ClientOf
from automation.data.state import Cause
from plan import FleetPlan, names
from plan.replication import BucketEnd, ReplicationPlan

ENABLED = "Enabled"
ABSENT = frozenset(
    {
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchEntity",
        "NotFoundException",
        "ReplicationConfigurationNotFoundError",
    }
)


def find_causes(fleet: FleetPlan, plan: ReplicationPlan, client: ClientOf) -> tuple[Cause, ...]:
    """Everything that stops replication, destination by destination; nothing when all is as the files say."""
    rules = _rules_there(plan, client)
    of_all = tuple(_of_role(plan, client))
    return tuple(
        cause
        for end in plan.destinations
        for cause in (
            *(Cause(site=end.site, cause=what, remedy=_up(names.LINKS)) for what in of_all),
            *_of_rules(plan, end, rules),
            *_of_bucket(fleet, end, client),
            *_of_key(fleet, end, rules, client),
        )
    )


def _of_role(plan: ReplicationPlan, client: ClientOf) -> Iterator[str]:
    """The role, who may assume it, and what it may do with objects."""
    iam = client("iam", plan.source.site)
    role = _read(lambda: iam.get_role(RoleName=plan.role.name)["Role"])
    if role is None:
        yield f"role {plan.role.name} is not there"
        return
    if not _same(role["AssumeRolePolicyDocument"], plan.role.trust):
        yield f"role {plan.role.name} is not trusted as the files say"
    named = iam.list_role_policies(RoleName=plan.role.name)["PolicyNames"]
    of_role = (iam.get_role_policy(RoleName=plan.role.name, PolicyName=name) for name in named)
    if not any(_same(policy["PolicyDocument"], plan.role.policy) for policy in of_role):
        yield f"no policy of role {plan.role.name} is the one of the files"


def _rules_there(plan: ReplicationPlan, client: ClientOf) -> dict[str, dict[str, Any]]:
    s3 = client("s3", plan.source.site)
    found = _read(
        lambda: s3.get_bucket_replication(Bucket=plan.source.bucket)["ReplicationConfiguration"]["Rules"]
    )
    return {rule["ID"]: rule for rule in found or ()}


def _of_rules(plan: ReplicationPlan, end: BucketEnd, there: dict[str, dict[str, Any]]) -> Iterator[Cause]:
    for rule in plan.rules:
        if rule.destination == end and there.get(rule.id, {}).get("Status") != ENABLED:
            what = "is not there" if rule.id not in there else "is disabled"
            yield Cause(site=end.site, cause=f"rule {rule.id} {what}", remedy=_up(names.LINKS))


def _of_bucket(fleet: FleetPlan, end: BucketEnd, client: ClientOf) -> Iterator[Cause]:
    s3, site = client("s3", end.site), fleet.sites[end.site]
    versioning = _read(lambda: s3.get_bucket_versioning(Bucket=end.bucket))
    if versioning is None:
        yield Cause(site=end.site, cause=f"bucket {end.bucket} is not there", remedy=_up(end.site))
        return
    if versioning.get("Status") != ENABLED:
        yield Cause(site=end.site, cause=f"bucket {end.bucket} keeps no versions", remedy=_restore(end.site))
    policy = _read(lambda: json.loads(s3.get_bucket_policy(Bucket=end.bucket)["Policy"]))
    if site.data and not _same(policy, site.data.policy):
        cause = f"the policy of bucket {end.bucket} is not the one of the files"
        yield Cause(site=end.site, cause=cause, remedy=_restore(end.site))


def _of_key(
    fleet: FleetPlan, end: BucketEnd, rules: dict[str, dict[str, Any]], client: ClientOf
) -> Iterator[Cause]:
    """The key that the rules name: its state, and whether its policy still admits replication."""
    arn = next(
        (
            rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"]
            for rule in rules.values()
            if rule["Destination"]["Bucket"] == names.bucket_arn(end.bucket)
        ),
        None,
    )
    if arn is None:
        return
    kms = client("kms", end.site)
    key = _read(lambda: kms.describe_key(KeyId=arn)["KeyMetadata"])
    if key is None:
        yield Cause(site=end.site, cause=f"key {arn} is not there", remedy=_up(end.site, names.LINKS))
        return
    if key["KeyState"] != ENABLED:
        remedy = "see docs/runbooks/lost-key.md"
        yield Cause(site=end.site, cause=f"key {arn} is {key['KeyState']}", remedy=remedy)
    policy = json.loads(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
    if not _same(policy, fleet.sites[end.site].keys.policy):
        cause = f"the policy of key {arn} is not the one of the files, so it may not admit replication"
        yield Cause(site=end.site, cause=cause, remedy=_restore(end.site))


def _read(call: Callable[[], Any]) -> Any:
    """What AWS answers; None for what is not there."""
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] not in ABSENT:
            raise
        return None


def _up(*stacks: str) -> str:
    return f"run: fleet up {' '.join(f'--only {stack}' for stack in stacks)}"


def _restore(stack: str) -> str:
    """An up compares with the state, so what was changed outside has to be taken over first."""
    return f"run: fleet refresh --only {stack}, then: fleet up --only {stack}"


def _same(found: Any, wanted: Any) -> bool:
    return bool(_canonical(found) == _canonical(wanted))


def _canonical(value: Any) -> Any:
    """IAM and its kin give lists no order and write a list of one as its element."""
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = sorted((_canonical(item) for item in value), key=json.dumps)
        return items[0] if len(items) == 1 else items
    return value
