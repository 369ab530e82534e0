from __future__ import annotations

from typing import Literal

from automation import live
from automation.controller import Ended, Event, Interrupting, Outcome, Reason, Run, Started
from automation.events import Planned, PlannedStep, Step
from automation.live import Row, State, View
from automation.queue import Status
from automation.report import Path

SITE = "urn:pulumi:a::ml-clusters::mlclusters:network:Network"
LAYER = f"{SITE}::a-network"
VPC = f"{SITE}$aws:ec2/vpc:Vpc::a-network-vpc"
NAT = f"{SITE}$aws:ec2/natGateway:NatGateway::a-network-nat-use1-az4"
ROUTE = f"{SITE}$aws:ec2/route:Route::a-network-route"
STEPS = (
    PlannedStep(urn=LAYER, operation="create"),
    PlannedStep(urn=VPC, operation="create"),
    PlannedStep(urn=NAT, operation="create", needs=(VPC,)),
    PlannedStep(urn=ROUTE, operation="create", needs=(NAT,)),
)
PLANNED = Planned(stack="a", total=4, steps=STEPS)
NOTHING = Planned(stack="l", total=0)
CHANGED = Outcome(status=Status.SUCCEEDED, reason=Reason.CHANGED, operations={"create": 4})
FAILED = Outcome(status=Status.FAILED, reason=Reason.ENGINE_FAILED, cause="vpc: no")
BLOCKED = Outcome(status=Status.BLOCKED, reason=Reason.DEPENDENCY_FAILED, cause="a did not succeed")
GRAPH = {"a": (), "l": ("a",)}

Message = Event | Planned | tuple[str, Step]


def step(
    urn: str,
    phase: Literal["begun", "done", "failed"] = "begun",
    operation: str = "create",
    *,
    preview: bool = False,
) -> Step:
    return Step(urn=urn, operation=operation, phase=phase, is_preview=preview)


def after(*messages: tuple[float, Message], verb: str = "up") -> State:
    """The state after these messages, each with the second at which it comes."""
    state = live.begin(verb, GRAPH, 0.0)
    for now_s, message in messages:
        if isinstance(message, tuple):
            state = live.stepped(state, *message, now_s)
        else:
            state = live.heard(state, message, now_s)
    return state


def seen(state: State, now_s: float) -> View:
    return live.view(state, now_s)


def row(state: State, stack: str, now_s: float) -> Row:
    return next(row for row in seen(state, now_s).rows if row.stack == stack)


def test_before_it_starts_a_stack_says_what_it_waits_for() -> None:
    state = after()
    assert [(row.status, row.note, row.elapsed_s, row.count) for row in seen(state, 2.0).rows] == [
        (Status.PENDING, "waits for its turn", None, ""),
        (Status.PENDING, "waits for a", None, ""),
    ]


def test_a_stack_that_has_started_counts_its_time_while_the_engine_loads() -> None:
    state = after((0.0, PLANNED), (1.0, Started(stack="a")))
    found = row(state, "a", 4.0)
    assert (found.status, found.note, found.elapsed_s, found.count) == (
        Status.RUNNING,
        "starting",
        3.0,
        "0/4",
    )


def test_the_slowest_open_resource_is_the_first_begun_with_its_layer_and_usual_time() -> None:
    state = after(
        (0.0, PLANNED),
        (0.0, Started(stack="a")),
        (1.0, ("a", step(LAYER))),
        (2.0, ("a", step(VPC))),
        (9.0, ("a", step(VPC, "done"))),
        (9.0, ("a", step(NAT))),
        (9.5, ("a", step(ROUTE))),
    )
    slowest = row(state, "a", 50.0).slowest
    assert slowest is not None
    assert (str(slowest.resource), slowest.resource.layer, slowest.elapsed_s, slowest.usual_s) == (
        "NatGateway nat-use1-az4",
        "network",
        41.0,
        100.0,
    )
    assert row(state, "a", 50.0).count == "1/4"


def test_a_deletion_has_no_usual_time() -> None:
    state = after((0.0, Started(stack="a")), (0.0, ("a", step(NAT, operation="delete"))), verb="destroy")
    slowest = row(state, "a", 3.0).slowest
    assert slowest is not None
    assert (slowest.elapsed_s, slowest.usual_s) == (3.0, None)


