"""docs/gitops-facts.md: the table of switches and facts for people who write values, templates and selectors."""

from __future__ import annotations

from collections.abc import Iterator

from plan.cluster_facts import FACTS, LABELS, SWITCHES, Fact

PAGE = "docs/gitops-facts.md"


def pages() -> dict[str, str]:
    """The text of the page, by its path in the checkout. It is committed, and a test compares."""
    return {PAGE: "\n".join(_lines()) + "\n"}


def _lines() -> Iterator[str]:
    yield "# What Argo CD knows of a cluster"
    yield ""
    yield (
        "Each EKS cluster is a Secret in namespace argocd of the hub. This page is `plan/cluster_facts.py`, written by "
        "`fleet schema --write`. How the names are used: [gitops.md](gitops.md)."
    )
    yield from ("", "## Switches", "")
    yield "Labels, `true` or `false`. ApplicationSets select by them."
    yield from ("", "| label | turns on | on by itself for |", "|---|---|---|")
    yield from (f"| `{switch.label}` | {switch.meaning} | {switch.rule} |" for switch in SWITCHES)
    yield from ("", "## Other labels", "", *_table("label", LABELS))
    yield from ("", "## Facts", "")
    yield "Annotations. Every cluster has all of them; one that does not apply is empty."
    yield from ("", *_table("annotation", FACTS))


def _table(kind: str, facts: tuple[Fact, ...]) -> Iterator[str]:
    yield from (f"| {kind} | says | from |", "|---|---|---|")
    yield from (f"| `{fact.name}` | {fact.meaning} | {fact.source} |" for fact in facts)
