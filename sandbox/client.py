"""Starts, stops and describes the sandbox of one home. Light to import: it loads no AWS library."""

from __future__ import annotations

import configparser
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import SandboxError
from sandbox.faults import Faults
from sandbox.state import ALREADY_RUNNING, OPERATOR_PROFILE, Home, Latency, SandboxConfig, State

__all__ = ["Latency", "Sandbox", "SandboxConfig", "SandboxError", "State", "without_account_host"]

START_SECONDS = 60
"""How long a start may take on a loaded machine; it usually takes 3 s."""
STOP_SECONDS = 10
"""After this a daemon that was told to end is killed."""
_POLL_SECONDS = 0.05
_LOG_TAIL_LINES = 20
_LOOPBACK = "127.0.0.1,localhost"
_STARTED: list[subprocess.Popen[bytes]] = []
"""The daemons that this process started, kept because they may outlive it, which Popen would warn of."""
_CREDENTIALS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


class Sandbox:
    """The sandbox whose files live in `home`, running or not."""

    def __init__(self, home: Path) -> None:
        self._home = Home(home.resolve())

    def status(self) -> State | None:
        """The running daemon, or None. What a dead one left does not count."""
        try:
            state = State.from_json(self._home.state.read_text())
        except FileNotFoundError:
            return None
        return state if state.pid == self._daemon_pid() else None

    def start(self, config: SandboxConfig) -> State:
        """Start the daemon unless it runs, and wait until it answers.

        Only one client launches at a time: a second daemon would wait for the lock and outlive the first one's end.
        Raises `SandboxError` with the end of its log if it does not come up, or when one runs with other accounts.
        """
        self._home.path.parent.mkdir(parents=True, exist_ok=True)
        with self._home.launch_lock.open("a") as launching:
            fcntl.flock(launching, fcntl.LOCK_EX)
            state = self.status() or self._launch(config)
        if state.accounts != config.accounts:
            raise SandboxError("the sandbox runs with other accounts; end it first: fleet sandbox stop")
        return state

    def stop(self) -> bool:
        """End the daemon and remove what it left; whether one ran.

        Raises `SandboxError` when the process is not ours to end.
        """
        pid = self._daemon_pid()
        if pid is not None:
            _end(pid, alive=lambda: self._daemon_pid() == pid)
            _reap(pid)
        if self._home.path.exists():
            self._home.wipe()
        return pid is not None

    def environment(self, *, account: str | None = None, region: str | None = None) -> dict[str, str]:
        """The variables of anything that is to use this sandbox instead of AWS.

        `account` None: a session of the first operator role; a name: that account's admin user.
        AWS_PROFILE is set, not left out: variables are added to an environment that may name a real one.
        Raises `SandboxError` if no daemon runs, or no account has that name.
        """
        state = self._running()
        if account is not None and account not in state.profiles:
            raise SandboxError(
                f"no account {account!r} in the sandbox; there are {', '.join(state.profiles)}"
            )
        profile = OPERATOR_PROFILE if account is None else state.profiles[account]
        region = region or state.region
        return {
            **self._credentials(profile),
            "AWS_PROFILE": profile,
            "AWS_DEFAULT_PROFILE": profile,
            "AWS_CONFIG_FILE": str(self._home.aws_config),
            "AWS_SHARED_CREDENTIALS_FILE": str(self._home.aws_credentials),
            "AWS_ENDPOINT_URL": state.aws_endpoint,
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # no name resolves below a loopback address
            "NO_PROXY": _LOOPBACK,
            "no_proxy": _LOOPBACK,
            "PULUMI_HOME": str(self._home.pulumi_home),
            "PULUMI_DEBUG_PROVIDERS": ",".join(
                f"{name}:{port}" for name, port in state.provider_ports.items()
            ),
        }

    @property
    def faults(self) -> Faults:
        """The faults of the running daemon. Raises `SandboxError` if none runs."""
        state = self._running()
        return Faults(
            endpoint=state.control_endpoint,
            token=self._home.control_token.read_text(),
            accounts=state.accounts,
        )

    def _running(self) -> State:
        state = self.status()
        if state is None:
            raise SandboxError("the sandbox does not run; start it: fleet sandbox start")
        return state

    def _credentials(self, profile: str) -> dict[str, str]:
        parser = configparser.RawConfigParser()
        parser.read(self._home.aws_credentials)
        values = parser[profile]
        return {name.upper(): values.get(name, "") for name in _CREDENTIALS}

    def _daemon_pid(self) -> int | None:
        """The pid of the living daemon: the one that holds the lock. None while one is just starting."""
        try:
            with self._home.lock.open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return None
        except BlockingIOError:
            pid = int(self._home.lock.read_text() or 0)
            return pid if pid and _is_alive(pid) else None
        return None

    def _launch(self, config: SandboxConfig) -> State:
        self._home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._home.write(self._home.config, config.to_json())
        deadline = time.monotonic() + START_SECONDS
        daemon = self._spawn()
        while (state := self.status()) is None:
            if daemon.poll() not in (None, ALREADY_RUNNING):
                raise SandboxError(f"the sandbox did not start; {self._home.log} ends:\n{self._log_tail()}")
            if time.monotonic() > deadline:
                daemon.terminate()
                raise SandboxError(f"the sandbox is not ready after {START_SECONDS} s:\n{self._log_tail()}")
            time.sleep(_POLL_SECONDS)
        return state

    def _spawn(self) -> subprocess.Popen[bytes]:
        arguments = ["--home", str(self._home.path), "--config", str(self._home.config)]
        with self._home.log.open("ab") as log:
            daemon = subprocess.Popen(
                [sys.executable, "-m", "sandbox.daemon", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parent.parent,
                env={
                    name: value
                    for name, value in os.environ.items()
                    if not name.startswith(("AWS_", "MOTO_"))
                },
                start_new_session=True,
            )
        _STARTED.append(daemon)
        return daemon

    def _log_tail(self) -> str:
        return "\n".join(self._home.log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])


def without_account_host(client: Any) -> None:
    """Let a boto3 client of S3 Control reach the sandbox.

    Its endpoint rules put `<account id>.` before any host, and nothing below a loopback address resolves.
    """

    def strip(request: Any, **_: Any) -> None:
        parts = urlsplit(request.url)
        request.url = parts._replace(netloc=parts.netloc[parts.netloc.index(".") + 1 :]).geturl()

    client.meta.events.register("before-send.s3-control", strip)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _command_of(pid: int) -> str:
    """A process's command line; empty if there is no such process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except FileNotFoundError:  # no such process, or no /proc
        shown = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return shown.stdout.strip()


def _reap(pid: int) -> None:
    """Take leave of a daemon that was started here: it gives up its lock a moment before it ends."""
    for daemon in _STARTED:
        if daemon.pid == pid:
            daemon.wait(STOP_SECONDS)
    _STARTED[:] = [daemon for daemon in _STARTED if daemon.poll() is None]


def _end(pid: int, *, alive: Callable[[], bool]) -> None:
    command = _command_of(pid)
    if "sandbox.daemon" not in command:
        raise SandboxError(f"process {pid} holds the sandbox's lock but is not its daemon: {command}")
    for number in (signal.SIGTERM, signal.SIGKILL):
        os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while alive():
            if time.monotonic() > deadline:
                break
            time.sleep(_POLL_SECONDS)
        else:
            return
    raise SandboxError(f"the sandbox's process {pid} does not end")
