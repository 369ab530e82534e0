"""Capacity reservations and capacity blocks, which moto lacks: bought or made, described, cancelled.

A block's offering is made up from what is asked for, its id says what it is. Source: EC2 API Reference,
DescribeCapacityBlockOfferings, PurchaseCapacityBlock, CreateCapacityReservation and their neighbours.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, EC2_RESOURCE_TO_PREFIX, random_id

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import as_tag_list, backend_of, matches, tags_from, tags_of
from sandbox.aws.errors import Refused

RESOURCE_TYPE, PREFIX = "capacity-reservation", "cr"
EC2_RESOURCE_TO_PREFIX[RESOURCE_TYPE] = PREFIX
EC2_PREFIX_TO_RESOURCE[PREFIX] = RESOURCE_TYPE
FEE_PER_INSTANCE_HOUR = 31.464
"""A made-up price in USD: nobody decides anything by it here."""

_RESERVATIONS: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
"""(account, region) -> id -> the reservation as the API shows it, but for its tags."""


def describe(call: Call) -> dict[str, Any]:
    """All reservations, or those with the ids and the filters that are asked for."""
    ids = call.params.get("CapacityReservationIds", [])
    for id_ in ids:
        _get(call, id_)
    return {
        "CapacityReservations": [
            _shown(call, item)
            for item in _of(call).values()
            if (not ids or item["CapacityReservationId"] in ids)
            and matches(call.params.get("Filters", []), _values(item), tags_of(call, _id(item)))
        ]
    }


def create(call: Call) -> dict[str, Any]:
    """A reservation on demand, which is active at once."""
    params = call.params
    item = _reservation(
        call,
        kind="default",
        instance_type=params["InstanceType"],
        zone=params.get("AvailabilityZone") or f"{call.region}a",
        count=params["InstanceCount"],
        state="active",
        match=params.get("InstanceMatchCriteria", "open"),
    )
    return {"CapacityReservation": item}


def cancel(call: Call) -> dict[str, Any]:
    """A reservation on demand ends; a block cannot be cancelled."""
    item = _get(call, call.params["CapacityReservationId"])
    if item["ReservationType"] == "capacity-block":
        raise Refused("Unsupported", "Capacity Blocks cannot be cancelled.")
    item["State"] = "cancelled"
    return {"Return": True}


def offerings(call: Call) -> dict[str, Any]:
    """One block in the first zone of the region, from tomorrow at 11:30 UTC, as long as is asked for."""
    params = call.params
    start = params.get("StartDateRange") or datetime.now(UTC) + timedelta(days=1)
    start = start.replace(hour=11, minute=30, second=0, microsecond=0)
    hours, count = params["CapacityDurationHours"], params.get("InstanceCount", 1)
    about = {
        "type": params.get("InstanceType", "p5.48xlarge"),
        "count": count,
        "zone": f"{call.region}a",
        "start": start.isoformat(),
        "hours": hours,
    }
    return {"CapacityBlockOfferings": [_offering(about)]}


def purchase(call: Call) -> dict[str, Any]:
    """The block of an offering; it is scheduled until it begins."""
    try:
        about = json.loads(
            base64.urlsafe_b64decode(call.params["CapacityBlockOfferingId"].removeprefix("cb-"))
        )
    except ValueError:
        raise Refused("InvalidCapacityBlockOfferingId.NotFound", "The offering does not exist.") from None
    start = datetime.fromisoformat(about["start"])
    item = _reservation(
        call,
        kind="capacity-block",
        instance_type=about["type"],
        zone=about["zone"],
        count=about["count"],
        state="scheduled" if start > datetime.now(UTC) else "active",
        match="targeted",
        StartDate=start,
        EndDate=start + timedelta(hours=about["hours"]),
        EndDateType="limited",
    )
    return {"CapacityReservation": item}


def _offering(about: Mapping[str, Any]) -> dict[str, Any]:
    start = datetime.fromisoformat(about["start"])
    return {
        "CapacityBlockOfferingId": f"cb-{base64.urlsafe_b64encode(json.dumps(about).encode()).decode()}",
        "InstanceType": about["type"],
        "AvailabilityZone": about["zone"],
        "InstanceCount": about["count"],
        "StartDate": start,
        "EndDate": start + timedelta(hours=about["hours"]),
        "CapacityBlockDurationHours": about["hours"],
        "UpfrontFee": f"{FEE_PER_INSTANCE_HOUR * about['count'] * about['hours']:.2f}",
        "CurrencyCode": "USD",
        "Tenancy": "default",
    }


def _reservation(
    call: Call, *, kind: str, instance_type: str, zone: str, count: int, state: str, match: str, **more: Any
) -> dict[str, Any]:
    if instance_type not in INSTANCE_TYPES:
        raise Refused("InvalidParameterValue", f"Invalid value '{instance_type}' for InstanceType.")
    id_ = random_id(PREFIX)
    item = {
        "CapacityReservationId": id_,
        "OwnerId": call.account,
        "CapacityReservationArn": f"arn:aws:ec2:{call.region}:{call.account}:capacity-reservation/{id_}",
        "InstanceType": instance_type,
        "InstancePlatform": call.params.get("InstancePlatform", "Linux/UNIX"),
        "AvailabilityZone": zone,
        "Tenancy": "default",
        "TotalInstanceCount": count,
        "AvailableInstanceCount": count,
        "State": state,
        "InstanceMatchCriteria": match,
        "ReservationType": kind,
        "CreateDate": datetime.now(UTC),
        **more,
    }
    _of(call)[id_] = item
    backend_of(call).create_tags([id_], tags_from(call.params.get("TagSpecifications", []), RESOURCE_TYPE))
    return _shown(call, item)


def _of(call: Call) -> dict[str, dict[str, Any]]:
    return _RESERVATIONS.setdefault((call.account, call.region), {})


def _get(call: Call, id_: str) -> dict[str, Any]:
    if id_ not in _of(call):
        raise Refused(
            "InvalidCapacityReservationId.NotFound", f"The capacity reservation ID '{id_}' was not found"
        )
    return _of(call)[id_]


def _id(item: Mapping[str, Any]) -> str:
    return str(item["CapacityReservationId"])


def _values(item: Mapping[str, Any]) -> dict[str, str]:
    return {
        "instance-type": item["InstanceType"],
        "state": item["State"],
        "availability-zone": item["AvailabilityZone"],
        "reservation-type": item["ReservationType"],
    }


def _shown(call: Call, item: Mapping[str, Any]) -> dict[str, Any]:
    return {**item, "Tags": as_tag_list(tags_of(call, _id(item)))}


REFUSALS: dict[Key, tuple[Refusal, ...]] = {}
OPERATIONS: dict[Key, Operation] = {
    ("ec2", "DescribeCapacityReservations"): describe,
    ("ec2", "CreateCapacityReservation"): create,
    ("ec2", "CancelCapacityReservation"): cancel,
    ("ec2", "DescribeCapacityBlockOfferings"): offerings,
    ("ec2", "PurchaseCapacityBlock"): purchase,
}
