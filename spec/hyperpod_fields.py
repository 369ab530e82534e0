"""Types of single fields of `hyperpod`: what SageMaker sells and takes."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from spec.fields import UniqueTuple, matching, refuse, text_schema
from spec.hyperpod_instance_types import INSTANCE_TYPES
from spec.problem import did_you_mean

CLUSTER_NAME_CHARACTERS_MAX = 63
"""SageMaker API, CreateCluster, ClusterName."""

INSTANCES_MAX = 6758
"""SageMaker API, ClusterInstanceCount; the account's quota is far below."""

VOLUME_GIB_MAX = 16_384
"""SageMaker API, ClusterEbsVolumeConfig, VolumeSizeInGB."""

ALARMS_MAX = 10
"""SageMaker API, AutoRollbackAlarms."""

WAIT_SECONDS_MAX = 3600
"""SageMaker API, DeploymentConfiguration, WaitIntervalInSeconds."""

TRAINING_PLAN_PATTERN = (
    r"arn:aws:sagemaker:([a-z0-9-]+):([0-9]{12}):training-plan/[A-Za-z0-9](?:-*[A-Za-z0-9])*"
)
DATABASE_LOGIN_PATTERN = r"arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[\w/+=.@-]+"
HOST_PATTERN = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
CRON_PATTERN = (
    r"cron\([0-5]?[0-9] (?:[01]?[0-9]|2[0-3]) (?:0?[1-9]|[12][0-9]|3[01]|\?) "
    r"(?:0?[1-9]|1[0-2]|\*|\*/(?:[1-9]|1[0-2])) "
    r"(?:MON|TUE|WED|THU|FRI|SAT|SUN|[1-7]|\?|L|[1-7]#[1-5]|[1-7]L) (?:20[2-9][0-9]|\*)\)"
)
"""SageMaker API, ScheduledUpdateConfig, ScheduleExpression: once a month at most, in UTC."""


def _instance_type(value: str) -> str:
    if value not in INSTANCE_TYPES:
        if f"ml.{value}" in INSTANCE_TYPES:
            raise refuse(f'"{value}" is EC2\'s name of it', f"write SageMaker's: ml.{value}")
        raise refuse(f'"{value}" is no instance type of HyperPod', did_you_mean(value, INSTANCE_TYPES))
    return value


def whole_number(least: int, most: int, what: str) -> tuple[AfterValidator, WithJsonSchema]:
    """A validator, and its JSON Schema, for a number within both limits."""

    def check(value: int) -> int:
        if not least <= value <= most:
            raise refuse(f"{value} is not {what}", f"AWS takes {least} to {most}")
        return value

    return AfterValidator(check), WithJsonSchema({"type": "integer", "minimum": least, "maximum": most})


def _schedule(value: str) -> str:
    if re.fullmatch(CRON_PATTERN, value) is None:
        raise refuse(
            f'"{value}" is not a schedule of software updates',
            "write it like cron(0 9 ? * SUN#1 *), the first Sunday of each month at 9:00 in UTC",
        )
    return value


def _alarms(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > ALARMS_MAX:
        raise refuse(f"has {len(names)} alarms", f"AWS takes {ALARMS_MAX}")
    return names


InstanceType = Annotated[
    str, AfterValidator(_instance_type), WithJsonSchema({"enum": sorted(INSTANCE_TYPES)})
]
InstanceCount = Annotated[int, *whole_number(0, INSTANCES_MAX, "a number of instances")]
VolumeGib = Annotated[int, *whole_number(1, VOLUME_GIB_MAX, "the size of a volume in GiB")]
Percent = Annotated[int, *whole_number(1, 100, "a percentage")]
WaitSeconds = Annotated[int, *whole_number(0, WAIT_SECONDS_MAX, "a number of seconds to wait")]
Port = Annotated[int, *whole_number(1, 65_535, "a port")]
UpdateSchedule = Annotated[str, AfterValidator(_schedule), text_schema(CRON_PATTERN)]
TrainingPlanArn = Annotated[
    str,
    matching(
        TRAINING_PLAN_PATTERN,
        "the ARN of a training plan",
        "arn:aws:sagemaker:us-west-2:123456789012:training-plan/p5-june",
    ),
    text_schema(TRAINING_PLAN_PATTERN),
]
SecretArn = Annotated[
    str,
    matching(
        DATABASE_LOGIN_PATTERN,
        "the ARN of a secret",
        "arn:aws:secretsmanager:us-west-2:123456789012:secret:slurm-accounting-AbCdEf",
    ),
    text_schema(DATABASE_LOGIN_PATTERN),
]
HostName = Annotated[
    str,
    matching(HOST_PATTERN, "the name of a host", "slurm.abc123.us-west-2.rds.amazonaws.com"),
    text_schema(HOST_PATTERN),
]
Alarms = Annotated[
    UniqueTuple[str], AfterValidator(_alarms), Field(json_schema_extra={"maxItems": ALARMS_MAX})
]
