"""Data and alerts that cannot be: the central bucket, its replicas, and who hears of trouble."""

# A message is one line, however long.
# ruff: noqa: E501

from __future__ import annotations

from tests.unit.spec.bad_inputs.case import FLEET, MAIN_USW2, Case, swap

DATA = "data:\n  central: main-use1\n  replicas: [main-usw2, secondary-use1, secondary-usw2]\n"
REPLICAS = "replicas: [main-usw2, secondary-use1, secondary-usw2]"
ALERTS = "alerts:\n  emails: [ml-platform@example.org]\n"

CASES = (
    Case(
        "the central site is unknown",
        (swap(FLEET, "central: main-use1", "central: main-us1"),),
        ('fleet.yaml:39: data.central: "main-us1" is not a site; did you mean main-use1?',),
    ),
    Case(
        "a replica is unknown",
        (swap(FLEET, REPLICAS, "replicas: [main-usw2, secondary-use1, secondry-usw2]"),),
        ('fleet.yaml:40: data.replicas[2]: "secondry-usw2" is not a site; did you mean secondary-usw2?',),
    ),
    Case(
        "a replica is listed twice",
        (swap(FLEET, REPLICAS, "replicas: [main-usw2, secondary-use1, main-usw2]"),),
        ("fleet.yaml:40: data.replicas: main-usw2 is listed twice; list it once",),
    ),
    Case(
        "no replica",
        (swap(FLEET, REPLICAS, "replicas: []"),),
        (
            "Pulumi.secondary-usw2.yaml:31: hyperpod: the site has no data bucket, from which nodes read their lifecycle scripts; add secondary-usw2 to `data.replicas` in fleet.yaml or remove `hyperpod`",
            "fleet.yaml:40: data.replicas: there is none; name at least one site, or remove `data`",
        ),
    ),
    Case(
        "the central site is a replica of itself",
        (swap(FLEET, REPLICAS, "replicas: [main-usw2, main-use1]"),),
        (
            "Pulumi.secondary-usw2.yaml:31: hyperpod: the site has no data bucket, from which nodes read their lifecycle scripts; add secondary-usw2 to `data.replicas` in fleet.yaml or remove `hyperpod`",
            "fleet.yaml:40: data.replicas[1]: main-use1 is the central site, and a bucket is no replica of itself; remove it from `replicas` or name another central site",
        ),
    ),
    Case(
        "a replica in the account and region of the central site",
        (
            swap(MAIN_USW2, "region: us-west-2", "region: us-east-1"),
            swap(MAIN_USW2, "[usw2-az1, usw2-az2]", "[use1-az4, use1-az6]"),
            swap(MAIN_USW2, "zone: usw2-az1", "zone: use1-az4"),
        ),
        (
            "fleet.yaml:40: data.replicas[0]: main-usw2 is in account main and us-east-1, where main-use1 has the bucket already; remove one of the two; sites of one place share a bucket",
        ),
    ),
    Case(
        "data without a central site",
        (swap(FLEET, "  central: main-use1\n", ""),),
        (
            "fleet.yaml:38: data.central: is missing; add it: Site whose bucket people and jobs publish data in",
        ),
    ),
    Case(
        "data with an unknown field",
        (swap(FLEET, "central: main-use1", "central: main-use1\n  bucket: mine"),),
        ("fleet.yaml:40: data.bucket: is not a field; known: central, replicas",),
    ),
    Case(
        "data is a list",
        (swap(FLEET, DATA, "data: [main-use1, main-usw2]\n"),),
        ("fleet.yaml:38: data: must be a mapping, not a list; write fields, `name: value`, one a line",),
    ),
    Case(
        "replicas are one name",
        (swap(FLEET, REPLICAS, "replicas: main-usw2"),),
        ('fleet.yaml:40: data.replicas: must be a list, not "main-usw2"; write it like [a, b]',),
    ),
    Case(
        "data without alerts",
        (swap(FLEET, ALERTS, ""),),
        (
            "fleet.yaml:38: data: there is no `alerts`, so nobody would hear that replication has stopped; add `alerts: {emails: [...]}`",
        ),
    ),
    Case(
        "alerts for nobody",
        (swap(FLEET, "[ml-platform@example.org]", "[]"),),
        ("fleet.yaml:43: alerts.emails: there is none; name at least one, or remove `alerts`",),
    ),
    Case(
        "an address that is none",
        (swap(FLEET, "ml-platform@example.org", "ml-platform"),),
        (
            'fleet.yaml:43: alerts.emails[0]: "ml-platform" is not an e-mail address; write it like ml-platform@example.org',
        ),
    ),
    Case(
        "an address twice",
        (swap(FLEET, "[ml-platform@example.org]", "[a@example.org, b@example.org, a@example.org]"),),
        ("fleet.yaml:43: alerts.emails: a@example.org is listed twice; list it once",),
    ),
)
