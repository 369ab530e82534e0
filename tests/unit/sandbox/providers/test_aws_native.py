"""The stand-in aws-native provider: CloudFormation's schema decides, SageMaker is called, only real changes show."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.aws.hyperpod.service import SERVICE
from sandbox.faults import Fault
from sandbox.providers.aws import Credentials
from sandbox.providers.aws_native.difference import changes
from sandbox.providers.aws_native.provider import AwsNativeProvider
from sandbox.providers.aws_native.schema import load, sdk_name
from sandbox.providers.server import ProviderServer
from sandbox.providers.wire import UNKNOWN, to_struct
from tests.unit.sandbox.providers import needed
from tests.unit.sandbox.providers.conftest import MAIN, TAGS, role_of
from tests.unit.sandbox.providers.engine import Engine, error_of, urn_of

TYPE = "aws-native:sagemaker:Cluster"
URN = urn_of(TYPE)
SCHEMA = load("AWS::SageMaker::Cluster")
ARN = f"arn:aws:iam::{MAIN}:role/nodes"
BUCKET = "native-scripts"
GONE = provider_pb2.DiffResponse.DIFF_NONE


def group(name: str, role: Any = ARN, count: Any = 1, **more: Any) -> dict[str, Any]:
    return {
        "instanceGroupName": name,
        "instanceType": "ml.m5.xlarge",
        "instanceCount": count,
        "executionRole": role,
        **more,
    }


def eks(arn: str) -> dict[str, Any]:
    return {"eks": {"clusterArn": arn}}


def slurm(strategy: str) -> dict[str, Any]:
    return {"slurm": {"slurmConfigStrategy": strategy}}


@pytest.fixture(scope="module")
def native_port(endpoint: str, base: Credentials) -> Iterator[int]:
    server = ProviderServer(AwsNativeProvider(endpoint=endpoint, credentials=base))
    yield server.port
    server.stop()


@pytest.fixture
def native(native_port: int) -> Iterator[Engine]:
    channel = grpc.insecure_channel(f"127.0.0.1:{native_port}")
    connected = Engine(provider_pb2_grpc.ResourceProviderStub(channel))
    connected.configure(
        region="us-east-1",
        assumeRole=role_of(MAIN)[0],
        allowedAccountIds=[MAIN],
        defaultTags={"tags": TAGS},
    )
    yield connected
    channel.close()


@pytest.fixture
def asked(engine: Engine) -> dict[str, Any]:
    given = needed.groups(engine)
    role = needed.role(engine, "sagemaker.amazonaws.com")["roleArn"]
    return {
        "clusterName": "main-use1--slurm",
        "orchestrator": {"slurm": {"slurmConfigStrategy": "Managed"}},
        "nodeRecovery": "Automatic",
        "vpcConfig": {"subnets": given["subnetIds"][:1], "securityGroupIds": given["groupIds"]},
        "instanceGroups": [
            group("controller", role, slurmConfig={"nodeType": "Controller"}),
            group("gpu", role, 2, slurmConfig={"nodeType": "Compute", "partitionNames": ["gpu"]}),
        ],
        "tags": [{"key": "Name", "value": "it"}],
    }


def test_a_cluster_lives(native: Engine, asked: dict[str, Any], aws: Callable[[str], Any]) -> None:
    inputs = native.inputs(URN, asked)
    assert inputs["tags"] == [{"key": "fleet:stack", "value": "test"}, {"key": "Name", "value": "it"}]
    resource_id, outputs = native.create(URN, inputs)
    assert outputs["clusterArn"] == resource_id
    assert outputs["clusterStatus"] == "InService"
    assert native.diff(URN, outputs, inputs, native.inputs(URN, asked, inputs)).changes == GONE

    _, _, refreshed = native.read(URN, resource_id, outputs, inputs)
    assert refreshed == inputs

    login = group("login", asked["instanceGroups"][0]["executionRole"], slurmConfig={"nodeType": "Login"})
    more = native.inputs(URN, {**asked, "instanceGroups": [*asked["instanceGroups"], login]}, inputs)
    found = native.diff(URN, outputs, inputs, more)
    assert (list(found.diffs), list(found.replaces)) == (["instanceGroups"], [])
    outputs = native.update(URN, resource_id, outputs, inputs, more)
    sagemaker = aws("sagemaker")
    counts = {
        item["InstanceGroupName"]: item["CurrentCount"]
        for item in sagemaker.describe_cluster(ClusterName=resource_id)["InstanceGroups"]
    }
    assert counts == {"controller": 1, "gpu": 2, "login": 1}

    native.update(URN, resource_id, outputs, more, inputs)
    groups = sagemaker.describe_cluster(ClusterName=resource_id)["InstanceGroups"]
    assert [item["InstanceGroupName"] for item in groups] == ["controller", "gpu"]

    native.delete(URN, resource_id, outputs)
    assert native.read(URN, resource_id, outputs, inputs)[0] == ""
    native.delete(URN, resource_id, outputs)


def test_drift_shows_and_nothing_else(
    native: Engine, asked: dict[str, Any], aws: Callable[[str], Any]
) -> None:
    inputs = native.inputs(URN, asked)
    resource_id, outputs = native.create(URN, inputs)
    shuffled = {**inputs, "instanceGroups": inputs["instanceGroups"][::-1]}
    assert native.read(URN, resource_id, outputs, shuffled)[2] == shuffled
    sagemaker = aws("sagemaker")
    gpu = {**SCHEMA.to_cloudformation(inputs)["InstanceGroups"][1], "InstanceCount": 3}
    sagemaker.update_cluster(ClusterName=resource_id, InstanceGroups=[gpu])
    _, _, refreshed = native.read(URN, resource_id, outputs, inputs)
    assert dict(changes(SCHEMA, inputs, refreshed).paths) == {"instanceGroups[1].instanceCount": "UPDATE"}
    native.delete(URN, resource_id, outputs)


def test_what_sagemaker_refuses_is_said(native: Engine, asked: dict[str, Any]) -> None:
    wrong = {**asked, "instanceGroups": [group("gpu", f"arn:aws:iam::{MAIN}:role/none-such")]}
    error = error_of(lambda: native.create(URN, native.inputs(URN, wrong)))
    assert "cannot be assumed by sagemaker.amazonaws.com" in error.details()


FAULTS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"clusterNames": "x"}, "", "Additional properties are not allowed ('clusterNames' was unexpected)"),
    ({"clusterName": "-x"}, "clusterName", "'-x' does not match '^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$'"),
    ({"clusterArn": "x"}, "clusterArn", "is read-only"),
    ({"nodeRecovery": "Auto"}, "nodeRecovery", "'Auto' is not one of ['Automatic', 'None']"),
    (
        {"instanceGroups": [{**group("gpu"), "instanceCount": "two"}]},
        "instanceGroups[0].instanceCount",
        "'two' is not of type 'integer'",
    ),
    (
        {"instanceGroups": [{**group("gpu"), "lifecycleConfig": {}}]},
        "instanceGroups[0]",
        "Additional properties are not allowed ('lifecycleConfig' was unexpected)",
    ),
    ({"orchestrator": {"slurm": {"strategy": "x"}}}, "orchestrator.slurm", "('strategy' was unexpected)"),
)


@pytest.mark.parametrize(("inputs", "path", "reason"), FAULTS)
def test_cloudformation_s_schema_refuses(inputs: dict[str, Any], path: str, reason: str) -> None:
    found = [(fault.path, fault.reason) for fault in SCHEMA.faults(inputs)]
    assert [item for item, _ in found][:1] == [path]
    assert reason in found[0][1]


def test_what_is_not_known_yet_is_not_refused() -> None:
    inputs = {
        "clusterName": UNKNOWN,
        "instanceGroups": [group("a", UNKNOWN, UNKNOWN), group("b", instanceStorageConfigs=UNKNOWN)],
        "vpcConfig": {"subnets": [UNKNOWN, UNKNOWN], "securityGroupIds": UNKNOWN},
        "orchestrator": {"eks": {"clusterArn": UNKNOWN}},
    }
    assert list(SCHEMA.faults(inputs)) == []


@pytest.mark.parametrize(
    ("old", "new", "replaced"),
    [
        ({"clusterName": "a"}, {"clusterName": "b"}, ["clusterName"]),
        ({"vpcConfig": {"subnets": ["a"]}}, {"vpcConfig": {"subnets": ["b"]}}, ["vpcConfig"]),
        ({"orchestrator": eks("a")}, {"orchestrator": eks("b")}, ["orchestrator"]),
        ({"orchestrator": eks("a")}, {"orchestrator": slurm("Merge")}, ["orchestrator"]),
        ({"orchestrator": slurm("Managed")}, {"orchestrator": slurm("Merge")}, []),
        ({"instanceGroups": [group("a")]}, {"instanceGroups": [group("a", count=2)]}, []),
        ({"nodeRecovery": "None"}, {"nodeRecovery": UNKNOWN}, []),
    ],
)
def test_only_what_can_be_set_at_first_alone_replaces(
    old: dict[str, Any], new: dict[str, Any], replaced: list[str]
) -> None:
    found = changes(SCHEMA, old, new)
    assert found.paths
    assert list(found.replaces) == replaced


def of_the_sdk(kind: Any) -> dict[str, Any]:
    """The provider's names of an input type's members, and the name of the type that each is of."""
    getters = {key: item for key, item in vars(kind).items() if isinstance(item, property)}
    return {getattr(item.fget, "_pulumi_name", key): item for key, item in getters.items()}


def of_the_schema(definition: Mapping[str, Any]) -> set[str]:
    parts = [definition, *definition.get("oneOf", ())]
    return {sdk_name(name) for part in parts for name in part.get("properties", ())}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_names_are_the_sdk_s() -> None:
    inputs = importlib.import_module("pulumi_aws_native.sagemaker._inputs")
    arguments = importlib.import_module("pulumi_aws_native.sagemaker.cluster").ClusterArgs
    document = SCHEMA._document
    assert set(of_the_sdk(arguments)) == set(SCHEMA.inputs)
    compared = 0
    for name, definition in document["definitions"].items():
        kind = getattr(inputs, f"Cluster{name.removeprefix('Cluster')}Args", None)
        if kind is None or not of_the_schema(definition):
            continue
        compared += 1
        read_only = {"currentCount", "nextPatchDate"}
        assert set(of_the_sdk(kind)) - read_only <= of_the_schema(definition), name
    assert compared > 15


def test_the_configuration_that_is_not_followed_is_refused(native: Engine) -> None:
    request = provider_pb2.CheckRequest(
        news=to_struct({"region": "us-east-1", "profile": "x", "assumeRole": json.dumps({})})
    )
    assert [item.property for item in native.stub.CheckConfig(request).failures] == ["profile"]


def test_a_create_that_aws_takes_back_says_why_and_can_be_removed(
    native: Engine, asked: dict[str, Any], aws: Callable[[str], Any]
) -> None:
    SERVICE.faults.add(Fault("error", "sagemaker", "ProvisionCluster"))
    inputs = native.inputs(URN, asked)
    error = error_of(lambda: native.create(URN, inputs))
    SERVICE.faults.clear()
    assert "not enough capacity for instance group gpu of ml.m5.xlarge" in error.details()
    (left,) = aws("sagemaker").list_clusters()["ClusterSummaries"]
    assert left["ClusterStatus"] == "Failed"
    native.delete(URN, left["ClusterArn"], {})
    assert aws("sagemaker").list_clusters()["ClusterSummaries"] == []