def test_what_stays_as_it_is_counts_in_a_preview_alone() -> None:
    same = step(VPC, "done", "same")
    assert row(after((0.0, Started(stack="a")), (1.0, ("a", same))), "a", 1.0).count == ""
    foreseen = step(VPC, "done", "same", preview=True)
    found = row(after((0.0, Started(stack="a")), (1.0, ("a", foreseen)), verb="preview"), "a", 1.0)
    assert (found.count, found.slowest, found.note) == ("1", None, "preview")


def test_a_component_that_reports_its_outputs_twice_counts_once() -> None:
    state = after(
        (0.0, PLANNED),
        (0.0, Started(stack="a")),
        (1.0, ("a", step(LAYER))),
        (1.0, ("a", step(LAYER, "done"))),
        (2.0, ("a", step(LAYER, "done"))),
    )
    assert row(state, "a", 3.0).count == "1/4"


def test_a_failed_resource_is_neither_open_nor_done() -> None:
    state = after(
        (0.0, PLANNED),
        (0.0, Started(stack="a")),
        (1.0, ("a", step(VPC))),
        (2.0, ("a", step(VPC, "failed"))),
    )
    found = row(state, "a", 3.0)
    assert (found.count, found.slowest) == ("0/4", None)


def test_a_second_preview_in_the_middle_of_a_rollout_starts_the_count_anew() -> None:
    previewing = ((0.0, Started(stack="l")), (1.0, ("l", step(VPC, "done", preview=True))))
    found = row(after(*previewing), "l", 2.0)
    assert (found.count, found.note, found.is_previewing) == ("1", "preview", True)
    found = row(after(*previewing, (2.0, Planned(stack="l", total=7))), "l", 2.0)
    assert (found.count, found.is_previewing) == ("0/7", False)


def test_an_end_shows_the_result_and_nothing_as_open() -> None:
    ran = Run(stack="a", outcome=FAILED, started_s=0.0, ended_s=5.0)
    blocked = Run(stack="l", outcome=BLOCKED, blocked_by="a")
    state = after(
        (0.0, PLANNED),
        (0.0, Started(stack="a")),
        (1.0, ("a", step(NAT))),
        (5.0, Ended(run=ran)),
        (5.0, Ended(run=blocked)),
    )
    assert [(row.status, row.note, row.slowest, row.elapsed_s) for row in seen(state, 60.0).rows] == [
        (Status.FAILED, "failed: vpc: no", None, 5.0),
        (Status.BLOCKED, "blocked: a did not succeed", None, None),
    ]


def test_the_critical_path_so_far_grows_with_what_runs() -> None:
    ended = Ended(run=Run(stack="a", outcome=CHANGED, started_s=0.0, ended_s=5.0))
    state = after((0.0, Started(stack="a")), (5.0, ended), (5.0, Started(stack="l")))
    assert seen(state, 7.0).critical_path == Path(stacks=("a", "l"), duration_s=7.0)


def test_what_is_left_is_the_longest_chain_over_all_stacks_that_have_not_ended() -> None:
    reader = Planned(stack="l", total=1, steps=(PlannedStep(urn=VPC, operation="create"),))
    state = after((0.0, PLANNED), (0.0, reader), (0.0, Started(stack="a")))
    assert seen(state, 0.0).left_s == 20.0 + 100.0 + 5.0 + 20.0
    state = live.stepped(state, "a", step(VPC), 0.0)
    state = live.stepped(state, "a", step(VPC, "done"), 30.0)
    state = live.stepped(state, "a", step(NAT), 30.0)
    assert seen(state, 70.0).left_s == 60.0 + 5.0 + 20.0
    assert seen(state, 500.0).left_s == 5.0 + 20.0


def test_nothing_is_said_of_what_is_left_when_it_is_not_known() -> None:
    started = (0.0, Started(stack="a"))
    assert seen(after((0.0, PLANNED), started), 0.0).left_s is None, "l is unknown"
    assert seen(after((0.0, PLANNED), (0.0, NOTHING), started, verb="destroy"), 0.0).left_s is None
    interrupted = (1.0, Interrupting(waiting_for={"a": ()}))
    assert seen(after((0.0, PLANNED), (0.0, NOTHING), started, interrupted), 1.0).left_s is None
    done = (9.0, Ended(run=Run(stack="a", outcome=CHANGED, started_s=0.0, ended_s=9.0)))
    assert seen(after((0.0, PLANNED), (0.0, NOTHING), started, done), 9.0).left_s is None, "nothing is left"


def test_an_interrupted_run_names_what_it_waits_for() -> None:
    assert seen(after((1.0, Interrupting(waiting_for={"a": ()}))), 1.0).finishing == ("a",)
    assert seen(after(), 1.0).finishing is None
