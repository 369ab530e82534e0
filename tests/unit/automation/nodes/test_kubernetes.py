"""What API servers say of nodes, and the token that they are asked with."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from automation.errors import FleetError
from automation.nodes import kubernetes
from automation.nodes.kubernetes import Api, api_of, conditions
from automation.nodes.model import Condition
from tests.unit.automation.nodes.fakes import Service, error

API = Api(cluster="one--training", endpoint="https://10.0.0.9", ca_pem="CA", token="T")


def listed(**changes: Any) -> Condition:
    """What is made of a Ready node with these changes."""
    item = {
        "metadata": {"name": "n", "labels": changes.get("labels", {})},
        "spec": {"unschedulable": changes.get("cordoned", False)},
        "status": {"conditions": changes.get("conditions", [{"type": "Ready", "status": "True"}])},
    }
    found = conditions(API, get=lambda *_: json.dumps({"items": [item]}).encode())
    assert list(found) == ["n"]
    return found["n"]


@pytest.mark.parametrize(
    ("changes", "condition"),
    [
        ({}, Condition(is_ready=True)),
        ({"cordoned": True}, Condition(is_ready=False, detail="cordoned")),
        (
            {"conditions": [{"type": "Ready", "status": "Unknown", "message": "no kubelet"}]},
            Condition(is_ready=False, detail="no kubelet"),
        ),
        ({"conditions": []}, Condition(is_ready=False, detail="the kubelet says nothing")),
        (
            {"labels": {"sagemaker.amazonaws.com/node-health-status": "UnschedulablePendingReboot"}},
            Condition(is_ready=False, detail="HyperPod: UnschedulablePendingReboot"),
        ),
        (
            {"labels": {"sagemaker.amazonaws.com/node-health-status": "Schedulable"}},
            Condition(is_ready=True),
        ),
    ],
)
def test_ready_means_that_pods_may_come(changes: dict[str, Any], condition: Condition) -> None:
    assert listed(**changes) == condition


def test_a_server_that_does_not_answer_is_named() -> None:
    def get(*_: Any) -> bytes:
        raise TimeoutError("timed out")

    with pytest.raises(
        FleetError, match=r"^the API of one--training at https://10.0.0.9 does not answer: timed out$"
    ):
        conditions(API, get=get)


def test_an_answer_that_is_none() -> None:
    with pytest.raises(FleetError, match="does not answer: Expecting value"):
        conditions(API, get=lambda *_: b"<html>")


def test_a_cluster_s_server_and_authority() -> None:
    found = {
        "status": "ACTIVE",
        "endpoint": "https://x",
        "certificateAuthority": {"data": base64.b64encode(b"PEM").decode()},
    }
    api = api_of(Service(describe_cluster={"cluster": found}), "c", lambda name: f"token of {name}")
    assert api == Api(cluster="c", endpoint="https://x", ca_pem="PEM", token="token of c")


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (error("ResourceNotFoundException"), "there is no cluster c"),
        ({"cluster": {"status": "CREATING"}}, "cluster c is CREATING, it has no endpoint yet"),
    ],
)
def test_a_cluster_without_a_server(answer: Any, cause: str) -> None:
    with pytest.raises(FleetError, match=f"^{cause}$"):
        api_of(Service(describe_cluster=answer), "c", lambda _: "")


def test_a_token_is_the_signed_address_of_who_asks() -> None:
    session = boto3.Session("key", "secret", "session", region_name="us-west-2")
    sts = session.client("sts")
    token = kubernetes.token(sts, session.get_credentials(), "one--training")
    scheme, _, encoded = token.rpartition(".")
    assert scheme == "k8s-aws-v1"
    assert "=" not in encoded
    url = urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
    asked = {key: values[0] for key, values in parse_qs(url.query).items()}
    assert url.netloc == "sts.us-west-2.amazonaws.com"
    assert (asked["Action"], asked["X-Amz-Expires"], asked["X-Amz-SignedHeaders"]) == (
        "GetCallerIdentity", "60", "host;x-k8s-aws-id",
    )  # fmt: skip
    assert asked["X-Amz-Credential"].endswith("/us-west-2/sts/aws4_request")
    assert asked["X-Amz-Security-Token"] == "session"


def test_a_kubeconfig_for_one_command() -> None:
    config = json.loads(kubernetes.kubeconfig(API))
    assert config["clusters"][0]["cluster"] == {
        "server": "https://10.0.0.9",
        "certificate-authority-data": base64.b64encode(b"CA").decode(),
    }
    assert config["users"][0]["user"] == {"token": "T"}
    assert config["current-context"] == config["contexts"][0]["name"] == "one--training"
