"""Stack files that are not there, not of a site, or hold what the engine would lose."""

# A message is one line, however long.
# ruff: noqa: E501

from __future__ import annotations

from tests.unit.spec.bad_inputs.case import (
    FLEET,
    MAIN_USE1,
    MAIN_USW2,
    SECONDARY_USE1,
    Case,
    copy,
    remove,
    rename,
    swap,
    write,
)

CASES = (
    Case(
        "a site has no file",
        (remove(MAIN_USW2),),
        (
            "fleet.yaml:28: sites[1].name: there is no Pulumi.main-usw2.yaml; write it, or remove the site from here",
        ),
    ),
    Case(
        "a file is misnamed",
        (rename(MAIN_USW2, "Pulumi.main-usw-2.yaml"),),
        (
            "Pulumi.main-usw-2.yaml:1: fleet.yaml has no site main-usw-2; did you mean main-usw2?",
            "fleet.yaml:28: sites[1].name: there is no Pulumi.main-usw2.yaml; did you mean main-usw-2?",
        ),
    ),
    Case(
        "a file with the other ending",
        (rename(MAIN_USW2, "Pulumi.main-usw2.yml"),),
        (
            "Pulumi.main-usw2.yml: is not read; name it Pulumi.main-usw2.yaml",
            "fleet.yaml:28: sites[1].name: there is no Pulumi.main-usw2.yaml; write it, or remove the site from here",
        ),
    ),
    Case(
        "a file is of no site",
        (copy(SECONDARY_USE1, "Pulumi.gpudev.yaml"),),
        (
            "Pulumi.gpudev.yaml:1: fleet.yaml has no site gpudev; add `- name: gpudev` to its sites, or remove this file",
        ),
    ),
    Case(
        "fleet.yaml is missing",
        (remove(FLEET),),
        ("fleet.yaml: is missing; run this in the checkout of a fleet",),
    ),
    Case(
        "a key of no engine",
        (swap(MAIN_USE1, "config:\n", "secretsproviders: awskms://alias/x\nconfig:\n"),),
        (
            "Pulumi.main-use1.yaml:3: secretsproviders: is not a key of stack files, and the engine drops it; did you mean secretsprovider?",
        ),
    ),
    Case(
        "a setting beside the site",
        (swap(MAIN_USE1, "config:\n", "config:\n  aws:region: us-east-1\n"),),
        (
            "Pulumi.main-use1.yaml:4: config.aws:region: is not read: a site's settings are one object, ml-clusters:site; move it into ml-clusters:site or remove it",
        ),
    ),
    Case(
        "a stack file without a site",
        (write(MAIN_USE1, "config:\n  pulumi:tags: {a: b}\n"),),
        (
            "Pulumi.main-use1.yaml:1: config.ml-clusters:site: is missing; write the fields of the site under it, `name: value`, one a line",
        ),
    ),
    Case(
        "a stack file without config",
        (write(MAIN_USE1, "secretsprovider: awskms://alias/ml-clusters-state\n"),),
        (
            "Pulumi.main-use1.yaml:1: config.ml-clusters:site: is missing; write the fields of the site under it, `name: value`, one a line",
        ),
    ),
    Case(
        "a site that is a word",
        (write(MAIN_USE1, "config:\n  ml-clusters:site: main\n"),),
        (
            'Pulumi.main-use1.yaml:2: config.ml-clusters:site: must be a mapping, not "main"; write the fields of the site under it, `name: value`, one a line',
        ),
    ),
    Case(
        "a site in the file of links",
        (write("Pulumi.links.yaml", "config:\n  ml-clusters:site:\n    account: main\n"),),
        (
            "Pulumi.links.yaml:2: config.ml-clusters:site: this stack is not a site; move the object into the file of a site",
        ),
    ),
    Case(
        "a setting in the file of a registration",
        (write("Pulumi.register-main-usw2.yaml", "config:\n  hub: main-use1\n"),),
        (
            "Pulumi.register-main-usw2.yaml:2: config.hub: is not read: a site's settings are one object, ml-clusters:site; move it into ml-clusters:site or remove it",
        ),
    ),
    Case(
        "an empty file of links",
        (write("Pulumi.links.yaml", ""),),
        ("Pulumi.links.yaml:1: the file is empty; write fields, `name: value`, one a line",),
    ),
)
