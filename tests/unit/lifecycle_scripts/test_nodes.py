"""The scripts, run for real for each node type on a scratch root: what they call, what they write, twice."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.unit.lifecycle_scripts.conftest import Twice
from tests.unit.lifecycle_scripts.machine import AMAZON_LINUX, GROUP_OF, Machine

Nodes = Mapping[str, Twice]
TYPES = pytest.mark.parametrize("node_type", GROUP_OF)
CHANGES = (
    "apt-get", "build-deb.sh", "curl", "dnf", "git", "groupadd", "install", "make", "mount ", "sacctmgr -i", "tar",
    "useradd", "systemctl restart", "systemctl daemon-reload",
)  # fmt: skip


@TYPES
def test_commands_in_order(nodes: Nodes, node_type: str, snapshot: SnapshotAssertion) -> None:
    done = nodes[node_type].first
    assert done.code == 0, done.log
    assert "\n".join(done.calls) == snapshot


@TYPES
def test_again_it_changes_nothing(nodes: Nodes, node_type: str) -> None:
    node = nodes[node_type]
    assert node.again.code == 0, node.again.log
    assert node.machine.files() == node.files
    assert [call for call in node.again.calls if call.startswith(CHANGES)] == []


@TYPES
def test_steps_are_said_and_kept(nodes: Nodes, node_type: str) -> None:
    everywhere = ["exporters", "containers", "log-shipping", "log-rotation"]
    own = ["slurm-conf", "accounting", "slurm", "associations"] if node_type == "controller" else ["slurm"]
    node = nodes[node_type]
    steps = [
        line.removeprefix("[provision] step ") for line in node.first.log.splitlines() if "] step " in line
    ]
    assert steps == ["mounts", "users", *own, *everywhere]
    assert node.first.log.splitlines()[-1] == "[provision] done"
    assert node.machine.read("var/log/provision/provisioning.log") == node.first.log + node.again.log


def test_homes_are_mounted_through_the_access_point_by_tls(nodes: Nodes) -> None:
    node = nodes["compute"]
    assert node.machine.read("etc/fstab") == (
        "UUID=1 / ext4 defaults 0 1\nfs-1:/ /home efs _netdev,noresvport,tls,iam,accesspoint=fsap-1 0 0\n"
    )
    mounts = [call for call in node.first.calls if call.startswith(("build-deb.sh", "mount "))]
    assert mounts == ["build-deb.sh ", "mount /home"]
    assert (node.machine.root / "home" / "ubuntu").is_dir()


def test_slurmd_asks_the_controller(nodes: Nodes) -> None:
    assert nodes["compute"].machine.read("etc/systemd/system/slurmd.service.d/10-controller.conf") == (
        '[Service]\nEnvironment="SLURMD_OPTIONS=--conf-server 10.3.0.5"\n'
    )


def test_accounting_needs_no_password_for_the_database_beside_it(nodes: Nodes) -> None:
    machine = nodes["controller"].machine
    conf = machine.read("opt/slurm/etc/slurmdbd.conf")
    assert "StorageHost=localhost\nStorageUser=slurm\nStorageLoc=slurm_acct_db\n" in conf
    assert "StoragePass" not in conf
    assert (machine.root / "opt/slurm/etc/slurmdbd.conf").stat().st_mode & 0o777 == 0o600
    assert "AccountingStorageHost=ip-10-3-0-5\n" in machine.read("opt/slurm/etc/accounting.conf")
    assert "IDENTIFIED VIA unix_socket" in (machine.state / "sql").read_text()


def test_accounting_that_sagemaker_has_set_up_stays(machine: Machine) -> None:
    machine.write("opt/slurm/etc/slurmdbd.conf", "StorageHost=db\n")
    done = machine.run("controller")
    assert done.code == 0, done.log
    assert machine.read("opt/slurm/etc/slurmdbd.conf") == "StorageHost=db\n"
    assert not [call for call in done.calls if "mariadb" in call or "slurmdbd" in call]
    assert "sacctmgr -i add account pretraining" in done.calls


def test_the_plugin_is_loaded_by_a_line_that_configless_nodes_get(nodes: Nodes) -> None:
    line = "optional /usr/local/lib/slurm/spank_pyxis.so\n"
    assert nodes["controller"].machine.read("opt/slurm/etc/plugstack.conf") == line


def test_images_are_kept_on_the_quickest_disk(machine: Machine) -> None:
    (machine.state / "mounted").write_text("/fsx\n/opt/sagemaker\n/opt/dlami/nvme\n")
    machine.run("compute")
    conf = machine.read("etc/enroot/enroot.conf")
    assert "ENROOT_DATA_PATH /opt/dlami/nvme/enroot/data/user-$(id -u)\n" in conf
    assert (machine.root / "opt/dlami/nvme/enroot/data").stat().st_mode & 0o7777 == 0o1777


def test_logs_go_to_the_cluster_s_group(tmp_path_factory: pytest.TempPathFactory) -> None:
    machine = Machine(tmp_path_factory.mktemp("al2023"), programs=AMAZON_LINUX)
    done = machine.run("compute")
    assert done.code == 0, done.log
    config = machine.read("opt/ml-clusters/cloudwatch-logs.json")
    assert '"log_group_name": "/aws/sagemaker/Clusters/secondary-usw2--slurm/abc123"' in config
    assert '"log_stream_name": "Slurm/workers/i-2/slurmd"' in config
    assert done.calls[-1] == (
        "amazon-cloudwatch-agent-ctl -a append-config -m ec2 -s -c file:ROOT/opt/ml-clusters/cloudwatch-logs.json"
    )


def test_an_ami_without_the_agent_is_a_node_all_the_same(nodes: Nodes) -> None:
    done = nodes["compute"].first
    agent = "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
    assert f"[provision] skipped: this AMI has no {agent}; Slurm's logs stay in /var/log/slurm" in done.log
    assert done.code == 0


def test_a_switch_leaves_its_step_out(machine: Machine) -> None:
    config = machine.scripts / "config.py"
    config.write_text(config.read_text().replace("CONTAINERS = True", "CONTAINERS = False"))
    done = machine.run("compute")
    assert "step containers" not in done.log
    assert "step log-shipping" in done.log
    assert not [call for call in done.calls if "enroot" in call]


def test_on_eks_nothing_is_done_but_to_write_down_what_the_node_is(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    machine = Machine(tmp_path_factory.mktemp("eks"), scripts="eks", programs=("uname",))
    machine.write("etc/os-release", "NAME=Amazon Linux\n")
    before = machine.files()
    done = machine.run()
    assert (done.code, done.calls) == (0, ["uname -r"])
    assert done.log.endswith("NAME=Amazon Linux\n[provision] done\n")
    assert machine.read("var/log/provision/provisioning.log") == done.log
    assert machine.files() == before


def test_on_eks_a_failure_is_one_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    machine = Machine(tmp_path_factory.mktemp("eks"), scripts="eks", programs=("uname",))
    assert machine.run(FAILS="uname").code == 1
