"""How tests are spread over pytest's workers: a folder of the engine tests shares one rollout, so one worker."""

from __future__ import annotations

from pathlib import Path

import pytest

ENGINE = Path(__file__).parent / "engine"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group engine tests by folder, everything else by file (`--dist loadgroup`).

    First, because a worker reads the groups in a hook of the same name.
    """
    for item in items:
        folder = item.path.parent
        group = folder if folder.is_relative_to(ENGINE) else item.path
        item.add_marker(pytest.mark.xdist_group(str(group.relative_to(ENGINE.parent))))
