"""What the daemon is told and what it tells: its configuration, its state, and the files of its home."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

OPERATOR_PROFILE = "sandbox-operator"
"""The profile of a session of the first operator role."""

ALREADY_RUNNING = 3
"""The daemon's exit code when another one holds the home's lock."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Latency:
    """How long AWS takes to make and to remove resources."""

    scale: float = 0.0
    """What part of the usual times passes: 0 none, 0.01 a hundredth."""
    usual_s: dict[str, float] = field(default_factory=dict)
    """Pulumi type token -> AWS's usual seconds."""
    other_s: float = 0.0
    """The seconds of a type that is not named."""

    def seconds(self, token: str) -> float:
        """The seconds that a resource of this type takes here."""
        return self.scale * self.usual_s.get(token, self.other_s)


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxConfig:
    """The AWS to stand up."""

    accounts: dict[str, str]
    """Account name -> account id."""
    profiles: dict[str, str]
    """Account name -> the AWS profile of that account's admin user."""
    operators: tuple[str, ...]
    """Role ARNs that exist from the start and may assume roles; a `*` in one becomes the word `sandbox`."""
    regions: tuple[str, ...]
    """The regions that the fleet uses."""
    state_region: str
    """The region of the operators' sessions."""
    latency: Latency = field(default_factory=Latency)
    programs: dict[str, str] | None = None
    """Paths of the programs of Kubernetes' control planes, by name, those that are installed; None: EKS clusters are
    played, without an API server."""
    parallelcluster_python: str = ""
    """The interpreter that has AWS's ParallelCluster package; empty: there is no ParallelCluster API."""

    def to_json(self) -> str:
        """The text that `from_json` reads."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> SandboxConfig:
        """Read what `to_json` wrote."""
        data = json.loads(text)
        lists = {name: tuple(data[name]) for name in ("operators", "regions")}
        return cls(**{**data, **lists, "latency": Latency(**data["latency"])})


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """A running daemon, as `sandbox.json` tells it."""

    pid: int
    started_at: str
    """ISO 8601, UTC."""
    aws_endpoint: str
    """Stands for AWS's TLS endpoints: `aws:SecureTransport` is true here."""
    plain_endpoint: str
    """The same emulator with `aws:SecureTransport` false, to prove TLS-only policies."""
    control_endpoint: str
    """Where faults are switched on; it answers only those who can read the home's token."""
    provider_ports: dict[str, int]
    """Stand-in provider -> gRPC port on loopback."""
    accounts: dict[str, str]
    profiles: dict[str, str]
    operators: tuple[str, ...]
    """The operator roles that exist (concrete ARNs)."""
    region: str
    """The region of the operators' sessions."""
    latency_scale: float
    """What part of AWS's usual times passes; 0: none."""

    def to_json(self) -> str:
        """The text of `sandbox.json`."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> State:
        """Read `sandbox.json`."""
        data: dict[str, Any] = json.loads(text)
        return cls(**{**data, "operators": tuple(data["operators"])})


@dataclass(frozen=True, slots=True)
class Home:
    """The files of one sandbox. The lock lies beside the folder, so that the folder can be emptied under it."""

    path: Path

    @property
    def lock(self) -> Path:
        """Locked (flock) by the daemon for as long as it lives; holds its pid."""
        return self.path.with_name(self.path.name + ".lock")

    @property
    def launch_lock(self) -> Path:
        """Locked (flock) by a client while it launches the daemon."""
        return self.path.with_name(self.path.name + ".launch.lock")

    @property
    def config(self) -> Path:
        """The configuration that a client hands to the daemon; beside the folder, as the lock is."""
        return self.path.with_name(self.path.name + ".config.json")

    @property
    def state(self) -> Path:
        """Written when the daemon is ready."""
        return self.path / "sandbox.json"

    @property
    def control_token(self) -> Path:
        """What a client of the control endpoint has to know; a new one at each start."""
        return self.path / "control-token"

    @property
    def log(self) -> Path:
        """The daemon's log: its start, its end and its errors; never a credential."""
        return self.path / "daemon.log"

    @property
    def parallelcluster_log(self) -> Path:
        """What AWS's ParallelCluster package says in its own process: its errors."""
        return self.path / "parallelcluster.log"

    @property
    def pulumi_home(self) -> Path:
        """PULUMI_HOME of everything that runs against this sandbox."""
        return self.path / "pulumi-home"

    @property
    def kubernetes(self) -> Path:
        """The control planes: etcd's data, certificates and the programs' logs."""
        return self.path / "kubernetes"

    @property
    def aws_config(self) -> Path:
        """AWS_CONFIG_FILE: the regions of the sandbox's profiles."""
        return self.path / "aws-config"

    @property
    def aws_credentials(self) -> Path:
        """AWS_SHARED_CREDENTIALS_FILE: the fakes of each account's admin and of the first operator."""
        return self.path / "aws-credentials"

    def wipe(self, *, keep: frozenset[Path] = frozenset()) -> None:
        """Empty the folder, save for the files to `keep`."""
        for path in self.path.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path not in keep:
                path.unlink()

    def write(self, path: Path, text: str) -> None:
        """Write a file for this user only, all at once: a reader sees the old one or the new one."""
        descriptor, new = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        Path(new).replace(path)
