"""Linters that others wrote find nothing in the fleet's policies, but for what is listed here with its reason."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import spec
from plan import plan_fleet
from plan.iam import RolePlan

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # parliament reads its data through pkg_resources, which is deprecated
    from cfnlint import ManualArgs, lint
    from cloudsplaining.scan.policy_document import PolicyDocument
    from parliament import analyze_policy_string

FLEET = plan_fleet(spec.load(Path(__file__).parents[3]))

LAUNCHING = {"ec2:CreateFleet", "ec2:RunInstances"}

KNOWN: dict[tuple[str, str], str] = {
    ("UNKNOWN_CONDITION_FOR_ACTION", "kms:ResourceAliases"): (
        "a condition key of KMS keys, in the Service Authorization Reference; parliament's data is older"
    ),
    ("RESOURCE_MISMATCH", "LAUNCHING"): (
        "EC2 checks each resource of a launch on its own, and Karpenter's statements are about some of them each"
    ),
    ("UNKNOWN_ACTION", "sagemaker:BatchAddClusterNodes"): (
        "an action of HyperPod, in the Service Authorization Reference; parliament's data is older"
    ),
    ("RESOURCE_MISMATCH", "ssm:GetParameter"): "public parameters have no account in their ARN",
}
"""(parliament's issue, what it is about) -> why it is none."""


def roles() -> Iterator[RolePlan]:
    """Every role that stacks make."""
    for site in FLEET.sites.values():
        if site.network:
            yield site.network.flow_logs.role
            yield site.network.free_addresses.role
        yield from site.roles.roles.values() if site.roles else ()
    if FLEET.links.replication:
        yield FLEET.links.replication.role
        yield FLEET.links.replication.batch_role


ROLES = {role.name: role for role in roles() if role.policy["Statement"]}


def about(finding: Any) -> str:
    """What a finding of parliament is about, as `KNOWN` names it."""
    if finding.issue == "UNKNOWN_CONDITION_FOR_ACTION":
        return str(finding.detail).split()[2]
    if finding.issue == "RESOURCE_MISMATCH":
        actions = {item["action"] for item in finding.detail}
        return "LAUNCHING" if actions <= LAUNCHING else ", ".join(sorted(actions))
    if finding.issue == "UNKNOWN_ACTION":
        return str(finding.detail).split()[-1]
    return str(finding.detail)


def parliament(role: RolePlan) -> list[tuple[str, str]]:
    found = analyze_policy_string(json.dumps(role.policy), ignore_private_auditors=True).findings
    return [(finding.issue, about(finding)) for finding in found]


@pytest.mark.parametrize("name", ROLES)
def test_parliament_finds_nothing_that_is_not_explained(name: str) -> None:
    assert [finding for finding in parliament(ROLES[name]) if finding not in KNOWN] == []


def test_every_explanation_is_still_needed() -> None:
    found = {finding for role in ROLES.values() for finding in parliament(role)}
    assert set(KNOWN) - found == set()


@pytest.mark.parametrize("name", ROLES)
def test_cloudsplaining_finds_no_way_to_more_power_or_to_others_data(name: str) -> None:
    policy = PolicyDocument({**ROLES[name].policy})
    assert policy.allows_privilege_escalation == []
    assert policy.allows_data_exfiltration_actions == []
    assert policy.permissions_management_without_constraints == []
    assert policy.service_wildcard == []
    # Row K3: nodes log in to the registry, which takes no resource.
    assert set(policy.credentials_exposure) <= {"ecr:GetAuthorizationToken"}


def test_cfn_lint_finds_nothing_in_trusts_policies_and_key_policies() -> None:
    resources: dict[str, Any] = {}
    for number, role in enumerate(roles()):
        resources[f"Role{number}"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": role.name,
                "Path": role.path,
                "AssumeRolePolicyDocument": role.trust,
                "ManagedPolicyArns": list(role.managed_policy_arns),
                **(
                    {"Policies": [{"PolicyName": "own", "PolicyDocument": role.policy}]}
                    if role.policy["Statement"]
                    else {}
                ),
            },
        }
    for number, site in enumerate(FLEET.sites.values()):
        properties = {"KeyPolicy": site.keys.policy, "EnableKeyRotation": True}
        resources[f"Key{number}"] = {
            "Type": "AWS::KMS::Key",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": properties,
        }
    template = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    found = lint(template, config=ManualArgs(regions=["us-east-1"]))
    assert [f"{match.rule.id} {match.path}: {match.message}" for match in found] == []


def test_the_linters_find_what_there_is_to_find() -> None:
    """So that their silence means something."""
    wrong = {
        "Effect": "Allow",
        "Action": ["iam:PassRole", "iam:CreatePolicyVersion", "s3:GetObjekt"],
        "Resource": ["*"],
    }
    policy = {"Version": "2012-10-17", "Statement": [wrong]}
    issues = {finding.issue for finding in analyze_policy_string(json.dumps(policy)).findings}
    assert "UNKNOWN_ACTION" in issues
    assert PolicyDocument(policy).allows_privilege_escalation != []
