"""What ParallelCluster's API says of a cluster."""

from __future__ import annotations

import json
from typing import Any

import pytest

from automation.errors import FleetError
from automation.nodes.parallelcluster import Api, describe, find_api
from automation.nodes.status import Described
from tests.unit.automation.nodes.fakes import PCLUSTER, Service, error

API = Api(url="https://x.execute-api.us-east-1.amazonaws.com/prod", user_role_arn="arn", region="us-east-1")
OUTPUTS = [
    {"OutputKey": "ParallelClusterApiInvokeUrl", "OutputValue": API.url},
    {"OutputKey": "ParallelClusterApiUserRole", "OutputValue": "arn"},
]


def said(status: int, answer: Any) -> Described | None:
    asked = []

    def ask(api: Api, _: Any, path: str) -> tuple[int, bytes]:
        asked.append((api, path))
        return status, answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    found = describe(API, None, PCLUSTER, ask=ask)
    assert asked == [(API, "/v3/clusters/one--slurm")]
    return found


def test_the_api_is_where_its_stack_says() -> None:
    cloudformation = Service(describe_stacks={"Stacks": [{"Outputs": OUTPUTS}]})
    assert find_api(cloudformation, "us-east-1") == API
    assert cloudformation.asked == [("describe_stacks", {"StackName": "pcluster-api-us-east-1"})]


@pytest.mark.parametrize(
    "answer",
    [
        error("ValidationError", "Stack with id pcluster-api-us-east-1 does not exist"),
        {"Stacks": [{"StackStatus": "CREATE_IN_PROGRESS"}]},
    ],
)
def test_an_api_that_is_not_there(answer: Any) -> None:
    assert find_api(Service(describe_stacks=answer), "us-east-1") is None


@pytest.mark.parametrize(
    ("answer", "issue"),
    [
        ({"computeFleetStatus": "RUNNING"}, ""),
        ({"computeFleetStatus": "STOPPED"}, "the compute fleet is STOPPED: no queue takes jobs"),
        (
            {"computeFleetStatus": "PROTECTED"},
            "the compute fleet is PROTECTED: its nodes failed to start; see clustermgtd's log",
        ),
        (
            {"failures": [{"failureCode": "HeadNodeBootstrapFailure", "failureReason": "no mount"}]},
            "HeadNodeBootstrapFailure: no mount",
        ),
    ],
)
def test_a_cluster_with_what_is_wrong_with_it(answer: dict[str, Any], issue: str) -> None:
    found = said(200, {"version": "3.16.1", "clusterStatus": "CREATE_COMPLETE", **answer})
    assert found == Described(version="3.16.1", status="CREATE_COMPLETE", issue=issue)


def test_a_cluster_that_is_not_there_or_not_any_more() -> None:
    assert said(404, {"message": "gone"}) is None
    assert said(200, {"version": "3.16.1", "clusterStatus": "DELETE_COMPLETE"}) is None


@pytest.mark.parametrize(
    ("status", "answer", "cause"),
    [
        (403, {"Message": "User is not authorized"}, "answers 403: User is not authorized"),
        (502, b"<html>", "answers 502: <html>"),
    ],
)
def test_an_api_that_refuses(status: int, answer: Any, cause: str) -> None:
    with pytest.raises(FleetError, match=f"^ParallelCluster's API of us-east-1 {cause}$"):
        said(status, answer)
