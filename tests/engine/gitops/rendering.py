"""Charts as Argo CD's repo-server renders them: layers of values that are there, then facts, by the real helm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import toolchain
from toolchain import Machine, module_folder

ROOT = Path(__file__).parents[3]
GITOPS = ROOT / "gitops"
BOOTSTRAP = GITOPS / "bootstrap"
TEAMS = GITOPS / "workloads" / "teams.yaml"
THIS_REPOSITORY = "$values/"


def render(
    chart: Path,
    *,
    release: str,
    namespace: str,
    layers: tuple[Path, ...] = (),
    facts: Mapping[str, Any] | None = None,
    scratch: Path,
) -> list[dict[str, Any]]:
    """All objects of a chart. Raises AssertionError with helm's own words when it cannot be rendered."""
    values = scratch / f"{release}.json"
    values.write_text(json.dumps(facts or {}))
    done = subprocess.run(
        [
            toolchain.argocd_programs()["helm"],
            "template",
            release,
            chart,
            f"--namespace={namespace}",
            "--include-crds",
            "--kube-version=1.34.0",
            *(f"--values={path}" for path in (*layers, values)),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(scratch), "PATH": os.defpath},
    )
    assert done.returncode == 0, done.stderr
    return [item for item in YAML(typ="safe").load_all(done.stdout) if item]


def bootstrap(scratch: Path) -> list[dict[str, Any]]:
    """What the hub's root Application applies."""
    return render(BOOTSTRAP, release="bootstrap", namespace="argocd", layers=(TEAMS,), scratch=scratch)


def layers(application: Mapping[str, Any]) -> Iterator[Path]:
    """The files of values of an Application's chart that exist, in their order."""
    for name in application["spec"]["sources"][0]["helm"]["valueFiles"]:
        path = ROOT / name.removeprefix(THIS_REPOSITORY)
        if path.exists():
            yield path


def rendered(application: Mapping[str, Any], chart: Path, scratch: Path) -> list[dict[str, Any]]:
    """What an Application would apply, if its chart were that folder."""
    spec = application["spec"]
    helm = spec["sources"][0]["helm"]
    return render(
        chart,
        release=helm["releaseName"],
        namespace=spec["destination"]["namespace"],
        layers=tuple(layers(application)),
        facts=helm.get("valuesObject"),
        scratch=scratch,
    )


def shipped_chart(module: str, path: str, scratch: Path) -> Path:
    """A chart of another project out of its Go module, made a whole one as the project's release does.

    Sub-charts that lie elsewhere are left out: our values use none.
    """
    chart = scratch / Path(path).name
    shutil.copytree(
        module_folder(module, Machine.local()) / path,
        chart,
        copy_function=shutil.copyfile,
        dirs_exist_ok=True,
    )
    for folder in (chart, *(item for item in chart.rglob("*") if item.is_dir())):
        folder.chmod(0o755)
    template = chart / "Chart.template.yaml"
    yaml = YAML()
    content = yaml.load(template if template.exists() else chart / "Chart.yaml")
    if not (chart / "charts").exists():
        content.pop("dependencies", None)
    yaml.dump(content, chart / "Chart.yaml")
    return chart
