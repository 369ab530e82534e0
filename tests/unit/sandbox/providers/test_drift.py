"""What is changed by hand is seen, named and repaired."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi.runtime.proto import provider_pb2

from tests.unit.sandbox.providers.engine import Engine, urn_of

VPC = urn_of("aws:ec2/vpc:Vpc")
LOG_GROUP = urn_of("aws:cloudwatch/logGroup:LogGroup")


def test_drift_is_seen_named_and_repaired(engine: Engine, aws: Callable[[str], Any]) -> None:
    inputs = engine.inputs(
        VPC, {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True, "tags": {"Owner": "a"}}
    )
    vpc_id, outputs = engine.create(VPC, inputs)
    engine.made.append((VPC, vpc_id, outputs))
    ec2 = aws("ec2")
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": False})
    ec2.create_tags(
        Resources=[vpc_id], Tags=[{"Key": "Owner", "Value": "b"}, {"Key": "by-hand", "Value": "c"}]
    )

    _, drifted, drifted_inputs = engine.read(VPC, vpc_id, outputs, inputs)
    assert drifted_inputs["enableDnsHostnames"] is False
    assert drifted_inputs["tags"] == {"Owner": "b", "by-hand": "c"}
    found = engine.diff(VPC, drifted, drifted_inputs, inputs)
    kinds = {
        path: provider_pb2.PropertyDiff.Kind.Name(item.kind) for path, item in found.detailedDiff.items()
    }
    assert kinds == {
        "enableDnsHostnames": "UPDATE",
        "tags.Owner": "UPDATE",
        'tags["by-hand"]': "DELETE",
        "tagsAll.Owner": "UPDATE",
        'tagsAll["by-hand"]': "DELETE",
    }
    assert engine.update(VPC, vpc_id, drifted, drifted_inputs, inputs) == outputs


def test_what_is_deleted_by_hand_is_gone(engine: Engine, aws: Callable[[str], Any]) -> None:
    inputs = engine.inputs(LOG_GROUP, {"name": "/gone", "retentionInDays": 30})
    log_group, outputs = engine.create(LOG_GROUP, inputs)
    aws("logs").delete_log_group(logGroupName="/gone")
    assert engine.read(LOG_GROUP, log_group, outputs, inputs)[0] == ""


def test_retention_removed_by_hand_is_drift(engine: Engine, aws: Callable[[str], Any]) -> None:
    inputs = engine.inputs(LOG_GROUP, {"name": "/kept", "retentionInDays": 30})
    log_group, outputs = engine.create(LOG_GROUP, inputs)
    engine.made.append((LOG_GROUP, log_group, outputs))
    aws("logs").delete_retention_policy(logGroupName="/kept")
    _, drifted, drifted_inputs = engine.read(LOG_GROUP, log_group, outputs, inputs)
    assert list(engine.diff(LOG_GROUP, drifted, drifted_inputs, inputs).diffs) == ["retentionInDays"]


def test_default_security_group_is_closed_and_stays_watched(
    engine: Engine, aws: Callable[[str], Any]
) -> None:
    vpc_id, vpc = engine.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    urn = urn_of("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    inputs = engine.inputs(urn, {"vpcId": vpc_id, "ingress": [], "egress": []})
    group_id, outputs = engine.create(urn, inputs)
    group = aws("ec2").describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    assert group_id == vpc["defaultSecurityGroupId"]
    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])

    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    aws("ec2").authorize_security_group_ingress(GroupId=group_id, IpPermissions=[permission])
    _, drifted, drifted_inputs = engine.read(urn, group_id, outputs, inputs)
    assert list(engine.diff(urn, drifted, drifted_inputs, inputs).diffs) == ["ingress"]
    assert engine.update(urn, group_id, drifted, drifted_inputs, inputs) == outputs
