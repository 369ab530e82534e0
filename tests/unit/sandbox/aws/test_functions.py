"""Lambda functions, and who may call them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import ELSEWHERE, MAIN, SECONDARY, Cloud, message, policy, refusal

NAME = "free-addresses-0123abc"
ARN = f"arn:aws:lambda:us-east-1:{MAIN}:function:{NAME}"
ROLE = f"arn:aws:iam::{MAIN}:role/free-addresses"
RULE_ARN = f"arn:aws:events:us-east-1:{MAIN}:rule/free-addresses"
PERMISSION = {
    "FunctionName": NAME,
    "StatementId": "schedule",
    "Action": "lambda:InvokeFunction",
    "Principal": "events.amazonaws.com",
    "SourceArn": RULE_ARN,
}


def archive(text: str) -> bytes:
    """A deployment package of one file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr(zipfile.ZipInfo("free_addresses.py"), text)
    return content.getvalue()


def sha256(content: bytes) -> str:
    """As Lambda shows it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def create(client: Any, **changes: Any) -> Any:
    arguments = {
        "FunctionName": NAME,
        "Role": ROLE,
        "Runtime": "python3.13",
        "Handler": "free_addresses.handler",
        "Timeout": 30,
        "Code": {"ZipFile": archive("first")},
        "Environment": {"Variables": {"SUBNET_IDS": "subnet-1"}},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/ml-clusters/main-use1/free-addresses"},
        "Tags": {"fleet:urn": "x"},
    }
    return client.create_function(**{**arguments, **changes})


def service_trust(service: str, account: str = MAIN) -> str:
    condition = {"StringEquals": {"aws:SourceAccount": account}}
    return policy({"Principal": {"Service": service}, "Action": "sts:AssumeRole", "Condition": condition})


@pytest.fixture(scope="module")
def functions(cloud: Cloud) -> Any:
    """Lambda, and the roles that the rows below speak of."""
    iam = cloud.client("iam")
    trusts = {
        "free-addresses": service_trust("lambda.amazonaws.com"),
        "of-ec2": service_trust("ec2.amazonaws.com"),
        "for-another-account": service_trust("lambda.amazonaws.com", SECONDARY),
    }
    for name, trust in trusts.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    return cloud.client("lambda")


@pytest.fixture
def function(functions: Any) -> Iterator[Any]:
    """Lambda with the function in it."""
    create(functions)
    yield functions
    functions.delete_function(FunctionName=NAME)


def test_a_new_function(function: Any) -> None:
    read = function.get_function(FunctionName=NAME)
    shown = read["Configuration"]
    del shown["LastModified"]
    assert shown == {
        "FunctionName": NAME,
        "FunctionArn": ARN,
        "Role": ROLE,
        "Runtime": "python3.13",
        "Handler": "free_addresses.handler",
        "Timeout": 30,
        "MemorySize": 128,
        "Description": "",
        "CodeSize": len(archive("first")),
        "CodeSha256": sha256(archive("first")),
        "Environment": {"Variables": {"SUBNET_IDS": "subnet-1"}},
        "EphemeralStorage": {"Size": 512},
        "Architectures": ["x86_64"],
        "PackageType": "Zip",
        "TracingConfig": {"Mode": "PassThrough"},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "Layers": [],
        "Version": "$LATEST",
        "State": "Active",
        "LastUpdateStatus": "Successful",
    }
    assert read["Tags"] == {"fleet:urn": "x"}


def test_a_function_is_changed(function: Any) -> None:
    environment = {"Variables": {"SUBNET_IDS": "subnet-1,subnet-2"}}
    function.update_function_configuration(FunctionName=NAME, Timeout=60, Environment=environment)
    function.update_function_code(FunctionName=NAME, ZipFile=archive("second"))
    function.tag_resource(Resource=ARN, Tags={"team": "ml"})
    function.untag_resource(Resource=ARN, TagKeys=["fleet:urn"])
    read = function.get_function(FunctionName=NAME)
    shown = {key: read["Configuration"][key] for key in ("Timeout", "Environment", "CodeSha256", "Runtime")}
    assert shown == {
        "Timeout": 60,
        "Environment": environment,
        "CodeSha256": sha256(archive("second")),
        "Runtime": "python3.13",
    }
    assert read["Tags"] == {"team": "ml"}


@pytest.mark.parametrize(("account", "region"), ELSEWHERE)
def test_a_function_is_of_one_account_and_region(
    cloud: Cloud, function: Any, account: str, region: str
) -> None:
    other = cloud.client("lambda", account, region)
    assert refusal(lambda: other.get_function(FunctionName=NAME)) == "ResourceNotFoundException"


def test_a_function_ends_with_its_policy(functions: Any) -> None:
    create(functions)
    functions.add_permission(**PERMISSION)
    functions.delete_function(FunctionName=NAME)
    for call in (
        lambda: functions.get_function(FunctionName=NAME),
        lambda: functions.get_policy(FunctionName=NAME),
        lambda: functions.delete_function(FunctionName=NAME),
    ):
        assert refusal(call) == "ResourceNotFoundException"
    create(functions)
    assert refusal(lambda: functions.get_policy(FunctionName=NAME)) == "ResourceNotFoundException"
    functions.delete_function(FunctionName=NAME)


@pytest.mark.parametrize(
    "role",
    [
        pytest.param(f"arn:aws:iam::{MAIN}:role/nobody", id="is not there"),
        pytest.param(f"arn:aws:iam::{MAIN}:role/of-ec2", id="trusts another service"),
        pytest.param(f"arn:aws:iam::{MAIN}:role/for-another-account", id="trusts Lambda elsewhere"),
    ],
)
def test_a_function_needs_a_role_that_trusts_lambda(function: Any, role: str) -> None:
    for call in (
        lambda: create(function, FunctionName="other", Role=role),
        lambda: function.update_function_configuration(FunctionName=NAME, Role=role),
    ):
        assert refusal(call) == "InvalidParameterValueException"
        assert message(call) == "The role defined for the function cannot be assumed by Lambda."


def test_a_function_takes_no_role_of_another_account(cloud: Cloud, function: Any) -> None:
    trust = service_trust("lambda.amazonaws.com", SECONDARY)
    cloud.client("iam", "secondary").create_role(RoleName="free-addresses", AssumeRolePolicyDocument=trust)
    role = f"arn:aws:iam::{SECONDARY}:role/free-addresses"
    assert refusal(lambda: create(function, FunctionName="other", Role=role)) == "AccessDeniedException"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"Timeout": 901},
            "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less",
        ),
        (
            {"Runtime": "python3.5"},
            "Value 'python3.5' at 'runtime' failed to satisfy constraint: Member must",
        ),
    ],
)
def test_values_that_lambda_does_not_have(function: Any, changes: dict[str, Any], said: str) -> None:
    for call in (
        lambda: create(function, FunctionName="other", **changes),
        lambda: function.update_function_configuration(FunctionName=NAME, **changes),
    ):
        assert refusal(call) == "InvalidParameterValueException"
        assert message(call).startswith(f"1 validation error detected: {said}")


def test_a_function_twice(function: Any) -> None:
    assert refusal(lambda: create(function)) == "ResourceConflictException"


def test_who_may_call_a_function(function: Any) -> None:
    function.add_permission(**PERMISSION)
    read = json.loads(function.get_policy(FunctionName=NAME)["Policy"])
    assert read["Statement"] == [
        {
            "Sid": "schedule",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Resource": ARN,
            "Condition": {"ArnLike": {"AWS:SourceArn": RULE_ARN}},
        }
    ]
    assert message(lambda: function.add_permission(**PERMISSION)) == (
        "The statement id (schedule) provided already exists. "
        "Please provide a new statement id, or remove the existing statement."
    )
    function.remove_permission(FunctionName=NAME, StatementId="schedule")
    for call in (
        lambda: function.get_policy(FunctionName=NAME),
        lambda: function.remove_permission(FunctionName=NAME, StatementId="schedule"),
        lambda: function.add_permission(**{**PERMISSION, "FunctionName": "nothing"}),
    ):
        assert refusal(call) == "ResourceNotFoundException"
