from __future__ import annotations

import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.client import Sandbox, SandboxConfig, SandboxError

MAIN, SECONDARY = "483026362307", "159553542841"
CONFIG = SandboxConfig(
    accounts={"main": MAIN, "secondary": SECONDARY},
    profiles={"main": "ml-main", "secondary": "ml-secondary"},
    operators=(f"arn:aws:iam::{MAIN}:role/MlPlatformOperator", f"arn:aws:iam::{MAIN}:role/teams/Ml*"),
    regions=("us-east-1",),
    state_region="us-east-1",
)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("client") / "home")
    yield sandbox
    sandbox.stop()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_start_is_a_start_once(sandbox: Sandbox) -> None:
    first = sandbox.start(CONFIG)
    assert sandbox.start(CONFIG) == first == sandbox.status()
    assert first.accounts == {"main": MAIN, "secondary": SECONDARY}
    assert first.operators == (
        f"arn:aws:iam::{MAIN}:role/MlPlatformOperator",
        f"arn:aws:iam::{MAIN}:role/teams/Mlsandbox",
    )


def test_other_accounts_need_another_sandbox(sandbox: Sandbox) -> None:
    sandbox.start(CONFIG)
    with pytest.raises(SandboxError, match="fleet sandbox stop"):
        sandbox.start(replace(CONFIG, accounts={"main": SECONDARY}))


def test_the_environment_leads_here_and_nowhere_else(sandbox: Sandbox, tmp_path: Path) -> None:
    state = sandbox.start(CONFIG)
    environment = sandbox.environment(account="secondary", region="us-west-2")
    keys = {name: environment.pop(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    assert keys["AWS_ACCESS_KEY_ID"].startswith("AKIA")
    folder = Path(environment["AWS_CONFIG_FILE"]).parent
    assert environment == {
        "AWS_SESSION_TOKEN": "",
        "AWS_PROFILE": "ml-secondary",
        "AWS_DEFAULT_PROFILE": "ml-secondary",
        "AWS_CONFIG_FILE": str(folder / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "aws-credentials"),
        "AWS_ENDPOINT_URL": state.aws_endpoint,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_REGION": "us-west-2",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "PULUMI_HOME": str(folder / "pulumi-home"),
        "PULUMI_DEBUG_PROVIDERS": ",".join(
            f"{name}:{state.provider_ports[name]}" for name in ("aws", "aws-native", "kubernetes", "eks")
        ),
    }


def test_without_an_account_it_is_a_session_of_the_first_operator(sandbox: Sandbox) -> None:
    sandbox.start(CONFIG)
    environment = sandbox.environment()
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environment["AWS_SESSION_TOKEN"] != ""
    assert environment["AWS_PROFILE"] == "sandbox-operator"
    assert environment["AWS_REGION"] == "us-east-1"


def test_an_account_that_does_not_exist(sandbox: Sandbox) -> None:
    sandbox.start(CONFIG)
    with pytest.raises(SandboxError, match="no account 'third' in the sandbox; there are main, secondary"):
        sandbox.environment(account="third")


def test_the_credentials_are_for_this_user_alone_and_not_in_the_log(sandbox: Sandbox) -> None:
    sandbox.start(CONFIG)
    environment = sandbox.environment()
    path = Path(environment["AWS_SHARED_CREDENTIALS_FILE"])
    assert path.stat().st_mode & 0o777 == 0o600
    log = (path.parent / "daemon.log").read_text()
    assert "ready" in log
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        assert environment[name] not in log


def test_two_starts_at_once_make_one_daemon(home: Path) -> None:
    with ThreadPoolExecutor() as pool:
        states = list(pool.map(lambda _: Sandbox(home).start(CONFIG), range(2)))
    try:
        assert states[0] == states[1]
        assert processes_of(home) == [states[0].pid]
    finally:
        assert Sandbox(home).stop()


def processes_of(home: Path) -> list[int]:
    """All daemons of that home, also those that wait for its lock and would take it after a stop."""
    found = subprocess.run(
        ["pgrep", "-f", "--", f"--home {home} "], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


def test_what_a_dead_daemon_left_is_wiped(home: Path) -> None:
    sandbox = Sandbox(home)
    first = sandbox.start(CONFIG)
    (home / "work").mkdir()
    (home / "work" / "left").write_text("x")
    os.kill(first.pid, signal.SIGKILL)
    os.waitpid(first.pid, 0)
    assert (home / "sandbox.json").exists()
    assert sandbox.status() is None
    second = sandbox.start(CONFIG)
    try:
        assert second.pid != first.pid
        assert not (home / "work").exists()
    finally:
        assert sandbox.stop()


def test_a_stop_leaves_nothing(home: Path) -> None:
    sandbox = Sandbox(home)
    sandbox.start(CONFIG)
    assert sandbox.stop()
    assert sandbox.status() is None
    assert list(home.iterdir()) == []
    assert not sandbox.stop()
    with pytest.raises(SandboxError, match="fleet sandbox start"):
        sandbox.environment()


def test_a_process_that_is_not_the_daemon_is_not_ended(home: Path) -> None:
    home.mkdir()
    with (home.parent / "home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(str(os.getpid()))
        lock.flush()
        with pytest.raises(SandboxError, match=f"process {os.getpid()} holds the sandbox's lock"):
            Sandbox(home).stop()


def test_a_start_that_fails_shows_the_end_of_the_log(home: Path) -> None:
    with pytest.raises(SandboxError, match=r"daemon\.log ends:\n(.*\n)*.*KeyError: 'main'"):
        Sandbox(home).start(replace(CONFIG, profiles={}))
