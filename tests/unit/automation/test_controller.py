from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.controller import (
    Controller,
    Ended,
    Event,
    Interrupting,
    Interruption,
    Outcome,
    Reason,
    Run,
    Started,
)
from automation.queue import Queue, Status

DONE = Outcome(status=Status.SUCCEEDED, reason=Reason.CHANGED, operations={"create": 1})
BROKEN = Outcome(status=Status.FAILED, reason=Reason.ENGINE_FAILED, cause="vpc: no")


def outcomes(**failing: Outcome) -> Callable[[str], Outcome]:
    return lambda stack: failing.get(stack, DONE)


def test_every_stack_has_a_record_in_the_queues_order() -> None:
    runs = Controller(Queue({"b": (), "a": ("b",)}), outcomes(), max_parallel=4).run()
    assert list(runs) == ["b", "a"]
    assert [run.outcome for run in runs.values()] == [DONE, DONE]


def test_one_failure_blocks_only_its_dependents_and_the_rest_goes_on() -> None:
    graph = {"a": (), "b": (), "links": ("a", "b"), "register": ("links",)}
    runs = Controller(Queue(graph), outcomes(a=BROKEN), max_parallel=1).run()
    blocked = Outcome(status=Status.BLOCKED, reason=Reason.DEPENDENCY_FAILED, cause="a did not succeed")
    assert runs["a"].outcome == BROKEN
    assert runs["b"].outcome == DONE
    assert runs["links"] == Run(stack="links", outcome=blocked, blocked_by="a")
    assert runs["register"] == Run(stack="register", outcome=blocked, blocked_by="a")


def test_a_runner_that_raises_is_a_failure_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    def runner(stack: str) -> Outcome:
        raise KeyError(stack)

    runs = Controller(Queue({"a": ()}), runner, max_parallel=1).run()
    assert runs["a"].outcome == Outcome(
        status=Status.FAILED, reason=Reason.DRIVER_FAILED, cause="KeyError: 'a'"
    )
    assert "runner of a" in caplog.text


def test_times_are_seconds_since_the_rollout_began() -> None:
    ticks = itertools.count(start=100)
    runs = Controller(
        Queue({"a": (), "b": ("a",)}), outcomes(), max_parallel=1, clock=lambda: next(ticks)
    ).run()
    assert [(run.started_s, run.ended_s, run.duration_s) for run in runs.values()] == [(1, 2, 1), (3, 4, 1)]


def test_a_listener_hears_starts_and_ends() -> None:
    heard: list[Event] = []
    runs = Controller(
        Queue({"a": (), "b": ("a",)}), outcomes(a=BROKEN), max_parallel=1, listener=heard.append
    ).run()
    assert heard == [Started(stack="a"), Ended(run=runs["a"]), Ended(run=runs["b"])]


def test_peers_run_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=10)

    def runner(stack: str) -> Outcome:
        together.wait()
        return DONE

    runs = Controller(Queue({"a": (), "b": (), "c": ()}), runner, max_parallel=3).run()
    assert [run.outcome for run in runs.values()] == [DONE, DONE, DONE]


def test_an_interrupt_starts_nothing_more_tells_what_runs_and_waits_for_it() -> None:
    told = threading.Event()
    heard: list[Event] = []

    def runner(stack: str) -> Outcome:
        controller.interrupt()
        assert told.wait(10)
        return Outcome(status=Status.INTERRUPTED, reason=Reason.INTERRUPTED)

    controller = Controller(
        Queue({"a": (), "b": (), "c": ("a",)}),
        runner,
        max_parallel=1,
        listener=heard.append,
        interruption=Interruption(begin=told.set),
    )
    runs = controller.run()
    assert [run.outcome.status for run in runs.values()] == [Status.INTERRUPTED] * 3
    assert [run.outcome.reason for run in runs.values()] == [Reason.INTERRUPTED] * 3
    assert (runs["b"].started_s, runs["c"].blocked_by) == (None, None)
    assert Interrupting(waiting_for={"a": ()}) in heard


