"""Types of single fields of `parallelcluster`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from spec.fields import matching, refuse, text_schema

API_VERSION_MIN = (3, 8, 0)
"""Row P1: the first version whose API the fleet was planned for."""

CONFIG_FILE_PATTERN = r"[a-z0-9][a-z0-9-]*\.yaml"
RESERVATION_PATTERN = r"cr-[0-9a-f]{8}(?:[0-9a-f]{9})?"
ENDPOINT_PATTERN = r"[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?"
SECRETS_MANAGER_PATTERN = r"arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}"
_VERSION_PATTERN = r"[0-9]+\.[0-9]+\.[0-9]+"


def _version(value: str) -> str:
    if re.fullmatch(_VERSION_PATTERN, value, re.ASCII) is None:
        raise refuse(
            f'"{value}" is not a version of ParallelCluster', 'write all three numbers, like "3.16.1"'
        )
    if tuple(map(int, value.split("."))) < API_VERSION_MIN:
        raise refuse(f"{value} is older than 3.8.0, the first that the fleet supports", "take a newer one")
    return value


def _port(value: int) -> int:
    if not 0 < value < 65_536:
        raise refuse(f"{value} is not a port", "use 1 to 65535")
    return value


Version = Annotated[str, AfterValidator(_version), text_schema(_VERSION_PATTERN)]
ConfigFile = Annotated[
    str,
    matching(CONFIG_FILE_PATTERN, "the name of a YAML file", "slurm.yaml"),
    text_schema(CONFIG_FILE_PATTERN),
]
ReservationId = Annotated[
    str,
    matching(RESERVATION_PATTERN, "the id of a capacity reservation", "cr-0123456789abcdef0"),
    text_schema(RESERVATION_PATTERN),
]
Endpoint = Annotated[
    str,
    matching(ENDPOINT_PATTERN, "a host or host:port", "slurm-accounting.example.org:3306"),
    text_schema(ENDPOINT_PATTERN),
]
SecretArn = Annotated[
    str,
    matching(
        SECRETS_MANAGER_PATTERN,
        "the ARN of a secret",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:slurm-a1b2c3",
    ),
    text_schema(SECRETS_MANAGER_PATTERN),
]
Port = Annotated[
    int,
    AfterValidator(_port),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 65_535}),
]
