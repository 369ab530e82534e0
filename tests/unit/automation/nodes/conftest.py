from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.sandbox.aws.cloud import Cloud, running


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One daemon for all tests of a worker."""
    with running(tmp_path_factory.mktemp("sandbox") / "home") as cloud:
        yield cloud
