"""docs/gitops.md followed to the letter: its blocks make what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.engine.gitops.rendering import BOOTSTRAP, ROOT, TEAMS, render

GUIDE = (ROOT / "docs/gitops.md").read_text()


def written(kind: str, scratch: Path) -> Path:
    """The block of the guide, as the file that somebody would have edited: chart values are merged."""
    (block,) = re.findall(rf"^```yaml {kind}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    path = scratch / f"{kind}.yaml"
    path.write_text(block)
    return path


def made(
    scratch: Path, bootstrapped: list[dict[str, Any]], kind: str
) -> dict[tuple[str, str], dict[str, Any]]:
    """What there is with the block beyond what there was, by kind and name."""
    with_it = render(
        BOOTSTRAP,
        release="bootstrap",
        namespace="argocd",
        layers=(TEAMS, written(kind, scratch)),
        scratch=scratch,
    )
    there = [(item["kind"], item["metadata"]["name"]) for item in bootstrapped]
    found = {(item["kind"], item["metadata"]["name"]): item for item in with_it}
    assert set(there) <= set(found)
    return {key: item for key, item in found.items() if key not in there}


def test_an_add_on(scratch: Path, bootstrapped: list[dict[str, Any]]) -> None:
    ((key, made_set),) = made(scratch, bootstrapped, "add-on").items()
    assert key == ("ApplicationSet", "node-problem-detector")
    assert made_set["spec"]["generators"] == [
        {"clusters": {"selector": {"matchLabels": {"enable_metrics_server": "true"}}}}
    ]
    chart = made_set["spec"]["template"]["spec"]["sources"][0]
    assert (chart["chart"], chart["targetRevision"]) == ("node-problem-detector", "2.3.14")
    assert chart["helm"]["valuesObject"] == {"cluster": "{{ .name }}"}


def test_a_team(scratch: Path, bootstrapped: list[dict[str, Any]]) -> None:
    new = made(scratch, bootstrapped, "team")
    assert set(new) == {("AppProject", "team-robotics"), ("ApplicationSet", "team-robotics")}
    project = new["AppProject", "team-robotics"]["spec"]
    assert project["destinations"] == [{"server": "*", "namespace": "robotics"}]
    values = new["ApplicationSet", "team-robotics"]["spec"]["template"]["spec"]["sources"][0]["helm"]
    assert values["valuesObject"]["quota"] == {"cpus": 192, "memoryGib": 2048, "gpus": 16, "efas": 64}
