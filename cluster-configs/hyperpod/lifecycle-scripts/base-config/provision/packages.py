"""The system's packages, and pinned sources and files from the internet."""

from __future__ import annotations

import hashlib
from pathlib import Path

from provision.host import Host, ProvisionError
from provision.pins import Archive, Source

SOURCES = "/usr/local/src"
APT = ("apt-get", "-y", "-o", "DPkg::Lock::Timeout=120")
SUBMODULES = ("-c", "url.https://git.musl-libc.org/git/musl.insteadOf=git://git.musl-libc.org/musl")
"""musl's repository by TLS: nothing here speaks git's own unencrypted protocol."""


def install(host: Host, *, apt: tuple[str, ...], dnf: tuple[str, ...]) -> None:
    """Install packages, by the name that each family of distributions has for them."""
    if host.has("apt-get"):
        host.retried(*APT, "update")
        host.retried(*APT, "install", *apt)
    elif host.has("dnf"):
        host.retried("dnf", "-y", "install", *dnf)
    else:
        raise ProvisionError("this AMI has neither apt-get nor dnf; HyperPod's have one of them")


def checkout(host: Host, source: Source, name: str) -> Path:
    """The source at its commit. Raises ProvisionError when git gives another one."""
    folder = host.folder(f"{SOURCES}/{name}-{source.version}")
    host.run("git", "init", "--quiet", str(folder))
    host.retried("git", "-C", str(folder), "fetch", "--quiet", "--depth", "1", source.url, source.commit)
    host.run("git", "-C", str(folder), "checkout", "--quiet", "--force", source.commit)
    found = host.run("git", "-C", str(folder), "rev-parse", "HEAD").strip()
    if found != source.commit:
        raise ProvisionError(f"{source.url} gave {found}, not the pinned {source.commit}")
    host.retried(
        "git", "-C", str(folder), *SUBMODULES, "submodule", "update", "--init", "--recursive", "--depth", "1"
    )
    return folder


def download(host: Host, archive: Archive, name: str) -> Path:
    """The archive, checked. Raises ProvisionError with both checksums when it is not what it has to be."""
    machine = host.run("uname", "-m").strip()
    if machine not in archive.sha256:
        raise ProvisionError(
            f"{name} {archive.version} is pinned for {', '.join(archive.sha256)}, not {machine}"
        )
    target = host.folder(SOURCES) / f"{name}-{archive.version}.tar.gz"
    url = archive.url.format(arch=archive.arch[machine])
    host.retried("curl", "--fail", "--silent", "--show-error", "--location", "--output", str(target), url)
    found = hashlib.sha256(target.read_bytes()).hexdigest()
    if found != archive.sha256[machine]:
        target.unlink()
        raise ProvisionError(f"{url} has SHA-256 {found}, not the pinned {archive.sha256[machine]}")
    return target
