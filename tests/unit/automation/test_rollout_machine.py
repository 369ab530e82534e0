"""Random rollouts of random graphs, with failures, expired credentials, interrupts and re-runs in any order.

The machine is the pool of threads: it keeps what the controller submits, and decides when each stack ends and how.
So nothing runs at the same time and nothing waits. Invariants, after every step:
1. At most `max_parallel` stacks run.
2. A stack starts once a run, and only when every selected stack it depends on, directly or through others, has
   succeeded in this run.
3. No barriers: what could start has started, as far as `max_parallel` allows.
4. After an interrupt, and after an outcome that stops the rollout, nothing starts.
5. When nothing runs, the rollout is over: it cannot get stuck.
6. Engines are told to stop exactly once a run, at the first interrupt; each later one is only passed on.
7. Each stack ends exactly once, with a record that says what happened; a terminal record never changes.
And at the end of a run:
8. A stack that never started has a reason: a failed or interrupted stack that it depends on, the stack that stopped
   the rollout, or the interrupt. Without those, every selected stack has run.
9. Whatever happened before, an undisturbed run of everything deploys what is left, and deploys nothing twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from automation.controller import Controller, Ended, Event, Interruption, Outcome, Reason, Run, Started
from automation.queue import Graph, Queue, Status, select

DONE = Outcome(status=Status.SUCCEEDED, reason=Reason.CHANGED)
UNCHANGED = Outcome(status=Status.SUCCEEDED, reason=Reason.UNCHANGED)
BROKEN = Outcome(status=Status.FAILED, reason=Reason.ENGINE_FAILED)
EXPIRED = Outcome(status=Status.FAILED, reason=Reason.CREDENTIALS_EXPIRED)
CUT_SHORT = Outcome(status=Status.INTERRUPTED, reason=Reason.INTERRUPTED)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    names = [f"s{number}" for number in range(draw(st.integers(2, 8)))]
    # Few edges each: chains are where a cause has to travel.
    edges = {
        name: tuple(sorted(draw(st.sets(st.sampled_from(names[:rank]), max_size=2)))) if rank else ()
        for rank, name in enumerate(names)
    }
    return {name: edges[name] for name in draw(st.permutations(names))}


def ancestors(graph: Graph, name: str) -> set[str]:
    return set(graph[name]).union(*(ancestors(graph, other) for other in graph[name]))


class RolloutMachine(RuleBasedStateMachine):
    """One fleet, and one rollout of it after the other."""

    controller: Controller | None = None

    @initialize(graph=graphs())
    def a_fleet(self, graph: Graph) -> None:
        self.graph = graph
        self.deployed: set[str] = set()
        self.deployments: Counter[str] = Counter()

    @precondition(lambda self: self.controller is None)
    @rule(data=st.data(), max_parallel=st.integers(1, 4), fail_fast=st.booleans())
    def begin(self, data: st.DataObject, max_parallel: int, fail_fast: bool) -> None:
        everything = set(self.graph)
        selected = data.draw(
            st.just(everything) | st.sets(st.sampled_from(list(self.graph))), label="selected"
        )
        self._begin(selected, max_parallel=max_parallel, fail_fast=fail_fast)

    @precondition(lambda self: self.controller and self.work)
    @rule(data=st.data(), ending=st.sampled_from([DONE, DONE, BROKEN, EXPIRED]))
    def a_stack_ends(self, data: st.DataObject, ending: Outcome) -> None:
        name = data.draw(st.sampled_from(sorted(self.work)), label="stack")
        self._end(name, CUT_SHORT if self.interrupts and ending is EXPIRED else ending)

    @precondition(lambda self: self.controller and self.work)
    @rule()
    def a_person_interrupts(self) -> None:
        assert self.controller
        self.interrupts += 1
        self.controller.interrupt()
        self.controller.step(self._submit)

    @precondition(lambda self: self.controller and not self.work)
    @rule()
    def the_run_is_over(self) -> None:
        self._conclude()

    def teardown(self) -> None:
        """An undisturbed run of everything (invariant 9)."""
        if not hasattr(self, "graph"):
            return
        while self.controller and self.work:
            self._end(next(iter(self.work)), DONE)
        self._begin(set(self.graph), max_parallel=2, fail_fast=False)
        while self.work:
            self._end(next(iter(self.work)), DONE)
        runs = self._conclude()
        assert {run.outcome.status for run in runs.values()} == {Status.SUCCEEDED}
        assert self.deployments == Counter(dict.fromkeys(self.graph, 1))

    @invariant()
    def never_more_than_allowed(self) -> None:
        if self.controller:
            assert len(self.work) <= self.max_parallel

    @invariant()
    def everything_that_can_run_runs(self) -> None:
        if not self.controller or self.interrupts or self.stopped_by:
            return
        succeeded = {name for name, run in self._records().items() if run.outcome.status is Status.SUCCEEDED}
        waiting = self.run_graph.keys() - self._records().keys() - self.work.keys()
        startable = {name for name in waiting if set(self.run_graph[name]) <= succeeded}
        assert not startable or len(self.work) == self.max_parallel

    @invariant()
    def what_does_not_run_is_over(self) -> None:
        if self.controller:
            assert self.controller.is_finished == (not self.work)

    @invariant()
    def engines_are_told_once(self) -> None:
        if self.controller:
            assert self.told == ["stop", *["again"] * (self.interrupts - 1)][: self.interrupts]

    @invariant()
    def every_end_is_said_once_and_recorded(self) -> None:
        if self.controller:
            said = [event.run for event in self.heard if isinstance(event, Ended)]
            assert len({run.stack for run in said}) == len(said)
            assert {run.stack: run for run in said} == self._records()

    def _begin(self, selected: set[str], *, max_parallel: int, fail_fast: bool) -> None:
        self.run_graph = select(self.graph, selected)
        self.max_parallel = max_parallel
        self.work: dict[str, Callable[[str], None]] = {}
        self.next_outcome = DONE
        self.started: list[str] = []
        self.heard: list[Event] = []
        self.told: list[str] = []
        self.interrupts = 0
        self.fail_fast = fail_fast
        self.stopped_by: str | None = None
        self.controller = Controller(
            Queue(self.graph, selected=selected),
            lambda _: self.next_outcome,
            max_parallel=max_parallel,
            listener=self.heard.append,
            interruption=Interruption(
                begin=lambda: self.told.append("stop"), insist=lambda: self.told.append("again")
            ),
            stops=self._stops,
            clock=lambda: 0.0,
        )
        self.controller.start(self._submit)

    def _submit(self, work: Callable[[str], None], name: str) -> None:
        assert name not in self.started
        assert not self.interrupts
        assert self.stopped_by is None
        records = self._records() if self.controller else {}
        for other in ancestors(self.graph, name) & self.run_graph.keys():
            assert records[other].outcome.status is Status.SUCCEEDED
        self.started.append(name)
        self.work[name] = work

    def _end(self, name: str, ending: Outcome) -> None:
        assert self.controller
        if ending is DONE and name in self.deployed:
            ending = UNCHANGED
        if ending is DONE:
            self.deployed.add(name)
            self.deployments[name] += 1
        self.next_outcome = ending
        if self._stops(ending) and self.stopped_by is None:
            self.stopped_by = name
        self.work.pop(name)(name)
        self.controller.step(self._submit)

    def _stops(self, outcome: Outcome) -> Reason | None:
        if outcome is EXPIRED:
            return Reason.CREDENTIALS_EXPIRED
        return Reason.FAIL_FAST if self.fail_fast and outcome is BROKEN else None

    def _records(self) -> dict[str, Run]:
        assert self.controller
        return self.controller.records()

    def _conclude(self) -> dict[str, Run]:
        runs = self._records()
        assert list(runs) == list(self.run_graph)
        said = [event.stack for event in self.heard if isinstance(event, Started)]
        assert said == self.started
        for name, run in runs.items():
            assert run.outcome.status.is_terminal
            assert (run.started_s is not None) == (name in self.started)
            if name not in self.started:
                self._check_reason(run, runs)
        self.controller = None
        return runs

    def _check_reason(self, run: Run, runs: dict[str, Run]) -> None:
        match run.outcome.reason:
            case Reason.DEPENDENCY_FAILED:
                assert run.blocked_by in ancestors(self.graph, run.stack)
                assert runs[run.blocked_by].outcome.status in {Status.FAILED, Status.INTERRUPTED}
                assert run.blocked_by in self.started
            case Reason.FAIL_FAST | Reason.CREDENTIALS_EXPIRED:
                assert run.blocked_by == self.stopped_by
            case Reason.INTERRUPTED:
                assert self.interrupts
                assert run.blocked_by is None
            case reason:
                raise AssertionError(f"{run.stack} never started: {reason}")


TestRollouts = RolloutMachine.TestCase
TestRollouts.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
