"""Signals during a rollout: what a first and a second Ctrl-C (or SIGTERM) mean.

The first asks every engine to finish its open operations and stop; that is safe and may take as long as the longest
operation. The second would end the engines at once and leave what they are creating pending, so a person is asked
first; where nobody can be asked it is only said and ignored (SIGKILL is the way).
"""

from __future__ import annotations

import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from automation import consent
from automation.controller import Answered, Controller, Insisting, Listener

Answer = Callable[[str, threading.Event], bool]
"""Puts a question to a person; ends early, as a no, when the event says that the rollout is over."""

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LOOK_S = 0.2
"""How often a question looks whether the rollout is over."""


def ask(question: str, over: threading.Event, *, source: TextIO | None = None) -> bool:
    """Ask on the terminal, until a line comes or the rollout is over; only a yes is a yes."""
    terminal = source or sys.stdin
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    while not over.is_set():
        if select.select([terminal], [], [], _LOOK_S)[0]:
            return terminal.readline().strip().lower() in {"y", "yes"}
    sys.stderr.write("\n")
    return False


class SecondSignal:
    """Call it for each signal after the first. It answers at once: a question is asked in a thread of its own,
    so that the rollout goes on, and ends, while it stands on the screen.
    """

    def __init__(
        self,
        *,
        waiting_for: Callable[[], Mapping[str, tuple[str, ...]]],
        abandon: Callable[[], None],
        listener: Listener,
        terminal: Callable[[], bool] = consent.is_terminal,
        answer: Answer = ask,
    ) -> None:
        """`waiting_for` gives the open operations by stack, in words; `abandon` sends the engines their second
        signal, and is called only after a yes.
        """
        self._waiting_for = waiting_for
        self._abandon = abandon
        self._listener = listener
        self._terminal = terminal
        self._answer = answer
        self._over = threading.Event()
        self._asking: threading.Thread | None = None

    def __call__(self) -> None:
        if self._asking is not None and self._asking.is_alive():
            return
        waiting_for = self._waiting_for()
        is_asked = self._terminal()
        self._listener(Insisting(waiting_for=waiting_for, is_asked=is_asked))
        if is_asked:
            count = sum(len(operations) for operations in waiting_for.values())
            self._asking = threading.Thread(target=self._ask, args=(count,), name="question", daemon=True)
            self._asking.start()

    def close(self) -> None:
        """The rollout is over: take a question that still stands back."""
        self._over.set()
        if self._asking is not None:
            self._asking.join()

    def _ask(self, count: int) -> None:
        question = f"a second signal leaves {count} resources pending; stop now?"
        stops = self._answer(question, self._over) and not self._over.is_set()
        self._listener(Answered(stops=stops))
        if stops:
            self._abandon()


@contextmanager
def heard_by(controller: Controller) -> Iterator[None]:
    """While this lasts, Ctrl-C and SIGTERM ask the controller to stop; only the main thread can arrange that.

    After an interrupted rollout both stay without effect: what follows is its report and the release of its lock.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {number: signal.signal(number, lambda *_: controller.interrupt()) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, signal.SIG_IGN if controller.is_interrupted else handler)
