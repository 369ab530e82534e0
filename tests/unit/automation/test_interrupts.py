from __future__ import annotations

import os
import pty
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from automation import interrupts
from automation.controller import Answered, Controller, Event, Insisting, Interruption, Outcome, Reason
from automation.interrupts import SecondSignal
from automation.queue import Queue, Status

QUESTION = "a second signal leaves 2 resources pending; stop now?"
OPEN = {"a": ("create of vpc", "create of subnet")}
CUT_SHORT = Outcome(status=Status.INTERRUPTED, reason=Reason.INTERRUPTED)


@dataclass(kw_only=True)
class Person:
    """Answers when `answers` is set, or, one that `sleeps`, when the rollout is over."""

    says: bool
    sleeps: bool = False
    questions: list[str] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)

    def __call__(self, question: str, over: threading.Event) -> bool:
        self.questions.append(question)
        assert (over if self.sleeps else self.answers).wait(10)
        return self.says


class Scene:
    """A second signal with everything around it."""

    def __init__(self, person: Person, *, has_terminal: bool = True) -> None:
        self.person = person
        self.heard: list[Event] = []
        self.answered = threading.Semaphore(0)
        self.abandoned = threading.Event()
        self.signal = SecondSignal(
            waiting_for=lambda: OPEN,
            abandon=self.abandoned.set,
            listener=self.hear,
            terminal=lambda: has_terminal,
            answer=person,
        )

    def hear(self, event: Event) -> None:
        self.heard.append(event)
        if isinstance(event, Answered):
            self.answered.release()


def test_a_second_signal_asks_and_only_a_yes_ends_the_engines() -> None:
    scene = Scene(Person(says=True))
    scene.signal()
    assert not scene.abandoned.is_set()
    scene.person.answers.set()
    assert scene.abandoned.wait(10)
    assert scene.person.questions == [QUESTION]
    assert scene.heard == [Insisting(waiting_for=OPEN, is_asked=True), Answered(stops=True)]


def test_a_no_leaves_everything() -> None:
    scene = Scene(Person(says=False))
    scene.person.answers.set()
    scene.signal()
    assert scene.answered.acquire(timeout=10)
    scene.signal.close()
    assert scene.heard == [Insisting(waiting_for=OPEN, is_asked=True), Answered(stops=False)]
    assert not scene.abandoned.is_set()


def test_while_a_question_stands_further_signals_are_nothing() -> None:
    scene = Scene(Person(says=False))
    scene.signal()
    scene.signal()
    scene.person.answers.set()
    scene.signal.close()
    assert scene.person.questions == [QUESTION]


def test_a_yes_that_comes_when_all_is_over_ends_nothing() -> None:
    scene = Scene(Person(says=True, sleeps=True))
    scene.signal()
    scene.signal.close()
    assert scene.heard[-1] == Answered(stops=False)
    assert not scene.abandoned.is_set()


def test_without_a_terminal_a_second_signal_is_only_said() -> None:
    scene = Scene(Person(says=True), has_terminal=False)
    scene.signal()
    scene.signal.close()
    assert scene.person.questions == []
    assert not scene.abandoned.is_set()
    assert scene.heard == [Insisting(waiting_for=OPEN, is_asked=False)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("y\n", True), ("YES\n", True), ("\n", False), ("no\n", False), ("yesterday\n", False)],
)
def test_only_a_yes_on_the_terminal_is_a_yes(
    typed: str, expected: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    person, program = pty.openpty()
    with os.fdopen(program) as terminal, os.fdopen(person, "w") as keyboard:
        keyboard.write(typed)
        keyboard.flush()
        assert interrupts.ask("stop?", threading.Event(), source=terminal) is expected
    assert capsys.readouterr().err == "stop? [y/N] "


def test_a_question_is_taken_back_when_the_rollout_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    over = threading.Event()
    over.set()
    with os.fdopen(pty.openpty()[1]) as terminal:
        assert interrupts.ask("stop?", over, source=terminal) is False
    assert capsys.readouterr().err == "stop? [y/N] \n"


@pytest.fixture
def handlers() -> Iterator[None]:
    """The handlers of this process as they were."""
    before = {number: signal.getsignal(number) for number in interrupts.SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", interrupts.SIGNALS)
def test_a_signal_interrupts_the_rollout_once_and_the_next_insists(number: signal.Signals) -> None:
    told: list[str] = []
    stopped, insisted = threading.Event(), threading.Event()

    def runner(_: str) -> Outcome:
        os.kill(os.getpid(), number)
        assert stopped.wait(10)
        os.kill(os.getpid(), number)
        assert insisted.wait(10)
        return CUT_SHORT

    def begin() -> None:
        told.append("begin")
        stopped.set()

    def insist() -> None:
        told.append("insist")
        insisted.set()

    controller = Controller(
        Queue({"a": (), "b": ("a",)}),
        runner,
        max_parallel=1,
        interruption=Interruption(begin=begin, insist=insist),
    )
    with interrupts.heard_by(controller):
        runs = controller.run()
    assert told == ["begin", "insist"]
    assert {run.outcome.status for run in runs.values()} == {Status.INTERRUPTED}
    assert signal.getsignal(number) is signal.SIG_IGN


@pytest.mark.usefixtures("handlers")
def test_after_an_undisturbed_rollout_signals_mean_what_they_did() -> None:
    before = signal.getsignal(signal.SIGINT)
    controller = Controller(Queue({}), lambda _: CUT_SHORT, max_parallel=1)
    with interrupts.heard_by(controller):
        assert signal.getsignal(signal.SIGINT) is not before
        controller.run()
    assert signal.getsignal(signal.SIGINT) is before
