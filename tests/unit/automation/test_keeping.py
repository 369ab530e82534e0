from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from automation import consent
from automation.commands.destroy import agreed
from automation.commands.doomed import Asked, decide
from automation.errors import FleetError, Refused
from automation.guards import GuardError
from automation.keeping import divide, released
from automation.residue import Left
from automation.session import Session
from tests.unit.automation.fakes import FakeWorkspace, no_cluster
from tests.unit.automation.rollouts import down

PREFIX = "urn:pulumi:main-use1::ml-clusters::mlclusters:x:X$"
STACK = "urn:pulumi:main-use1::ml-clusters::pulumi:pulumi:Stack::ml-clusters-main-use1"
PROVIDER = "urn:pulumi:main-use1::ml-clusters::pulumi:providers:aws::main-use1"


def urn(kind: str, name: str) -> str:
    return f"{PREFIX}{kind}::{name}"


VPC, SUBNET = urn("aws:ec2/vpc:Vpc", "vpc"), urn("aws:ec2/subnet:Subnet", "subnet")
ENDPOINT = urn("aws:ec2/vpcEndpoint:VpcEndpoint", "endpoint")
KEY, BUCKET = urn("aws:kms/key:Key", "key"), urn("aws:s3/bucket:Bucket", "bucket")
POLICY = urn("aws:s3/bucketPolicy:BucketPolicy", "policy")
DEFAULT = urn("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default")
NAMESAKE = urn("aws:s3/bucketVersioning:BucketVersioning", "bucket")
ELSEWHERE = urn("aws:s3/bucketPolicy:BucketPolicy", "elsewhere")
LUSTRE = urn("aws:fsx/lustreFileSystem:LustreFileSystem", "lustre")
ALARM = urn("aws:cloudwatch/metricAlarm:MetricAlarm", "alarm")


def resource(urn: str, *needs: str, **more: Any) -> dict[str, Any]:
    kind = urn.split("::")[2].rpartition("$")[2]
    return {
        "urn": urn,
        "type": kind,
        "custom": True,
        "parent": STACK,
        "provider": f"{PROVIDER}::p1",
        "propertyDependencies": {"x": list(needs)},
        **more,
    }


RESOURCES = [
    {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False},
    {"urn": PROVIDER, "type": "pulumi:providers:aws", "custom": True, "id": "p1", "parent": STACK},
    resource(VPC),
    resource(SUBNET, VPC),
    resource(DEFAULT, VPC),
    resource(ENDPOINT, SUBNET),
    resource(KEY, protect=True, retainOnDelete=True),
    resource(BUCKET, KEY, protect=True, retainOnDelete=True, inputs={"bucket": "b"}),
    resource(POLICY, BUCKET),
    resource(NAMESAKE, BUCKET),
    resource(ELSEWHERE),
    resource(LUSTRE, SUBNET, KEY),
    resource(ALARM, LUSTRE),
]
STATE = {"version": 3, "deployment": {"resources": RESOURCES}}


def test_data_stays_with_its_settings_and_what_it_stands_on() -> None:
    found = divide(STATE, ())
    assert found.gone == (ENDPOINT, ELSEWHERE, ALARM)
    assert found.kept == (STACK, PROVIDER, VPC, SUBNET, DEFAULT, KEY, BUCKET, POLICY, NAMESAKE, LUSTRE)


def test_what_is_given_up_goes_with_what_only_it_stood_on() -> None:
    assert divide(STATE, {LUSTRE}).gone == (VPC, SUBNET, DEFAULT, ENDPOINT, ELSEWHERE, LUSTRE, ALARM)
    assert divide(STATE, {BUCKET}).gone == (ENDPOINT, BUCKET, POLICY, NAMESAKE, ELSEWHERE, ALARM)


def test_what_other_data_stands_on_cannot_be_given_up_alone() -> None:
    with pytest.raises(FleetError, match="key cannot be lost: other data that is kept stands on it"):
        divide(STATE, {KEY})


