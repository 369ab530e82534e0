"""The stack files, Pulumi.<stack>.yaml: which there are, what may stand around a site, and the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import TypeVar

from pydantic import ValidationError

from spec import explain
from spec.document import Document, kind_of, read
from spec.fields import Spec
from spec.problem import Finding, Path, did_you_mean
from spec.site import Site

SITE_KEY = "ml-clusters:site"
SITE_PATH: Path = ("config", SITE_KEY)
ENGINE_KEYS = ("secretsprovider", "encryptedkey", "encryptionsalt", "environment")
"""Top-level keys of a stack file that are the engine's (pulumi, sdk/go/common/workspace, ProjectStack)."""
ENGINE_CONFIG_PREFIX = "pulumi:"

Model = TypeVar("Model", bound=Spec)


def name_of(file: str) -> str:
    """`Pulumi.main-use1.yaml` -> `main-use1`."""
    return file.removeprefix("Pulumi.").removesuffix(".yaml")


def has_site(stack: str) -> bool:
    """False for `links` and `register-<site>`, whose files hold nothing but the engine's keys."""
    return stack != "links" and not stack.startswith("register-")


def read_all(root: FilePath) -> dict[str, Document]:
    """Every stack file of a checkout, by stack."""
    files = sorted(root.glob("Pulumi.*.yaml"))
    stacks = {name_of(file.name): file for file in files}
    return {name: read(file, root=SITE_PATH if has_site(name) else ()) for name, file in stacks.items()}


def site(document: Document, listed: Sequence[str] | None) -> tuple[Site | None, list[Finding]]:
    """The site of a stack file, if it is one, and all findings of the file.

    `listed` are the sites of fleet.yaml, or None when it cannot say.
    """
    name = name_of(document.file)
    if not has_site(name):
        return None, [*document.findings, *_envelope(document, with_site=False)]
    found, findings = model(Site, document)
    findings += _envelope(document, with_site=True)
    if listed is not None and name not in listed:
        findings.append(_unlisted(name, listed))
    return found, findings


def model(kind: type[Model], document: Document) -> tuple[Model | None, list[Finding]]:
    """The document's content as a model, or None, and all findings of its text and its fields.

    A value whose text was refused already (an unquoted id) is not refused again for its type.
    """
    findings = list(document.findings)
    if document.data is None:
        return None, findings
    value = document.at(document.root)
    if not isinstance(value, Mapping):
        cause = "is missing" if value is None else f"must be a mapping, not {kind_of(value)}"
        remedy = f"write the fields of the {kind.__name__.lower()} under it, `name: value`, one a line"
        return None, [*findings, Finding(path=document.root, cause=cause, remedy=remedy)]
    try:
        return kind.model_validate(value), findings
    except ValidationError as error:
        refused = {finding.path for finding in findings}
        found = explain.findings(kind, error, root=document.root)
        return None, [*findings, *(finding for finding in found if finding.path not in refused)]


def _envelope(document: Document, *, with_site: bool) -> Iterator[Finding]:
    """Findings on what stands around the site: the engine drops keys that it does not know."""
    allowed = ("config", *ENGINE_KEYS)
    for key in document.data or ():
        if key not in allowed:
            cause = "is not a key of stack files, and the engine drops it"
            yield Finding(path=(key,), cause=cause, remedy=did_you_mean(key, allowed))
    config = document.at(("config",))
    for key in config if isinstance(config, Mapping) else ():
        if key == SITE_KEY and not with_site:
            cause, remedy = "this stack is not a site", "move the object into the file of a site"
        elif key == SITE_KEY or key.startswith(ENGINE_CONFIG_PREFIX):
            continue
        else:
            cause = f"is not read: a site's settings are one object, {SITE_KEY}"
            remedy = f"move it into {SITE_KEY} or remove it"
        yield Finding(path=("config", key), cause=cause, remedy=remedy)


def unwritten(listed: Sequence[str], documents: Mapping[str, Document]) -> Iterator[Finding]:
    """A finding, in fleet.yaml, for each site that has no file."""
    others = [stack for stack in documents if stack not in listed]
    for index, name in enumerate(listed):
        if name not in documents:
            yield Finding(
                path=("sites", index, "name"),
                cause=f"there is no Pulumi.{name}.yaml",
                remedy=_nearest(name, others) or "write it, or remove the site from here",
            )


def _unlisted(name: str, listed: Sequence[str]) -> Finding:
    remedy = _nearest(name, listed) or f"add `- name: {name}` to its sites, or remove this file"
    return Finding(path=(), line=1, cause=f"fleet.yaml has no site {name}", remedy=remedy)


def _nearest(name: str, known: Sequence[str]) -> str | None:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else None
