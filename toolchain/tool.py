"""What a row of the table of tools says: what is accepted, where it is downloaded, how it is built."""

from __future__ import annotations

from dataclasses import dataclass

Version = tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Download:
    """An official release archive and the file of SHA-256 sums published beside it.

    `{version}`, `{platform}`, `{os}` and `{arch}` are filled in (`Machine.names`). The sums come from the
    release itself, mostly on another host than the archive: that proves the archive is the published one, not
    what it was when this row was written. A build proves that too: the committed go.sum pins every module.
    """

    archive: str
    checksums: str
    folder: str
    """The archive's one top folder, which holds the programs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainDownload:
    """One program that is published as it is, with a file that has its SHA-256 sum, alone or in a list."""

    program: str
    url: str
    checksums: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GoProgram:
    """One program built from the Go modules that `recipes/<recipe>/go.mod` and `go.sum` pin."""

    recipe: str
    package: str
    ldflags: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GoPrograms:
    """Programs of one recipe that one run of Go builds: what they share is compiled and looked at once."""

    recipe: str
    packages: tuple[tuple[str, str], ...]
    """(program, Go package); Go names a program after its package, which may have another name."""
    ldflags: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ModuleFile:
    """A script that a Go module ships beside its code."""

    recipe: str
    module: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DebianFiles:
    """Files of Debian packages, fetched by apt and unpacked without being installed: that needs no root."""

    packages: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    """(name, where it lies in the packages; a pattern, since libraries lie below the architecture's name)."""


Part = GoProgram | GoPrograms | ModuleFile | DebianFiles


@dataclass(frozen=True, kw_only=True, slots=True)
class Build:
    """How a tool is made where it cannot be downloaded."""

    parts: tuple[Part, ...]
    usual_minutes: int
    """What it took on two cores, rounded up: it sets expectations, nothing depends on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """A program, the companions it needs beside it, and the versions that do: at_least <= version < below."""

    name: str
    version: str
    """The version that is downloaded or built."""
    at_least: Version
    below: Version
    version_command: tuple[str, ...]
    companions: tuple[str, ...] = ()
    downloads: tuple[Download | PlainDownload, ...]
    """What its programs are published in; empty when its publishers ship no programs."""
    build: Build

    @property
    def programs(self) -> tuple[str, ...]:
        """Every program that the tool's folder must hold."""
        return (self.name, *self.companions)
