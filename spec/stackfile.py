"""The stack files, Pulumi.<stack>.yaml: which there are, what may stand around a site, and the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath

from spec.document import Document, read
from spec.problem import Finding, Path, Problem, did_you_mean, nearest
from spec.site import Site
from spec.validation import validate

SITE_KEY = "ml-clusters:site"
SITE_PATH: Path = ("config", SITE_KEY)
ENGINE_KEYS = ("secretsprovider", "encryptedkey", "encryptionsalt", "environment")
"""Top-level keys of a stack file that are the engine's (pulumi, sdk/go/common/workspace, ProjectStack)."""
ENGINE_CONFIG_PREFIX = "pulumi:"


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
    found, findings = validate(Site, document)
    findings += _envelope(document, with_site=True)
    if listed is not None and name not in listed:
        findings.append(_unlisted(name, listed))
    return found, findings


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


def misnamed(root: FilePath) -> Iterator[Problem]:
    """Problems of stack files that the engine passes over, as their ending is not that of Pulumi.yaml."""
    for file in root.glob("Pulumi.*.yml"):
        yield Problem(
            file=file.name,
            line=None,
            path="",
            cause="is not read",
            remedy=f"name it {file.with_suffix('.yaml').name}",
        )


def unwritten(listed: Sequence[str], documents: Mapping[str, Document]) -> Iterator[Finding]:
    """A finding, in fleet.yaml, for each site that has no file."""
    others = [stack for stack in documents if stack not in listed]
    for index, name in enumerate(listed):
        if name not in documents:
            yield Finding(
                path=("sites", index, "name"),
                cause=f"there is no Pulumi.{name}.yaml",
                remedy=did_you_mean(name, others)
                if nearest(name, others)
                else "write it, or remove the site from here",
            )


def _unlisted(name: str, listed: Sequence[str]) -> Finding:
    remedy = f"add `- name: {name}` to its sites, or remove this file"
    if nearest(name, listed):
        remedy = did_you_mean(name, listed)
    return Finding(path=(), line=1, cause=f"fleet.yaml has no site {name}", remedy=remedy)
