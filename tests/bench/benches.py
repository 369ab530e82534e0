"""The figures of `make bench`, one function each, and what each should be."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from automation.controller import Controller, Outcome, Reason
from automation.queue import Queue, Status
from automation.target import NO_DOWNLOADS
from plan import names
from sandbox.client import Sandbox
from tests.bench import generated, processes
from tests.bench.figures import Figure
from tests.engine.fleets import ACCOUNTS, CHECKOUT, FLEET_COMMAND, FleetUnderTest, run, small_checkout

Bench = Callable[[int], list[Figure]]
"""Takes how many samples to take; gives one figure or several that come from the same runs."""

LATENCY = "0.2"
"""A fifth of AWS's times: a NAT gateway takes 20 s, which outweighs what two cores need to compute."""
SCHEDULED = 500


def help_text(runs: int) -> list[Figure]:
    samples = [
        1000 * processes.seconds([str(FLEET_COMMAND), "--help"], cwd=CHECKOUT) for _ in range(3 * runs)
    ]
    return [Figure(name="fleet --help", unit="ms", samples=samples, at_most=150)]


def validate(runs: int) -> list[Figure]:
    command = [str(FLEET_COMMAND), "validate", "--root"]
    with _folder() as root:
        generated.fleet_of(100, root)
        many = [processes.seconds([*command, str(root)], cwd=CHECKOUT) for _ in range(runs)]
    committed = [processes.seconds([*command, str(CHECKOUT)], cwd=CHECKOUT) for _ in range(runs)]
    return [
        Figure(name="validate, committed fleet", unit="s", samples=committed, at_most=1),
        Figure(name="validate, 100 sites", unit="s", samples=many, at_most=5),
    ]


def schedule(runs: int) -> list[Figure]:
    def once() -> float:
        done = Outcome(status=Status.SUCCEEDED, reason=Reason.UNCHANGED)
        queue = Queue(generated.graph_of(SCHEDULED))
        begin = time.perf_counter()
        Controller(queue, lambda _: done, max_parallel=8).run()
        return 1000 * (time.perf_counter() - begin) / SCHEDULED

    samples = [once() for _ in range(runs)]
    return [Figure(name=f"scheduling, {SCHEDULED} stacks", unit="ms per stack", samples=samples, at_most=1)]


def committed_fleet(runs: int) -> list[Figure]:
    """Without latency: everything the machine itself costs."""
    with _fleet(CHECKOUT) as fleet, processes.watching(str(fleet.home / "work")) as peak:
        begin = time.perf_counter()
        _succeed(fleet, "up", "--yes")
        first = time.perf_counter() - begin
        noop = [_seconds(fleet, "up", "--yes") for _ in range(runs)]
        status = [_seconds(fleet, "status") for _ in range(runs)]
        state = Sandbox(fleet.home / "sandbox").status()
        daemon = processes.memory_mib(state.pid) if state else 0.0
    return [
        Figure(name="up of the committed fleet from nothing", unit="s", samples=[first]),
        Figure(name="up of the committed fleet, no changes", unit="s", samples=noop, at_most=30),
        Figure(name="status", unit="s", samples=status),
        Figure(name="memory of the sandbox's daemon, peak", unit="MiB", samples=[daemon]),
        Figure(name="memory of five stacks at once, peak", unit="MiB", samples=[peak.mib]),
    ]


def one_stack(runs: int) -> list[Figure]:
    """One site from nothing, by `fleet up` and by bare `pulumi up`, in turn; and what each writes to the bucket."""
    by_fleet, by_pulumi, compressed, plain = [], [], [], []
    with _folder() as root, _fleet(small_checkout(root)) as fleet:
        _succeed(fleet, "sandbox", "start")
        _succeed(fleet, "bootstrap", "--yes")
        _commit_key_lines(fleet, "one")
        for _ in range(runs):
            before = _state_bytes(fleet)
            by_fleet.append(_seconds(fleet, "up", "--only", "one", "--yes", **_as_on_aws(fleet)))
            compressed.append(_state_bytes(fleet) - before)
            _succeed(fleet, "destroy", "--only", "one", "--yes")
            before = _state_bytes(fleet)
            by_pulumi.append(_bare_up(fleet))
            plain.append(_state_bytes(fleet) - before)
            _succeed(fleet, "destroy", "--only", "one", "--yes")
    over = [100 * (ours / bare - 1) for ours, bare in zip(by_fleet, by_pulumi, strict=True)]
    share = [100 * ours / default for ours, default in zip(compressed, plain, strict=True)]
    return [
        Figure(name="one stack by fleet up", unit="s", samples=by_fleet),
        Figure(name="one stack by bare pulumi up", unit="s", samples=by_pulumi),
        Figure(name="fleet over bare pulumi", unit="%", samples=over, at_most=5),
        Figure(name="state written by one stack's up", unit="bytes", samples=compressed),
        Figure(name="state bytes against the engine's default", unit="%", samples=share, at_most=25),
    ]


