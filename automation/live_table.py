"""The live view of a rollout as rich draws it, for any width and height.

A narrow terminal loses columns in the order of DROPPED; what is left of the width belongs to `now`, which ends in
an ellipsis where it has to. A low one loses rows in the order of KEPT. Colours and their absence are rich's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from automation.live import Row, View
from automation.queue import Status

DROPPED = ("layer", "usually", "elapsed", "for")
NOW = "now"
NOW_WIDTH = 28
"""Cells of `now` below which another column goes first: `VpcPeeringConnection` and a few letters of its name."""

STEADY_WIDTH = 48
"""Cells that `now` takes where there is room, so that numbers beside it do not jump with each resource."""

GAP = 2
STYLES = {
    Status.PENDING: "dim",
    Status.RUNNING: "",
    Status.SUCCEEDED: "green",
    Status.FAILED: "bold red",
    Status.BLOCKED: "yellow",
    Status.INTERRUPTED: "yellow",
}
KEPT = (
    Status.RUNNING,
    Status.FAILED,
    Status.PENDING,
    Status.BLOCKED,
    Status.INTERRUPTED,
    Status.SUCCEEDED,
)
"""Where there is no room for all rows, the last of these go first."""

LATE = "yellow"
"""An operation that takes longer than usual."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A title and what stands under it."""

    title: str
    cell: Callable[[Row], str]
    is_number: bool = False


COLUMNS = (
    Column(title="stack", cell=lambda row: row.stack),
    Column(title="layer", cell=lambda row: row.slowest.resource.layer if row.slowest else ""),
    Column(title="done", cell=lambda row: row.count, is_number=True),
    Column(title=NOW, cell=lambda row: str(row.slowest.resource) if row.slowest else row.note),
    Column(
        title="for", cell=lambda row: duration(row.slowest.elapsed_s) if row.slowest else "", is_number=True
    ),
    Column(
        title="usually",
        cell=lambda row: duration(row.slowest.usual_s) if row.slowest and row.slowest.usual_s else "",
        is_number=True,
    ),
    Column(
        title="elapsed",
        cell=lambda row: "" if row.elapsed_s is None else duration(row.elapsed_s),
        is_number=True,
    ),
)


@dataclass(frozen=True, slots=True)
class LiveTable:
    """A view that rich can print; it takes the width and height that there are at that moment."""

    view: View

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The title, a line a stack, and what is true of all of them."""
        under = [Text(line, no_wrap=True, overflow="ellipsis") for line in footer(self.view)]
        rows, hidden = shown(self.view.rows, console.height - len(under) - 3)
        yield Text(title(self.view), style="bold", no_wrap=True, overflow="ellipsis")
        yield table(rows, options.max_width)
        if hidden:
            yield Text(f"and {hidden}", style="dim", no_wrap=True, overflow="ellipsis")
        yield from under


def table(rows: Sequence[Row], width: int) -> Table:
    """The rows in a width of so many cells."""
    widths = {column.title: max(map(cell_len, [column.title, *map(column.cell, rows)])) for column in COLUMNS}
    columns = [column for column in COLUMNS if column.title not in _dropped(widths, width)]
    others = sum(widths[column.title] + GAP for column in columns if column.title != NOW)
    widths[NOW] = max(min(max(widths[NOW], STEADY_WIDTH), width - others - GAP), 1)
    made = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
    for column in columns:
        made.add_column(
            column.title,
            justify="right" if column.is_number else "left",
            width=widths[column.title],
            no_wrap=True,
            overflow="ellipsis",
        )
    for row in rows:
        made.add_row(*[_cell(column, row) for column in columns], style=STYLES[row.status])
    return made


def shown(rows: Sequence[Row], room: int) -> tuple[list[Row], str]:
    """The rows that fit, in their order, and how many of which status are left out."""
    if len(rows) <= room:
        return list(rows), ""
    by_interest = sorted(rows, key=lambda row: KEPT.index(row.status))
    kept = {row.stack for row in by_interest[: max(room - 1, 1)]}
    left_out = [row.status for row in rows if row.stack not in kept]
    counted = ", ".join(f"{left_out.count(status)} {status}" for status in Status if status in left_out)
    return [row for row in rows if row.stack in kept], counted


def title(view: View) -> str:
    """`up: 2 of 5 stacks ended, 41 s`."""
    ended = sum(row.status.is_terminal for row in view.rows)
    return f"{view.verb}: {ended} of {len(view.rows)} stacks ended, {duration(view.elapsed_s)}"


def footer(view: View) -> list[str]:
    """What is true of all stacks together: why it takes this long, how long it will, and whether it is stopping."""
    lines = []
    if view.critical_path.duration_s > 0:
        path = " -> ".join(view.critical_path.stacks)
        lines.append(f"critical path so far: {path}, {duration(view.critical_path.duration_s)}")
    if view.left_s is not None:
        lines.append(f"left: usually about {about(view.left_s)} on AWS")
    if view.finishing is not None:
        lines.append(interrupted(view.finishing))
    return lines


def interrupted(finishing: Sequence[str]) -> str:
    """What an interrupt does."""
    names = ", ".join(finishing) or "nothing"
    return f"interrupted: nothing more is started; waiting for open operations of {names}"


def duration(seconds: float) -> str:
    """`41 s`, and from two minutes on `4 min 5 s`."""
    whole = int(seconds)
    if whole < 120:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def about(seconds: float) -> str:
    """Rounded to what an estimate is worth: ten seconds below two minutes, else minutes."""
    return f"{max(round(seconds, -1), 10):.0f} s" if seconds < 115 else f"{max(round(seconds / 60), 2)} min"


def _cell(column: Column, row: Row) -> Text:
    is_late = bool(row.slowest and row.slowest.usual_s and row.slowest.elapsed_s > row.slowest.usual_s)
    return Text(column.cell(row), style=LATE if column.title == "for" and is_late else "")


def _dropped(widths: dict[str, int], width: int) -> tuple[str, ...]:
    """As many of DROPPED, from its begin, as have to go."""
    for count in range(len(DROPPED)):
        gone = DROPPED[:count]
        needed = sum(
            (min(cells, NOW_WIDTH) if name == NOW else cells) + GAP
            for name, cells in widths.items()
            if name not in gone
        )
        if needed <= width:
            return gone
    return DROPPED
