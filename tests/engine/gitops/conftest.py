"""One hub for all tests of this folder: bootstrapped, with the secrets of the committed clusters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.gitops.hub import APPLICATIONSETS, Hub, generating, standing
from tests.engine.gitops.rendering import bootstrap
from tests.registered import CLUSTERS, secret


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("charts")


@pytest.fixture(scope="session")
def bootstrapped(scratch: Path) -> list[dict[str, Any]]:
    """Everything that the root Application applies."""
    return bootstrap(scratch)


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory, bootstrapped: list[dict[str, Any]]) -> Iterator[Hub]:
    with standing(tmp_path_factory.mktemp("hub")) as hub, generating(hub):
        hub.apply(map(secret, CLUSTERS))
        hub.apply(bootstrapped)
        sets = [item for item in bootstrapped if item["kind"] == "ApplicationSet"]
        hub.until(APPLICATIONSETS, lambda: generated(hub) == {item["metadata"]["name"] for item in sets})
        yield hub


def generated(hub: Hub) -> set[str]:
    """The ApplicationSets whose Applications are there, by their own word."""
    items = hub.api.get(APPLICATIONSETS)["items"]
    return {
        item["metadata"]["name"]
        for item in items
        for condition in item.get("status", {}).get("conditions", [])
        if condition["type"] == "ResourcesUpToDate" and condition["status"] == "True"
    }
