"""What a client of AWS sees of each kind of fault."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from sandbox.errors import SandboxError
from sandbox.faults import Fault, Faults
from tests.unit.sandbox.aws.cloud import MAIN, Cloud

TIMEOUT_S = 30.0
"""Far longer than anything here takes."""

CALLS: dict[str, Callable[[Any], Any]] = {
    "ec2": lambda client: client.describe_vpcs(),
    "s3": lambda client: client.list_buckets(),
    "iam": lambda client: client.list_roles(),
    "sts": lambda client: client.get_caller_identity(),
    "kms": lambda client: client.list_keys(),
    "logs": lambda client: client.describe_log_groups(),
}


def told(call: Callable[[], object]) -> tuple[str, int]:
    """(code, HTTP status) of the error that a call must end in."""
    with pytest.raises(ClientError) as raised:
        call()
    response = raised.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("service", "throttled", "expired", "internal"),
    [
        ("ec2", ("RequestLimitExceeded", 503), ("RequestExpired", 400), ("InternalError", 500)),
        ("s3", ("SlowDown", 503), ("ExpiredToken", 400), ("InternalError", 500)),
        ("iam", ("Throttling", 400), ("ExpiredToken", 403), ("InternalFailure", 500)),
        ("sts", ("Throttling", 400), ("ExpiredToken", 403), ("InternalFailure", 500)),
        ("kms", ("ThrottlingException", 400), ("ExpiredTokenException", 400), ("InternalFailure", 500)),
        ("logs", ("ThrottlingException", 400), ("ExpiredTokenException", 400), ("InternalFailure", 500)),
    ],
)
def test_each_service_refuses_in_its_own_words(
    cloud: Cloud,
    faults: Faults,
    service: str,
    throttled: tuple[str, int],
    expired: tuple[str, int],
    internal: tuple[str, int],
) -> None:
    client, call = cloud.client(service), CALLS[service]
    faults.add(Fault("throttle", service, "*"))
    faults.add(Fault("error", service, "*", nth=2, code="ExpiredToken"))
    faults.add(Fault("error", service, "*", nth=3))
    assert [told(lambda: call(client)) for _ in range(3)] == [throttled, expired, internal]
    assert call(client)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_an_error_has_the_code_that_was_asked_for(cloud: Cloud, faults: Faults) -> None:
    ec2 = cloud.client("ec2")
    faults.add(Fault("error", "ec2", "DescribeVpcs", code="UnauthorizedOperation"))
    faults.add(Fault("error", "ec2", "DescribeVpcs", nth=2, code="InsufficientInstanceCapacity"))
    assert told(ec2.describe_vpcs) == ("UnauthorizedOperation", 400)
    assert told(ec2.describe_vpcs) == ("InsufficientInstanceCapacity", 500)


def test_botocore_tries_a_throttled_call_again(cloud: Cloud, faults: Faults) -> None:
    faults.add(Fault("throttle", "ec2", "DescribeVpcs", times=2))
    patient = cloud.patient("ec2")
    assert patient.describe_vpcs()["ResponseMetadata"]["RetryAttempts"] == 2


def test_only_the_named_account_and_region_are_hit(cloud: Cloud, faults: Faults) -> None:
    fault = faults.add(Fault("throttle", "ec2", "*", account="secondary", region="us-west-2"))
    cloud.client("ec2").describe_vpcs()
    cloud.client("ec2", "secondary").describe_vpcs()
    elsewhere = cloud.client("ec2", "secondary", "us-west-2")
    assert told(elsewhere.describe_vpcs) == ("RequestLimitExceeded", 503)
    assert [(active.id, active.calls, active.hits) for active in faults.list()] == [(fault, 1, 1)]


def test_a_call_that_hangs_holds_up_nobody_and_is_carried_out_when_released(
    cloud: Cloud, faults: Faults
) -> None:
    s3 = cloud.client("s3")
    fault = faults.add(Fault("hang", "s3", "CreateBucket", account=MAIN))
    with ThreadPoolExecutor() as pool:
        hanging = pool.submit(s3.create_bucket, Bucket="hang")
        faults.wait_for_hit(fault, timeout_s=TIMEOUT_S)
        assert [active.holding for active in faults.list()] == [1]
        assert "hang" not in buckets(s3)
        s3.create_bucket(Bucket="meanwhile")
        assert not hanging.done()
        faults.release(fault)
        hanging.result(timeout=TIMEOUT_S)
    assert {"hang", "meanwhile"} <= buckets(s3)
    assert [(active.hits, active.holding) for active in faults.list()] == [(1, 0)]


def test_an_answer_that_hangs_is_of_a_call_that_was_carried_out(cloud: Cloud, faults: Faults) -> None:
    s3 = cloud.client("s3")
    fault = faults.add(Fault("hang-answer", "s3", "CreateBucket"))
    with ThreadPoolExecutor() as pool:
        hanging = pool.submit(s3.create_bucket, Bucket="hang-answer")
        faults.wait_for_hit(fault, timeout_s=TIMEOUT_S)
        assert "hang-answer" in buckets(s3)
        assert not hanging.done()
        faults.clear()
        assert hanging.result(timeout=TIMEOUT_S)["Location"] == "/hang-answer"


@pytest.mark.parametrize(("kind", "is_carried_out"), [("drop", False), ("drop-answer", True)])
def test_a_dropped_connection(cloud: Cloud, faults: Faults, kind: str, is_carried_out: bool) -> None:
    s3 = cloud.client("s3")
    fault = faults.add(Fault(kind, "s3", "CreateBucket"))
    with pytest.raises(ConnectionClosedError):
        s3.create_bucket(Bucket=kind)
    faults.wait_for_hit(fault, timeout_s=TIMEOUT_S)
    assert (kind in buckets(s3)) is is_carried_out


def test_a_released_fault_holds_no_more(cloud: Cloud, faults: Faults) -> None:
    fault = faults.add(Fault("hang", "ec2", "DescribeVpcs"))
    faults.release(fault)
    cloud.client("ec2").describe_vpcs()


def test_a_hit_that_does_not_come_ends_in_an_error(faults: Faults) -> None:
    fault = faults.add(Fault("hang", "ec2", "DescribeVpcs"))
    with pytest.raises(SandboxError, match=r"hit no call within 0\.01 s; 0 calls matched so far"):
        faults.wait_for_hit(fault, timeout_s=0.01)


def buckets(s3: Any) -> set[str]:
    return {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
