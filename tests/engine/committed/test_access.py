"""Roles and keys of the committed fleet, read back from IAM and KMS: what they are, and what they answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import spec
from plan import plan_fleet
from tests.access import Question, answer
from tests.access_questions import KEY_QUESTIONS, REPLICA, REPLICA_KEY_QUESTIONS, ROLE_QUESTIONS, SITE
from tests.engine.committed.conftest import Standing

FLEET = plan_fleet(spec.load(Path(__file__).parents[3]))
ACCOUNTS = {"483026362307": "main", "159553542841": "secondary"}
every_site = pytest.mark.parametrize("site", FLEET.sites)


def client(standing: Standing, service: str, site: str) -> Any:
    where = FLEET.sites[site].provider
    return standing.fleet.aws(service, account=ACCOUNTS[where.account_id], region=where.region)


def key_policy(standing: Standing, site: str) -> dict[str, Any]:
    kms = client(standing, "kms", site)
    key = kms.describe_key(KeyId=f"alias/ml-clusters-{site}")["KeyMetadata"]["KeyId"]
    policy: dict[str, Any] = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    return policy


def statements(iam: Any, role: str) -> list[dict[str, Any]]:
    """Those of a role's own policies."""
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    documents = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    return [statement for document in documents for statement in document["Statement"]]


@every_site
def test_k1_a_key_is_enabled_rotates_every_year_and_is_promised(standing: Standing, site: str) -> None:
    kms = client(standing, "kms", site)
    key = kms.describe_key(KeyId=f"alias/ml-clusters-{site}")["KeyMetadata"]
    assert (key["KeyState"], key["MultiRegion"], key["KeySpec"]) == ("Enabled", False, "SYMMETRIC_DEFAULT")
    rotation = kms.get_key_rotation_status(KeyId=key["KeyId"])
    assert (rotation["KeyRotationEnabled"], rotation["RotationPeriodInDays"]) == (True, 365)
    assert standing.outputs(site)["keys"]["key_arn"] == key["Arn"]


@every_site
def test_k1_the_policy_of_a_key_is_the_planned_one(standing: Standing, site: str) -> None:
    assert key_policy(standing, site) == FLEET.sites[site].keys.policy


@every_site
def test_k2_roles_are_the_planned_ones(standing: Standing, site: str) -> None:
    iam, planned = client(standing, "iam", site), FLEET.sites[site].roles
    for plan in planned.roles.values() if planned else ():
        role = iam.get_role(RoleName=plan.name)["Role"]
        account = role["Arn"].split(":")[4]
        assert role["Arn"] == f"arn:aws:iam::{account}:role{plan.path}{plan.name}"
        assert role["AssumeRolePolicyDocument"] == plan.trust
        assert statements(iam, plan.name) == plan.policy["Statement"]
        attached = iam.list_attached_role_policies(RoleName=plan.name)["AttachedPolicies"]
        assert [item["PolicyArn"] for item in attached] == list(plan.managed_policy_arns)
        profiles = iam.list_instance_profiles_for_role(RoleName=plan.name)["InstanceProfiles"]
        expected = [(plan.name, plan.path)] if plan.has_instance_profile else []
        assert [(item["InstanceProfileName"], item["Path"]) for item in profiles] == expected


def test_what_iam_has_answers_every_question(standing: Standing) -> None:
    iam = client(standing, "iam", SITE)
    wrong = []
    for question in ROLE_QUESTIONS:
        role = iam.get_role(RoleName=f"{question.who}-{SITE}")["Role"]
        given = answer(statements(iam, role["RoleName"]), question, principal=role["Arn"])
        wrong += [question.text] if given is not question.expected else []
    assert wrong == []


@pytest.mark.parametrize(("site", "questions"), [(SITE, KEY_QUESTIONS), (REPLICA, REPLICA_KEY_QUESTIONS)])
def test_what_kms_has_answers_every_question(
    standing: Standing, site: str, questions: tuple[Question, ...]
) -> None:
    found = key_policy(standing, site)["Statement"]
    wrong = [q.text for q in questions if answer(found, q, principal=q.who) is not q.expected]
    assert wrong == []


@pytest.mark.parametrize("stack", FLEET.stacks)
def test_what_holds_state_is_protected_and_retained(standing: Standing, stack: str) -> None:
    kinds = {"aws:kms/key:Key", "aws:s3/bucket:Bucket"}
    held = [item for item in standing.resources(stack) if item["type"] in kinds]
    assert [item["urn"] for item in held if not (item.get("protect") and item.get("retainOnDelete"))] == []
    assert bool(held) == (stack != "links")
