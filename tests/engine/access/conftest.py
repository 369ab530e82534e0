"""An EKS cluster whose API server is real, and principals with and without a way in."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.kubernetes import ApiClient, tokens
from tests.engine.planes.conftest import Clusters, standing
from tests.unit.sandbox.aws.cloud import MAIN, OPERATOR, Cloud, trust

POLICY = "arn:aws:eks::aws:cluster-access-policy"
NAME, REGION = "training", "us-east-1"


@dataclass(frozen=True)
class Door:
    """The cluster `training`, as principals of its account come to it."""

    clusters: Clusters
    cloud: Cloud

    @property
    def eks(self) -> Any:
        return self.clusters.place.eks

    def role(self, name: str) -> str:
        """A role that the account's administrator and the sandbox's operator may assume."""
        trusted = trust([f"arn:aws:iam::{MAIN}:user/admin", OPERATOR])
        made = self.cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trusted)
        return str(made["Role"]["Arn"])

    def admit(self, role: str, policy: str, *namespaces: str) -> None:
        """Let a role in, with a policy for the cluster or for namespaces."""
        scope = {"type": "namespace", "namespaces": list(namespaces)} if namespaces else {"type": "cluster"}
        entry = {"clusterName": NAME, "principalArn": role}
        self.eks.create_access_entry(**entry)
        self.eks.associate_access_policy(**entry, policyArn=f"{POLICY}/{policy}", accessScope=scope)

    def as_role(self, role: str) -> ApiClient:
        """The API server as a new session of a role meets it."""
        session = self.cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return self._client(
            {
                "aws_access_key_id": session["AccessKeyId"],
                "aws_secret_access_key": session["SecretAccessKey"],
                "aws_session_token": session["SessionToken"],
            }
        )

    def as_creator(self) -> ApiClient:
        """The API server as who made the cluster meets it."""
        environment = self.cloud.sandbox.environment(account="main")
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        return self._client({name.lower(): environment[name] for name in names})

    def _client(self, keys: Mapping[str, str]) -> ApiClient:
        shown = self.clusters.place.shown(NAME)
        authority = base64.b64decode(shown["certificateAuthority"]["data"]).decode()
        return ApiClient(shown["endpoint"], authority, token=tokens.make(NAME, REGION, keys))

    def kubeconfig(self, role: str) -> str:
        """As pulumi-eks writes it: its user asks the AWS CLI for a token of the role."""
        shown = self.clusters.place.shown(NAME)
        arguments = ["--region", REGION, "eks", "get-token", "--cluster-name", NAME, "--role", role]
        plugin = {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "aws",
            "args": arguments,
        }
        authority = shown["certificateAuthority"]["data"]
        cluster = {"server": shown["endpoint"], "certificate-authority-data": authority}
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "aws",
                "contexts": [{"name": "aws", "context": {"cluster": "kubernetes", "user": "aws"}}],
                "clusters": [{"name": "kubernetes", "cluster": cluster}],
                "users": [{"name": "aws", "user": {"exec": plugin}}],
            }
        )


@pytest.fixture(scope="session")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with standing(tmp_path_factory.mktemp("access") / "sandbox") as clusters:
        cloud = clusters.cloud
        clusters.make(NAME)
        clusters.wait(NAME)
        yield Door(clusters, cloud)
