"""A copy of the committed fleet, so that a test may change its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.session import Options, Session, open_session
from tests.unit.automation.fakes import copy_checkout


@pytest.fixture(autouse=True)
def plain_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person's shell says about fleet is not a test's business."""
    monkeypatch.delenv("FLEET_HOME", raising=False)
    monkeypatch.delenv("FLEET_SANDBOX", raising=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The committed files that operators write, and the engine's project file, in a folder of their own."""
    return copy_checkout(tmp_path / "checkout")


@pytest.fixture
def session(checkout: Path) -> Session:
    return open_session(Options(root=checkout, is_sandbox=True))


@pytest.fixture
def apart(checkout: Path) -> Session:
    """A fleet in which links does not read secondary-use1: it holds no data."""
    path = checkout / "fleet.yaml"
    text = path.read_text()
    path.write_text(text.replace("secondary-use1, secondary-usw2]\n\nalerts", "secondary-usw2]\n\nalerts"))
    return open_session(Options(root=checkout, is_sandbox=True))
