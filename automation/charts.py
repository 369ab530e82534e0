"""Charts that are in a Git repository and in no chart repository: a pinned revision, fetched once into the checkout.

Not in the sandbox, which records releases and reads no chart.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from automation.errors import FleetError
from plan import hyperpod_chart

Say = Callable[[str], object]


def fetch(
    root: Path,
    *,
    say: Say,
    repository: str = hyperpod_chart.REPOSITORY,
    revision: str = hyperpod_chart.REVISION,
) -> Path:
    """The revision's files below the checkout at `root`, where `components` name them; fetched when they are not there.

    A commit's id is the hash of its files, so that what git has checked out is what was pinned. Raises FleetError when
    it cannot be had.
    """
    folder = root / hyperpod_chart.CHARTS / revision
    if folder.is_dir():
        return folder
    say(f"chart: fetching {repository} at {revision[:12]}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        git = ("git", "-C", work)
        for command in (
            (*git, "init", "--quiet"),
            (*git, "fetch", "--quiet", "--depth", "1", repository, revision),
            (*git, "checkout", "--quiet", "FETCH_HEAD"),
        ):
            _run(command, repository)
        shutil.rmtree(Path(work) / ".git")
        Path(work).rename(folder)
        Path(work).mkdir()  # what the context removes
    return folder


def _run(command: tuple[str, ...], repository: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        why = done.stderr.strip().splitlines()[-1:] or ["git failed"]
        raise FleetError(
            f"the chart of HyperPod's dependencies cannot be had from {repository}: {why[0]}",
            remedy="look at the network and at git; the revision is pinned in plan/hyperpod_chart.py",
        )
