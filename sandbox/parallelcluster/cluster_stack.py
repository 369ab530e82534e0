"""The stack of a cluster: its security groups, head node, static nodes, tables and log group. The rest is recorded.

The template is what the worker writes in the place of the package's own (parallelcluster/worker/api.py); its metadata
says what is to be made. Tags and names are those of the package (constants.py, templates/cluster_stack.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from moto.dynamodb.models import dynamodb_backends
from moto.ec2.models import ec2_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from ruamel.yaml import YAML

from sandbox.aws.callers import PARTITION
from sandbox.aws.dispatch import Call
from sandbox.aws.stack_model import Stack

TEMPLATE_KIND = "ParallelCluster cluster"
NAME_TAG, VERSION_TAG = "parallelcluster:cluster-name", "parallelcluster:version"
NODE_TYPE_TAG, QUEUE_TAG = "parallelcluster:node-type", "parallelcluster:queue-name"
RESOURCE_TAG, ATTRIBUTES_TAG = "parallelcluster:compute-resource-name", "parallelcluster:attributes"
FLEET_KEY = "COMPUTE_FLEET"

FAILURES = {
    "HeadNodeBootstrapFailure": "Failed to run chef recipe aws-parallelcluster-config::base.",
    "FsxMountFailure": "Failed to mount FSX.",
    "EfsMountFailure": "Failed to mount EFS.",
    "StaticNodeBootstrapFailure": "Cluster has been set to PROTECTED mode due to failures detected in static node "
    "provisioning.",
}
"""A fault's code -> what the head node says in the wait condition, by which the API knows the failure."""


class ClusterStack:
    """A kind of stack."""

    service = "parallelcluster"
    token = "pulumi-python:dynamic/parallelcluster:Cluster"  # noqa: S105 - a type token
    capabilities = frozenset({"CAPABILITY_IAM"})
    failures: Mapping[str, str] = FAILURES

    def template(self, call: Call) -> Mapping[str, Any] | None:
        """A template in a bucket of the account that the worker wrote."""
        text = _object(call, call.params.get("TemplateURL", ""))
        template = YAML(typ="safe").load(text) if text else None
        if isinstance(template, Mapping) and template.get("Metadata", {}).get("Kind") == TEMPLATE_KIND:
            return template
        return None

    def create(self, stack: Stack) -> None:
        """The head node and what it needs; then the static nodes."""
        head = stack.template["Metadata"]["Head"]
        backend = ec2_backends[stack.account][stack.region]
        vpc_id = backend.get_subnet(head["SubnetId"]).vpc_id
        for logical in ("HeadNodeSecurityGroup", "ComputeSecurityGroup"):
            name = f"{stack.name}-{logical}-{stack.suffix[:8]}"
            tags = {NAME_TAG: stack.name, VERSION_TAG: _tag(stack, VERSION_TAG)}
            group = backend.create_security_group(name, f"Enable access to the {logical}", vpc_id, tags)
            _made(stack, logical, "AWS::EC2::SecurityGroup", group.id)
        _tables(stack)
        group = stack.parameters["ClusterCWLogGroup"]
        logs_backends[stack.account][stack.region].create_log_group(group, {})
        _made(stack, "CloudWatchLogGroup", "AWS::Logs::LogGroup", group)
        instance = _launch(stack, head, "HeadNode", "HeadNodeSecurityGroup", {})
        _made(stack, "HeadNode", "AWS::EC2::Instance", instance)
        _static_nodes(stack)
        stack.say(("HeadNodeWaitCondition", "AWS::CloudFormation::WaitCondition"), "CREATE_COMPLETE")

    def update(self, stack: Stack, before: Mapping[str, Any]) -> None:
        """Static nodes as the template has them now; the fleet keeps its status."""
        if before["Metadata"]["Static"] != stack.template["Metadata"]["Static"]:
            _end_nodes(stack, "Compute")
            if _fleet(stack)["status"]["S"] == "RUNNING":
                _static_nodes(stack)

    def delete(self, stack: Stack) -> None:
        """Everything goes, in the order in which it can."""
        _end_nodes(stack)
        backend = ec2_backends[stack.account][stack.region]
        tables = dynamodb_backends[stack.account][stack.region]
        for kind, physical in reversed(list(stack.resources.values())):
            match kind:
                case "AWS::EC2::SecurityGroup":
                    backend.delete_security_group(group_id=physical)
                case "AWS::DynamoDB::Table":
                    tables.delete_table(physical)
                case "AWS::Logs::LogGroup":
                    logs_backends[stack.account][stack.region].delete_log_group(physical)
        stack.resources.clear()


