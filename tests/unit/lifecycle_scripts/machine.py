"""A scratch machine: a root of its own, and commands that write down how they were called."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.lifecycle_scripts import SOURCES
from plan.lifecycle_scripts import NodeGroup, ScriptParameters, Team, User, parameters_text

REAL = ("bash", "cat", "dirname", "grep", "ln", "mkdir", "seq", "tee")
"""What the scripts and the fake commands are made of; nothing else of this machine is on PATH."""

UBUNTU = (
    "apt-get", "chown", "curl", "getent", "git", "groupadd", "hostname", "install", "make", "mount", "mountpoint",
    "sacctmgr", "scontrol", "sleep", "systemctl", "systemd-tmpfiles", "tar", "uname", "useradd", "usermod", "aws",
)  # fmt: skip
AMAZON_LINUX = tuple("dnf" if name == "apt-get" else name for name in UBUNTU)

GROUPS = (
    NodeGroup(instance_group_name="controller", node_type="controller"),
    NodeGroup(instance_group_name="entry", node_type="login"),
    NodeGroup(instance_group_name="workers", node_type="compute", partition_name="gpu"),
)
PARAMETERS = ScriptParameters(
    cluster="secondary-usw2--slurm",
    region="us-west-2",
    groups=GROUPS,
    homes_path="/home",
    lustre_path="/fsx",
    teams=(Team(name="pretraining", gid=10_001),),
    users=(User(name="ada", uid=20_001, teams=("pretraining",)),),
)
FSTAB = ("fs-1:/ /home efs _netdev,noresvport,tls,iam,accesspoint=fsap-1 0 0",)
CONTROLLER = "10.3.0.5"
ADDRESSES = {"controller": CONTROLLER, "entry": "10.3.0.6", "workers": "10.3.0.7"}
GROUP_OF = {"controller": "controller", "login": "entry", "compute": "workers"}


@dataclass(frozen=True)
class Done:
    """How a run ended, what it said, which commands it made."""

    code: int
    log: str
    calls: list[str]


class Machine:
    """One node before its lifecycle scripts ran."""

    def __init__(
        self, folder: Path, *, scripts: str = "base-config", programs: tuple[str, ...] = UBUNTU
    ) -> None:
        self.root, self.state, self.bin = (folder / name for name in ("root", "state", "bin"))
        self.scripts = folder / "scripts"
        shutil.copytree(SOURCES / scripts, self.scripts, ignore=shutil.ignore_patterns("__pycache__"))
        for path in (self.root, self.state, self.bin):
            path.mkdir()
        for name in ("group", "accounts", "associations", "calls"):
            (self.state / name).touch()
        (self.state / "passwd").write_text("ubuntu:x:1000:\n")
        (self.state / "mounted").write_text("/fsx\n")
        (self.state / "secret").write_text('{"username": "admin", "password": "s3cret#"}\n')
        fake = self.bin / "fake-command"
        shutil.copyfile(Path(__file__).parent / "fake_command.sh", fake)
        fake.chmod(0o755)
        for name in programs:
            (self.bin / name).symlink_to(fake)
        for name in REAL:
            (self.bin / name).symlink_to(str(shutil.which(name)))
        (self.bin / "python3").symlink_to(Path(sys.executable).resolve())
        self.write("opt/ml/config/resource_config.json", json.dumps(resource_config()))
        self.write("opt/slurm/etc/slurm.conf", f"SlurmctldHost=ip-10-3-0-5({CONTROLLER})\n")
        self.write("etc/fstab", "UUID=1 / ext4 defaults 0 1\nfs-1:/ /home efs _netdev,tls 0 0\n")
        self.tell(parameters_text(PARAMETERS, FSTAB))
        self.pin("node_exporter")

    def write(self, path: str, text: str) -> None:
        """A file of the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def tell(self, parameters: str) -> None:
        """The parameters that lie beside the scripts."""
        if (self.scripts / "lifecycle_script.py").is_file():
            (self.scripts / "parameters.json").write_text(parameters)

    def pin(self, content: str) -> None:
        """Let the pinned download be this content, which the fake curl gives."""
        pins = self.scripts / "provision" / "pins.py"
        if pins.is_file():
            real = "6809dd0b3ec45fd6e992c19071d6b5253aed3ead7bf0686885a51d85c6643c66"
            assert real in pins.read_text()
            pins.write_text(pins.read_text().replace(real, hashlib.sha256(content.encode()).hexdigest()))

    def run(self, node_type: str = "controller", **environment: str) -> Done:
        """Run on_create.sh as SageMaker does on a node of this type."""
        before = len(self._calls())
        done = subprocess.run(
            [str(self.bin / "bash"), "on_create.sh"],
            cwd=self.scripts,
            env={
                "PATH": str(self.bin),
                "PROVISION_ROOT": str(self.root),
                "STATE": str(self.state),
                "ADDRESS": ADDRESSES[GROUP_OF[node_type]],
                "PYTHONDONTWRITEBYTECODE": "1",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        return Done(done.returncode, self._plain(done.stdout), self._calls()[before:])

    def read(self, path: str) -> str:
        """A file of the root."""
        return self._plain((self.root / path).read_text())

    def files(self) -> dict[str, tuple[str, int, int]]:
        """Text, mode and time of every file of the root but its logs."""
        return {
            path.relative_to(self.root).as_posix(): (
                path.read_text(),
                path.stat().st_mode & 0o7777,
                path.stat().st_mtime_ns,
            )
            for path in self.root.rglob("*")
            if path.is_file() and "var/log" not in path.as_posix() and not path.is_symlink()
        }

    def _calls(self) -> list[str]:
        return self._plain((self.state / "calls").read_text()).splitlines()

    def _plain(self, text: str) -> str:
        return text.replace(str(self.root), "ROOT").replace(str(self.scripts), "SCRIPTS")


def resource_config() -> dict[str, Any]:
    """What SageMaker writes on each node."""
    groups = [
        {
            "Name": name,
            "InstanceType": "ml.m5.xlarge",
            "Instances": [
                {
                    "InstanceName": f"{name}-1",
                    "AgentIpAddress": "169.254.0.1",
                    "CustomerIpAddress": address,
                    "InstanceId": f"i-{number}",
                }
            ],
        }
        for number, (name, address) in enumerate(ADDRESSES.items())
    ]
    arn = "arn:aws:sagemaker:us-west-2:159553542841:cluster/abc123"
    return {
        "ClusterConfig": {"ClusterName": "secondary-usw2--slurm", "ClusterArn": arn},
        "InstanceGroups": groups,
    }
