"""A pinned revision of a repository is fetched once, and a revision that is not there is said."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from automation.charts import fetch
from automation.errors import FleetError


@pytest.fixture
def repository(tmp_path: Path) -> tuple[str, str]:
    """A repository with two commits; its address and the first commit's id."""
    folder = tmp_path / "repository"
    folder.mkdir()

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        command = ["git", "-C", str(folder), *who, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    git("init", "--quiet")
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    ids = []
    for content in ("one", "two"):
        (folder / "Chart.yaml").write_text(content)
        git("add", "-A")
        git("commit", "--quiet", "-m", content)
        ids.append(git("rev-parse", "HEAD"))
    return f"file://{folder}", ids[0]


def test_the_pinned_revision_is_there_once(tmp_path: Path, repository: tuple[str, str]) -> None:
    address, revision = repository
    said: list[str] = []
    folder = fetch(tmp_path, say=said.append, repository=address, revision=revision)
    assert folder == tmp_path / ".fleet" / "charts" / revision
    assert [path.name for path in folder.iterdir()] == ["Chart.yaml"]
    assert (folder / "Chart.yaml").read_text() == "one"
    assert [path.name for path in folder.parent.iterdir()] == [revision]
    assert fetch(tmp_path, say=said.append, repository="nowhere", revision=revision) == folder
    assert said == [f"chart: fetching {address} at {revision[:12]}"]


def test_a_revision_that_is_not_there(tmp_path: Path, repository: tuple[str, str]) -> None:
    address, _ = repository
    with pytest.raises(FleetError, match="the chart of HyperPod's dependencies cannot be had from file://"):
        fetch(tmp_path, say=lambda _: None, repository=address, revision="0" * 40)
    assert list((tmp_path / ".fleet" / "charts").iterdir()) == []
