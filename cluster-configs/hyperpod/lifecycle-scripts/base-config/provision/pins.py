"""What is fetched from the internet, and what it has to be. A git commit id is a checksum of all that it holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A git repository at one commit."""

    url: str
    version: str
    commit: str


@dataclass(frozen=True)
class Archive:
    """A file with its SHA-256 by `uname -m`; `url` has {arch}, the publisher's word for it."""

    url: str
    version: str
    arch: dict[str, str]
    sha256: dict[str, str]


EFS_UTILS = Source(
    # The last version that is Python alone: 2.0 and later need a Rust toolchain on every node.
    url="https://github.com/aws/efs-utils.git",
    version="1.36.0",
    commit="c87d19f3e1db26532f09a7fed338347aacb90e10",
)

ENROOT = Source(
    url="https://github.com/NVIDIA/enroot.git",
    version="3.5.0",
    commit="c7dc4a6b66e817af5ceb7d5315850696067b3f80",
)

PYXIS = Source(
    url="https://github.com/NVIDIA/pyxis.git",
    version="0.20.0",
    commit="424563865a491f2d8f3c396a095d18db81f1fb07",
)

NODE_EXPORTER = Archive(
    url="https://github.com/prometheus/node_exporter/releases/download/v1.8.2/node_exporter-1.8.2.linux-{arch}.tar.gz",
    version="1.8.2",
    arch={"x86_64": "amd64", "aarch64": "arm64"},
    # sha256sums.txt of the release.
    sha256={
        "x86_64": "6809dd0b3ec45fd6e992c19071d6b5253aed3ead7bf0686885a51d85c6643c66",
        "aarch64": "627382b9723c642411c33f48861134ebe893e70a63bcc8b3fc0619cd0bfac4be",
    },
)
