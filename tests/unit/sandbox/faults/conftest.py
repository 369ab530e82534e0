from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.client import Sandbox
from sandbox.faults import Faults
from tests.unit.sandbox.aws.cloud import CONFIG, Cloud


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One daemon for all tests of a worker."""
    sandbox = Sandbox(tmp_path_factory.mktemp("faults") / "home")
    sandbox.start(CONFIG)
    cloud = Cloud(sandbox)
    yield cloud
    cloud.close()
    sandbox.stop()


@pytest.fixture
def faults(cloud: Cloud) -> Iterator[Faults]:
    """The daemon's faults; none is left behind."""
    yield cloud.sandbox.faults
    cloud.sandbox.faults.clear()
