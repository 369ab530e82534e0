"""Security groups: no rule twice, and no group goes that something still uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import backend_of
from sandbox.aws.errors import Refused

_PROTOCOL_NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "all": "-1"}
_SOURCES = {
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
    "UserIdGroupPairs": "GroupId",
}
"""List in a permission -> the field that names the source or destination."""

Rule = tuple[str, int | None, int | None, str]
"""(protocol, from port, to port, source or destination)."""


def rule_is_new(call: Call) -> None:
    """EC2 API Reference, InvalidPermission.Duplicate: a description does not make another rule of it."""
    group = backend_of(call).get_security_group_from_id(call.params.get("GroupId"))
    if group is None:
        return
    rules = group.egress_rules if call.operation.endswith("Egress") else group.ingress_rules
    existing = {_rule_of(rule) for rule in rules}
    for rule in _rules_from(call.params.get("IpPermissions", [])):
        if rule in existing:
            protocol, first, last, peer = rule
            ports = "ALL" if first is None else f"from port: {first}, to port: {last}"
            raise Refused(
                "InvalidPermission.Duplicate",
                f'the specified rule "peer: {peer}, {protocol.upper()}, {ports}, ALLOW" already exists',
            )


def _rule_of(rule: Any) -> Rule:
    peer = rule.cidr_ipv4 or rule.cidr_ipv6 or rule.prefix_list_id or rule.source_group.get("GroupId", "")
    return str(rule.ip_protocol), rule.from_port, rule.to_port, str(peer)


def _rules_from(permissions: list[dict[str, Any]]) -> Iterator[Rule]:
    for permission in permissions:
        protocol = permission["IpProtocol"].lower()
        protocol = _PROTOCOL_NUMBERS.get(protocol, protocol)
        first, last = (None, None) if protocol == "-1" else (permission["FromPort"], permission["ToPort"])
        for sources, name in _SOURCES.items():
            for source in permission.get(sources, []):
                yield protocol, first, last, source[name]


def group_is_unused(call: Call) -> None:
    """EC2 API Reference, DeleteSecurityGroup: not the default group, nor one that an interface or a rule refers to."""
    backend = backend_of(call)
    group = backend.get_security_group_from_id(call.params.get("GroupId"))
    if group is None:
        return
    if group.name == "default":
        raise Refused(
            "CannotDelete", f'the specified group: "{group.id}" name: "default" cannot be deleted by a user'
        )
    users = (interface for interface in backend.enis.values() if group in interface.group_set)
    referring = (
        rule
        for other in backend.groups[group.vpc_id].values()
        if other is not group
        for rule in (*other.ingress_rules, *other.egress_rules)
        if rule.source_group.get("GroupId") == group.id
    )
    if next(users, None) or next(referring, None):
        raise Refused("DependencyViolation", f"resource {group.id} has a dependent object")


def authorize(call: Call) -> object:
    """A rule between groups keeps its description too.

    Moto keeps it in the pair, where DescribeSecurityGroupRules does not look; with the range is where its own
    ModifySecurityGroupRules puts it.
    """
    answer: dict[str, Any] = call.moto()
    for rule in answer["SecurityGroupRules"]:
        if "Description" in rule.source_group:
            rule.ip_range["Description"] = rule.source_group["Description"]
    return answer


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("ec2", "AuthorizeSecurityGroupIngress"): (rule_is_new,),
    ("ec2", "AuthorizeSecurityGroupEgress"): (rule_is_new,),
    ("ec2", "DeleteSecurityGroup"): (group_is_unused,),
}
OPERATIONS: dict[Key, Operation] = {
    ("ec2", "AuthorizeSecurityGroupIngress"): authorize,
    ("ec2", "AuthorizeSecurityGroupEgress"): authorize,
}
