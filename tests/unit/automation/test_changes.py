from __future__ import annotations

from typing import Any

import pytest
from pulumi.automation import EngineEvent

from automation.changes import Difference, Drift, ResourceChange, Watched, name_of, stack_of, type_of

VPC = "urn:pulumi:one::ml-clusters::mlclusters:network:Network$aws:ec2/vpc:Vpc::one-network-vpc"
PROVIDER = "urn:pulumi:one::ml-clusters::pulumi:providers:aws::one"
LAYER = "urn:pulumi:one::ml-clusters::mlclusters:network:Network::one-network"


def event(kind: str, op: str, urn: str = VPC, **metadata: Any) -> dict[str, Any]:
    return {kind: {"metadata": {"op": op, "urn": urn, "type": type_of(urn), **metadata}}}


def before(op: str, urn: str = VPC, **metadata: Any) -> dict[str, Any]:
    return event("resourcePreEvent", op, urn, **metadata)


def after(op: str, urn: str = VPC, **metadata: Any) -> dict[str, Any]:
    return event("resOutputsEvent", op, urn, **metadata)


def state(**fields: Any) -> dict[str, Any]:
    return {"type": "x", "urn": VPC, "custom": True, **fields}


def watched(*events: dict[str, Any]) -> Watched:
    found = Watched()
    for item in events:
        found(EngineEvent.from_json(item))
    return found


def test_a_urn_has_a_stack_a_type_and_a_name() -> None:
    assert (stack_of(VPC), type_of(VPC), name_of(VPC)) == ("one", "aws:ec2/vpc:Vpc", "one-network-vpc")


def test_changes_come_with_their_properties_and_a_replacement_is_one() -> None:
    diff = {"cidrBlock": {"diffKind": "update-replace", "inputDiff": False}}
    steps = [
        before(op, old=state(), new=state(), detailedDiff=diff, diffs=["cidrBlock"])
        for op in ("create-replacement", "replace")
    ]
    found = watched(*steps, before("delete-replaced", old=state()))
    assert found.changes == (ResourceChange(urn=VPC, operation="replace", properties=("cidrBlock",)),)
    assert found.urns == {VPC}


def test_without_a_detailed_diff_the_properties_are_named() -> None:
    found = watched(before("update", old=state(), new=state(), diffs=["tagsAll", "tags"]))
    assert [change.properties for change in found.changes] == [("tags",)]


def test_a_create_names_no_properties_and_what_stays_is_no_change() -> None:
    found = watched(before("create", new=state(), diffs=["a"]), before("same", LAYER, new={}))
    assert found.changes == (ResourceChange(urn=VPC, operation="create"),)
    assert found.urns == {VPC, LAYER}


@pytest.mark.parametrize(
    ("urn", "custom", "is_real"), [(VPC, True, True), (PROVIDER, True, False), (LAYER, False, False)]
)
def test_components_and_providers_are_nothing_in_aws(urn: str, custom: bool, is_real: bool) -> None:
    (change,) = watched(before("delete", urn, old=state(urn=urn, custom=custom))).changes
    assert (change.is_real, change.is_removal) == (is_real, is_real)


@pytest.mark.parametrize(
    ("op", "kept", "is_refused"),
    [("delete", None, True), ("replace", True, True), ("replace", False, False), ("update", True, False)],
)
def test_the_engine_refuses_to_remove_what_stays_protected(
    op: str, kept: bool | None, is_refused: bool
) -> None:
    new = None if kept is None else state(protect=kept)
    (change,) = watched(before(op, old=state(protect=True), new=new)).changes
    assert (change.is_protected, change.is_refused) == (True, is_refused)


def refresh(op: str, **metadata: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return before("refresh"), after(op, **metadata)


def test_a_refresh_says_what_was_expected_and_what_is_there() -> None:
    own = {"Name": "n"}
    found = watched(
        *refresh(
            "update",
            old=state(inputs={"tags": own, "tagsAll": {**own, "env": "dev"}}),
            new=state(inputs={"tags": {**own, "env": "prod"}, "tagsAll": {**own, "env": "prod"}}),
            detailedDiff={"tags.env": {"diffKind": "add"}, "tagsAll.env": {"diffKind": "update"}},
        )
    )
    difference = Difference(path="tags.env", expected="dev", actual="prod")
    assert found.drift == (Drift(urn=VPC, differences=(difference,)),)
    assert found.changes == ()


def test_what_the_program_never_set_is_read_from_the_outputs() -> None:
    found = watched(
        *refresh(
            "update",
            old=state(inputs={}, outputs={"size": 1}),
            new=state(inputs={}, outputs={"size": 2}),
            diffs=["size"],
        )
    )
    assert found.drift[0].differences == (Difference(path="size", expected=1, actual=2),)


def test_a_resource_that_was_deleted_by_hand_is_gone() -> None:
    assert watched(*refresh("delete", old=state())).drift == (Drift(urn=VPC, is_gone=True),)


def test_what_is_as_expected_has_not_drifted() -> None:
    same = state(outputs={"status": "ACTIVE"})
    assert watched(*refresh("same", old=same, new=state(outputs={"status": "BUSY"}))).drift == ()


def test_a_preview_with_refresh_tells_what_it_found_from_what_it_would_do() -> None:
    diff = {"size": {"diffKind": "update"}}
    found = watched(
        *refresh("update", old=state(inputs={"size": 1}), new=state(inputs={"size": 2}), detailedDiff=diff),
        before("update", old=state(inputs={"size": 2}), new=state(inputs={"size": 1}), detailedDiff=diff),
        after("update", old=state(inputs={"size": 2}), new=state(inputs={"size": 1}), detailedDiff=diff),
    )
    assert found.drift[0].differences == (Difference(path="size", expected=1, actual=2),)
    assert found.changes == (ResourceChange(urn=VPC, operation="update", properties=("size",)),)
