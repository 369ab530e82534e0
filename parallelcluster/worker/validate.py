"""AWS's schema and validators on a configuration, without AWS.

Instance types are answered from a table, the official image is said to exist. A validator that asks AWS anything else
is left out, and named in the answer: what it would say, the API's dry run says at preview.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import inspect
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from marshmallow import ValidationError
from pcluster.aws.aws_api import AWSApi
from pcluster.aws.aws_resources import FsxStorageInfo, ImageInfo, InstanceTypeInfo
from pcluster.aws.common import AWSClientError, Cache
from pcluster.config.common import Resource
from pcluster.models.common import parse_config
from pcluster.schemas.cluster_schema import ClusterSchema
from pcluster.utils import get_installed_version
from pcluster.validators.common import ValidatorContext

IMAGE = "ami-0123456789abcdef0"
SCHEMA = "ConfigSchemaValidator"
INVALID = "Invalid cluster configuration"


class Unanswered(BaseException):
    """Something asks AWS what nobody can know here. The package takes every Exception for a validator's message."""


class _Nobody:
    """A client of a service that is not there: whatever is asked of it has no answer."""

    def __getattr__(self, name: str) -> Any:
        raise Unanswered(name)


class _Ec2(_Nobody):
    """What can be known of EC2 without an account."""

    def __init__(self, instance_types: str, reserved: Mapping[str, str]) -> None:
        self._types = _table(instance_types)
        self._reserved = reserved
        self.is_loading = True
        self.additional_instance_types_data: dict[str, Any] = {}

    def get_instance_type_info(self, instance_type: str) -> InstanceTypeInfo:
        """The type's DescribeInstanceTypes."""
        if instance_type not in self._types:
            raise AWSClientError(
                "describe_instance_types",
                f"The following supplied instance types do not exist: [{instance_type}]",
            )
        return InstanceTypeInfo(self._types[instance_type])

    def list_instance_types(self) -> list[str]:
        """Every type that there is."""
        return sorted(self._types)

    def get_supported_architectures(self, instance_type: str) -> list[str]:
        """The architectures of the type that ParallelCluster supports."""
        return list(self.get_instance_type_info(instance_type).supported_architecture())

    def get_official_image_id(self, *_: Any, **__: Any) -> str:
        """Every supported system has an official image."""
        return IMAGE

    def describe_image(self, ami_id: str) -> ImageInfo:
        """An official image of x86."""
        return ImageInfo(
            {
                "ImageId": ami_id,
                "Name": "aws-parallelcluster",
                "Architecture": "x86_64",
                "State": "available",
                "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 45}}],
                "RootDeviceName": "/dev/sda1",
                "Tags": [],
            }
        )

    def get_subnets_az_mapping(self, subnet_ids: list[str]) -> dict[str, str]:
        """All made-up subnets are in one zone, as the fleet's clusters are."""
        return dict.fromkeys(subnet_ids, f"{os.environ['AWS_DEFAULT_REGION']}a")

    def get_subnet_avail_zone(self, _subnet_id: str) -> str:
        """The same zone."""
        return f"{os.environ['AWS_DEFAULT_REGION']}a"

    def get_instance_type_and_reservation_type_from_capacity_reservation(
        self, reservation_id: str
    ) -> tuple[str, str]:
        """The type that the configuration says beside the reservation."""
        if reservation_id not in self._reserved:
            raise Unanswered(f"the instance type of {reservation_id}")
        return self._reserved[reservation_id], "capacity-block"

    def describe_capacity_reservations(self, *_: Any, **__: Any) -> list[Any]:
        """None is known: enough to load a configuration, not to judge it."""
        if not self.is_loading:
            raise Unanswered("capacity reservations")
        return []


class _Fsx(_Nobody):
    """Lustre file systems that the fleet makes."""

    def __init__(self, region: str, subnet_id: str) -> None:
        self._region = region
        self._subnet_id = subnet_id

    def get_file_systems_info(self, ids: list[str]) -> list[FsxStorageInfo]:
        """File systems as FSx describes those that the fleet makes."""
        return [
            FsxStorageInfo(
                {
                    "FileSystemId": id_,
                    "FileSystemType": "LUSTRE",
                    "DNSName": f"{id_}.fsx.{self._region}.amazonaws.com",
                    "SubnetIds": [self._subnet_id],
                    "LustreConfiguration": {"MountName": "fsx"},
                }
            )
            for id_ in ids
        ]