def test_a_stack_without_data_keeps_nothing() -> None:
    state = {"deployment": {"resources": [*RESOURCES[:6], resource(ELSEWHERE)]}}
    assert divide(state, ()).kept == ()
    assert divide({"deployment": None}, ()).gone == ()


def test_only_what_is_given_up_is_freed() -> None:
    by_urn = {item["urn"]: item for item in released(STATE, {BUCKET})["deployment"]["resources"]}
    assert by_urn[BUCKET] == resource(
        BUCKET,
        KEY,
        protect=False,
        retainOnDelete=False,
        inputs={"bucket": "b", "forceDestroy": True},
        outputs={"forceDestroy": True},
    )
    assert [by_urn[item["urn"]] for item in RESOURCES if item["urn"] != BUCKET] == [
        item for item in RESOURCES if item["urn"] != BUCKET
    ]


def deployed() -> FakeWorkspace:
    engines = FakeWorkspace({})
    engines.resources = {"main-use1": len(RESOURCES), "links": 3}
    engines.states = {"main-use1": list(RESOURCES)}
    return engines


def left_of(*names: str) -> tuple[Left, ...]:
    return tuple(
        Left(account="main", region="us-east-1", arn=f"arn:{name}", stack="main-use1", resource=name)
        for name in names
    )


