from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.queue import CycleError, Graph, Queue, Status, reverse, select

FLEET = {"a": (), "b": (), "c": (), "links": ("a", "b"), "register": ("links", "c")}


def claim_all(queue: Queue) -> list[str]:
    return list(iter(queue.claim, None))


def test_stacks_without_dependencies_start_at_once_in_the_graphs_order() -> None:
    assert claim_all(Queue(FLEET)) == ["a", "b", "c"]


def test_a_stack_starts_the_moment_its_dependencies_end_while_others_still_run() -> None:
    queue = Queue(FLEET)
    claim_all(queue)
    queue.finish("a", Status.SUCCEEDED)
    assert queue.claim() is None
    queue.finish("b", Status.SUCCEEDED)
    assert queue.claim() == "links"
    assert queue.running == ("c", "links")


def test_a_failure_blocks_its_dependents_with_the_root_cause_and_nobody_else() -> None:
    queue = Queue(FLEET)
    claim_all(queue)
    queue.finish("a", Status.FAILED)
    queue.finish("b", Status.SUCCEEDED)
    queue.finish("c", Status.SUCCEEDED)
    assert queue.statuses == {
        "a": Status.FAILED,
        "b": Status.SUCCEEDED,
        "c": Status.SUCCEEDED,
        "links": Status.BLOCKED,
        "register": Status.BLOCKED,
    }
    assert queue.blocked_by == {"links": "a", "register": "a"}
    assert queue.is_finished


def test_an_interrupted_stack_blocks_its_dependents_as_a_failed_one_does() -> None:
    queue = Queue({"a": (), "b": ("a",)})
    claim_all(queue)
    queue.finish("a", Status.INTERRUPTED)
    assert queue.blocked_by == {"b": "a"}


def test_an_interrupt_ends_what_waits_and_leaves_what_runs() -> None:
    queue = Queue(FLEET)
    queue.claim()
    assert queue.interrupt() == ("a",)
    assert queue.claim() is None
    queue.finish("a", Status.SUCCEEDED)
    assert queue.statuses == {
        "a": Status.SUCCEEDED,
        "b": Status.INTERRUPTED,
        "c": Status.INTERRUPTED,
        "links": Status.INTERRUPTED,
        "register": Status.INTERRUPTED,
    }


def test_a_stop_blocks_what_waits_by_its_cause_and_leaves_what_runs_and_what_was_blocked_before() -> None:
    queue = Queue({"a": (), "b": (), "c": ("a",), "d": ("b",), "e": ()})
    queue.claim()
    queue.claim()
    queue.finish("a", Status.FAILED)
    assert queue.stop("a") == ("b",)
    queue.finish("b", Status.SUCCEEDED)
    assert queue.claim() is None
    assert queue.statuses["b"] is Status.SUCCEEDED
    assert queue.blocked_by == {"c": "a", "d": "a", "e": "a"}
    assert queue.is_finished


@pytest.mark.parametrize("status", [Status.PENDING, Status.RUNNING, Status.BLOCKED])
def test_a_run_ends_only_as_a_run_can(status: Status) -> None:
    queue = Queue({"a": ()})
    queue.claim()
    with pytest.raises(ValueError, match=f"a run of a cannot end as {status}"):
        queue.finish("a", status)


def test_a_terminal_status_is_never_overwritten() -> None:
    queue = Queue({"a": ()})
    queue.claim()
    queue.finish("a", Status.FAILED)
    with pytest.raises(ValueError, match="a is failed, not running"):
        queue.finish("a", Status.SUCCEEDED)


def test_a_stack_that_was_not_claimed_cannot_end() -> None:
    with pytest.raises(ValueError, match="a is pending, not running"):
        Queue({"a": ()}).finish("a", Status.SUCCEEDED)


@pytest.mark.parametrize(
    ("selected", "expected"),
    [
        (["links"], {"links": ()}),
        (["a", "links"], {"a": (), "links": ("a",)}),
        (["register", "a"], {"a": (), "register": ("a",)}),
        (["register", "b", "c"], {"b": (), "c": (), "register": ("b", "c")}),
        ([], {}),
    ],
)
def test_what_is_not_selected_counts_as_applied_and_order_is_kept_through_it(
    selected: list[str], expected: dict[str, tuple[str, ...]]
) -> None:
    assert select(FLEET, selected) == expected