def settle_fleet(stack: Stack) -> None:
    """Do what the head node's clustermgtd does with a request to stop or start the compute fleet."""
    fleet = _fleet(stack)
    if fleet["status"]["S"] == "STOP_REQUESTED":
        _end_nodes(stack, "Compute")
        _set_fleet(stack, "STOPPED")
    elif fleet["status"]["S"] == "START_REQUESTED":
        _static_nodes(stack)
        _set_fleet(stack, "RUNNING")


def _object(call: Call, url: str) -> str:
    """The text of an object of the account by its URL; "" when there is none."""
    parts = urlsplit(url)
    bucket, _, host = parts.netloc.partition(".s3.")
    if not host.endswith("amazonaws.com"):
        return ""
    backend = s3_backends[call.account][PARTITION]
    if bucket not in backend.buckets:
        return ""
    found = backend.get_object(bucket, parts.path.lstrip("/"))
    return found.value.decode() if found else ""


def _made(stack: Stack, logical: str, kind: str, physical: str) -> None:
    stack.resources[logical] = (kind, physical)
    stack.say((logical, kind), "CREATE_COMPLETE")


def _tag(stack: Stack, key: str) -> str:
    return next((tag["Value"] for tag in stack.tags if tag["Key"] == key), "")


def _tables(stack: Stack) -> None:
    """What the fleet's status is kept in, and which node is which instance."""
    backend = dynamodb_backends[stack.account][stack.region]
    for logical, name in (("DynamoDBTable", ""), ("SlurmDynamoDBTable", "slurm-")):
        backend.create_table(
            f"parallelcluster-{name}{stack.name}",
            schema=[{"AttributeName": "Id", "KeyType": "HASH"}],
            throughput=None,
            attr=[{"AttributeName": "Id", "AttributeType": "S"}],
            global_indexes=None,
            indexes=None,
            streams=None,
            billing_mode="PAY_PER_REQUEST",
            sse_specification=None,
            tags=[],
            deletion_protection_enabled=False,
            warm_throughput=None,
        )
        _made(stack, logical, "AWS::DynamoDB::Table", f"parallelcluster-{name}{stack.name}")
    _set_fleet(stack, "RUNNING")


def _set_fleet(stack: Stack, status: str) -> None:
    data = {"status": {"S": status}, "lastStatusUpdatedTime": {"S": str(datetime.now(UTC))}}
    dynamodb_backends[stack.account][stack.region].put_item(
        f"parallelcluster-{stack.name}", {"Id": {"S": FLEET_KEY}, "Data": {"M": data}}
    )


def _fleet(stack: Stack) -> dict[str, Any]:
    item = dynamodb_backends[stack.account][stack.region].get_item(
        f"parallelcluster-{stack.name}", {"Id": {"S": FLEET_KEY}}
    )
    found: dict[str, Any] = item.to_json()["Attributes"]["Data"]["M"]
    return found


def _static_nodes(stack: Stack) -> None:
    for nodes in stack.template["Metadata"]["Static"]:
        tags = {QUEUE_TAG: nodes["Queue"], RESOURCE_TAG: nodes["ComputeResource"]}
        for _ in range(nodes["Count"]):
            _launch(stack, nodes, "Compute", "ComputeSecurityGroup", tags)


def _launch(stack: Stack, node: Mapping[str, Any], node_type: str, group: str, tags: dict[str, str]) -> str:
    """An instance of the cluster; its id."""
    backend = ec2_backends[stack.account][stack.region]
    version = _tag(stack, VERSION_TAG)
    own = {
        **{tag["Key"]: tag["Value"] for tag in stack.tags},
        "Name": node_type,
        NODE_TYPE_TAG: node_type,
        ATTRIBUTES_TAG: f"{stack.template['Metadata']['Head']['Attributes']}, {version}, x86_64",
    }
    reservation = backend.run_instances(
        node["ImageId"],
        1,
        None,
        [],
        instance_type=node["InstanceType"],
        is_instance_type_default=False,
        region_name=stack.region,
        subnet_id=node["SubnetId"],
        security_group_ids=[stack.resources[group][1]],
        tags={"instance": {**own, **tags}},
    )
    instance = reservation.instances[0]
    for interface in instance.nics.values():
        interface.delete_on_termination = True  # as for every interface that a launch makes
    return str(instance.id)


def _end_nodes(stack: Stack, node_type: str | None = None) -> None:
    ids = [instance.id for instance in _instances(stack, node_type)]
    if ids:
        ec2_backends[stack.account][stack.region].terminate_instances(ids)


def _instances(stack: Stack, node_type: str | None) -> Iterator[Any]:
    backend = ec2_backends[stack.account][stack.region]
    wanted = {NAME_TAG: stack.name} | ({NODE_TYPE_TAG: node_type} if node_type else {})
    for reservation in backend.reservations.values():
        for instance in reservation.instances:
            tags = backend.tags.get(instance.id, {})
            if instance.state != "terminated" and wanted.items() <= tags.items():
                yield instance