def rollout(runs: int) -> list[Figure]:
    """The committed fleet under AWS's usual times, scaled: as a fleet, and one stack after another."""
    walls, ratios, serial = [], [], []
    for _ in range(runs):
        report = _rollout_report()
        walls.append(report["wall_s"])
        ratios.append(report["ratio"])
        serial.append(_rollout_report("--parallel", "1")["wall_s"])
    times = [alone / wall for alone, wall in zip(serial, walls, strict=True)]
    return [
        Figure(name=f"rollout at {LATENCY} of AWS's times", unit="s", samples=walls),
        Figure(name="one stack after another", unit="s", samples=serial),
        Figure(name="wall time over critical path", unit="", samples=ratios, at_most=1.05),
        Figure(name="times faster than serial", unit="", samples=times, at_least=2.5),
    ]


BENCHES: Mapping[str, Bench] = {
    "help": help_text,
    "validate": validate,
    "schedule": schedule,
    "committed": committed_fleet,
    "one-stack": one_stack,
    "rollout": rollout,
}


def _rollout_report(*options: str) -> dict[str, float]:
    with _fleet(CHECKOUT) as fleet:
        _succeed(fleet, "sandbox", "start", "--latency", LATENCY)
        result = fleet.fleet("up", "--yes", "--json", *options)
        assert result.code == 0, result.err
        report: dict[str, float] = result.json
        return report


def _bare_up(fleet: FleetUnderTest) -> float:
    """`pulumi up` as somebody without the driver runs it: the engine's default state format."""
    exports = fleet.fleet("sandbox", "env").out
    folder = fleet.fleet("workdir", "one").out.strip()
    script = (
        f"{exports}\nunset PULUMI_DIY_BACKEND_GZIP\nexec pulumi -C {folder} up -s one --yes --non-interactive"
    )
    begin = time.perf_counter()
    result = run(["bash", "-c", script], cwd=fleet.root, env=dict(os.environ))
    assert result.code == 0, result.err
    return time.perf_counter() - begin


def _as_on_aws(fleet: FleetUnderTest) -> dict[str, str]:
    """The operator's variables: the driver then does what it does on AWS, without looking after the sandbox first.

    As in the shell of bare `pulumi`, an engine does not look for plugins outside, which costs it 2 s a run here.
    """
    return {**Sandbox(fleet.home / "sandbox").environment(), **NO_DOWNLOADS, "FLEET_SANDBOX": "0"}


def _commit_key_lines(fleet: FleetUnderTest, stack: str) -> None:
    """Put the sandbox's key lines where those for AWS are."""
    keys = (fleet.home / "sandbox" / "keys" / f"{stack}.yaml").read_text()
    file = fleet.root / f"Pulumi.{stack}.yaml"
    file.write_text(file.read_text() + keys)


def _state_bytes(fleet: FleetUnderTest) -> int:
    """All that was ever written to the state bucket, which keeps every version."""
    bucket = names.state_bucket(ACCOUNTS["main"])
    pages = fleet.aws("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
    return sum(version["Size"] for page in pages for version in page.get("Versions", ()))


def _seconds(fleet: FleetUnderTest, *arguments: str, **environment: str) -> float:
    begin = time.perf_counter()
    _succeed(fleet, *arguments, **environment)
    return time.perf_counter() - begin


def _succeed(fleet: FleetUnderTest, *arguments: str, **environment: str) -> None:
    result = fleet.fleet(*arguments, **environment)
    assert result.code == 0, result.err


@contextmanager
def _fleet(root: Path) -> Iterator[FleetUnderTest]:
    with _folder() as home:
        fleet = FleetUnderTest(root=root, home=home)
        try:
            yield fleet
        finally:
            fleet.stop()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="fleet-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
