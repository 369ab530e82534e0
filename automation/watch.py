"""Follows a rollout: hears the controller and the engines, and keeps the screen or the log up to date."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from pulumi.automation import EngineEvent
from rich.console import Console

from automation import live, progress
from automation.controller import Answered, Event, Insisting
from automation.events import Planned, step_of
from automation.live_table import LiveTable
from automation.queue import Graph
from automation.rollout import Watch
from automation.seam import Workspace

TICK_S = 1.0
FRAMES_PER_S = 4.0

Clock = Callable[[], float]


class Follower:
    """The state of one run, fed from many threads: one lock around it."""

    def __init__(self, verb: str, graph: Graph, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._state = live.begin(verb, graph, clock())

    def hear(self, event: Event | Planned) -> None:
        """Take an event of the controller or the rollout."""
        with self._lock:
            self._state = live.heard(self._state, event, self._clock())

    def step(self, stack: str, event: EngineEvent) -> None:
        """Take an engine's event."""
        found = step_of(event)
        if found:
            with self._lock:
                self._state = live.stepped(self._state, stack, found, self._clock())

    def view(self) -> live.View:
        """What there is to see now."""
        with self._lock:
            return live.view(self._state, self._clock())


def is_watchable(console: Console, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a view that changes in place makes sense: a terminal that can, and not a log of CI."""
    # FORCE_COLOR makes rich take a pipe for a terminal.
    return console.file.isatty() and console.is_interactive and not environ.get("CI")


def on_screen(engines: Workspace, console: Console, *, verb: str, clock: Clock = time.monotonic) -> Watch:
    """A view on this terminal that is gone when the run has ended: tables with the results follow."""

    @contextmanager
    def watch(graph: Graph) -> Iterator[Callable[[Event | Planned], None]]:
        from rich.live import Live

        follower = Follower(verb, graph, clock)
        engines.listen(follower.step)
        # Standard output stays as it is: with --json it belongs to machines.
        with Live(
            console=console,
            get_renderable=lambda: LiveTable(follower.view()),
            refresh_per_second=FRAMES_PER_S,
            transient=True,
            redirect_stdout=False,
        ) as shown:

            def hear(event: Event | Planned) -> None:
                follower.hear(event)
                match event:
                    case Insisting(is_asked=True):
                        shown.stop()  # a question is put on the screen, and answered
                    case Insisting():
                        told = "\n".join(progress.lines(event, verb))
                        console.print(told, markup=False, soft_wrap=True)
                    case Answered():
                        shown.start()

            yield hear

    return watch


def in_lines(
    engines: Workspace, say: Callable[[str], object], *, verb: str, clock: Clock = time.monotonic
) -> Watch:
    """A line for each start and end, and lines of progress between them."""

    @contextmanager
    def watch(graph: Graph) -> Iterator[Callable[[Event | Planned], None]]:
        follower = Follower(verb, graph, clock)
        engines.listen(follower.step)

        def hear(event: Event | Planned) -> None:
            follower.hear(event)
            for line in progress.lines(event, verb):
                say(line)

        with _ticking(follower.view, say, clock):
            yield hear

    return watch


@contextmanager
def _ticking(view: Callable[[], live.View], say: Callable[[str], object], clock: Clock) -> Iterator[None]:
    """Say what is due once a second, in a thread of its own."""
    ended = threading.Event()

    def tick() -> None:
        told: dict[str, progress.Told] = {}
        while not ended.wait(TICK_S):
            lines, told = progress.due(view(), told, clock())
            for line in lines:
                say(line)

    thread = threading.Thread(target=tick, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