class _Offline(_Nobody):
    """The package's one way to AWS, with nobody behind it but the tables."""

    def __init__(self, region: str, instance_types: str, reserved: Mapping[str, str]) -> None:
        self.aws_region = region
        self.ec2 = _Ec2(instance_types, reserved)
        self.fsx = _Fsx(region, "subnet-0123456789abcdef0")

    def __getattr__(self, name: str) -> Any:
        return _Nobody()


def validate(*, name: str, configuration: str, region: str, instance_types: str) -> dict[str, Any]:
    """The messages about a configuration, and the validators that could not be asked.

    `instance_types` is a gzipped JSON file: type -> an item of DescribeInstanceTypes' answer.
    """
    os.environ["AWS_DEFAULT_REGION"] = region
    asyncio.set_event_loop(asyncio.new_event_loop())  # the package expects one
    Cache.clear_all()
    offline = _Offline(region, instance_types, _reserved(parse_config(configuration)))
    AWSApi._instance = offline
    unanswered: set[str] = set()
    try:
        cluster = ClusterSchema(cluster_name=name).load(parse_config(configuration))
    except ValidationError as error:
        text = str(sorted(error.messages.items()) if isinstance(error.messages, dict) else error)
        return _answer([{"level": "ERROR", "type": SCHEMA, "message": text}], unanswered)
    except Unanswered as missing:
        unanswered.add(f"loading the configuration, which asks for {missing}")
        return _answer([], unanswered)
    offline.ec2.is_loading = False
    Cache.clear_all()
    failures: list[Any] = []
    with _leaving_out(unanswered):
        try:
            failures = cluster.validate(set(), ValidatorContext())
        except AWSClientError as error:  # as the API words it
            return _answer([{"level": "ERROR", "type": "", "message": f"{INVALID}: {error}"}], unanswered)
        except Unanswered as missing:
            unanswered.add(f"all others, which ask AWS for {missing}")
    messages = [
        {"level": failure.level.name, "type": failure.validator_type, "message": failure.message}
        for failure in failures
    ]
    return _answer(messages, unanswered)


class _leaving_out:  # noqa: N801 - reads as a function
    """While it lasts, a validator that asks AWS is noted, not failed."""

    def __init__(self, unanswered: set[str]) -> None:
        self._unanswered = unanswered
        self._original = Resource._validator_execute

    def __enter__(self) -> None:
        original, unanswered = self._original, self._unanswered

        async def finish(validator_class: Any, running: Any) -> Any:
            try:
                return await running
            except Unanswered:
                unanswered.add(validator_class.__name__)
                return []

        @functools.wraps(original)
        def execute(validator_class: Any, *arguments: Any, **more: Any) -> Any:
            try:
                result = original(validator_class, *arguments, **more)
            except Unanswered:
                unanswered.add(validator_class.__name__)
                return []
            return finish(validator_class, result) if inspect.iscoroutine(result) else result

        Resource._validator_execute = staticmethod(execute)

    def __exit__(self, *_: object) -> None:
        Resource._validator_execute = staticmethod(self._original)


def _reserved(value: Any) -> dict[str, str]:
    """Reservation id -> the instance type that is written beside it, anywhere in a configuration."""
    if isinstance(value, list):
        return {key: found for item in value for key, found in _reserved(item).items()}
    if not isinstance(value, dict):
        return {}
    target = value.get("CapacityReservationTarget")
    if isinstance(target, dict) and "CapacityReservationId" in target and "InstanceType" in value:
        return {target["CapacityReservationId"]: value["InstanceType"]}
    return _reserved(list(value.values()))


def _answer(messages: list[dict[str, str]], unanswered: set[str]) -> dict[str, Any]:
    return {"version": get_installed_version(), "messages": messages, "unanswered": sorted(unanswered)}


@cache
def _table(file: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(gzip.decompress(Path(file).read_bytes()))
    return table