def test_a_selected_name_that_no_stack_has_is_refused() -> None:
    with pytest.raises(ValueError, match="no such stack: main, west"):
        Queue(FLEET, selected=["west", "a", "main"])


def test_a_cycle_is_named_in_the_order_of_waiting() -> None:
    with pytest.raises(CycleError, match="stacks wait for each other") as caught:
        Queue({"a": ("b",), "b": ("c",), "c": ("a",), "d": ()})
    cycle = caught.value.cycle
    waits = {("a", "b"), ("b", "c"), ("c", "a")}
    assert cycle[0] == cycle[-1]
    assert set(itertools.pairwise(cycle)) == waits


def test_a_destroy_is_the_same_graph_backwards() -> None:
    assert reverse(FLEET) == {
        "register": (),
        "links": ("register",),
        "c": ("register",),
        "b": ("links",),
        "a": ("links",),
    }


def test_a_failed_destroy_blocks_what_the_stack_stands_on() -> None:
    queue = Queue(reverse(FLEET))
    assert claim_all(queue) == ["register"]
    queue.finish("register", Status.FAILED)
    assert queue.blocked_by == {"links": "register", "c": "register", "b": "register", "a": "register"}


@pytest.mark.parametrize(
    ("status", "is_terminal"),
    [
        (Status.PENDING, False),
        (Status.RUNNING, False),
        (Status.SUCCEEDED, True),
        (Status.FAILED, True),
        (Status.BLOCKED, True),
        (Status.INTERRUPTED, True),
    ],
)
def test_terminal_statuses(status: Status, is_terminal: bool) -> None:
    assert status.is_terminal is is_terminal


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    size = draw(st.integers(0, 12))
    names = [f"s{number:02}" for number in range(size)]
    edges = {
        name: draw(st.sets(st.sampled_from(names[:rank]))) if rank else set()
        for rank, name in enumerate(names)
    }
    order = draw(st.permutations(names))
    return {name: tuple(sorted(edges[name])) for name in order}


def ancestors(graph: Graph, name: str) -> set[str]:
    found = set(graph[name])
    return found.union(*(ancestors(graph, other) for other in found))


@given(graph=graphs(), data=st.data())
def test_any_rollout_keeps_the_invariants(graph: Graph, data: st.DataObject) -> None:
    selected = data.draw(st.sets(st.sampled_from(list(graph)))) if graph else set()
    queue = Queue(graph, selected=selected)
    ended: dict[str, Status] = {}
    running: list[str] = []
    while not queue.is_finished:
        if data.draw(st.booleans()) or not running:
            name = queue.claim()
            if name is not None:
                waited_for = ancestors(graph, name) & selected
                assert {ended[other] for other in waited_for} <= {Status.SUCCEEDED}
                running.append(name)
                continue
        assert running, "nothing runs, nothing can start, and yet it is not finished"
        name = data.draw(st.sampled_from(running))
        running.remove(name)
        ended[name] = data.draw(st.sampled_from([Status.SUCCEEDED, Status.FAILED, Status.INTERRUPTED]))
        queue.finish(name, ended[name])
    failed = {name for name, status in ended.items() if status is not Status.SUCCEEDED}
    assert queue.statuses.keys() == selected
    for name, status in queue.statuses.items():
        causes = ancestors(graph, name) & failed
        assert (status is Status.BLOCKED) == bool(causes)
        if causes:
            assert queue.blocked_by[name] in causes
        else:
            assert status is ended[name]


@given(graph=graphs())
def test_two_runs_over_one_graph_start_alike(graph: Graph) -> None:
    def order() -> list[str]:
        queue = Queue(graph)
        started = []
        while (name := queue.claim()) is not None:
            started.append(name)
            queue.finish(name, Status.SUCCEEDED)
        return started

    assert order() == order()
    assert sorted(order()) == sorted(graph)


@given(graph=graphs())
def test_reversing_twice_gives_the_same_dependencies(graph: Graph) -> None:
    assert {name: set(others) for name, others in reverse(reverse(graph)).items()} == {
        name: set(others) for name, others in graph.items()
    }
