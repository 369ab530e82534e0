"""Who the bearer of a token is: the token of `aws eks get-token`, the emulator's STS, and an access entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import urllib3

from sandbox.kubernetes import tokens
from sandbox.kubernetes.access_policies import ARN_PREFIX, Association
from sandbox.kubernetes.model import ClusterKey
from sandbox.kubernetes.webhook import Admission, Webhook
from tests.unit.sandbox.aws.cloud import MAIN, Cloud, trust

TRAINING = ClusterKey(MAIN, "us-east-1", "training")
ROLE = f"arn:aws:iam::{MAIN}:role/teams/vision"
SESSION = {"RoleArn": ROLE, "RoleSessionName": "ada@example"}


@dataclass
class Door:
    """A webhook of its own, who is let in, and a role to come with."""

    webhook: Webhook
    keys: dict[str, str]
    principal_id: str
    admitted: dict[str, Admission]
    http: urllib3.PoolManager = field(default_factory=urllib3.PoolManager)

    def ask(self, kind: str, spec: dict[str, Any], *, secret: str | None = None) -> Any:
        """What an API server of the cluster would be answered."""
        text = getattr(self.webhook.webhooks(TRAINING), kind)
        config = json.loads(text)
        server = config["clusters"][0]["cluster"]["server"]
        known = server.removeprefix(f"{self.webhook.endpoint}/").partition("/")[0]
        answer = self.http.request(
            "POST",
            f"{server.replace(known, secret or known)}?timeout=30s",  # as an API server says it
            body=json.dumps({"spec": spec}),
        )
        return answer.json().get("status", answer.status)

    def show(self, token: str) -> Any:
        return self.ask("authentication", {"token": token})


@pytest.fixture
def door(cloud: Cloud) -> Iterator[Door]:
    iam = cloud.client("iam")
    iam.create_role(
        RoleName="vision", Path="/teams/", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{MAIN}:user/admin")
    )
    session = cloud.client("sts").assume_role(**SESSION)
    keys = {
        "aws_access_key_id": session["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": session["Credentials"]["SecretAccessKey"],
        "aws_session_token": session["Credentials"]["SessionToken"],
    }
    state = cloud.sandbox.status()
    assert state is not None
    principal_id = session["AssumedRoleUser"]["AssumedRoleId"].partition(":")[0]
    admitted: dict[str, Admission] = {}
    webhook = Webhook(
        state.aws_endpoint, lambda cluster, id_: admitted.get(id_) if cluster == TRAINING else None
    )
    made = Door(webhook, keys, principal_id, admitted)
    webhook.start()
    yield made
    webhook.stop()
    made.http.clear()
    iam.delete_role(RoleName="vision")


def let_in(door: Door, **more: Any) -> None:
    name = f"arn:aws:sts::{MAIN}:assumed-role/vision/{{{{SessionName}}}}"
    entry = {"principal_arn": ROLE, "username": name, "groups": ("viewers",), "associations": ()}
    door.admitted[door.principal_id] = Admission(**{**entry, **more})


def test_a_token_whose_signer_has_an_entry_is_a_user_with_its_name_and_groups(door: Door) -> None:
    let_in(door)
    assert door.show(tokens.make("training", "us-east-1", door.keys)) == {
        "authenticated": True,
        "user": {
            "username": f"arn:aws:sts::{MAIN}:assumed-role/vision/ada-example",
            "uid": f"aws-iam-authenticator:{MAIN}:{door.principal_id}",
            "groups": ["viewers"],
            "extra": {
                "arn": [f"arn:aws:sts::{MAIN}:assumed-role/vision/ada@example"],
                "canonicalArn": [ROLE],
                "principalId": [door.principal_id],
                "sessionName": ["ada@example"],
            },
        },
    }


def test_a_token_without_an_entry_is_nobody(door: Door) -> None:
    answer = door.show(tokens.make("training", "us-east-1", door.keys))
    assert answer == {
        "authenticated": False,
        "error": f"{TRAINING} has no access entry for arn:aws:sts::{MAIN}:assumed-role/vision/ada@example",
    }


def test_a_token_for_another_cluster_or_with_a_wrong_secret_is_refused_by_sts(door: Door) -> None:
    let_in(door)
    wrong = {**door.keys, "aws_secret_access_key": "guessed"}
    for token in (
        tokens.make("inference", "us-east-1", door.keys),
        tokens.make("training", "us-east-1", wrong),
    ):
        answer = door.show(token)
        assert answer["authenticated"] is False
        assert answer["error"].startswith(
            "STS refuses the token: The request signature we calculated does not match"
        )


def test_a_key_that_nobody_has_is_refused_by_sts(door: Door) -> None:
    stranger = {**door.keys, "aws_access_key_id": "ASIAUNKNOWN"}
    assert door.show(tokens.make("training", "us-east-1", stranger)) == {
        "authenticated": False,
        "error": "STS refuses the token: The security token included in the request is invalid.",
    }


def test_a_user_may_what_its_policies_say_and_else_there_is_no_opinion(door: Door) -> None:
    view = Association(policy_arn=f"{ARN_PREFIX}AmazonEKSViewPolicy", namespaces=("team-*",))
    let_in(door, associations=(view,))
    known = {"extra": {"principalId": [door.principal_id]}}
    pods = {"resource": "pods", "namespace": "team-a", "verb": "list"}
    assert door.ask("authorization", {"resourceAttributes": pods, **known}) == {
        "allowed": True,
        "reason": f"EKS Access Policy: {ARN_PREFIX}AmazonEKSViewPolicy of the access entry of {ROLE}",
    }
    for spec in (
        {"resourceAttributes": {**pods, "verb": "create"}, **known},
        {"resourceAttributes": {**pods, "namespace": "other"}, **known},
        {"resourceAttributes": pods},
    ):
        assert door.ask("authorization", spec) == {"allowed": False}


def test_only_the_sandboxs_api_servers_are_answered(door: Door) -> None:
    assert door.ask("authentication", {"token": "k8s-aws-v1.x"}, secret="guessed") == 403
