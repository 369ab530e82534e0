"""What stops a node: the step and the cause are said, and the script exits 1."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from plan.lifecycle_scripts import AccountingDatabase, parameters_text
from tests.unit.lifecycle_scripts.machine import FSTAB, PARAMETERS, Machine

SECRET = "arn:aws:secretsmanager:us-west-2:159553542841:secret:slurm-a1b2"
DATABASE = AccountingDatabase(endpoint="db.example", port=3306, name="slurm", secret_arn=SECRET)


def last_line(machine: Machine, node_type: str = "compute", **environment: str) -> str:
    done = machine.run(node_type, **environment)
    assert done.code == 1, done.log
    line = done.log.splitlines()[-1]
    assert machine.read("var/log/provision/provisioning.log").splitlines()[-1] == line
    return line


def tell(machine: Machine, **changes: Any) -> None:
    told = json.loads(parameters_text(PARAMETERS, FSTAB))
    machine.tell(json.dumps({**told, **changes}))


@pytest.mark.parametrize(
    ("node_type", "fails", "line"),
    [
        ("compute", "mount /home", "step mounts: mount /home ended with 1: mount: made to fail"),
        (
            "login",
            "groupadd",
            "step users: groupadd --gid 10001 pretraining ended with 1: groupadd: made to fail",
        ),
        (
            "controller",
            "systemctl restart mariadb",
            "step accounting: systemctl restart mariadb ended with 1",
        ),
        ("controller", "sacctmgr -n list", "step accounting: slurmdbd answers: not so after 60 s"),
        ("controller", "scontrol", "step slurm: scontrol ping: the controller is UP: not so after 120 s"),
        (
            "controller",
            "sacctmgr -i add user",
            "step associations: sacctmgr -i add user ada account=pretraining",
        ),
        ("compute", "curl", "step exporters: curl --fail --silent"),
        ("compute", "make", "step containers: make -C ROOT/usr/local/src/enroot-3.5.0 install"),
    ],
)
def test_a_command_that_fails(machine: Machine, node_type: str, fails: str, line: str) -> None:
    assert last_line(machine, node_type, FAILS=fails).startswith(f"[provision] FAILED: {line}")


def test_what_the_network_fails_is_tried_three_times(machine: Machine) -> None:
    calls = machine.run("compute", FAILS="mount ").calls
    assert [call for call in calls if call.startswith(("mount ", "sleep"))] == [
        "mount /home", "sleep 10", "mount /home", "sleep 10", "mount /home",
    ]  # fmt: skip


def test_lustre_that_is_not_mounted(machine: Machine) -> None:
    (machine.state / "mounted").write_text("")
    cause = "Lustre at /fsx, which SageMaker mounts: not so after 300 s"
    assert last_line(machine) == f"[provision] FAILED: step mounts: {cause}"


def test_a_slurm_conf_that_stays_incomplete(machine: Machine) -> None:
    machine.write("opt/slurm/etc/slurm.conf", "ClusterName=x\n")
    cause = "/opt/slurm/etc/slurm.conf names 10.3.0.5: not so after 60 s"
    done = machine.run("controller")
    assert done.log.splitlines()[-1] == f"[provision] FAILED: step slurm-conf: {cause}"
    assert done.calls.count("sleep 5") == 12


def test_names_that_do_not_resolve(machine: Machine) -> None:
    done = machine.run("compute", FAILS="getent hosts")
    assert done.code == 1
    assert done.log.splitlines()[-1] == (
        "FAILED: step names: sts.amazonaws.com does not resolve after 30 s; look at the VPC's DNS settings"
    )
    assert done.calls.count("sleep 1") == 30


def test_a_download_that_is_something_else(machine: Machine) -> None:
    line = last_line(machine, BODY="evil")
    assert line.startswith("[provision] FAILED: step exporters: https://github.com/prometheus/node_exporter/")
    assert f" has SHA-256 {hashlib.sha256(b'evil').hexdigest()}, not the pinned " in line
    assert not list((machine.root / "usr/local/src").glob("node_exporter*.tar.gz"))


def test_a_source_at_another_commit(machine: Machine) -> None:
    assert last_line(machine, COMMIT="0" * 40) == (
        "[provision] FAILED: step mounts: https://github.com/aws/efs-utils.git gave "
        f"{'0' * 40}, not the pinned c87d19f3e1db26532f09a7fed338347aacb90e10"
    )


def test_an_address_that_no_group_has(machine: Machine) -> None:
    assert last_line(machine, ADDRESS="10.9.9.9") == (
        "[provision] FAILED: step identity: no group of ROOT/opt/ml/config/resource_config.json has the address "
        "10.9.9.9; it knows controller, entry, workers"
    )


def test_a_node_that_gets_no_address_is_waited_for(machine: Machine) -> None:
    done = machine.run("compute", ADDRESS="fd00::5")
    assert "FAILED: step identity: hostname -I shows no IPv4 address after 7 tries" in done.log
    assert [call for call in done.calls if "sleep" in call] == [f"sleep {5 * 2**n}" for n in range(6)]


def test_a_group_that_the_plan_does_not_know(machine: Machine) -> None:
    tell(machine, groups=[{"instance_group_name": "controller", "node_type": "controller"}])
    assert last_line(machine) == (
        "[provision] FAILED: step identity: instance group workers is not in the parameters, which have controller; "
        "roll the site out again"
    )


def test_a_user_id_that_the_ami_has_given_away(machine: Machine) -> None:
    tell(machine, users=[{"name": "ubuntu", "uid": 20_001, "teams": []}])
    assert last_line(machine) == (
        "[provision] FAILED: step users: ubuntu has the id 1000 on this AMI, the plan says 20001; "
        "give it another name or id"
    )


CONTROLER = (
    "groups[0].node_type is 'controler', not one of controller, login, compute; "
    "groups: one must be the controller, there are 0"
)
WRONG = [
    ({"version": "2.0.0"}, "version is '2.0.0', these scripts read 1.0.0"),
    ({"cluster": ""}, "cluster is empty"),
    ({"region": 7}, "region is int, not str"),
    ({"fstab": []}, "fstab: no line mounts /home"),
    ({"accounting": None}, "accounting is missing"),
    (
        {"accounting_database": {**asdict(DATABASE), "port": "3306"}},
        "accounting_database.port is str, not int",
    ),
    ({"groups": [{"instance_group_name": "g", "node_type": "controler"}]}, CONTROLER),
    (
        {"users": [{"name": "ada", "uid": True, "teams": ["x"]}]},
        "users[0].uid is bool, not int; users: ada is in x, which is no team",
    ),
]


@pytest.mark.parametrize(("changes", "cause"), WRONG)
def test_wrong_parameters_are_named_all_at_once(
    machine: Machine, changes: dict[str, Any], cause: str
) -> None:
    tell(machine, **changes)
    done = machine.run("compute")
    assert (
        done.log
        == f"[provision] FAILED: step parameters: parameters.json: {cause}; roll the site out again\n"
    )
    assert done.calls == ["getent hosts sts.amazonaws.com"]


def test_parameters_that_are_no_json(machine: Machine) -> None:
    machine.tell("{")
    assert last_line(machine).startswith(
        "[provision] FAILED: step parameters: parameters.json cannot be read: Expecting"
    )


def test_a_database_elsewhere_is_reached_by_its_secret_which_no_log_has(machine: Machine) -> None:
    machine.tell(parameters_text(replace(PARAMETERS, accounting_database=DATABASE), FSTAB))
    done = machine.run("controller")
    assert done.code == 0, done.log
    conf = machine.read("opt/slurm/etc/slurmdbd.conf")
    assert (
        "StorageHost=db.example\nStoragePort=3306\nStorageUser=admin\nStoragePass=s3cret#\nStorageLoc=slurm\n"
        in conf
    )
    assert "s3cret" not in done.log + "".join(done.calls)
    assert not [call for call in done.calls if "mariadb" in call]


def test_a_secret_of_another_form(machine: Machine) -> None:
    machine.tell(parameters_text(replace(PARAMETERS, accounting_database=DATABASE), FSTAB))
    (machine.state / "secret").write_text('"s3cret#"\n')
    line = last_line(machine, "controller")
    cause = f"secret {SECRET} is no JSON with username and password, as RDS writes it"
    assert line == f"[provision] FAILED: step accounting: {cause}"
