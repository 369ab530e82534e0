from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import NoReturn

import pytest
from botocore.exceptions import NoCredentialsError
from pulumi.automation import CommandError

from automation import target, workdir
from automation.checkpoint import StateBackend
from automation.connection import sandbox_config
from automation.engine import Engine, known_version, read_version
from automation.errors import FleetError
from automation.session import Session
from automation.workspace import AutomationWorkspace

ENVIRONMENT = {"PATH": os.environ["PATH"], "FIXED": "yes"}

PROGRAM = """#!{python}
import json, os, signal, sys
match sys.argv[-1]:
    case "version":
        print("v3.250.0")
    case "tell":
        print(json.dumps({{"arguments": sys.argv[1:], "environment": dict(os.environ), "session": os.getsid(0)}}))
    case "wait":
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        print("ready", flush=True)
        signal.sigwait([signal.SIGINT])
        print("asked to stop", signal.SIGINT in signal.sigpending(), flush=True)
        sys.exit(3)
    case "wait-twice":
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        for line in ("ready", "once", "twice"):
            print(line, flush=True)
            if line != "twice":
                signal.sigwait([signal.SIGINT])
        sys.exit(4)
    case _:
        print("error: could not list bucket", file=sys.stderr)
        sys.exit(255)
"""


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    """A stand-in for pulumi."""
    path = tmp_path / "pulumi"
    path.write_text(PROGRAM.format(python=sys.executable))
    path.chmod(0o755)
    return path


@pytest.fixture
def engine(binary: Path) -> Engine:
    return Engine(binary, version=read_version(binary, ENVIRONMENT), environment=ENVIRONMENT)


def test_an_engine_says_its_version(engine: Engine) -> None:
    assert str(engine.version) == "3.250.0"


def test_an_engine_leads_a_session_of_its_own_in_exactly_its_environment(
    engine: Engine, tmp_path: Path
) -> None:
    told = json.loads(engine.run(["tell"], str(tmp_path), {"MORE": "1"}).stdout)
    assert told["arguments"] == ["--non-interactive", "tell"]
    assert told["session"] != os.getsid(0)
    environment = {name: value for name, value in told["environment"].items() if name != "LC_CTYPE"}
    assert environment == {**ENVIRONMENT, "MORE": "1", "PULUMI_AUTOMATION_API": "true"}


def test_a_command_that_fails_raises_with_what_it_said(engine: Engine, tmp_path: Path) -> None:
    lines: list[str] = []
    with pytest.raises(CommandError, match="could not list bucket"):
        engine.run(["stack", "ls"], str(tmp_path), {}, on_error=lines.append)
    assert lines == ["error: could not list bucket"]


def test_with_a_transcript_the_engine_writes_its_output_itself(binary: Path, tmp_path: Path) -> None:
    """Nothing of the driver's is at the other end of its output: it goes on when the driver is gone."""
    transcript = tmp_path / "one.log"
    transcript.write_text("before\n")
    engine = Engine(
        binary,
        version=read_version(binary, ENVIRONMENT),
        environment=ENVIRONMENT,
        transcript=transcript,
    )
    lines: list[str] = []
    assert engine.run(["version"], str(tmp_path), {}, on_output=lines.append).code == 0
    with pytest.raises(CommandError, match="could not list bucket"):
        engine.run(["stack", "ls"], str(tmp_path), {}, on_output=lines.append, on_error=lines.append)
    assert transcript.read_text() == "before\nv3.250.0\n"
    assert lines == ["error: could not list bucket"]


def test_an_interrupt_is_one_signal_to_what_runs_and_stops_what_would_come(
    engine: Engine, tmp_path: Path
) -> None:
    lines: list[str] = []
    ready = threading.Event()

    def on_output(line: str) -> None:
        lines.append(line)
        ready.set()

    def interrupt() -> None:
        assert ready.wait(10)
        engine.interrupt()
        engine.interrupt()

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    with pytest.raises(CommandError, match="code: 3"):
        engine.run(["wait"], str(tmp_path), {}, on_output=on_output)
    interrupter.join()
    assert lines == ["ready", "asked to stop False"]
    assert engine.is_interrupted
    with pytest.raises(CommandError, match="interrupted before it started"):
        engine.run(["tell"], str(tmp_path), {})


def test_only_an_interrupted_engine_can_be_told_again(engine: Engine, tmp_path: Path) -> None:
    lines: list[str] = []
    heard = {line: threading.Event() for line in ("ready", "once")}

    def on_output(line: str) -> None:
        lines.append(line)
        if line in heard:
            heard[line].set()

    def interrupt() -> None:
        assert heard["ready"].wait(10)
        engine.abandon()
        engine.interrupt()
        assert heard["once"].wait(10)
        engine.abandon()

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    with pytest.raises(CommandError, match="code: 4"):
        engine.run(["wait-twice"], str(tmp_path), {}, on_output=on_output)
    interrupter.join()
    assert lines == ["ready", "once", "twice"]


class NoBucket:
    """An S3 client that cannot ask."""

    def get_paginator(self, _: str) -> NoReturn:
        raise NoCredentialsError


@pytest.fixture
def workspace(session: Session, binary: Path) -> AutomationWorkspace:
    environment = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    connection = target.sandbox(
        session.fleet, pulumi_bin=binary.parent, environment_of=lambda _: environment, environ=ENVIRONMENT
    )
    return AutomationWorkspace(
        session.project,
        connection,
        binary=binary,
        secrets_provider="awskms://x",
        backend=StateBackend(NoBucket(), "b"),
    )


def test_a_bucket_that_does_not_answer_is_told_with_what_to_do(workspace: AutomationWorkspace) -> None:
    with pytest.raises(FleetError) as told:
        workspace.deployed()
    assert str(told.value) == (
        "the state bucket b cannot be read: Unable to locate credentials; if it is not there: fleet bootstrap"
    )


def test_an_engines_version_is_asked_once_and_again_for_another_file(binary: Path, tmp_path: Path) -> None:
    kept = tmp_path / "home" / "engine.json"
    kept.parent.mkdir()
    kept.write_text("not whole")
    assert str(known_version(binary, ENVIRONMENT, kept)) == "3.250.0"
    assert json.loads(kept.read_text())["version"] == "3.250.0"
    kept.write_text(kept.read_text().replace("3.250.0", "3.250.1"))
    assert str(known_version(binary, ENVIRONMENT, kept)) == "3.250.1"
    binary.write_text(binary.read_text().replace("3.250.0", "3.251.0"))
    assert str(known_version(binary, ENVIRONMENT, kept)) == "3.251.0"


def test_a_stack_that_cannot_begin_is_a_failed_result_not_an_exception(
    workspace: AutomationWorkspace,
) -> None:
    result = workspace.preview("main-use1")
    assert not result.succeeded
    assert not result.was_interrupted
    assert result.cause.startswith("the state bucket b cannot be read: ")


def test_after_an_interrupt_every_result_is_interrupted(workspace: AutomationWorkspace) -> None:
    workspace.interrupt()
    assert workspace.up("main-use1").was_interrupted


def test_the_sandbox_is_told_accounts_operators_and_regions(session: Session) -> None:
    config = sandbox_config(session.fleet)
    assert config.accounts == {"main": "483026362307", "secondary": "159553542841"}
    assert config.regions == ("us-east-1", "us-west-2")


def test_a_folder_needs_key_lines_before_an_engine_is_started(
    workspace: AutomationWorkspace, session: Session
) -> None:
    with pytest.raises(FleetError, match="stack links has no encryption key yet"):
        workspace.folder("links")
    assert not workdir.read_key_lines(session.project.sandbox_key_lines("links"))
