"""ParallelCluster's API in the sandbox: who is let in, what AWS's own code accepts, and how a cluster lives."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

import spec
import toolchain
from components.parallelcluster_answers import ClusterError
from components.parallelcluster_provider import ClusterProvider
from plan import plan_fleet
from plan.cluster_config import render
from plan.parallelcluster import facts
from sandbox.client import Sandbox
from sandbox.faults import Fault
from tests.unit.sandbox.aws.cloud import CONFIG, MAIN, Cloud, refusal, trust

ROOT = Path(__file__).parents[4]
SITE = plan_fleet(spec.load(ROOT)).sites["main-use1"]
EXECUTION_ROLE = "FleetExecutionRole"
TIMEOUT_S = 60.0

pytestmark = pytest.mark.xdist_group("parallelcluster")


@dataclass(frozen=True, kw_only=True)
class Slurm:
    """An account with the API installed, a network, and what a cluster is made from."""

    cloud: Cloud
    url: str
    user_role_arn: str
    subnet: str
    group: str

    def configuration(self, **changes: Any) -> str:
        plan = SITE.parallelcluster
        assert plan is not None
        cluster = replace(plan.clusters[0], **changes)
        found = facts(
            plan.region, cluster, private_subnet=self.subnet, base_security_group=self.group, storage=None
        )
        return render(cluster.file, cluster.config, found)

    def props(self, name: str, configuration: str | None = None) -> dict[str, Any]:
        return {
            "name": name,
            "configuration": self.configuration() if configuration is None else configuration,
            "file": "slurm.yaml",
            "region": "us-east-1",
            "api_url": self.url,
            "user_role_arn": self.user_role_arn,
            "execution_role_arn": f"arn:aws:iam::{MAIN}:role/{EXECUTION_ROLE}",
            "owner": "main-use1",
            "updates": "live",
        }

    def session(self, role_arn: str) -> Mapping[str, Any]:
        sts = self.cloud.client("sts")
        answer: Mapping[str, Any] = sts.assume_role(RoleArn=role_arn, RoleSessionName="test")["Credentials"]
        return answer

    def ask(
        self,
        method: str,
        path: str,
        *,
        signer: str | None = None,
        body: Any = None,
        region: str = "us-east-1",
        change: Callable[[dict[str, str]], None] = lambda _: None,
    ) -> tuple[int, Any]:
        """A request signed by a session of a role, the API's user if none is named; `change` spoils its headers."""
        keys = self.session(signer or self.user_role_arn)
        data = json.dumps(body) if body is not None else None
        headers = {"Content-Type": "application/json"} if body is not None else {}
        request = AWSRequest(method=method, url=f"{self.url}{path}", data=data, headers=headers)
        credentials = ReadOnlyCredentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        SigV4Auth(credentials, "execute-api", region).add_auth(request)
        sent = dict(request.headers.items())
        change(sent)
        with urllib3.PoolManager() as pool:
            answer = pool.request(
                method, request.url, body=data, headers=sent, retries=False, timeout=TIMEOUT_S
            )
            return answer.status, json.loads(answer.data)

    def nodes(self, name: str) -> list[tuple[str, str]]:
        """(node type, instance type) of the cluster's running instances, from the tags that ParallelCluster sets."""
        filters = [
            {"Name": "tag:parallelcluster:cluster-name", "Values": [name]},
            {"Name": "instance-state-name", "Values": ["running"]},
        ]
        found = self.cloud.client("ec2").describe_instances(Filters=filters)["Reservations"]
        instances = [instance for item in found for instance in item["Instances"]]
        return sorted((_tag(item, "parallelcluster:node-type"), item["InstanceType"]) for item in instances)


def _tag(item: Mapping[str, Any], key: str) -> str:
    return next(str(tag["Value"]) for tag in item["Tags"] if tag["Key"] == key)


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    python = toolchain.parallelcluster_python()
    assert python is not None, "run: make setup"
    sandbox = Sandbox(tmp_path_factory.mktemp("slurm") / "sandbox")
    sandbox.start(replace(CONFIG, parallelcluster_python=str(python)))
    patch = pytest.MonkeyPatch()
    for name, value in sandbox.environment(account="main", region="us-east-1").items():
        patch.setenv(name, value)
    cloud = Cloud(sandbox)
    try:
        yield installed(cloud)
    finally:
        patch.undo()
        cloud.close()
        sandbox.stop()


