"""A sandbox for tests that need AWS, and a versioned bucket for each of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.client import Sandbox
from tests.unit.automation.recovery.stored import Bucket
from tests.unit.sandbox.aws.cloud import CONFIG, Cloud


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One daemon for the tests of a file: what they make stays, and an account may have five VPCs in a region."""
    sandbox = Sandbox(tmp_path_factory.mktemp("recovery") / "home")
    sandbox.start(CONFIG)
    cloud = Cloud(sandbox)
    yield cloud
    cloud.close()
    sandbox.stop()


@pytest.fixture
def bucket(cloud: Cloud) -> Bucket:
    """A state bucket of this test's own."""
    s3, name = cloud.client("s3"), f"state-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return Bucket(s3=s3, name=name)


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"