def test_a_destroy_that_keeps_data_deletes_the_rest_alone(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    engines = deployed()
    code = down(
        session, engines, Asked(keep_data=True), as_json=False, search=lambda _: left_of("bucket", "vpc")
    )
    assert (code, engines.calls) == (0, [("destroy", "links"), ("destroy", "main-use1")])
    assert engines.targets == (ENDPOINT, ELSEWHERE, ALARM)
    assert "main-use1: kept, with what they stand on: key, bucket, lustre" in capsys.readouterr().err


def test_what_is_left_and_was_not_kept_is_still_told(session: Session) -> None:
    asked = Asked(keep_data=True)
    code = down(session, deployed(), asked, search=lambda _: left_of("bucket", "endpoint"))
    report = session.project.report.read_text()
    assert (code, '"resource": "endpoint"' in report, '"resource": "bucket"' in report) == (1, True, False)
    assert f'"{LUSTRE}"' in report


def test_once_only_data_is_there_nothing_is_begun(session: Session) -> None:
    engines = deployed()
    engines.states = {"main-use1": [item for item in RESOURCES if item["urn"] in divide(STATE, ()).kept]}
    asked = Asked(keep_data=True)
    assert down(session, engines, asked) == 0
    assert engines.calls == [("destroy", "links")]


def test_protected_data_that_is_not_named_stops_a_destroy() -> None:
    states = {"main-use1": STATE}
    with pytest.raises(GuardError) as stopped:
        decide(states, Asked(delete_data=("main-use1::bucket",)))
    assert "key (aws:kms/key:Key) is protected" in str(stopped.value)
    assert "bucket" not in str(stopped.value).replace("--delete-data main-use1::bucket", "")
    both = decide(states, Asked(delete_data=("main-use1::bucket", KEY)))
    assert both.lost == {BUCKET, KEY}
    assert both.targets == {"main-use1": tuple(item["urn"] for item in RESOURCES)}
    with pytest.raises(FleetError, match="no resource main-use1::buckets"):
        decide(states, Asked(delete_data=("main-use1::buckets",)))


def test_data_is_given_up_only_when_its_name_is_typed() -> None:
    engines = deployed()
    typed: list[str] = []

    def person(names: Sequence[str]) -> None:
        typed.extend(names)

    asked = Asked(keep_data=True, delete_data=(BUCKET,))
    agreed(engines, {"main-use1": 11}, asked, no_cluster, yes=True, confirm=person)
    assert typed == ["main-use1::bucket"]
    freed = {item["urn"] for item in engines.states["main-use1"] if item.get("protect") is False}
    assert freed == {BUCKET}


def test_agreeing_beforehand_does_not_give_data_up() -> None:
    engines = deployed()
    with pytest.raises(Refused, match="there is no terminal to ask on; data is given up by a person"):
        agreed(engines, {"main-use1": 11}, Asked(keep_data=True, delete_data=(BUCKET,)), no_cluster, yes=True)
    assert engines.states["main-use1"] == RESOURCES


@pytest.mark.parametrize("answer", ["", "y", "main-use1::buckets"])
def test_another_answer_than_the_name_changes_nothing(answer: str) -> None:
    with pytest.raises(Refused, match="main-use1::bucket was not typed"):
        consent.require_names(["main-use1::bucket"], terminal=lambda: True, answer=lambda _: answer)
    consent.require_names(["a"], terminal=lambda: True, answer=lambda _: " a ")
    consent.require_names([], terminal=lambda: False)


EKS_ARN = "arn:aws:eks:us-east-1:483026362307:cluster/main-use1--training"
EKS, CONTROL_PLANE = (
    urn("eks:index:Cluster", "training"),
    urn("aws:eks/cluster:Cluster", "training-eksCluster"),
)
INSIDE = urn("pulumi:providers:kubernetes", "inside")
HYPERPOD = urn("aws-native:sagemaker:Cluster", "slurm")
CLUSTERS = [
    {"urn": EKS, "type": "eks:index:Cluster", "custom": False, "parent": STACK, "protect": True},
    resource(
        CONTROL_PLANE,
        SUBNET,
        KEY,
        parent=EKS,
        protect=True,
        outputs={"arn": EKS_ARN, "name": "main-use1--training"},
    ),
    resource(INSIDE, CONTROL_PLANE, parent=EKS, protect=True),
    resource(HYPERPOD, SUBNET, LUSTRE, protect=True, retainOnDelete=True),
]
"""As the published EKS component leaves them in a state: it hands its protection on to all that it makes."""


def test_clusters_go_whatever_protects_them_and_data_stays() -> None:
    division = divide({"deployment": {"resources": [*RESOURCES, *CLUSTERS]}}, ())
    assert division.freed == (EKS, CONTROL_PLANE, INSIDE, HYPERPOD)
    assert division.gone == (ENDPOINT, ELSEWHERE, ALARM, EKS, CONTROL_PLANE, INSIDE, HYPERPOD)
    assert LUSTRE in division.kept


def test_a_destroy_that_keeps_data_frees_clusters_at_eks_and_in_the_state(session: Session) -> None:
    engines, told = deployed(), list[str]()
    engines.states = {"main-use1": [*RESOURCES, *CLUSTERS]}
    code = down(session, engines, Asked(keep_data=True), unprotect=told.extend)
    assert (code, told) == (0, [EKS_ARN])
    freed = [item["urn"] for item in engines.states["main-use1"] if item.get("protect") is False]
    assert freed == [EKS, CONTROL_PLANE, INSIDE, HYPERPOD]
    assert engines.targets[-4:] == (EKS, CONTROL_PLANE, INSIDE, HYPERPOD)


def test_clusters_that_are_protected_stop_a_destroy_that_says_nothing_of_data() -> None:
    with pytest.raises(GuardError) as stopped:
        decide({"main-use1": {"deployment": {"resources": CLUSTERS}}}, Asked())
    assert "slurm (aws-native:sagemaker:Cluster) is protected" in str(stopped.value)


def test_a_protected_provider_stays_with_what_it_stands_on() -> None:
    """Of another component than a cluster: the engine deletes none that is protected."""
    inside = {
        "urn": urn("pulumi:providers:kubernetes", "inside"),
        "type": "pulumi:providers:kubernetes",
        "custom": True,
        "parent": STACK,
        "protect": True,
        "dependencies": [SUBNET],
    }
    division = divide({"deployment": {"resources": [*RESOURCES, inside]}}, ())
    assert {inside["urn"], SUBNET, VPC} <= set(division.kept)
    assert inside["urn"] not in division.gone
