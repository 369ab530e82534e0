"""Where lifecycle scripts lie, and what they are told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import spec
from components.lifecycle_scripts import read_sources
from plan import plan_fleet
from plan.lifecycle_scripts import (
    FOLDERS,
    AccountingDatabase,
    ClusterScripts,
    NodeGroup,
    User,
    content_hash,
    eks_scripts,
    plan_lifecycle_scripts,
    slurm_scripts,
)
from plan.policies import Statement
from plan.roles import plan_roles
from spec.hyperpod import AccountingDatabase as AccountingLogin

SECRET = "arn:aws:secretsmanager:us-west-2:159553542841:secret:slurm-a1b2c3"
FLEET = spec.load(Path(__file__).parents[3])
SITE = "secondary-usw2"
GROUPS = (
    NodeGroup(instance_group_name="controller", node_type="controller"),
    NodeGroup(instance_group_name="workers", node_type="compute", partition_name="gpu"),
)
FSTAB = ("fs-1:/ /home efs _netdev,noresvport,tls,iam,accesspoint=fsap-1 0 0",)


def slurm(database: AccountingDatabase | None = None) -> ClusterScripts:
    return slurm_scripts(
        FLEET,
        SITE,
        plan_fleet(FLEET).sites[SITE].storage,
        cluster=f"{SITE}--slurm",
        groups=GROUPS,
        users=(User(name="ada", uid=20_001, teams=("pretraining",)),),
        accounting_database=database,
    )


def test_files_lie_under_a_prefix_of_their_cluster_and_content() -> None:
    planned = plan_lifecycle_scripts(slurm(), {"on_create.sh": "echo\n", "provision/host.py": ""}, FSTAB)
    start = f"hyperpod/{SITE}--slurm/"
    assert planned.prefix.startswith(start)
    assert len(planned.prefix) == len(start) + 16 + 1
    assert planned.s3_uri == f"s3://ml-data-secondary-us-west-2/{planned.prefix}"
    assert {path: key for path, (key, _) in planned.files.items()} == {
        path: planned.prefix + path for path in ("on_create.sh", "parameters.json", "provision/host.py")
    }


@pytest.mark.parametrize(
    ("sources", "fstab"),
    [
        ({"on_create.sh": "echo 1\n"}, FSTAB),
        ({"main.sh": "echo\n"}, FSTAB),
        ({"on_create.sh": "echo\n", "more.sh": ""}, FSTAB),
        ({"on_create.sh": "echo\n"}, ()),
    ],
)
def test_whatever_changes_is_a_new_prefix(sources: dict[str, str], fstab: tuple[str, ...]) -> None:
    before = plan_lifecycle_scripts(slurm(), {"on_create.sh": "echo\n"}, FSTAB)
    assert plan_lifecycle_scripts(slurm(), sources, fstab).prefix != before.prefix
    assert plan_lifecycle_scripts(slurm(), {"on_create.sh": "echo\n"}, FSTAB) == before


def test_the_order_of_files_is_no_content_and_their_names_are() -> None:
    assert content_hash({"a": "1", "b": "2"}) == content_hash({"b": "2", "a": "1"})
    assert content_hash({"a": "1", "b": "2"}) != content_hash({"a": "2", "b": "1"})
    assert content_hash({"a": "b"}) != content_hash({"ab": ""})


def test_nodes_are_told_their_cluster() -> None:
    _, text = plan_lifecycle_scripts(slurm(), {}, FSTAB).files["parameters.json"]
    assert json.loads(text) == {
        "version": "1.0.0",
        "cluster": "secondary-usw2--slurm",
        "region": "us-west-2",
        "groups": [
            {"instance_group_name": "controller", "node_type": "controller", "partition_name": None},
            {"instance_group_name": "workers", "node_type": "compute", "partition_name": "gpu"},
        ],
        "homes_path": "/home",
        "lustre_path": "/fsx",
        "teams": [{"name": "pretraining", "gid": 10001}, {"name": "evaluation", "gid": 10002}],
        "users": [{"name": "ada", "uid": 20001, "teams": ["pretraining"]}],
        "accounting": True,
        "accounting_database": None,
        "fstab": list(FSTAB),
    }


def test_a_site_without_storage_mounts_nothing() -> None:
    scripts = slurm_scripts(FLEET, SITE, None, cluster="c", groups=GROUPS)
    assert scripts.parameters is not None
    told = (scripts.parameters.homes_path, scripts.parameters.lustre_path, scripts.parameters.teams)
    assert told == (None, None, ())


def test_a_cluster_on_eks_is_told_nothing() -> None:
    planned = plan_lifecycle_scripts(eks_scripts(FLEET, SITE, cluster="c"), read_sources("eks"))
    assert list(planned.files) == ["on_create.sh"]


@pytest.mark.parametrize("folder", FOLDERS.values())
def test_committed_scripts_begin_with_on_create_and_switch_nothing_back(folder: str) -> None:
    """The old name of the parameters would make HyperPod ignore the groups' SlurmConfig."""
    sources = read_sources(folder)
    assert sources["on_create.sh"].startswith("#!/bin/bash\n")
    assert "provisioning_parameters.json" not in sources
    assert not any("\r" in text for text in sources.values())


def test_two_clusters_never_share_an_object() -> None:
    """The end of one would take the scripts of the other."""
    one, other = (
        plan_lifecycle_scripts(eks_scripts(FLEET, SITE, cluster=name), {"on_create.sh": ""})
        for name in ("a", "b")
    )
    assert not {key for key, _ in one.files.values()} & {key for key, _ in other.files.values()}


def test_nodes_read_the_login_of_their_own_database_alone() -> None:
    """A site without one gives its nodes no secret at all."""
    site = FLEET.sites[SITE]
    assert site.hyperpod is not None
    database = AccountingLogin(endpoint="db.example.org", secret=SECRET)
    cluster = site.hyperpod["slurm"].model_copy(update={"accounting_database": database})
    changed = site.model_copy(update={"hyperpod": {**site.hyperpod, "slurm": cluster}})
    fleet = replace(FLEET, sites={**FLEET.sites, SITE: changed})
    secrets = [
        [one["Resource"] for one in statements(of) if "secretsmanager:GetSecretValue" in one["Action"]]
        for of in (fleet, FLEET)
    ]
    assert secrets == [[[SECRET]], []]


def statements(fleet: spec.Fleet) -> list[Statement]:
    roles = plan_roles(fleet, SITE)
    assert roles is not None
    return roles.roles["HyperPodExecutionRole"].policy["Statement"]
