from __future__ import annotations

import pytest

from automation import guards
from automation.changes import ResourceChange
from automation.errors import FleetError
from automation.guards import GuardError, Limits


def urn(name: str, kind: str = "aws:ec2/subnet:Subnet", stack: str = "one") -> str:
    return f"urn:pulumi:{stack}::ml-clusters::mlclusters:x:X${kind}::{name}"


DATA = urn("data", "aws:s3/bucket:Bucket")
KEY = urn("key", "aws:kms/key:Key", stack="two")


def removal(
    of: str, operation: str = "delete", *, protected: bool = False, refused: bool = False
) -> ResourceChange:
    return ResourceChange(urn=of, operation=operation, is_protected=protected, is_refused=refused)


def test_changes_that_lose_nothing_are_let_through() -> None:
    changes = [
        ResourceChange(urn=DATA, operation="update"),
        ResourceChange(urn=KEY, operation="create"),
        removal(urn("a")),
    ]
    assert guards.check({"one": changes}, Limits()) == ()


def test_what_holds_state_is_named_with_its_loss_and_the_way_out() -> None:
    changes = {"one": [removal(DATA, "replace")], "two": [removal(KEY)]}
    assert guards.check(changes, Limits()) == (
        (
            "one: replace of data (aws:s3/bucket:Bucket): its objects and their versions are lost;"
            f" if that is meant: --allow-replace '{DATA}'"
        ),
        (
            "two: delete of key (aws:kms/key:Key): what it encrypted can never be read again;"
            f" if that is meant: --allow-replace '{KEY}'"
        ),
    )
    assert guards.check(changes, Limits(allowed=frozenset({DATA, KEY}))) == ()


def test_what_was_protected_until_now_has_to_be_named_too() -> None:
    changed = removal(urn("a"), "replace", protected=True)
    assert guards.check({"one": [changed]}, Limits()) == (
        (
            "one: replace of a (aws:ec2/subnet:Subnet): it was protected until now;"
            f" if that is meant: --allow-replace '{urn('a')}'"
        ),
    )
    assert guards.check({"one": [changed]}, Limits(allowed=frozenset({urn("a")}))) == ()


def test_what_the_engine_refuses_cannot_be_allowed() -> None:
    changes = {"one": [removal(DATA, protected=True, refused=True)]}
    (line,) = guards.check(changes, Limits(allowed=frozenset({DATA})))
    assert line == (
        "one: delete of data (aws:s3/bucket:Bucket): it is protected; take its protection off and roll that out"
        f" first, or by hand: pulumi -C \"$(fleet workdir one)\" state unprotect '{DATA}'"
    )


def test_deletions_and_replacements_are_counted_over_the_fleet() -> None:
    changes = {
        "one": [
            removal(urn("a")),
            removal(urn("b"), "replace"),
            ResourceChange(urn=urn("c"), operation="update"),
        ],
        "two": [removal(urn("d", stack="two"))],
        "links": [],
    }
    assert guards.check(changes, Limits(max_deletes=3)) == ()
    assert guards.check(changes, Limits(max_deletes=2)) == (
        (
            "deletions and replacements over the fleet: 3 (one: 2, two: 1), allowed: 2;"
            " if that is meant: --max-deletes 3"
        ),
    )


def test_components_and_providers_are_not_counted() -> None:
    layer = ResourceChange(urn=urn("layer"), operation="delete", is_real=False)
    assert guards.check({"one": [layer]}, Limits(max_deletes=0)) == ()


def test_ten_need_no_word_and_eleven_do() -> None:
    eleven = [removal(urn(f"s{number}")) for number in range(11)]
    assert guards.check({"one": eleven[:10]}, Limits()) == ()
    with pytest.raises(GuardError, match=r"^the rollout was stopped, and nothing was changed:\ndeletions"):
        guards.require({"one": eleven}, Limits())


def test_a_short_name_is_enough_where_it_is_unique() -> None:
    urns = {DATA, KEY, urn("twin"), urn("twin", "aws:iam/role:Role")}
    assert guards.resolve(["one::data", KEY], urns) == {DATA, KEY}
    with pytest.raises(
        FleetError, match=r"one::twin is 2 resources; say which: .*Subnet::twin, .*Role::twin$"
    ):
        guards.resolve(["one::twin"], urns)


@pytest.mark.parametrize(
    ("name", "nearest"), [("one::date", "did you mean one::data?"), (DATA[:-1], f"did you mean {DATA}?")]
)
def test_an_unknown_name_is_told_with_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(FleetError) as caught:
        guards.resolve([name], {DATA, KEY})
    assert str(caught.value) == f"no resource {name}; {nearest}"


def test_objects_that_are_renewed_from_files_do_not_count() -> None:
    objects = [
        removal(urn(f"script-{i}", "aws:s3/bucketObjectv2:BucketObjectv2"), "replace") for i in range(20)
    ]
    assert guards.check({"one": objects}, Limits()) == ()
    gone = [removal(change.urn) for change in objects]
    assert guards.check({"one": gone}, Limits())[0].startswith(
        "deletions and replacements over the fleet: 20"
    )


CLUSTER = urn("training-eksCluster", "aws:eks/cluster:Cluster")


def test_a_jump_of_two_minors_is_refused_with_the_steps_and_cannot_be_allowed() -> None:
    jump = ResourceChange(urn=CLUSTER, operation="update", kubernetes=("1.32", "1.34"))
    assert guards.check({"one": [jump]}, Limits(allowed=frozenset({CLUSTER}))) == (
        (
            "one: training-eksCluster: Kubernetes 1.32 cannot become 1.34 at once, EKS takes one minor at a time; "
            'write version: "1.33" and roll it out, then "1.34"'
        ),
    )
    step = ResourceChange(urn=CLUSTER, operation="update", kubernetes=("1.33", "1.34"))
    assert guards.check({"one": [step]}, Limits()) == ()
