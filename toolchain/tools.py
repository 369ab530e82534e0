"""The table of tools: what is accepted, where it is downloaded, how it is built."""

from __future__ import annotations

from dataclasses import dataclass

Version = tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Download:
    """An official release archive and the file of SHA-256 sums published beside it.

    `{version}` and `{platform}` are filled in. The sums come from the release itself, on another host than
    the archive: that proves the archive is the published one, not what it was when this row was written. A
    build proves that too: the committed go.sum pins every module.
    """

    archive: str
    checksums: str
    folder: str
    """The archive's one top folder, which holds the programs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GoProgram:
    """One program built from the Go modules that `recipes/<recipe>/go.mod` and `go.sum` pin."""

    recipe: str
    package: str
    ldflags: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ModuleFile:
    """A script that a Go module ships beside its code."""

    recipe: str
    module: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Build:
    """How a tool is made from its Go modules."""

    parts: tuple[GoProgram | ModuleFile, ...]
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
    download: Download
    build: Build

    @property
    def programs(self) -> tuple[str, ...]:
        """Every program that the tool's folder must hold."""
        return (self.name, *self.companions)


_PULUMI_VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"

# 3.250.0 is the newest pkg/v3 that builds from modules alone. Its language host is a module of its own that
# is not served, so the last sdk release that still contained one stands in (3.78.1). That host ignores the
# `virtualenv` option of Pulumi.yaml: the environment's bin folder has to be first on PATH.
PULUMI = Tool(
    name="pulumi",
    version="3.250.0",
    at_least=(3, 250),
    below=(4,),
    version_command=("version",),
    companions=("pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python"),
    download=Download(
        archive="https://get.pulumi.com/releases/sdk/pulumi-v{version}-{platform}.tar.gz",
        checksums="https://github.com/pulumi/pulumi/releases/download/v{version}/pulumi-{version}-checksums.txt",
        folder="pulumi",
    ),
    build=Build(
        usual_minutes=5,
        parts=(
            GoProgram(
                recipe="pulumi",
                package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
                ldflags=f"-s -w -X {_PULUMI_VERSION}=v3.250.0",
            ),
            GoProgram(
                recipe="pulumi-language-python",
                package="github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
                ldflags=f"-s -w -X {_PULUMI_VERSION}=v3.78.1",
            ),
            ModuleFile(
                recipe="pulumi",
                module="github.com/pulumi/pulumi/sdk/v3",
                path="python/cmd/pulumi-language-python-exec",
            ),
            ModuleFile(
                recipe="pulumi",
                module="github.com/pulumi/pulumi/sdk/v3",
                path="python/dist/pulumi-resource-pulumi-python",
            ),
        ),
    ),
)

TOOLS: tuple[Tool, ...] = (PULUMI,)
