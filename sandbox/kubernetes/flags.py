"""What each program is told. Source: Kubernetes' reference of its command line tools, and `--help` of 1.34."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ETCD_CLIENTS, ETCD_PEERS = "unix://etcd.sock:0", "unix://etcd-peer.sock:0"
"""Sockets in the folder in which etcd and the API servers run: no port, and nobody else's to open."""

CONTROLLERS = (
    "clusterrole-aggregation-controller",  # without it the roles admin, edit and view allow nothing
    "daemonset-controller",
    "deployment-controller",
    "endpointslice-controller",
    "garbage-collector-controller",
    "job-controller",
    "namespace-controller",
    "node-lifecycle-controller",
    "persistentvolume-binder-controller",  # a pod waits until its claim is bound
    "replicaset-controller",
    "root-ca-certificate-publisher-controller",
    "serviceaccount-controller",
    "statefulset-controller",
)
"""Enough for namespaces to go, owned objects to follow their owner, and workloads to make pods."""

NO_HEARTBEATS = "87600h"
"""The nodes have no kubelet that would renew a lease: they stay as they were written, for ten years."""
_QUIET_AND_QUICK = (
    "--leader-elect=false",
    "--secure-port=0",
    "--profiling=false",
    "--kube-api-qps=500",  # by itself a controller waits more than it works
    "--kube-api-burst=1000",
)
WEBHOOK_CACHE = "1s"
"""How long an answer about a token or a permission counts: tests change access entries and look at once."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one control plane, all in a folder of its own."""

    folder: Path

    @property
    def ca(self) -> Path:
        return self.folder / "ca.crt"

    @property
    def server(self) -> tuple[Path, Path]:
        return self.folder / "server.crt", self.folder / "server.key"

    @property
    def admin(self) -> tuple[Path, Path]:
        """The certificate of the group system:masters, whom nobody is asked about."""
        return self.folder / "admin.crt", self.folder / "admin.key"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's, for the controllers and the scheduler."""
        return self.folder / "admin.kubeconfig"

    @property
    def service_accounts(self) -> Path:
        return self.folder / "service-accounts.key"

    @property
    def authentication(self) -> Path:
        return self.folder / "authentication.kubeconfig"

    @property
    def authorization(self) -> Path:
        return self.folder / "authorization.kubeconfig"


def etcd(program: str, folder: Path) -> list[str]:
    """One etcd, alone, on sockets."""
    return [
        program,
        f"--data-dir={folder}",
        f"--listen-client-urls={ETCD_CLIENTS}",
        f"--advertise-client-urls={ETCD_CLIENTS}",
        f"--listen-peer-urls={ETCD_PEERS}",
        f"--initial-advertise-peer-urls={ETCD_PEERS}",
        f"--initial-cluster=default={ETCD_PEERS}",
        "--log-level=warn",
    ]


def api_server(
    program: str, files: Files, *, prefix: str, port: int, service_cidr: str, emulates: str | None, asks: bool
) -> list[str]:
    """An API server on loopback. `emulates`: the minor version that it plays when that is not its own.

    `asks`: whether tokens and permissions are a webhook's to judge, beside its own RBAC.
    """
    certificate, key = map(str, files.server)
    command = [
        program,
        f"--etcd-servers={ETCD_CLIENTS}",
        f"--etcd-prefix=/{prefix}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        "--permit-port-sharing=true",  # the daemon keeps the port for it
        f"--tls-cert-file={certificate}",
        f"--tls-private-key-file={key}",
        f"--client-ca-file={files.ca}",
        "--allow-privileged=true",  # as on EKS: CNIs, CSI drivers and device plugins are
        "--anonymous-auth=true",
        f"--authorization-mode={'RBAC,Webhook' if asks else 'RBAC'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={files.service_accounts}",
        f"--service-account-signing-key-file={files.service_accounts}",
        f"--service-cluster-ip-range={service_cidr}",
        "--endpoint-reconciler-type=none",
        "--profiling=false",
        "--shutdown-delay-duration=0s",
    ]
    if emulates is None:
        command.append("--feature-gates=DetectCacheInconsistency=false")  # etcd 3.4 lacks what it looks at
    else:
        command.append(f"--emulated-version={emulates}")
    return [*command, *(_webhooks(files) if asks else ())]


def _webhooks(files: Files) -> list[str]:
    return [
        f"--authentication-token-webhook-config-file={files.authentication}",
        "--authentication-token-webhook-version=v1",
        f"--authentication-token-webhook-cache-ttl={WEBHOOK_CACHE}",
        f"--authorization-webhook-config-file={files.authorization}",
        "--authorization-webhook-version=v1",
        f"--authorization-webhook-cache-authorized-ttl={WEBHOOK_CACHE}",
        f"--authorization-webhook-cache-unauthorized-ttl={WEBHOOK_CACHE}",
    ]


def controller_manager(program: str, files: Files) -> list[str]:
    """The controllers that matter, in one program that listens nowhere."""
    return [
        program,
        f"--kubeconfig={files.kubeconfig}",
        f"--controllers={','.join(CONTROLLERS)}",
        f"--root-ca-file={files.ca}",
        f"--node-monitor-grace-period={NO_HEARTBEATS}",
        *_QUIET_AND_QUICK,
    ]


def scheduler(program: str, files: Files) -> list[str]:
    """The scheduler, which listens nowhere."""
    return [program, f"--kubeconfig={files.kubeconfig}", *_QUIET_AND_QUICK]


def environment(home: Path) -> Mapping[str, str]:
    """Nothing of the daemon's; memory is given back earlier than Go would by itself."""
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "GOGC": "50"}
