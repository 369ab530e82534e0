"""A kubernetes provider's configuration: kubeconfigs, what is not followed, which change means another cluster."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.providers.errors import ProviderError
from sandbox.providers.kubernetes import kubeconfig
from sandbox.providers.kubernetes.configuration import configuration, configuration_failures, replacing
from sandbox.providers.kubernetes.kubeconfig import Access, Ticket
from sandbox.providers.wire import UNKNOWN

ROLE = "arn:aws:iam::483026362307:role/FleetExecutionRole"
SERVER = "https://127.0.0.1:6443"
AUTHORITY = base64.b64encode(b"the authority").decode()


def config(user: dict[str, Any], *, server: str = SERVER) -> str:
    cluster = {"server": server, "certificate-authority-data": AUTHORITY}
    return json.dumps(
        {
            "current-context": "aws",
            "contexts": [{"name": "aws", "context": {"cluster": "kubernetes", "user": "aws"}}],
            "clusters": [{"name": "kubernetes", "cluster": cluster}],
            "users": [{"name": "aws", "user": user}],
        }
    )


def plugin(*arguments: str, command: str = "aws") -> dict[str, Any]:
    return {"exec": {"command": command, "args": list(arguments)}}


@pytest.mark.parametrize(
    ("arguments", "ticket"),
    [
        (
            ("--region", "us-west-2", "eks", "get-token", "--cluster-name", "training", "--role", ROLE),
            Ticket("training", "us-west-2", ROLE),
        ),
        (
            ("eks", "get-token", "--cluster-name=training", f"--role-arn={ROLE}"),
            Ticket("training", "us-east-1", ROLE),
        ),
        (("eks", "get-token", "--cluster-name", "training"), Ticket("training", "us-east-1", None)),
    ],
)
def test_a_kubeconfig_of_eks_is_a_ticket(arguments: tuple[str, ...], ticket: Ticket) -> None:
    found = kubeconfig.read(config(plugin(*arguments)), context=None)
    assert found == Access(endpoint=SERVER, ca_pem="the authority", ticket=ticket)


def test_a_kubeconfig_may_be_a_file_a_token_and_a_certificate(tmp_path: Path) -> None:
    text = base64.b64encode(b"mine").decode()
    user = {"token": "t", "client-certificate-data": text, "client-key-data": text}
    file = tmp_path / "config"
    file.write_text(config(user))
    found = kubeconfig.read(str(file), context="aws")
    assert found == Access(endpoint=SERVER, ca_pem="the authority", token="t", certificate=("mine", "mine"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "/no/such/file",
            "failed to read the kubeconfig: [Errno 2] No such file or directory: '/no/such/file'",
        ),
        ('{"a": [', "failed to parse the kubeconfig: "),
        ("{}", "the kubeconfig has no context ''"),
        (
            config(plugin("token", command="/usr/bin/gke")),
            "the sandbox makes tokens of `aws eks get-token` only; the kubeconfig runs /usr/bin/gke token",
        ),
    ],
)
def test_a_kubeconfig_that_leads_nowhere_says_why(text: str, told: str) -> None:
    with pytest.raises(ProviderError) as error:
        kubeconfig.read(text, context=None)
    assert str(error.value).startswith(told)


def test_what_is_not_followed_is_refused() -> None:
    failures = configuration_failures(
        {"kubeconfig": "x", "renderYamlToDirectory": "out", "enableServerSideApply": "false"}
    )
    assert sorted(failures) == ["enableServerSideApply", "renderYamlToDirectory"]


def test_a_configuration_is_complete_or_waited_for() -> None:
    assert configuration({"kubeconfig": UNKNOWN}) is None
    with pytest.raises(ProviderError, match=r"^the kubernetes provider has no kubeconfig"):
        configuration({})
    made = configuration({"kubeconfig": config({"token": "t"}), "enablePatchForce": "true"})
    assert made is not None
    assert (made["enablePatchForce"], made["deleteUnreachable"]) == (True, False)


ELSEWHERE = config({"token": "t"}, server="https://127.0.0.1:7443")


@pytest.mark.parametrize(
    ("olds", "news", "replaces"),
    [
        ({"kubeconfig": config({"token": "t"})}, {"kubeconfig": config({"token": "u"})}, []),
        ({"kubeconfig": config({"token": "t"})}, {"kubeconfig": ELSEWHERE}, ["kubeconfig"]),
        ({"kubeconfig": config({"token": "t"})}, {"kubeconfig": UNKNOWN}, ["kubeconfig"]),
        (
            {"kubeconfig": config({"token": "t"}), "clusterIdentifier": "a"},
            {"kubeconfig": ELSEWHERE, "clusterIdentifier": "a"},
            [],
        ),
        ({"clusterIdentifier": "a"}, {"clusterIdentifier": "b"}, ["clusterIdentifier"]),
    ],
)
def test_only_another_cluster_replaces(
    olds: dict[str, Any], news: dict[str, Any], replaces: list[str]
) -> None:
    assert replacing(olds, news) == replaces
