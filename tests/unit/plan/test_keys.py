"""The key of a site: what its policy names, statement by statement."""

from __future__ import annotations

from plan.keys import BucketKeyUse, plan_key
from plan.policies import Statement

ACCOUNT, CENTRAL_ACCOUNT = "111111111111", "222222222222"
BUCKET = "arn:aws:s3:::ml-data-two-us-west-2"
ROLE = f"arn:aws:iam::{CENTRAL_ACCOUNT}:role/replication-one"


def statements(bucket: BucketKeyUse | None = None) -> list[Statement]:
    return plan_key("two", ACCOUNT, "us-west-2", bucket).policy["Statement"]


def open_to_all(found: list[Statement]) -> list[Statement]:
    return [item for item in found if item.get("Principal") == {"AWS": "*"}]


def test_without_a_bucket_no_principal_is_open_and_no_other_account_is_named() -> None:
    assert open_to_all(statements()) == []
    assert CENTRAL_ACCOUNT not in str(statements())


def test_the_open_statement_is_bound_to_the_account_the_service_the_bucket_and_fsx_s_sessions() -> None:
    (found,) = open_to_all(statements(BucketKeyUse(bucket_arn=BUCKET)))
    assert found["Condition"] == {
        "StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": ["s3.us-west-2.amazonaws.com"]},
        "StringLike": {
            "aws:userid": "*:FSx",
            "kms:EncryptionContext:aws:s3:arn": [BUCKET, f"{BUCKET}/*"],
        },
    }


def test_replication_writes_a_replica_and_reads_the_central_bucket() -> None:
    use = BucketKeyUse(bucket_arn=BUCKET, replication_role_arn=ROLE)
    (replica,) = [item for item in statements(use) if CENTRAL_ACCOUNT in str(item)]
    assert replica["Principal"] == {"AWS": f"arn:aws:iam::{CENTRAL_ACCOUNT}:root"}
    assert replica["Condition"]["ArnEquals"] == {"aws:PrincipalArn": ROLE}
    assert replica["Action"] == ["kms:Encrypt", "kms:GenerateDataKey"]
    central = BucketKeyUse(bucket_arn=BUCKET, replication_role_arn=ROLE, is_central=True)
    (source,) = [item for item in statements(central) if CENTRAL_ACCOUNT in str(item)]
    assert source["Action"] == ["kms:Decrypt"]


def test_nobody_may_give_the_key_away_but_aws_to_itself() -> None:
    granting = [item for item in statements() if "kms:CreateGrant" in item["Action"]]
    *to_services, for_clusters = granting
    assert len(to_services) == 2
    for item in to_services:
        assert item["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}
    (makes_clusters,) = for_clusters["Condition"]["ArnEquals"].values()
    assert makes_clusters.endswith(":role/FleetExecutionRole")
