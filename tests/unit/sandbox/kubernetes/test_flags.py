from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.kubernetes import flags
from sandbox.kubernetes.planes import emulated

FILES = flags.Files(Path("/home/1-a"))


def api_server(*, emulates: str | None = None, asks: bool = True) -> list[str]:
    return flags.api_server(
        "/bin/kube-apiserver",
        FILES,
        prefix="1-a",
        port=4711,
        service_cidr="172.20.0.0/16",
        emulates=emulates,
        asks=asks,
    )


def test_an_api_server_listens_on_loopback_and_has_keys_of_its_own() -> None:
    command = api_server()
    assert command[0] == "/bin/kube-apiserver"
    assert {
        "--bind-address=127.0.0.1",
        "--secure-port=4711",
        "--etcd-prefix=/1-a",
        "--service-cluster-ip-range=172.20.0.0/16",
        "--tls-cert-file=/home/1-a/server.crt",
        "--client-ca-file=/home/1-a/ca.crt",
    } <= set(command)


@pytest.mark.parametrize(
    ("asks", "mode"), [(True, "RBAC,Webhook"), (False, "RBAC")], ids=["with a webhook", "alone"]
)
def test_a_webhook_is_asked_after_its_own_rbac(asks: bool, mode: str) -> None:
    command = api_server(asks=asks)
    assert f"--authorization-mode={mode}" in command
    configured = [part for part in command if "webhook-config-file" in part]
    assert configured == (
        [
            "--authentication-token-webhook-config-file=/home/1-a/authentication.kubeconfig",
            "--authorization-webhook-config-file=/home/1-a/authorization.kubeconfig",
        ]
        if asks
        else []
    )


def test_one_that_plays_an_older_version_has_no_gate_that_came_later() -> None:
    assert "--emulated-version=1.33" in api_server(emulates="1.33")
    assert not [part for part in api_server(emulates="1.33") if part.startswith("--feature-gates")]
    assert [part for part in api_server() if part.startswith("--feature-gates")]


def test_nothing_listens_beside_the_api_server() -> None:
    for command in (
        flags.controller_manager("/bin/kcm", FILES),
        flags.scheduler("/bin/scheduler", FILES),
    ):
        assert "--secure-port=0" in command
    addresses = [
        part.partition("=")[2] for part in flags.etcd("/bin/etcd", Path("/home/etcd")) if "-urls" in part
    ]
    assert all(address.startswith("unix://") for address in addresses)


@pytest.mark.parametrize(
    ("version", "plays"),
    [("1.34", None), ("1.33", "1.33"), ("1.31", "1.31"), ("1.30", None), ("1.35", None)],
)
def test_the_version_that_programs_of_1_34_play(version: str, plays: str | None) -> None:
    assert emulated(version, own="1.34") == plays
