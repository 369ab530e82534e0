"""Fleets that do not hold together: accounts, order, hub, peerings."""

# A message is one line, however long.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

from tests.unit.spec.bad_inputs.case import (
    FLEET,
    MAIN_USE1,
    MAIN_USW2,
    SECONDARY_USE1,
    SECONDARY_USW2,
    Case,
    remove,
    swap,
    write,
)


def without_hyperpod(folder: Path) -> None:
    """The site's zones and bucket are other ones in this input."""
    content = (folder / SECONDARY_USW2).read_text()
    (folder / SECONDARY_USW2).write_text(content.partition("    hyperpod:")[0])


CASES = (
    Case(
        "two accounts have one id",
        (swap(FLEET, '"159553542841"', '"483026362307"'),),
        (
            "fleet.yaml:12: accounts.secondary.id: 483026362307 is the id of main too; write the id of the other account",
        ),
    ),
    Case(
        "the state is in an unknown account",
        (swap(FLEET, "  account: main\n", "  account: mian\n"),),
        ('fleet.yaml:19: state.account: "mian" is not an account; did you mean main?',),
    ),
    Case(
        "a site is in an unknown account",
        (swap(MAIN_USE1, "account: main", "account: mian"),),
        ('Pulumi.main-use1.yaml:5: account: "mian" is not an account of fleet.yaml; did you mean main?',),
    ),
    Case(
        "nobody operates the fleet",
        (
            swap(
                FLEET,
                "operators:\n  - arn:aws:iam::483026362307:role/MlPlatformOperator\n",
                "operators: []\n",
            ),
        ),
        ("fleet.yaml:15: operators: there is none; name at least one IAM role that may roll the fleet out",),
    ),
    Case(
        "an operator of another account",
        (swap(FLEET, "iam::483026362307", "iam::159553542841"),),
        (
            "fleet.yaml:16: operators[0]: is a role of 159553542841, not of the state's account 483026362307; name a role of main",
        ),
    ),
    Case(
        "a public pool",
        (swap(FLEET, "10.0.0.0/12", "11.0.0.0/12"),),
        (
            "Pulumi.main-use1.yaml:11: network.cidr: 10.0.0.0/16 is outside cidr_pool 11.0.0.0/12; 11.0.0.0/16 is free",
            "Pulumi.main-usw2.yaml:10: network.cidr: 10.1.0.0/16 is outside cidr_pool 11.0.0.0/12; 11.0.0.0/16 is free",
            "Pulumi.secondary-usw2.yaml:10: network.cidr: 10.3.0.0/16 is outside cidr_pool 11.0.0.0/12; 11.0.0.0/16 is free",
            "fleet.yaml:22: cidr_pool: 11.0.0.0/12 is not private address space; choose a part of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10",
            "fleet.yaml:24: reserved_cidrs.secondary-use1: 10.2.0.0/16 is outside cidr_pool 11.0.0.0/12; choose a part of cidr_pool",
        ),
    ),
    Case(
        "a reservation for no site",
        (swap(FLEET, "  secondary-use1: 10.2", "  secondary-use2: 10.2"),),
        (
            'fleet.yaml:24: reserved_cidrs.secondary-use2: "secondary-use2" is not a site; did you mean secondary-usw2 or secondary-use1?',
        ),
    ),
    Case(
        "a reservation outside of the pool",
        (swap(FLEET, "10.2.0.0/16", "10.32.0.0/16"),),
        (
            "fleet.yaml:24: reserved_cidrs.secondary-use1: 10.32.0.0/16 is outside cidr_pool 10.0.0.0/12; choose a part of cidr_pool",
        ),
    ),
    Case(
        "two reservations overlap",
        (swap(FLEET, "10.2.0.0/16", "10.2.0.0/16\n  secondary-usw2: 10.2.0.0/15"),),
        (
            "fleet.yaml:25: reserved_cidrs.secondary-usw2: 10.2.0.0/15 overlaps 10.2.0.0/16 of secondary-use1; choose a part of cidr_pool that is free",
        ),
    ),
    Case(
        "no site",
        (
            swap(
                FLEET,
                "  - name: main-use1\n  - name: main-usw2\n  - name: secondary-use1\n  - name: secondary-usw2\n",
                "  []\n",
            ),
            swap(
                FLEET,
                "  - [main-use1, main-usw2]\n  - [main-use1, secondary-usw2]\n  - [main-usw2, secondary-usw2]",
                "  []",
            ),
            swap(FLEET, "reserved_cidrs:\n  secondary-use1: 10.2.0.0/16\n", ""),
            swap(
                FLEET,
                "data:\n  central: main-use1\n  replicas: [main-usw2, secondary-use1, secondary-usw2]\n",
                "",
            ),
            swap(FLEET, "registry:\n  site: main-use1\n  repositories: [training, inference]\n", ""),
            remove(MAIN_USE1),
            remove(MAIN_USW2),
            remove(SECONDARY_USE1),
            remove(SECONDARY_USW2),
        ),
        ("fleet.yaml:24: sites: there is none; list at least the hub",),
    ),
    Case(
        "a site is listed twice",
        (swap(FLEET, "  - name: main-usw2\n", "  - name: main-usw2\n  - name: main-usw2\n"),),
        ("fleet.yaml:29: sites[2].name: main-usw2 is listed twice; list it once",),
    ),
    Case(
        "a site waits for an unknown one",
        (swap(FLEET, "- name: main-usw2", "- {name: main-usw2, after: [main-use2]}"),),
        (
            'fleet.yaml:28: sites[1].after[0]: "main-use2" is not a site; did you mean main-usw2 or main-use1?',
        ),
    ),
    Case(
        "a site waits for itself",
        (swap(FLEET, "- name: main-usw2", "- {name: main-usw2, after: [main-usw2]}"),),
        ("fleet.yaml:28: sites[1].after[0]: main-usw2 cannot wait for itself; remove it",),
    ),
    Case(
        "two sites wait for each other",
        (
            swap(FLEET, "- name: main-use1", "- {name: main-use1, after: [main-usw2]}"),
            swap(FLEET, "- name: main-usw2", "- {name: main-usw2, after: [main-use1]}"),
        ),
        (
            "fleet.yaml:27: sites[0].after: sites wait for each other: main-use1 before main-usw2 before main-use1; remove one of these from `after`",
        ),
    ),
    Case(
        "three sites wait in a ring",
        (
            swap(FLEET, "- name: main-usw2", "- {name: main-usw2, after: [secondary-usw2]}"),
            swap(FLEET, "- name: secondary-use1", "- {name: secondary-use1, after: [main-usw2]}"),
            swap(FLEET, "- name: secondary-usw2", "- {name: secondary-usw2, after: [secondary-use1]}"),
        ),
        (
            "fleet.yaml:28: sites[1].after: sites wait for each other: main-usw2 before secondary-use1 before secondary-usw2 before main-usw2; remove one of these from `after`",
        ),
    ),
    Case(
        "two sites have one account, region and purpose",
        (
            swap(SECONDARY_USE1, "purpose: data", "purpose: training"),
            swap(SECONDARY_USW2, "region: us-west-2", "region: us-east-1"),
            swap(SECONDARY_USW2, "usw2-az1, usw2-az2", "use1-az1, use1-az2"),
            swap(FLEET, "secondary-use1, secondary-usw2]\n\nalerts", "secondary-use1]\n\nalerts"),
            swap(
                SECONDARY_USW2,
                "zone: usw2-az1\n        maintenance",
                "zone: use1-az1\n        maintenance",
            ),
            without_hyperpod,
        ),
        (
            "Pulumi.secondary-usw2.yaml:7: purpose: secondary-use1 is the training site of secondary in us-east-1 already; change account, region or purpose, or add to that site",
        ),
    ),
    Case(
        "two hubs",
        (swap(MAIN_USW2, "environment: prod", "environment: prod\n    hub: true"),),
        (
            "Pulumi.main-usw2.yaml:9: hub: main-use1 is the hub already, and a fleet has one; remove `hub` from one of them",
        ),
    ),
    Case(
        "no hub",
        (swap(MAIN_USE1, "    hub: true\n", ""),),
        (
            "fleet.yaml:26: sites: no site is the hub; write `hub: true` in the file of the site that runs Argo CD",
        ),
    ),
    Case(
        "a peering partner is unknown",
        (swap(FLEET, "  - [main-use1, main-usw2]\n", "  - [main-use1, main-usw3]\n"),),
        ('fleet.yaml:33: peerings[0][1]: "main-usw3" is not a site; did you mean main-usw2?',),
    ),
    Case(
        "a peering with itself",
        (swap(FLEET, "  - [main-use1, main-usw2]\n", "  - [main-use1, main-use1]\n"),),
        ("fleet.yaml:33: peerings[0]: main-use1 cannot be peered with itself; name two sites",),
    ),
    Case(
        "a pair is peered twice",
        (
            swap(
                FLEET,
                "  - [main-use1, main-usw2]\n",
                "  - [main-use1, main-usw2]\n  - [main-use1, main-usw2]\n",
            ),
        ),
        (
            "fleet.yaml:34: peerings[1]: main-use1 and main-usw2 are peered by [0] already; remove one of the two; a peering works both ways",
        ),
    ),
    Case(
        "a pair is peered both ways",
        (
            swap(
                FLEET,
                "  - [main-use1, main-usw2]\n",
                "  - [main-use1, main-usw2]\n  - [main-usw2, main-use1]\n",
            ),
        ),
        (
            "fleet.yaml:34: peerings[1]: main-usw2 and main-use1 are peered by [0] already; remove one of the two; a peering works both ways",
        ),
    ),
    Case(
        "a peering partner has no network",
        (swap(FLEET, "  - [main-use1, main-usw2]\n", "  - [main-use1, secondary-use1]\n"),),
        (
            "Pulumi.main-usw2.yaml:29: eks.inference: main-usw2--inference is private, and main-usw2 is not peered with the hub main-use1; add [main-use1, main-usw2] to `peerings` in fleet.yaml",
            "fleet.yaml:33: peerings[0][1]: secondary-use1 has no network; add `network` to Pulumi.secondary-use1.yaml or remove the pair",
        ),
    ),
    Case(
        "five peerings",
        (
            swap(
                FLEET,
                "  - [main-use1, main-usw2]\n",
                "  - [main-use1, main-usw2]\n  - [secondary-use1, main-use1]\n  - [secondary-use1, main-usw2]\n",
            ),
            write(
                SECONDARY_USE1,
                "config:\n  ml-clusters:site:\n    account: secondary\n    region: us-east-1\n    purpose: data\n    environment: prod\n    network:\n      cidr: 10.2.0.0/16\n      availability_zones: [use1-az4, use1-az6]\n      private_subnets: [10.2.0.0/18, 10.2.64.0/18]\n      public_subnets: [10.2.128.0/24, 10.2.129.0/24]\n      flow_log_retention_days: 30\n",
            ),
        ),
        (
            "fleet.yaml:37: peerings[4]: 5 peerings, and VPC peering is for at most 4; decide: drop the pairs that need no direct way, or move to a transit gateway, and record it in docs/decisions",
        ),
    ),
)
