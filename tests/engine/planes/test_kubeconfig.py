from __future__ import annotations

import json

import pytest

from sandbox.client import Sandbox
from sandbox.kubernetes import ApiError, tokens
from tests.engine.planes.conftest import OTHER, REGION, TRAINING, FleetClusters, eventually

pytestmark = pytest.mark.engine


def test_kubectl_works_from_the_file_that_fleet_writes(clusters: FleetClusters) -> None:
    written = clusters.fleet.fleet("kubeconfig", "one", "training")
    file = clusters.fleet.home / "sandbox" / "kubeconfig"
    assert (written.code, written.out) == (0, f"export KUBECONFIG={file}\n")
    assert file.stat().st_mode & 0o777 == 0o600

    def nodes() -> list[str]:
        listed = clusters.kubectl("get", "nodes", "--no-headers", "-o", "wide")
        assert listed.returncode == 0, listed.stderr
        return [line.split()[0] for line in listed.stdout.splitlines() if line.split()[1] == "Ready"]

    eventually(nodes, sorted(one["PrivateDnsName"] for one in clusters.place.running()))
    who = json.loads(clusters.kubectl("auth", "whoami", "-o", "json").stdout)["status"]["userInfo"]
    assert who["extra"]["canonicalArn"] == ["arn:aws:iam::483026362307:role/FleetExecutionRole"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("one", "trainig"), "one has no EKS cluster trainig; did you mean training?"),
        (("two", "training"), "two has no EKS cluster training; add `eks` to its file"),
        (("three", "training"), "the fleet has no stack three"),
    ],
)
def test_a_cluster_that_the_fleet_has_not_is_an_error(
    clusters: FleetClusters, arguments: tuple[str, str], says: str
) -> None:
    refused = clusters.fleet.fleet("kubeconfig", *arguments)
    assert refused.code == 1
    assert refused.err.startswith(f"error: {says}")


def test_a_principal_is_somebody_only_where_it_has_an_access_entry(clusters: FleetClusters) -> None:
    environment = Sandbox(clusters.fleet.home / "sandbox").environment(account="main", region=REGION)
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    keys = {name.lower(): environment[name] for name in names if environment.get(name)}
    token = tokens.make(TRAINING, REGION, keys)
    stranger = clusters.client(TRAINING, token=token)
    with pytest.raises(ApiError) as refused:
        stranger.get("/api/v1/namespaces")
    assert refused.value.status == 401
    own = clusters.client(OTHER, token=tokens.make(OTHER, REGION, keys))
    assert "default" in {item["metadata"]["name"] for item in own.get("/api/v1/namespaces")["items"]}
