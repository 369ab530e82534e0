from __future__ import annotations

import json
import stat
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from automation.cli import app
from sandbox.client import Sandbox
from sandbox.errors import SandboxError
from sandbox.faults import Fault, Faults
from tests.unit.sandbox.aws.cloud import MAIN, Cloud


def post(cloud: Cloud, action: str, **headers: str) -> tuple[int, str]:
    state = cloud.sandbox.status()
    assert state is not None
    connection = HTTPConnection(urlsplit(state.control_endpoint).netloc, timeout=30)
    try:
        connection.request("POST", f"/{action}", body="{}", headers=headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())["error"]
    finally:
        connection.close()


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}])
def test_without_the_token_nobody_gets_in(cloud: Cloud, headers: dict[str, str]) -> None:
    assert post(cloud, "list", **headers) == (
        403,
        "the sandbox's control endpoint needs the token of its home",
    )


def test_the_token_is_for_this_user_alone_and_not_in_the_state(cloud: Cloud) -> None:
    home = Path(cloud.sandbox.environment()["AWS_CONFIG_FILE"]).parent
    token = home / "control-token"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert token.read_text() not in (home / "sandbox.json").read_text()


def test_what_was_added_is_listed(faults: Faults) -> None:
    fault = Fault(
        "error", "ec2", "CreateSubnet", account="main", region="us-east-1", nth=3, times=2, code="Boom"
    )
    name = faults.add(fault)
    (active,) = faults.list()
    assert (active.id, active.fault.account, active.fault.code) == (name, MAIN, "Boom")
    assert (active.calls, active.hits, active.holding) == (0, 0, 0)
    assert str(active.fault) == f"error Boom ec2.CreateSubnet in {MAIN} in us-east-1, calls 3 to 4"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault("hang", "ecc2", "*"), "there is no service 'ecc2'; did you mean ec2?"),
        (
            Fault("hang", "ec2", "CreateSubnett"),
            "there is no operation of ec2 'CreateSubnett'; did you mean CreateSubnet?",
        ),
        (Fault("hang", "ec2", "*", account="mein"), "there is no account 'mein'; did you mean main?"),
    ],
)
def test_what_is_unknown_is_told_with_the_nearest(faults: Faults, fault: Fault, message: str) -> None:
    with pytest.raises(SandboxError) as raised:
        faults.add(fault)
    assert str(raised.value) == message
    assert faults.list() == ()


def test_an_unknown_id(faults: Faults) -> None:
    with pytest.raises(SandboxError, match="there is no fault 'f0'"):
        faults.release("f0")


def test_a_sandbox_that_does_not_run_has_no_faults(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="fleet sandbox start"):
        _ = Sandbox(tmp_path / "home").faults


@pytest.fixture
def fleet(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """`fleet` in a checkout whose sandbox is the running one."""
    home = Path(cloud.sandbox.environment()["AWS_CONFIG_FILE"]).parent
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    (runtime / "sandbox").symlink_to(home)
    (tmp_path / "fleet.yaml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLEET_HOME", str(runtime))
    return CliRunner()


def test_faults_from_the_command_line(fleet: CliRunner, faults: Faults, cloud: Cloud) -> None:
    added = fleet.invoke(
        app, ["sandbox", "fault", "add", "hang", "ec2.DescribeVpcs", "--account", "main", "--times", "2"]
    )
    assert (added.exit_code, added.stderr) == (0, "")
    name = added.stdout.strip()
    listed = fleet.invoke(app, ["sandbox", "fault", "list"])
    shown = f"hang ec2.DescribeVpcs in {MAIN}, calls 1 to 2; matched 0, hit 0, holds 0"
    assert listed.stdout == f"{name}: {shown}\n"
    assert fleet.invoke(app, ["sandbox", "fault", "release", name]).exit_code == 0
    cloud.client("ec2").describe_vpcs()
    as_json = json.loads(fleet.invoke(app, ["sandbox", "fault", "list", "--json"]).stdout)
    assert [(item["id"], item["calls"], item["fault"]["kind"]) for item in as_json] == [(name, 1, "hang")]
    assert fleet.invoke(app, ["sandbox", "fault", "clear"]).exit_code == 0
    assert fleet.invoke(app, ["sandbox", "fault", "list"]).stdout == "no faults\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("hung ec2.DescribeVpcs", "there is no kind of fault 'hung'; did you mean hang?"),
        ("hang ec2.DescribeVpc", "there is no operation of ec2 'DescribeVpc'; did you mean DescribeVpcs?"),
        (
            "hang ec2",
            "'ec2' does not name a service's operation; write it as SERVICE.OPERATION, or SERVICE.*",
        ),
    ],
)
def test_a_wrong_word_on_the_command_line(fleet: CliRunner, arguments: str, message: str) -> None:
    result = fleet.invoke(app, ["sandbox", "fault", "add", *arguments.split()])
    assert (result.exit_code, result.stderr) == (1, f"error: {message}\n")
