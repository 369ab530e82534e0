"""The live view as text, at the widths that terminals have; a person who changes it reads the difference.

After a change that is meant: `pytest tests/golden --snapshot-update`.
"""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from automation.live import Row, Slowest, View
from automation.live_table import LiveTable, about, duration, shown
from automation.queue import Status
from automation.report import Path
from automation.urn import Named


def resource(token: str, name: str, elapsed_s: float, usual_s: float | None) -> Slowest:
    return Slowest(
        resource=Named(token=token, layer="network", name=name), elapsed_s=elapsed_s, usual_s=usual_s
    )


def row(
    stack: str,
    status: Status,
    note: str = "",
    *,
    done: int = 0,
    total: int | None = 57,
    slowest: Slowest | None = None,
    elapsed_s: float | None = None,
) -> Row:
    return Row(
        stack=stack,
        status=status,
        note=note,
        done=done,
        total=total,
        slowest=slowest,
        elapsed_s=elapsed_s,
        is_previewing=False,
    )


NAT = resource("aws:ec2/natGateway:NatGateway", "nat-use1-az4", 41.2, 100.0)
LATE = resource("aws:ec2/natGateway:NatGateway", "nat-usw2-az1", 140.0, 100.0)
ROUTE = resource("aws:ec2/routeTableAssociation:RouteTableAssociation", "private-use1-az6-routing", 3.0, None)
CAUSE = "failed: secondary-use1-network-vpc: VpcLimitExceeded: the maximum number of VPCs has been reached"
VIEW = View(
    verb="up",
    rows=(
        row("main-use1", Status.RUNNING, done=12, slowest=NAT, elapsed_s=62.0),
        row("main-usw2", Status.RUNNING, done=40, slowest=LATE, elapsed_s=161.0),
        row("main-euw1", Status.RUNNING, done=50, slowest=ROUTE, elapsed_s=161.0),
        row("main-apn1", Status.RUNNING, "starting", elapsed_s=2.0),
        row("secondary-use1", Status.FAILED, CAUSE, done=1, total=2, elapsed_s=9.9),
        row("secondary-usw2", Status.SUCCEEDED, "succeeded: 57 create", done=57, elapsed_s=130.0),
        row("links", Status.PENDING, "waits for main-use1, main-usw2", total=31),
        row("register-secondary-use1", Status.BLOCKED, "blocked: secondary-use1 did not succeed", total=4),
    ),
    elapsed_s=161.0,
    critical_path=Path(stacks=("main-usw2",), duration_s=161.0),
    left_s=233.0,
    finishing=None,
)


def drawn(view: View, width: int, height: int = 40) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width, height=height, color_system=None).print(LiveTable(view))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


@pytest.mark.parametrize("width", [200, 120, 80, 50])
def test_the_view_at_a_width(width: int, snapshot: SnapshotAssertion) -> None:
    text = drawn(VIEW, width)
    assert max(map(len, text.splitlines())) <= width
    assert text == snapshot


def test_an_interrupted_run_says_what_it_waits_for(snapshot: SnapshotAssertion) -> None:
    interrupted = View(
        verb="destroy",
        rows=(row("links", Status.RUNNING, done=3, total=None, slowest=ROUTE, elapsed_s=4.0),),
        elapsed_s=4.0,
        critical_path=Path(stacks=("links",), duration_s=4.0),
        left_s=None,
        finishing=("links",),
    )
    assert drawn(interrupted, 100) == snapshot


def test_a_low_terminal_shows_what_runs_and_counts_the_rest(snapshot: SnapshotAssertion) -> None:
    text = drawn(VIEW, 80, height=10)
    assert len(text.splitlines()) <= 10
    assert text == snapshot


@pytest.mark.parametrize("width", [1, 5, 20])
def test_no_width_is_too_small(width: int) -> None:
    assert drawn(VIEW, width)


def test_rows_that_fit_are_all_there() -> None:
    assert shown(VIEW.rows, len(VIEW.rows)) == (list(VIEW.rows), "")
    kept, left_out = shown(VIEW.rows, 6)
    assert [row.status for row in kept] == [Status.RUNNING] * 4 + [Status.FAILED]
    assert left_out == "1 pending, 1 succeeded, 1 blocked"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0 s"), (41.9, "41 s"), (119.9, "119 s"), (120.0, "2 min"), (245.2, "4 min 5 s")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.0, "10 s"), (44.0, "40 s"), (114.0, "110 s"), (115.0, "2 min"), (233.0, "4 min"), (1790.0, "30 min")],
)
def test_an_estimate_is_rounded_to_what_it_is_worth(seconds: float, text: str) -> None:
    assert about(seconds) == text
