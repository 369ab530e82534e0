from __future__ import annotations

import os
import select
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from sandbox.kubernetes import ClusterKey, ControlPlanes, PlanesError
from sandbox.kubernetes.certificates import Authority
from sandbox.kubernetes.ports import Port
from sandbox.kubernetes.processes import Spawner

KEY = ClusterKey("111111111111", "us-east-1", "training")
SLEEP = "/bin/sleep"
PARENT = """
import sys, time
from pathlib import Path
from sandbox.kubernetes.processes import Spawner
child = Spawner().spawn(["/bin/sleep", "600"], log=Path(sys.argv[1]), cwd=Path("/"), environment={})
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def spawner() -> Iterator[Spawner]:
    made = Spawner()
    yield made
    made.close()


def test_a_child_outlives_the_thread_that_asked_for_it_and_ends_when_told(
    spawner: Spawner, tmp_path: Path
) -> None:
    started = []

    def start() -> None:
        log = tmp_path / "sleep.log"
        started.append(spawner.spawn([SLEEP, "600"], log=log, cwd=tmp_path, environment={}))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    (process,) = started
    assert process.failure() is None
    process.kill()
    assert process.failure() == f"sleep ended with -9; {tmp_path / 'sleep.log'} ends:\n"


def test_the_failure_of_a_program_shows_the_end_of_its_log(spawner: Spawner, tmp_path: Path) -> None:
    log = tmp_path / "ls.log"
    process = spawner.spawn(["/bin/ls", "/not/there"], log=log, cwd=tmp_path, environment={"LC_ALL": "C"})
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    failure = process.failure()
    assert failure is not None
    assert failure.startswith("ls ended with 2;")
    assert failure.endswith("cannot access '/not/there': No such file or directory")


@pytest.mark.skipif(sys.platform != "linux", reason="Linux ends the children of who is killed")
def test_a_child_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[4]
    ) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
        assert select.select([child], [], [], 10)[0] == [child]  # readable when it has ended
    os.close(child)


def test_a_port_is_nobody_elses() -> None:
    ports = [Port() for _ in range(20)]
    assert len({port.number for port in ports}) == 20
    for port in ports:
        port.close()


def test_a_server_certificate_is_trusted_by_its_cluster_alone(tmp_path: Path) -> None:
    mine, other = Authority("mine"), Authority("other")
    pair = mine.server(addresses=[IPv4Address("127.0.0.1")], names=["localhost"])
    certificate, key = tmp_path / "crt", tmp_path / "key"
    certificate.write_text(pair.certificate)
    key.write_text(pair.key)
    assert _handshake(certificate, key, mine.pem)
    assert not _handshake(certificate, key, other.pem)


def _handshake(certificate: Path, key: Path, authority: str) -> bool:
    """Whether a client that trusts this authority takes the server for 127.0.0.1; in memory."""
    server_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_context.load_cert_chain(certificate, key)
    client_context = ssl.create_default_context(cadata=authority)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    client = client_context.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    done = False
    for _ in range(10):
        for side in (client, server):
            try:
                side.do_handshake()
                done = done or side is client
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError:
                return False
            except ssl.SSLError:
                return False
    return done


def test_without_its_programs_a_control_plane_is_refused_with_what_to_do(tmp_path: Path) -> None:
    planes = ControlPlanes(tmp_path, {"etcd": "/bin/etcd"})
    with pytest.raises(
        PlanesError,
        match=r"^the sandbox has no kube-apiserver, kube-controller-manager, kube-scheduler; run `make setup`",
    ):
        planes.start(KEY, "1.34")
    assert planes.state(KEY) is None
    with pytest.raises(PlanesError, match="has no control plane that is ready"):
        planes.admin(KEY)
    planes.stop(KEY)
    planes.close()


def test_a_program_that_ends_makes_the_control_plane_fail_with_its_words(tmp_path: Path) -> None:
    script = tmp_path / "kube-apiserver"
    script.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo Kubernetes v1.34.4 && exit\necho no room; exit 1\n'
    )
    script.chmod(0o755)
    programs = {name: str(script) for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")}
    planes = ControlPlanes(tmp_path / "home", {**programs, "etcd": "/bin/true"})
    (tmp_path / "home").mkdir()
    planes.start(KEY, "1.34")
    deadline = time.monotonic() + 10
    while (found := planes.state(KEY)) and not found.failure and time.monotonic() < deadline:
        time.sleep(0.02)
    assert found is not None
    assert not found.ready
    assert str(found.failure).endswith("no room")
    planes.close()
