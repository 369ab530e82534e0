"""Reads fleet.yaml and the stack files: one reader for the driver and for the Pulumi program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from spec import cluster_config, rules, stackfile
from spec.document import Document, read
from spec.fleet import Fleet, FleetSettings
from spec.problem import Finding, Problem, SpecError
from spec.site import Site
from spec.validation import validate

FLEET_FILE = "fleet.yaml"

Check = Callable[[Fleet], Iterable[Finding]]
"""What is wrong with a fleet as a whole, beyond the rules of `spec.rules`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What could be read, with the problems of text and fields, before any rule was asked."""

    fleet_document: Document
    documents: Mapping[str, Document]
    """By stack."""
    settings: FleetSettings | None
    sites: Mapping[str, Site]
    """Those without a wrong field, in the order of fleet.yaml."""
    cluster_configs: Mapping[str, Document]
    problems: tuple[Problem, ...]

    def problem(self, finding: Finding) -> Problem:
        """A rule's finding, in its file."""
        document = self.documents[finding.site] if finding.site else self.fleet_document
        return document.problem(replace(finding, path=(*document.root, *finding.path)))


def load(root: FilePath, checks: Iterable[Check] = ()) -> Fleet:
    """The fleet of the checkout at `root`. Raises SpecError with all problems of all files.

    Problems come in tiers: the rules between fields and sites run over whatever has no wrong field, and `checks`, which
    look at what the files make together (`plan.CHECKS`), over a fleet that breaks no rule. So a file may have more to
    say once it is right so far.
    """
    draft = read_draft(root)
    problems = {*draft.problems, *map(draft.problem, broken_rules(draft))}
    if problems or draft.settings is None:
        raise _error(problems)
    configs = {name: document.data or {} for name, document in draft.cluster_configs.items()}
    fleet = Fleet(settings=draft.settings, sites=draft.sites, cluster_configs=configs)
    if found := {draft.problem(finding) for check in checks for finding in check(fleet)}:
        raise _error(found)
    return fleet


def _error(problems: Iterable[Problem]) -> SpecError:
    return SpecError(sorted(problems, key=lambda each: (each.file, each.line or 0, str(each))))


def read_draft(root: FilePath) -> Draft:
    """Reads every file and checks its text and its fields, but no rule between them."""
    fleet_document = read(root / FLEET_FILE)
    settings, findings = validate(FleetSettings, fleet_document)
    listed = [entry.name for entry in settings.sites] if settings else None
    documents = stackfile.read_all(root)
    findings += stackfile.unwritten(listed or (), documents)
    problems = [fleet_document.problem(finding) for finding in findings]
    problems += stackfile.misnamed(root)
    sites: dict[str, Site] = {}
    for name, document in documents.items():
        site, findings = stackfile.site(document, listed)
        problems += map(document.problem, findings)
        if site is not None:
            sites[name] = site
    cluster_configs, wrong = cluster_config.read_all(root, sites)
    problems += wrong
    return Draft(
        fleet_document=fleet_document,
        documents=documents,
        settings=settings,
        sites={name: sites[name] for name in (sites if listed is None else listed) if name in sites},
        cluster_configs=cluster_configs,
        problems=tuple(problems),
    )


def broken_rules(draft: Draft) -> Iterator[Finding]:
    """What the tables of spec.rules find."""
    for name, site in draft.sites.items():
        for site_rule in rules.SITE_RULES:
            yield from site_rule(name, site)
    if draft.settings is not None:
        for settings_rule in rules.SETTINGS_RULES:
            yield from settings_rule(draft.settings)
        for fleet_rule in rules.FLEET_RULES:
            yield from fleet_rule(draft.settings, draft.sites)
