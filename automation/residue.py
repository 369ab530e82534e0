"""What is left in AWS after a destroy: a search of every account and region by tag, and by listing what tags miss.

The Resource Groups Tagging API lists most of what the fleet makes. It does not list IAM roles at all, and it goes
on listing some kinds after they are gone, so those are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jmespath
from botocore.exceptions import ClientError

from automation.bootstrap.desired import TAGS
from automation.clients import Clients
from plan import names
from plan.tags import URN_TAG

FLEET_TAG, SITE_TAG = "fleet", "fleet:site"


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """Something in AWS that carries the fleet's tag. `stack` made it; empty when its tags do not say."""

    account: str
    region: str
    arn: str
    stack: str
    resource: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ghost:
    """A kind that is still listed when it is gone: how to ask for its state, and the states in which it is gone."""

    marker: str
    service: str
    operation: str
    parameter: str
    state: str
    gone: frozenset[str]
    is_list: bool = True


GHOSTS = (
    Ghost(
        marker=":natgateway/",
        service="ec2",
        operation="describe_nat_gateways",
        parameter="NatGatewayIds",
        state="NatGateways[0].State",
        gone=frozenset({"deleted", "failed"}),
    ),
    Ghost(
        marker=":vpc-peering-connection/",
        service="ec2",
        operation="describe_vpc_peering_connections",
        parameter="VpcPeeringConnectionIds",
        state="VpcPeeringConnections[0].Status.Code",
        gone=frozenset({"deleted", "deleting", "rejected", "expired", "failed"}),
    ),
    Ghost(
        marker=":instance/",
        service="ec2",
        operation="describe_instances",
        parameter="InstanceIds",
        state="Reservations[0].Instances[0].State.Name",
        gone=frozenset({"terminated", "shutting-down"}),
    ),
    Ghost(
        marker=":key/",
        service="kms",
        operation="describe_key",
        parameter="KeyId",
        state="KeyMetadata.KeyState",
        gone=frozenset({"PendingDeletion", "PendingReplicaDeletion"}),
        is_list=False,
    ),
)
"""Kinds that AWS lists for a while after their end: an hour for EC2's, the waiting period for a key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """Kinds that the tagging API may miss: a paged or plain call, and its items as `{arn, tags}` (JMESPath)."""

    service: str
    operation: str
    items: str
    parameters: Mapping[str, Any]
    is_global: bool = False


_BY_TAG = {"Filters": [{"Name": f"tag:{FLEET_TAG}", "Values": [names.PROJECT]}]}

LISTINGS = (
    Listing(
        service="ec2",
        operation="describe_addresses",
        items="Addresses[].{arn: AllocationId, tags: Tags}",
        parameters=_BY_TAG,
    ),
    Listing(
        service="ec2",
        operation="describe_placement_groups",
        items="PlacementGroups[].{arn: GroupArn || GroupName, tags: Tags}",
        parameters=_BY_TAG,
    ),
    Listing(
        service="iam",
        operation="get_account_authorization_details",
        items="RoleDetailList[].{arn: Arn, tags: Tags}",
        parameters={"Filter": ["Role"]},
        is_global=True,
    ),
)


def search(
    enter: Callable[[str], Clients],
    accounts: Collection[str],
    regions: Collection[str],
    *,
    stacks: Collection[str],
    is_whole_fleet: bool,
) -> tuple[Left, ...]:
    """What these stacks have left behind; with `is_whole_fleet` also what no stack's tags are on.

    `enter` gives the clients of an account. What bootstrap made is not left over: it carries bootstrap's tags alone.
    """
    found: dict[tuple[str, str], Left] = {}
    for account in accounts:
        clients = enter(account)
        for region, arn, tags in _everything(clients, regions):
            left = _left(account, region, arn, tags)
            belongs = left.stack in stacks or (is_whole_fleet and not left.stack)
            if belongs and tags != TAGS and not _is_gone(clients, region, arn):
                found[account, arn.rpartition("/")[2]] = left
    return tuple(
        sorted(found.values(), key=lambda left: (left.account, left.region, left.resource, left.arn))
    )


def _everything(clients: Clients, regions: Collection[str]) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """(region, ARN or id, tags) of all that carries the fleet's tag."""
    for number, region in enumerate(regions):
        for listing in LISTINGS:
            if listing.is_global and number:
                continue
            place = "global" if listing.is_global else region
            yield from ((place, arn, tags) for arn, tags in _listed(clients, region, listing))
        pages = clients.client("resourcegroupstaggingapi", region).get_paginator("get_resources")
        for page in pages.paginate(TagFilters=[{"Key": FLEET_TAG, "Values": [names.PROJECT]}]):
            for item in page["ResourceTagMappingList"]:
                yield region, item["ResourceARN"], _tags(item["Tags"])


def _listed(clients: Clients, region: str, listing: Listing) -> Iterator[tuple[str, Mapping[str, str]]]:
    client = clients.client(listing.service, region)
    if client.can_paginate(listing.operation):
        pages = client.get_paginator(listing.operation).paginate(**listing.parameters)
    else:
        pages = [getattr(client, listing.operation)(**listing.parameters)]
    for page in pages:
        for item in jmespath.search(listing.items, page) or ():
            tags = _tags(item["tags"] or ())
            if tags.get(FLEET_TAG) == names.PROJECT:
                yield item["arn"], tags


def _is_gone(clients: Clients, region: str, arn: str) -> bool:
    """Whether this is only the memory of a resource. One that the service does not know any more is."""
    ghost = next((ghost for ghost in GHOSTS if ghost.marker in arn), None)
    if ghost is None:
        return False
    own_id = arn.rpartition("/")[2]
    asked = {ghost.parameter: [own_id] if ghost.is_list else own_id}
    try:
        answer = getattr(clients.client(ghost.service, region), ghost.operation)(**asked)
    except ClientError as error:
        if "NotFound" in error.response["Error"]["Code"]:
            return True
        raise
    return jmespath.search(ghost.state, answer) in ghost.gone


def _left(account: str, region: str, arn: str, tags: Mapping[str, str]) -> Left:
    own = tags.get(URN_TAG, "")
    stack = own.partition("::")[0] if own else tags.get(SITE_TAG, "")
    return Left(account=account, region=region, arn=arn, stack=stack, resource=own.rpartition("::")[2])


def _tags(pairs: Any) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in pairs}
