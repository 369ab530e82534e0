from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from components.parallelcluster_provider import SlurmCluster
from plan import stateful

SLURM = f"pulumi-python:{SlurmCluster._resource_type_name}"
SDKS = {"aws": "pulumi_aws", "aws-native": "pulumi_aws_native", "eks": "pulumi_eks"}


def defined_in_sdk(token: str) -> bool:
    """Whether the SDK that the token names has a resource of it; its source is read, not loaded."""
    package, _, kind = token.partition(":")
    spec = find_spec(SDKS[package])
    assert spec is not None
    assert spec.origin is not None
    module = kind.split("/", 1)[0].split(":", 1)[0]
    folder = Path(spec.origin).parent / ("" if module == "index" else module)
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.rpartition(":")[2]).lower()
    file = folder / f"{name}.py"
    return file.is_file() and f"'{token}'" in file.read_text()


@pytest.mark.parametrize("token", sorted({*stateful.REASONS} - {SLURM}))
def test_each_kind_that_holds_state_is_one_that_the_sdk_has(token: str) -> None:
    assert defined_in_sdk(token)


def test_a_slurm_cluster_holds_state() -> None:
    assert SLURM in stateful.REASONS


def test_what_the_files_make_again_holds_no_state() -> None:
    assert stateful.reason("aws:ec2/vpc:Vpc") is None
    assert stateful.reason("aws:kms/key:Key") == "what it encrypted can never be read again"


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("aws:s3/bucketPolicy:BucketPolicy", True),
        ("aws:s3/bucketVersioning:BucketVersioning", True),
        ("aws:s3/bucketObjectv2:BucketObjectv2", False),
        ("aws:sqs/queue:Queue", False),
    ],
)
def test_what_guards_data_is_a_setting_and_what_files_make_again_is_none(token: str, expected: bool) -> None:
    assert stateful.is_setting(token) is expected
