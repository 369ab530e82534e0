from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.aws.policies import Request, Verdict, evaluate, statements_of, unknown_operators

ROLE = "arn:aws:iam::111111111111:role/ci"
CONTEXT = {
    "aws:principalarn": ROLE,
    "sts:externalid": "x-1",
    "aws:securetransport": "true",
    "s3:tlsversion": "1.3",
}


def request(**changes: Any) -> Request:
    return Request(
        **{
            "account": "111111111111",
            "principal_arn": ROLE,
            "caller_arn": "arn:aws:sts::111111111111:assumed-role/ci/run",
            "principal_id": "AROA1",
            "action": "s3:GetObject",
            "resource": "arn:aws:s3:::bucket/a/b",
            "context": CONTEXT,
            **changes,
        }
    )


def statement(**changes: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **changes}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"StringEquals": {"sts:ExternalId": "x-1"}}, True),
        ({"StringEquals": {"sts:ExternalId": ["y", "x-1"]}}, True),
        ({"StringEquals": {"sts:ExternalId": "X-1"}}, False),
        ({"StringEqualsIgnoreCase": {"sts:ExternalId": "X-1"}}, True),
        ({"StringEquals": {"sts:RoleSessionName": "x"}}, False),
        ({"StringEqualsIfExists": {"sts:RoleSessionName": "x"}}, True),
        ({"StringNotEquals": {"sts:ExternalId": ["y", "x-1"]}}, False),
        ({"StringNotEquals": {"sts:RoleSessionName": "x"}}, True),
        ({"StringLike": {"sts:ExternalId": "x-?"}}, True),
        ({"StringLike": {"sts:ExternalId": "x?"}}, False),
        ({"StringNotLike": {"sts:ExternalId": "x*"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/c*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*role/c*"}}, False),
        ({"ArnEquals": {"aws:PrincipalArn": ROLE}}, True),
        ({"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/x", ROLE]}}, False),
        ({"ForAnyValue:ArnLike": {"aws:PrincipalArn": ROLE}}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": "x"}}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": "x"}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": False}}, False),
        ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, False),
        ({"NumericGreaterThanEquals": {"s3:TlsVersion": 1.3}}, True),
        ({"Null": {"sts:ExternalId": "false"}}, True),
        ({"Null": {"sts:ExternalId": "true"}}, False),
        ({"Null": {"sts:RoleSessionName": "true"}}, True),
        ({"StringEquals": {"sts:ExternalId": "x-1"}, "Bool": {"aws:SecureTransport": "false"}}, False),
        ({"StringLike": {"aws:PrincipalArn": "*role/${sts:ExternalId}"}}, False),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
    ],
)
def test_conditions(condition: Mapping[str, Any], holds: bool) -> None:
    verdict = evaluate([statement(Condition=condition)], request())
    assert verdict is (Verdict.ALLOWED if holds else Verdict.SILENT)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"Principal": {"AWS": ROLE}}, Verdict.ALLOWED),
        ({"Principal": {"AWS": ["arn:aws:iam::111111111111:user/x", ROLE]}}, Verdict.ALLOWED),
        ({"Principal": {"AWS": "arn:aws:sts::111111111111:assumed-role/ci/run"}}, Verdict.ALLOWED),
        ({"Principal": {"AWS": "arn:aws:iam::111111111111:root"}}, Verdict.DELEGATED),
        ({"Principal": {"AWS": "111111111111"}}, Verdict.DELEGATED),
        ({"Principal": {"AWS": "222222222222"}}, Verdict.SILENT),
        ({"Principal": {"AWS": "*"}}, Verdict.ALLOWED),
        ({"Principal": {"Service": "ec2.amazonaws.com"}}, Verdict.SILENT),
        ({"Principal": None, "NotPrincipal": {"AWS": "222222222222"}}, Verdict.ALLOWED),
        ({"Principal": None, "NotPrincipal": {"AWS": ROLE}}, Verdict.SILENT),
        ({"Action": ["s3:Put*", "S3:getobject"]}, Verdict.ALLOWED),
        ({"Action": None, "NotAction": "s3:Get*"}, Verdict.SILENT),
        ({"Resource": "arn:aws:s3:::bucket"}, Verdict.SILENT),
        ({"Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"]}, Verdict.ALLOWED),
        ({"Effect": "Deny"}, Verdict.DENIED),
    ],
)
def test_who_and_what(changes: Mapping[str, Any], verdict: Verdict) -> None:
    changed = {key: value for key, value in statement(**changes).items() if value is not None}
    assert evaluate([changed], request()) is verdict


def test_a_denial_wins() -> None:
    assert evaluate([statement(), statement(Effect="Deny")], request()) is Verdict.DENIED


def test_a_principal_made_again_is_another() -> None:
    named = [statement(Principal={"AWS": ROLE})]
    assert evaluate(named, request(), {ROLE: "AROA1"}) is Verdict.ALLOWED
    assert evaluate(named, request(), {ROLE: "AROA0"}) is Verdict.SILENT


def test_an_identity_policy_needs_no_principal() -> None:
    own = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/x"}]
    asked = request(action="sts:AssumeRole", resource="arn:aws:iam::222222222222:role/x")
    assert evaluate(own, asked) is Verdict.ALLOWED
    assert evaluate(own, request()) is Verdict.SILENT


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "Expecting property name"),
        ("[]", "a policy needs a list of statements"),
        ("{}", "a policy needs a list of statements"),
        ('{"Statement": ["x"]}', "a policy needs a list of statements"),
        ('{"Statement": 1}', "a policy needs a list of statements"),
    ],
)
def test_a_text_that_is_no_policy(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        statements_of(text)


def test_operators_that_do_not_exist_are_named() -> None:
    condition: dict[str, dict[str, str]] = {
        "StringEqual": {},
        "ForAnyValue:StringLikeIfExists": {},
        "Null": {},
        "ArnNotLike": {},
    }
    assert unknown_operators({"Condition": condition}) == ["StringEqual"]