def installed(cloud: Cloud) -> Slurm:
    ec2, iam, cloudformation = (cloud.client(service) for service in ("ec2", "iam", "cloudformation"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    zone = ec2.describe_availability_zones(ZoneNames=["us-east-1a"])["AvailabilityZones"][0]["ZoneId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/18", AvailabilityZoneId=zone)["Subnet"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="base", Description="nodes")["GroupId"]
    for role in ("ParallelClusterHeadNodeRole-main-use1", "ParallelClusterComputeRole-main-use1"):
        service = {"Service": "ec2.amazonaws.com"}
        statement = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.create_role(RoleName=role, Path="/parallelcluster/", AssumeRolePolicyDocument=document)
    iam.create_role(RoleName=EXECUTION_ROLE, AssumeRolePolicyDocument=trust(f"arn:aws:iam::{MAIN}:root"))
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName=EXECUTION_ROLE, PolicyArn=administrator)
    plan = SITE.parallelcluster
    assert plan is not None
    cloudformation.create_stack(
        StackName=plan.api.stack_name,
        TemplateURL=plan.api.template_url,
        Capabilities=list(plan.api.capabilities),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in plan.api.parameters.items()
        ],
    )
    (stack,) = cloudformation.describe_stacks(StackName=plan.api.stack_name)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    outputs = {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}
    return Slurm(
        cloud=cloud,
        url=outputs["ParallelClusterApiInvokeUrl"],
        user_role_arn=outputs["ParallelClusterApiUserRole"],
        subnet=subnet["SubnetId"],
        group=group,
    )


def spoil(header: str, value: str) -> Callable[[dict[str, str]], None]:
    return lambda headers: headers.update({header: value})


def test_the_apis_user_is_let_in(slurm: Slurm) -> None:
    assert slurm.ask("GET", "/v3/clusters?region=us-east-1") == (200, {"clusters": []})


def test_another_principal_of_the_account_is_denied(slurm: Slurm) -> None:
    status, said = slurm.ask("GET", "/v3/clusters", signer=f"arn:aws:iam::{MAIN}:role/{EXECUTION_ROLE}")
    assert status == 403
    assert said["message"].startswith(f"User: arn:aws:sts::{MAIN}:assumed-role/{EXECUTION_ROLE}/test is not ")
    assert said["message"].endswith("with an explicit deny in a resource-based policy")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda headers: headers.pop("Authorization"), "Missing Authentication Token"),
        (spoil("X-Amz-Date", "20200101T000000Z"), "Signature expired"),
        (spoil("X-Amz-Security-Token", "another"), "The request signature we calculated does not match"),
    ],
)
def test_a_wrong_signature_is_refused(
    slurm: Slurm, change: Callable[[dict[str, str]], None], message: str
) -> None:
    status, said = slurm.ask("GET", "/v3/clusters", change=change)
    assert (status, said["message"][: len(message)]) == (403, message)


def test_a_signature_for_another_region_or_another_query_is_refused(slurm: Slurm) -> None:
    status, said = slurm.ask("GET", "/v3/clusters", region="us-west-2")
    assert (status, said["message"].startswith("Credential should be scoped")) == (403, True)


def test_an_api_that_is_not_there_is_forbidden(slurm: Slurm) -> None:
    other = replace(slurm, url=slurm.url.replace("/prod", "x/prod"))
    assert other.ask("GET", "/v3/clusters") == (403, {"message": "Forbidden"})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Capabilities": ["CAPABILITY_NAMED_IAM"]}, "InsufficientCapabilitiesException"),
        ({"Parameters": [{"ParameterKey": "No", "ParameterValue": "1"}]}, "ValidationError"),
        ({"StackName": "pcluster-api-us-east-1"}, "AlreadyExistsException"),
    ],
)
def test_cloudformation_refuses_what_it_refuses(slurm: Slurm, changes: dict[str, Any], code: str) -> None:
    plan = SITE.parallelcluster
    assert plan is not None
    stack = {
        "StackName": "another",
        "TemplateURL": plan.api.template_url,
        "Capabilities": list(plan.api.capabilities),
        **changes,
    }
    assert refusal(lambda: slurm.cloud.client("cloudformation").create_stack(**stack)) == code


def test_a_dry_run_is_judged_by_awss_own_validators(slurm: Slurm) -> None:
    def dry_run(configuration: str) -> tuple[int, Any]:
        body = {"clusterName": "dry", "clusterConfiguration": configuration}
        return slurm.ask("POST", "/v3/clusters?dryrun=true&region=us-east-1", body=body)

    good = slurm.configuration()
    assert dry_run(good)[0] == 412
    status, said = dry_run(good.replace("InstanceType: p5.48xlarge", "InstanceType: m5.large"))
    assert status == 400
    assert "EfaValidator" in {item["type"] for item in said["configurationValidationErrors"]}
    status, said = dry_run(good.replace("HeadNode:", "HeadNode:\n  Foo: 1"))
    assert said["configurationValidationErrors"] == [
        {
            "level": "ERROR",
            "type": "ConfigSchemaValidator",
            "message": "[('HeadNode', {'Foo': ['Unknown field.']})]",
        }
    ]