def test_only_the_first_interrupt_tells_what_runs_and_the_later_ones_are_passed_on() -> None:
    told: list[str] = []

    def insist() -> None:
        told.append("insist")
        if told.count("insist") == 2:
            over.set()

    def runner(stack: str) -> Outcome:
        for _ in range(3):
            controller.interrupt()
        assert over.wait(10)
        return DONE

    over = threading.Event()
    controller = Controller(
        Queue({"a": ()}),
        runner,
        max_parallel=1,
        interruption=Interruption(begin=lambda: told.append("begin"), insist=insist),
    )
    assert controller.run()["a"].outcome == DONE
    assert told == ["begin", "insist", "insist"]


def test_an_interrupt_says_what_each_open_stack_waits_for() -> None:
    heard: list[Event] = []
    told = threading.Event()

    def runner(stack: str) -> Outcome:
        controller.interrupt()
        assert told.wait(10)
        return DONE

    controller = Controller(
        Queue({"a": ()}),
        runner,
        max_parallel=1,
        listener=heard.append,
        interruption=Interruption(begin=told.set, waits_for=lambda name: (f"vpc of {name}",)),
    )
    controller.run()
    assert Interrupting(waiting_for={"a": ("vpc of a",)}) in heard


def test_an_outcome_that_stops_a_rollout_starts_nothing_more_and_each_says_why() -> None:
    graph = {"a": (), "b": (), "c": ("b",), "links": ("a",)}
    runs = Controller(
        Queue(graph),
        outcomes(a=BROKEN),
        max_parallel=1,
        stops=lambda outcome: Reason.FAIL_FAST if outcome is BROKEN else None,
    ).run()
    assert [(run.outcome.reason, run.blocked_by) for run in runs.values()] == [
        (Reason.ENGINE_FAILED, None),
        (Reason.FAIL_FAST, "a"),
        (Reason.FAIL_FAST, "a"),
        (Reason.DEPENDENCY_FAILED, "a"),
    ]


def test_at_least_one_stack_must_be_allowed_to_run() -> None:
    with pytest.raises(ValueError, match="max_parallel is 0, must be 1 or more"):
        Controller(Queue({}), outcomes(), max_parallel=0)


def test_an_empty_queue_is_done() -> None:
    assert Controller(Queue({}), outcomes(), max_parallel=1).run() == {}


class Recorder:
    """A runner that fails some stacks and remembers how many ran at once, and what had ended when each began."""

    def __init__(self, failing: set[str]) -> None:
        self.failing = failing
        self.lock = threading.Lock()
        self.running = 0
        self.most = 0
        self.ended: set[str] = set()
        self.ended_before: dict[str, set[str]] = {}

    def __call__(self, stack: str) -> Outcome:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
            self.ended_before[stack] = set(self.ended)
        with self.lock:
            self.running -= 1
            self.ended.add(stack)
        return BROKEN if stack in self.failing else DONE


@settings(deadline=None, max_examples=50)
@given(data=st.data(), size=st.integers(1, 10), max_parallel=st.integers(1, 4))
def test_any_rollout_ends_in_order_and_within_the_bound(
    data: st.DataObject, size: int, max_parallel: int
) -> None:
    names = [f"s{number}" for number in range(size)]
    graph = {
        name: tuple(sorted(data.draw(st.sets(st.sampled_from(names[:rank]))))) if rank else ()
        for rank, name in enumerate(names)
    }
    recorder = Recorder(data.draw(st.sets(st.sampled_from(names))))
    runs = Controller(Queue(graph), recorder, max_parallel=max_parallel).run()
    assert list(runs) == names
    assert recorder.most <= max_parallel
    for name, run in runs.items():
        assert run.outcome.status.is_terminal
        assert (name in recorder.ended_before) == (run.outcome.status is not Status.BLOCKED)
        if run.started_s is not None:
            assert set(graph[name]) <= recorder.ended_before[name]
            assert not set(graph[name]) & recorder.failing
