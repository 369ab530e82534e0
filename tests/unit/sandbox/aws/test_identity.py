from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import MAIN, OPERATOR, SECONDARY, Cloud, message, policy, refusal, trust

NOBODY = f"arn:aws:iam::{MAIN}:role/Nobody"


def assume(sts: Any, role: str, **more: Any) -> Any:
    return sts.assume_role(RoleArn=role, RoleSessionName="run", **more)


def session(cloud: Cloud, role: str, **more: Any) -> Any:
    """STS as a session that the main account's admin opened."""
    return cloud.as_session("sts", assume(cloud.client("sts"), role, **more)["Credentials"])


@pytest.fixture(scope="module", autouse=True)
def roles(cloud: Cloud) -> None:
    """The roles that the rows below speak of; `ci` may assume those of the secondary account that begin with `for`."""
    main, secondary = cloud.client("iam"), cloud.client("iam", "secondary")
    main.create_role(RoleName="ci", AssumeRolePolicyDocument=trust(MAIN))
    may = policy({"Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{SECONDARY}:role/for*"})
    main.put_role_policy(RoleName="ci", PolicyName="assume", PolicyDocument=may)
    documents = {
        "for-main": trust(f"arn:aws:iam::{MAIN}:root"),
        "for-ci": trust(f"arn:aws:iam::{MAIN}:role/ci"),
        "not-for-ci": trust(f"arn:aws:iam::{MAIN}:role/ci"),
        "for-operators": trust(
            MAIN, Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{MAIN}:role/Ml*"}}
        ),
        "for-external-id": trust(MAIN, Condition={"StringEquals": {"sts:ExternalId": "fleet"}}),
        "for-session-name": trust(MAIN, Condition={"StringLike": {"sts:RoleSessionName": "deploy-*"}}),
        "for-all-but-ci": policy(
            {"Principal": {"AWS": MAIN}, "Action": "sts:AssumeRole"},
            {"Principal": {"AWS": f"arn:aws:iam::{MAIN}:role/ci"}, "Action": "sts:*", "Effect": "Deny"},
        ),
        "for-service": policy({"Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}),
    }
    for name, document in documents.items():
        secondary.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    main.create_role(RoleName="poor", AssumeRolePolicyDocument=trust(MAIN))
    main.create_role(RoleName="for-poor", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{MAIN}:role/poor"))
    main.create_role(RoleName="for-main-too", AssumeRolePolicyDocument=trust(MAIN))


@pytest.mark.parametrize(
    ("caller", "role", "more", "answer"),
    [
        pytest.param("ci", "for-main", {}, "allowed", id="both sides allow"),
        pytest.param("ci", "for-ci", {}, "allowed", id="named by its ARN"),
        pytest.param(
            "ci", "not-for-ci", {}, "AccessDenied", id="trusted across accounts, not allowed at home"
        ),
        pytest.param(
            "ci", "for-operators", {}, "AccessDenied", id="the condition on the principal does not hold"
        ),
        pytest.param("operator", "for-operators", {}, "allowed", id="the condition on the principal holds"),
        pytest.param("operator", "for-ci", {}, "AccessDenied", id="an administrator that nobody trusts"),
        pytest.param("ci", "for-external-id", {"ExternalId": "fleet"}, "allowed", id="with the external id"),
        pytest.param(
            "ci", "for-external-id", {"ExternalId": "other"}, "AccessDenied", id="with another external id"
        ),
        pytest.param("ci", "for-external-id", {}, "AccessDenied", id="without the external id"),
        pytest.param("ci", "for-session-name", {}, "AccessDenied", id="another session name"),
        pytest.param("ci", "for-all-but-ci", {}, "AccessDenied", id="a denial wins"),
        pytest.param("operator", "for-all-but-ci", {}, "allowed", id="the denial of another"),
        pytest.param("operator", "for-service", {}, "AccessDenied", id="trusts a service"),
        pytest.param("operator", "nobody", {}, "AccessDenied", id="there is no such role"),
        pytest.param(
            "ci", "for-main", {"DurationSeconds": 3601}, "ValidationError", id="chained for over an hour"
        ),
    ],
)
def test_across_accounts(cloud: Cloud, caller: str, role: str, more: dict[str, Any], answer: str) -> None:
    sts = (
        cloud.client("sts", None)
        if caller == "operator"
        else session(cloud, f"arn:aws:iam::{MAIN}:role/{caller}")
    )
    arn = f"arn:aws:iam::{SECONDARY}:role/{role}"
    if answer == "allowed":
        assert assume(sts, arn, **more)["AssumedRoleUser"]["Arn"] == (
            f"arn:aws:sts::{SECONDARY}:assumed-role/{role}/run"
        )
    else:
        assert refusal(lambda: assume(sts, arn, **more)) == answer


@pytest.mark.parametrize(
    ("caller", "role", "answer"),
    [
        pytest.param("poor", "for-poor", "allowed", id="named by its ARN, needs no policy of its own"),
        pytest.param("poor", "for-main-too", "AccessDenied", id="trusted as part of its account, needs one"),
    ],
)
def test_in_one_account(cloud: Cloud, caller: str, role: str, answer: str) -> None:
    sts, arn = session(cloud, f"arn:aws:iam::{MAIN}:role/{caller}"), f"arn:aws:iam::{MAIN}:role/{role}"
    refused = refusal(lambda: assume(sts, arn))
    assert refused == answer or (answer == "allowed" and refused.startswith("accepted"))


def test_the_words_of_a_denial(cloud: Cloud) -> None:
    arn = f"arn:aws:iam::{SECONDARY}:role/for-ci"
    assert message(lambda: assume(cloud.client("sts"), arn)) == (
        f"User: arn:aws:iam::{MAIN}:user/admin is not authorized to perform: sts:AssumeRole on resource: {arn}"
    )


def test_a_session_lasts_as_long_as_its_role_allows(cloud: Cloud) -> None:
    sts = cloud.client("sts")
    assert refusal(lambda: assume(sts, OPERATOR, DurationSeconds=43_201)) == "ValidationError"
    assert assume(sts, OPERATOR, DurationSeconds=43_200)["AssumedRoleUser"]["Arn"].endswith(
        "MlPlatformOperator/run"
    )
    ci = f"arn:aws:iam::{MAIN}:role/ci"
    assert message(lambda: assume(sts, ci, DurationSeconds=3601)) == (
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    )


def test_session_names(cloud: Cloud) -> None:
    sts = cloud.client("sts")
    assert refusal(lambda: sts.assume_role(RoleArn=OPERATOR, RoleSessionName="a b")) == "ValidationError"


@pytest.mark.parametrize(
    "principal",
    [NOBODY, f"arn:aws:iam::{MAIN}:user/nobody", "999999999999", "AROANOBODY", f"arn:aws:iam::{MAIN}:role/*"],
)
def test_a_policy_names_principals_that_exist(cloud: Cloud, principal: str) -> None:
    iam, kms, s3 = cloud.client("iam"), cloud.client("kms"), cloud.client("s3")
    document = trust(principal)
    assert (
        refusal(lambda: iam.create_role(RoleName="x", AssumeRolePolicyDocument=document))
        == "MalformedPolicyDocument"
    )
    assert message(lambda: iam.update_assume_role_policy(RoleName="ci", PolicyDocument=document)) == (
        f'Invalid principal in policy: "AWS":"{principal}"'
    )
    key = policy({"Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"})
    assert refusal(lambda: kms.create_key(Policy=key)) == "MalformedPolicyDocumentException"
    s3.create_bucket(Bucket="principals")
    bucket = policy(
        {"Principal": {"AWS": principal}, "Action": "s3:*", "Resource": "arn:aws:s3:::principals"}
    )
    assert refusal(lambda: s3.put_bucket_policy(Bucket="principals", Policy=bucket)) == "MalformedPolicy"


@pytest.mark.parametrize(
    "principal", [{"Service": "lambda.amazonaws.com"}, {"Federated": "cognito-identity.amazonaws.com"}, "*"]
)
def test_other_principals_are_not_looked_up(cloud: Cloud, principal: Any) -> None:
    iam = cloud.client("iam")
    document = policy({"Principal": principal, "Action": "sts:AssumeRole"})
    iam.create_role(RoleName="other", AssumeRolePolicyDocument=document)
    iam.delete_role(RoleName="other")


def test_a_condition_that_does_not_exist_is_refused(cloud: Cloud) -> None:
    document = trust(MAIN, Condition={"StringEqual": {"sts:ExternalId": "x"}})
    iam = cloud.client("iam")
    assert (
        refusal(lambda: iam.create_role(RoleName="x", AssumeRolePolicyDocument=document))
        == "MalformedPolicyDocument"
    )


def test_a_role_made_again_is_another_role(cloud: Cloud) -> None:
    iam, secondary = cloud.client("iam"), cloud.client("iam", "secondary")
    arn, target = f"arn:aws:iam::{MAIN}:role/again", f"arn:aws:iam::{SECONDARY}:role/for-again"

    def make() -> str:
        role_id = iam.create_role(RoleName="again", AssumeRolePolicyDocument=trust(MAIN))["Role"]["RoleId"]
        may = policy({"Action": "sts:AssumeRole", "Resource": target})
        iam.put_role_policy(RoleName="again", PolicyName="assume", PolicyDocument=may)
        return str(role_id)

    def trusted() -> Any:
        document = secondary.get_role(RoleName="for-again")["Role"]["AssumeRolePolicyDocument"]
        return document["Statement"][0]["Principal"]["AWS"]

    first = make()
    secondary.create_role(RoleName="for-again", AssumeRolePolicyDocument=trust(arn))
    before = session(cloud, arn)
    assume(before, target)
    assert trusted() == arn
    iam.delete_role_policy(RoleName="again", PolicyName="assume")
    iam.delete_role(RoleName="again")
    assert trusted() == first
    assert refusal(before.get_caller_identity) == "InvalidClientTokenId"
    make()
    assert trusted() == first
    assert refusal(lambda: assume(session(cloud, arn), target)) == "AccessDenied"
    secondary.update_assume_role_policy(RoleName="for-again", PolicyDocument=trust(arn))
    assume(session(cloud, arn), target)


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("iam", "list_roles", "InvalidClientTokenId"),
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
        ("kms", "list_keys", "UnrecognizedClientException"),
        ("lambda", "list_functions", "UnrecognizedClientException"),
    ],
)
def test_an_unknown_key_has_no_account(cloud: Cloud, service: str, operation: str, code: str) -> None:
    unknown = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x", "SessionToken": None}
    client = cloud.as_session(service, unknown)
    assert refusal(getattr(client, operation)) == code


def test_who_is_who(cloud: Cloud) -> None:
    identities = {
        name: cloud.client("sts", name).get_caller_identity() for name in (None, "main", "secondary")
    }
    assert {name: (identity["Account"], identity["Arn"]) for name, identity in identities.items()} == {
        None: (MAIN, f"arn:aws:sts::{MAIN}:assumed-role/MlPlatformOperator/operator"),
        "main": (MAIN, f"arn:aws:iam::{MAIN}:user/admin"),
        "secondary": (SECONDARY, f"arn:aws:iam::{SECONDARY}:user/admin"),
    }


def test_what_one_account_has_the_other_does_not_see(cloud: Cloud) -> None:
    iam, other = cloud.client("iam"), cloud.client("iam", "secondary")
    iam.create_role(RoleName="mine", AssumeRolePolicyDocument=trust(MAIN))
    assert refusal(lambda: other.get_role(RoleName="mine")) == "NoSuchEntity"


def test_a_service_linked_role_exists_once(cloud: Cloud) -> None:
    iam = cloud.client("iam")

    def create() -> Any:
        return iam.create_service_linked_role(AWSServiceName="eks.amazonaws.com")

    assert create()["Role"]["Arn"] == (
        f"arn:aws:iam::{MAIN}:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"
    )
    assert message(create) == (
        "Service role name AWSServiceRoleForAmazonEKS has been taken in this account, "
        "please try a different suffix."
    )
    assert refusal(create) == "InvalidInput"
    assert refusal(lambda: iam.delete_role(RoleName="AWSServiceRoleForAmazonEKS")) == "UnmodifiableEntity"
    task = iam.delete_service_linked_role(RoleName="AWSServiceRoleForAmazonEKS")["DeletionTaskId"]
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    create()


@pytest.mark.parametrize(
    "name",
    ["AdministratorAccess", "AmazonSSMManagedInstanceCore", "service-role/AWSLambdaBasicExecutionRole"],
)
def test_managed_policies_of_aws_can_be_attached(cloud: Cloud, name: str) -> None:
    iam, arn = cloud.client("iam"), f"arn:aws:iam::aws:policy/{name}"
    iam.attach_role_policy(RoleName="poor", PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName="poor")["AttachedPolicies"]
    assert attached == [{"PolicyName": name.rpartition("/")[2], "PolicyArn": arn}]
    iam.detach_role_policy(RoleName="poor", PolicyArn=arn)


def test_a_managed_policy_that_aws_does_not_have(cloud: Cloud) -> None:
    iam, arn = cloud.client("iam"), "arn:aws:iam::aws:policy/Nothing"
    assert refusal(lambda: iam.attach_role_policy(RoleName="poor", PolicyArn=arn)) == "NoSuchEntity"
