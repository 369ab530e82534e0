"""The sandbox's one process: `python -m sandbox.daemon --home DIR --config FILE`.

It holds the home's lock while it lives, wipes what a dead one left, and writes `sandbox.json` when it answers.
It ends on SIGTERM or SIGINT; nothing survives it.
"""

from __future__ import annotations

import argparse
import fcntl
import logging
import os
import secrets
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sandbox.aws import access_entries, seed
from sandbox.aws.control import Control
from sandbox.aws.server import Emulator
from sandbox.kubernetes import ControlPlanes, PlayedPlanes, run_with
from sandbox.kubernetes.webhook import Webhook
from sandbox.state import ALREADY_RUNNING, OPERATOR_PROFILE, Home, Latency, SandboxConfig, State

LOCK_SECONDS = 1.0
"""A client that looks at the lock holds it for a moment; another daemon holds it for longer than this."""

_log = logging.getLogger("sandbox")


def main() -> int:
    """Run until told to end; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.daemon", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--config", type=Path, required=True)
    arguments = parser.parse_args()
    home = Home(arguments.home.resolve())
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with home.lock.open("a+") as lock:
        if not take(lock):
            return ALREADY_RUNNING
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        config = SandboxConfig.from_json(arguments.config.read_text())
        home.wipe(keep=frozenset({home.log}))
        logging.basicConfig(filename=home.log, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        serve(home, config, ended)
    return 0


def take(lock: IO[str]) -> bool:
    """Lock for as long as this process lives; whether that was possible."""
    deadline = time.monotonic() + LOCK_SECONDS
    while time.monotonic() < deadline:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(0.02)
    return False


def serve(home: Home, config: SandboxConfig, ended: threading.Event) -> None:
    """Stand the emulator and the providers up, say so in `sandbox.json`, and wait for the end."""
    emulator = Emulator(config.latency)
    planes = _control_planes(home, config, emulator.endpoint)
    run_with(planes)
    operators = tuple(dict.fromkeys(map(seed.operator_arn, config.operators)))
    credentials = {config.profiles[name]: seed.open_account(id_) for name, id_ in config.accounts.items()}
    sessions = [seed.create_operator(arn) for arn in operators]
    credentials[OPERATOR_PROFILE] = sessions[0]
    home.write(home.aws_credentials, seed.as_profiles(credentials))
    regions = {profile: {"region": config.state_region} for profile in credentials}
    home.write(home.aws_config, seed.as_profiles(regions, prefix="profile "))
    home.pulumi_home.mkdir(mode=0o700)
    emulator.start()
    _serve_parallelcluster(home, config, emulator)
    token = secrets.token_urlsafe(32)
    home.write(home.control_token, token)
    control = Control(emulator.faults, token)
    control.start()
    state = State(
        pid=os.getpid(),
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        aws_endpoint=emulator.endpoint,
        plain_endpoint=emulator.plain_endpoint,
        control_endpoint=control.endpoint,
        provider_ports=_serve_providers(emulator.endpoint, sessions[0], config.latency),
        accounts=config.accounts,
        profiles=config.profiles,
        operators=operators,
        region=config.state_region,
        latency_scale=config.latency.scale,
    )
    home.write(home.state, state.to_json())
    _log.info("ready: %s", emulator.endpoint)
    ended.wait()
    planes.close()
    home.state.unlink(missing_ok=True)
    _log.info("ended")


def _control_planes(home: Home, config: SandboxConfig, aws_endpoint: str) -> ControlPlanes | PlayedPlanes:
    """Where clusters' API servers run; they ask the webhook, which asks STS at `aws_endpoint`."""
    if config.programs is None:
        return PlayedPlanes()
    home.kubernetes.mkdir(mode=0o700)
    webhook = Webhook(aws_endpoint, access_entries.admission)
    webhook.start()
    return ControlPlanes(home.kubernetes, config.programs, webhooks=webhook.webhooks)


def _serve_parallelcluster(home: Home, config: SandboxConfig, emulator: Emulator) -> None:
    from sandbox.parallelcluster.serving import serve as serve_api

    serve_api(
        python=config.parallelcluster_python,
        log=home.parallelcluster_log,
        endpoint=emulator.endpoint,
        faults=emulator.faults,
        latency=config.latency,
    )


def _serve_providers(endpoint: str, credentials: seed.Credentials, latency: Latency) -> dict[str, int]:
    from sandbox.providers import serve as serve_providers  # after the emulator is up: it brings in gRPC

    return dict(serve_providers(endpoint=endpoint, credentials=credentials, latency=latency))


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)
