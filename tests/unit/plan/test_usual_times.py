from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from components import parallelcluster_provider as provider
from plan.usual_times import DEFAULT_S, USUAL_S, usual_s

DYNAMIC = "pulumi-python"
"""The package of our own dynamic providers."""


def source(token: str) -> Path:
    """The SDK's file of a type; importing the SDK for this would take seconds."""
    package, module, kind = token.split(":")
    if package == DYNAMIC:
        return Path(provider.__file__)
    spec = find_spec(f"pulumi_{package.replace('-', '_')}")
    assert spec is not None
    assert spec.origin is not None
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()
    return Path(spec.origin).parent / module.split("/")[0] / f"{name}.py"


@pytest.mark.parametrize("token", USUAL_S)
def test_a_row_is_a_type_that_the_sdk_has(token: str) -> None:
    wanted = f"'{token}'" if not token.startswith(DYNAMIC) else 'module="parallelcluster", name="Cluster"'
    assert wanted in source(token).read_text()


@pytest.mark.parametrize(
    ("token", "expected_s"),
    [
        ("aws:ec2/natGateway:NatGateway", 100.0),
        ("aws:ec2/route:Route", DEFAULT_S),
        ("pulumi:pulumi:Stack", 0.0),
        ("pulumi:providers:aws", 0.0),
        ("mlclusters:network:Network", 0.0),
        ("eks:index:Cluster", 0.0),
    ],
)
def test_what_exists_in_the_engine_alone_takes_no_time(token: str, expected_s: float) -> None:
    assert usual_s(token) == expected_s
