from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from automation.commands.kubeconfig import physical_name
from automation.credential import credential
from automation.errors import FleetError
from automation.kubeconfig import Access, entry, merged, write
from automation.session import Session
from plan import plan_fleet

FLEET = Path("/checkout/.venv/bin/fleet")
ACCESS = Access(
    name="one--training",
    region="us-east-1",
    endpoint="https://127.0.0.1:1",
    certificate_authority="Y2E=",
    role_arn="arn:aws:iam::1:role/FleetExecutionRole",
)


def test_a_cluster_is_entered_through_fleet_by_its_full_path() -> None:
    found = entry(ACCESS, FLEET)
    assert found["current-context"] == "one--training"
    assert found["clusters"] == [
        {
            "name": "one--training",
            "cluster": {"server": "https://127.0.0.1:1", "certificate-authority-data": "Y2E="},
        }
    ]
    plugin = found["users"][0]["user"]["exec"]
    assert (plugin["command"], plugin["args"]) == (
        "/checkout/.venv/bin/fleet",
        [
            *("eks-token", "one--training", "--region", "us-east-1"),
            *("--role-arn", "arn:aws:iam::1:role/FleetExecutionRole"),
        ],
    )


def test_a_file_keeps_what_it_has_of_others() -> None:
    other = {"name": "other", "cluster": {"server": "https://other"}}
    old = {"name": "one--training", "cluster": {"server": "https://old"}}
    present = {
        "kind": "Config",
        "current-context": "other",
        "clusters": [other, old],
        "preferences": {"a": 1},
    }
    found = merged(present, entry(ACCESS, FLEET))
    assert [item["name"] for item in found["clusters"]] == ["other", "one--training"]
    assert found["clusters"][1]["cluster"]["server"] == "https://127.0.0.1:1"
    assert [item["name"] for item in found["users"]] == ["one--training"]
    assert (found["current-context"], found["preferences"]) == ("one--training", {"a": 1})


def test_writing_twice_changes_nothing_and_only_the_user_may_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kubeconfig"
    write(path, entry(ACCESS, FLEET))
    first = path.read_text()
    write(path, entry(ACCESS, FLEET))
    assert path.read_text() == first
    assert YAML(typ="safe", pure=True).load(first) == entry(ACCESS, FLEET)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [item.name for item in path.parent.iterdir()] == ["kubeconfig"]


@pytest.mark.parametrize("text", ["[1, 2]", "kind: Pod", "a: [", "just words"])
def test_a_file_that_is_no_kubeconfig_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(FleetError) as refused:
        write(path, entry(ACCESS, FLEET))
    assert str(refused.value) == f"{path} is not a kubeconfig file; name another one with --path"
    assert path.read_text() == text


def test_an_empty_file_is_filled(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    write(path, entry(ACCESS, FLEET))
    assert "one--training" in path.read_text()


def test_a_credential_is_renewed_before_eks_refuses_it() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert credential("k8s-aws-v1.x", now=now) == {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": "k8s-aws-v1.x", "expirationTimestamp": "2026-11-24T12:14:00Z"},
    }


def test_clusters_are_named_as_their_site_names_them(session: Session) -> None:
    plan = plan_fleet(session.fleet)
    assert physical_name(plan, "main-use1", "training") == "main-use1--training"
    with pytest.raises(FleetError, match=r"^main-use1 has no EKS cluster trainin; did you mean training\?$"):
        physical_name(plan, "main-use1", "trainin")
    with pytest.raises(
        FleetError, match=r"^secondary-use1 has no EKS cluster training; add `eks` to its file$"
    ):
        physical_name(plan, "secondary-use1", "training")
