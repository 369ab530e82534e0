"""A copy of the committed fleet, so that a test may change its files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from automation.session import Options, Session, open_session

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The committed files that operators write, and the engine's project file, in a folder of their own."""
    root = tmp_path / "checkout"
    root.mkdir()
    for file in [CHECKOUT / "fleet.yaml", *CHECKOUT.glob("Pulumi*.yaml")]:
        shutil.copy(file, root)
    return root


@pytest.fixture
def session(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.delenv("FLEET_HOME", raising=False)
    return open_session(Options(root=checkout, is_sandbox=True))
