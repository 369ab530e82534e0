from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.conftest import ROOT

# Put together here, so that this file names none either.
REGISTRY_HOSTS = [
    ".".join(labels)
    for labels in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("proxy", "golang", "org"),
        ("sum", "golang", "org"),
        ("crates", "io"),
        ("repo1", "maven", "org"),
        ("deb", "debian", "org"),
    )
]


@pytest.mark.parametrize("host", REGISTRY_HOSTS)
def test_no_committed_file_names_a_package_registry(committed_files: list[Path], host: str) -> None:
    found = [str(path.relative_to(ROOT)) for path in committed_files if host.encode() in path.read_bytes()]
    assert found == []


def test_runtime_files_are_not_committed(committed_files: list[Path]) -> None:
    hidden = {".fleet", ".venv", "__pycache__"}
    assert [str(path) for path in committed_files if hidden & set(path.relative_to(ROOT).parts)] == []
