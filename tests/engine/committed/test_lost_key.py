"""The runbook of a lost key: its commands bring back a key that is disabled or waits for its deletion."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.committed.conftest import Standing
from tests.engine.committed.replicas import CENTRAL, REPLICAS, client, key_arn, s3, settled
from tests.engine.fleets import CHECKOUT

RUNBOOK = CHECKOUT / "docs" / "runbooks" / "lost-key.md"
THERE = REPLICAS[2]


def commands(heading: str) -> list[list[str]]:
    """The commands under a heading of the runbook, as words."""
    (section,) = re.findall(
        rf"^## {heading}\n(.*?)(?=^## |\Z)", RUNBOOK.read_text(), re.DOTALL | re.MULTILINE
    )
    (block,) = re.findall(r"```\n(.*?)```", section, re.DOTALL)
    return [line.split() for line in block.splitlines()]


def run_kms(kms: Any, words: list[str], arn: str) -> dict[str, Any]:
    """`aws kms NAME --key-id ID`, as boto3 has it."""
    assert (words[:2], words[3:]) == (["aws", "kms"], ["--key-id", "ID"])
    answer: dict[str, Any] = getattr(kms, words[2].replace("-", "_"))(KeyId=arn)
    return answer


def key_state(kms: Any, arn: str) -> str:
    return str(kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"])


@pytest.fixture
def whole(standing: Standing) -> Iterator[None]:
    """The key is as it was, whatever a test did."""
    yield
    kms, arn = client(standing, "kms", THERE), key_arn(standing, THERE)
    if key_state(kms, arn) == "PendingDeletion":
        kms.cancel_key_deletion(KeyId=arn)
    if key_state(kms, arn) == "Disabled":
        kms.enable_key(KeyId=arn)


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize(
    ("heading", "state"), [("It is disabled", "Disabled"), ("It waits for its deletion", "PendingDeletion")]
)
def test_the_runbook_brings_a_key_back(standing: Standing, heading: str, state: str) -> None:
    key, kms, arn = f"code/test-{uuid.uuid4()}", client(standing, "kms", THERE), key_arn(standing, THERE)
    if state == "Disabled":
        kms.disable_key(KeyId=arn)
    else:
        kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    s3(standing, CENTRAL).put_object(Bucket=CENTRAL.name, Key=key, Body=b"x")
    assert settled(standing, key) == "FAILED"
    broken = standing.fleet.fleet("data", "status", "--json")
    (cause,) = broken.json["causes"]
    assert (broken.code, cause["cause"]) == (1, f"key {arn} is {state}")
    assert cause["remedy"] == "see docs/runbooks/lost-key.md"

    for words in commands(heading):
        run_kms(kms, words, arn)
    assert key_state(kms, arn) == "Enabled"
    for words in commands("Either way, then"):
        assert words[0] == "fleet"
        done = standing.fleet.fleet(*words[1:])
        assert done.code == 0, json.dumps([done.out, done.err])
    assert settled(standing, key) == "COMPLETED"