def test_a_blocks_queue_is_judged_by_the_reservation(slurm: Slurm) -> None:
    ec2 = slurm.cloud.client("ec2")
    offer = ec2.describe_capacity_block_offerings(
        InstanceType="p5.48xlarge", InstanceCount=8, CapacityDurationHours=24
    )["CapacityBlockOfferings"][0]
    block = ec2.purchase_capacity_block(
        CapacityBlockOfferingId=offer["CapacityBlockOfferingId"], InstancePlatform="Linux/UNIX"
    )["CapacityReservation"]
    assert (block["State"], block["ReservationType"]) == ("scheduled", "capacity-block")
    good = slurm.configuration(capacity_reservation=block["CapacityReservationId"])
    for configuration, status in (
        (good, 412),
        (good.replace("MinCount: 8", "MinCount: 4"), 400),
        (slurm.configuration(capacity_reservation="cr-0123456789abcdef0"), 400),
    ):
        body = {"clusterName": "dry", "clusterConfiguration": configuration}
        assert slurm.ask("POST", "/v3/clusters?dryrun=true&region=us-east-1", body=body)[0] == status


def test_the_whole_life_of_a_cluster(slurm: Slurm) -> None:
    provider, name = ClusterProvider(), "main-use1--life"
    props = slurm.props(name)
    assert provider.check({}, props).failures == []
    outs = provider.create(props).outs
    assert outs is not None
    assert (outs["cluster_status"], outs["compute_fleet_status"]) == ("CREATE_COMPLETE", "RUNNING")
    assert slurm.nodes(name) == [("HeadNode", "m5.xlarge")]

    queue = props["configuration"].replace("MaxCount: 32", "MaxCount: 64")
    grown = {**props, "configuration": queue}
    assert provider.check(props, grown).failures == []
    assert provider.diff(name, outs, props).changes is False
    updated = provider.update(name, outs, grown).outs
    assert updated is not None
    assert updated["cluster_status"] == "UPDATE_COMPLETE"

    shrunk = {**props, "configuration": queue.replace("MaxCount: 64", "MaxCount: 2")}
    (refused,) = provider.check(grown, shrunk).failures
    assert "MaxCount: 64 to 2 is not done: All compute nodes must be stopped" in refused.reason
    provider.update(name, grown, {**shrunk, "updates": "stop-fleet"})
    assert provider.read(name, shrunk).outs["compute_fleet_status"] == "RUNNING"  # type: ignore[index]

    provider.delete(name, props)
    assert slurm.nodes(name) == []
    assert slurm.cloud.client("dynamodb").list_tables()["TableNames"] == []
    assert provider.read(name, props).id == ""


def test_f28_a_create_goes_on_without_its_maker_and_another_run_takes_it_over(slurm: Slurm) -> None:
    faults = slurm.cloud.sandbox.faults
    held = faults.add(Fault(kind="hang", service="parallelcluster", operation="CompleteCreate"))
    name = "main-use1--held"
    body = {"clusterName": name, "clusterConfiguration": slurm.configuration()}
    assert slurm.ask("POST", "/v3/clusters?region=us-east-1", body=body)[0] == 202
    faults.wait_for_hit(held, timeout_s=TIMEOUT_S)
    assert slurm.ask("GET", f"/v3/clusters/{name}")[1]["clusterStatus"] == "CREATE_IN_PROGRESS"
    assert slurm.ask("POST", "/v3/clusters", body=body)[0] == 400
    faults.release(held)
    outs = ClusterProvider().create(slurm.props(name)).outs
    assert outs is not None
    assert outs["cluster_status"] == "CREATE_COMPLETE"
    faults.clear()
    ClusterProvider().delete(name, slurm.props(name))


def test_a_create_that_fails_says_why_and_can_be_made_again(slurm: Slurm) -> None:
    faults, name = slurm.cloud.sandbox.faults, "main-use1--failing"
    faults.add(
        Fault(kind="error", service="parallelcluster", operation="CompleteCreate", code="FsxMountFailure")
    )
    with pytest.raises(ClusterError) as failed:
        ClusterProvider().create(slurm.props(name))
    assert str(failed.value) == (
        f"{name} was not made: FsxMountFailure: Failed to mount FSX.; "
        "HeadNodeWaitCondition: Failed to mount FSX."
    )
    faults.clear()
    outs = ClusterProvider().create(slurm.props(name)).outs
    assert outs is not None
    assert outs["cluster_status"] == "CREATE_COMPLETE"
    ClusterProvider().delete(name, slurm.props(name))


def test_throttling_is_survived(slurm: Slurm) -> None:
    faults, name = slurm.cloud.sandbox.faults, "main-use1--throttled"
    for operation in ("CreateCluster", "DescribeCluster"):
        faults.add(Fault(kind="throttle", service="parallelcluster", operation=operation, times=2))
    assert ClusterProvider().create(slurm.props(name)).id == name
    assert [fault.hits for fault in faults.list()] == [2, 2]
    faults.clear()
    ClusterProvider().delete(name, slurm.props(name))
