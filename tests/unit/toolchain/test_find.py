from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.toolchain.bench import Bench
from toolchain.__main__ import main
from toolchain.find import RECIPES, cache_folder, find, parse_version
from toolchain.install import install
from toolchain.tool import DebianFiles, GoProgram, GoPrograms, ModuleFile, Part, Tool
from toolchain.tools import ARGOCD, ETCD, HELM, KUBERNETES, PULUMI, TOOLS


@pytest.mark.parametrize("version", ["v3.250.0", "3.250.0", "v3.999.1", "v3.251.0-alpha.1+dirty"])
def test_a_supported_version_on_path_is_taken(bench: Bench, version: str) -> None:
    bench.pulumi_on_path(version)
    assert find(PULUMI, bench.machine) == bench.path


@pytest.mark.parametrize("version", ["v3.249.9", "v2.999.0", "v4.0.0", "unknown", ""])
def test_another_version_on_path_is_refused(bench: Bench, version: str) -> None:
    bench.pulumi_on_path(version)
    assert find(PULUMI, bench.machine) is None


@pytest.mark.parametrize("companion", PULUMI.companions)
def test_a_program_without_its_companion_is_refused(bench: Bench, companion: str) -> None:
    bench.pulumi_on_path("v3.250.0")
    (bench.path / companion).unlink()
    assert find(PULUMI, bench.machine) is None


def test_a_program_that_fails_is_refused(bench: Bench) -> None:
    bench.pulumi_on_path("v3.250.0")
    bench.script("pulumi", "#!/bin/sh\necho v3.250.0\nexit 1\n")
    assert find(PULUMI, bench.machine) is None


def test_a_link_on_path_leads_to_the_folder_of_the_program(bench: Bench) -> None:
    bench.pulumi_on_path("v3.250.0")
    opt = bench.folder / "opt"
    bench.path.rename(opt)
    bench.path.mkdir()
    (bench.path / "pulumi").symlink_to(opt / "pulumi")
    assert find(PULUMI, bench.machine) == opt


def test_path_comes_before_the_cache(bench: Bench) -> None:
    bench.go_on_path()
    assert install(PULUMI, bench.machine) == cache_folder(PULUMI, bench.machine)
    bench.pulumi_on_path("v3.260.0")
    assert find(PULUMI, bench.machine) == bench.path


def test_the_cache_is_found_without_go(bench: Bench) -> None:
    bench.go_on_path()
    installed = install(PULUMI, bench.machine)
    (bench.path / "go").unlink()
    assert find(PULUMI, bench.machine) == installed


def test_every_pin_is_part_of_the_cache_key(bench: Bench) -> None:
    flags = replace(PULUMI.build, parts=(*PULUMI.build.parts[:1], *PULUMI.build.parts[2:]))
    machines = (bench.machine, replace(bench.machine, platform="darwin-arm64"))
    tools = (PULUMI, replace(PULUMI, version="3.251.0"), replace(PULUMI, build=flags))
    assert len({cache_folder(tool, machine) for tool in tools for machine in machines}) == 6


def test_path_prints_the_folders(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.pulumi_on_path("v3.250.0")
    assert main(["path"], bench.machine, [PULUMI]) == 0
    assert capsys.readouterr().out == f"{bench.path}\n"


def test_path_names_what_is_missing(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["path"], bench.machine, [PULUMI]) == 1
    assert capsys.readouterr().out == ""
    assert bench.said == ["not installed: pulumi; run `make`"]


@pytest.mark.parametrize(
    ("text", "version"),
    [("v3.250.0", (3, 250, 0)), ("Kubernetes v1.34.2+k3s1", (1, 34, 2)), ("argocd: v3.1", (3, 1)), ("7", ())],
)
def test_a_version_is_the_first_dotted_number(text: str, version: tuple[int, ...]) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize("module", ["pkg", "sdk"])
def test_the_recipe_of_pulumi_pins_the_version_of_the_table(module: str) -> None:
    pins = (RECIPES / "pulumi" / "go.mod").read_text()
    assert f"github.com/pulumi/pulumi/{module}/v3 v{PULUMI.version} " in pins


@pytest.mark.parametrize(
    "pin",
    [
        f"k8s.io/kubernetes v{KUBERNETES.version}",
        f"k8s.io/api => k8s.io/api v0.{KUBERNETES.version.partition('.')[2]}",
        f"github.com/argoproj/argo-cd/v3 v{ARGOCD.version}",
        f"helm.sh/helm/v3 v{HELM.version}",
    ],
)
def test_the_recipe_of_kubernetes_pins_the_versions_of_the_table(pin: str) -> None:
    assert pin in (RECIPES / "kubernetes" / "go.mod").read_text()


def made(part: Part) -> list[str]:
    """The programs that a part of a build makes."""
    match part:
        case GoProgram(package=path) | ModuleFile(path=path):
            return [path.rpartition("/")[2]]
        case GoPrograms(packages=packages):
            return [program for program, _ in packages]
        case DebianFiles(files=files):
            return [name for name, _ in files if not name.startswith("lib")]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_build_makes_the_programs_of_its_tool(tool: Tool) -> None:
    assert [name for part in tool.build.parts for name in made(part)] == list(tool.programs)


def test_a_download_of_the_table_is_named_as_go_names_platforms(bench: Bench) -> None:
    assert bench.machine.names("1.2.3") == {
        "version": "1.2.3",
        "platform": "linux-x64",
        "os": "linux",
        "arch": "amd64",
    }


def test_the_server_is_not_looked_for_without_its_companions(bench: Bench) -> None:
    bench.script("etcd", "#!/bin/sh\necho etcd Version: 3.4.23\n")
    bench.script("kube-apiserver", "#!/bin/sh\necho Kubernetes v1.34.9\n")
    assert find(ETCD, bench.machine) == bench.path
    assert find(KUBERNETES, bench.machine) is None
