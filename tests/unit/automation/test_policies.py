from __future__ import annotations

from automation.bootstrap import desired, policies
from automation.session import Session

MAIN, SECONDARY = "483026362307", "159553542841"
OPERATOR = f"arn:aws:iam::{MAIN}:role/MlPlatformOperator"


def test_an_account_is_entered_by_ci_and_operators_through_the_state_accounts_root(session: Session) -> None:
    role = desired.execution_role(session.fleet)
    assert role.trust["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{MAIN}:root"},
            "Action": ["sts:AssumeRole"],
            "Condition": {
                "ArnLike": {"aws:PrincipalArn": [f"arn:aws:iam::{MAIN}:role/FleetCIRole", OPERATOR]}
            },
        }
    ]
    assert role.session_seconds == 3600
    assert role.managed_policy_arns == ("arn:aws:iam::aws:policy/AdministratorAccess",)


def test_operators_may_become_ci(session: Session) -> None:
    (statement,) = desired.ci_role(session.fleet).trust["Statement"]
    assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": [OPERATOR]}}


def test_ci_enters_the_fleets_accounts_and_uses_its_state_and_may_do_nothing_else(session: Session) -> None:
    ((name, policy),) = desired.ci_role(session.fleet).inline_policies
    allowed = {
        (action, resource)
        for item in policy["Statement"]
        for action in item["Action"]
        for resource in item["Resource"]
    }
    bucket = f"arn:aws:s3:::ml-clusters-state-{MAIN}"
    key = f"arn:aws:kms:us-east-1:{MAIN}:key/*"
    assert name == "rollout"
    assert allowed == {
        ("sts:AssumeRole", f"arn:aws:iam::{MAIN}:role/FleetExecutionRole"),
        ("sts:AssumeRole", f"arn:aws:iam::{SECONDARY}:role/FleetExecutionRole"),
        ("s3:ListBucket", bucket),
        ("s3:ListBucketVersions", bucket),
        ("s3:GetBucketLocation", bucket),
        ("s3:GetObject", f"{bucket}/*"),
        ("s3:GetObjectVersion", f"{bucket}/*"),
        ("s3:PutObject", f"{bucket}/*"),
        ("s3:DeleteObject", f"{bucket}/*"),
        ("kms:Encrypt", key),
        ("kms:Decrypt", key),
        ("kms:GenerateDataKey", key),
    }
    assert policy["Statement"][3]["Condition"] == {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/ml-clusters-state"}
    }


def test_a_bucket_refuses_what_does_not_come_over_tls() -> None:
    assert policies.tls_only("b")["Statement"] == [
        {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": ["s3:*"],
            "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_the_state_account_comes_first_with_every_region_that_is_used(session: Session) -> None:
    assert desired.accounts_in_order(session.fleet) == ("main", "secondary")
    assert desired.account_regions(session.fleet, "main") == ("us-east-1", "us-west-2")
    assert desired.account_regions(session.fleet, "secondary") == ("us-east-1", "us-west-2")
