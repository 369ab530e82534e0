"""Fields that are missing, unknown or of the wrong type, and names."""

# A message is one line, however long.
# ruff: noqa: E501

from __future__ import annotations

from tests.unit.spec.bad_inputs.case import FLEET, MAIN_USE1, Case, swap

CASES = (
    Case(
        "an account id has 11 digits",
        (swap(FLEET, '"483026362307"', '"48302636230"'),),
        ('fleet.yaml:9: accounts.main.id: "48302636230" has 11 digits; write all 12, with leading zeros',),
    ),
    Case(
        "an account id has 13 digits",
        (swap(FLEET, '"483026362307"', '"4830263623070"'),),
        ('fleet.yaml:9: accounts.main.id: "4830263623070" has 13 digits; write the 12 of the account',),
    ),
    Case(
        "an account id has dashes",
        (swap(FLEET, '"483026362307"', '"4830-2636-2307"'),),
        (
            'fleet.yaml:9: accounts.main.id: "4830-2636-2307" is not an AWS account id; write its 12 digits in quotes',
        ),
    ),
    Case(
        "an account name has a capital letter",
        (swap(FLEET, "  secondary:\n    id", "  Secondary:\n    id"),),
        (
            'fleet.yaml:11: accounts.Secondary: "Secondary" is not a name; use lower-case letters, digits and single dashes, a letter first',
        ),
    ),
    Case(
        "a profile has a space",
        (swap(FLEET, "bootstrap_profile: ml-main", "bootstrap_profile: ml main"),),
        (
            'fleet.yaml:10: accounts.main.bootstrap_profile: "ml main" is not the name of an AWS profile; write it like ml-main',
        ),
    ),
    Case(
        "a field is missing",
        (swap(FLEET, "owner: ml-platform\n", ""),),
        (
            "fleet.yaml:1: owner: is missing; add it: Team that owns the fleet; the tag `owner` of every resource",
        ),
    ),
    Case(
        "a nested field is missing",
        (swap(MAIN_USE1, "      flow_log_retention_days: 30\n", ""),),
        (
            "Pulumi.main-use1.yaml:10: network.flow_log_retention_days: is missing; add it: Days that the VPC's flow logs are kept in CloudWatch Logs",
        ),
    ),
    Case(
        "a field is misspelled",
        (swap(MAIN_USE1, "private_subnets:", "privat_subnets:"),),
        (
            "Pulumi.main-use1.yaml:10: network.private_subnets: is missing; add it: IPv4 CIDR of each zone's private subnet, in the order of the zones, /16 to /24",
            "Pulumi.main-use1.yaml:14: network.privat_subnets: is not a field; did you mean private_subnets?",
        ),
    ),
    Case(
        "a field is unknown",
        (swap(MAIN_USE1, "    hub: true", "    hub: true\n    nat: none"),),
        (
            "Pulumi.main-use1.yaml:10: nat: is not a field; known: account, region, purpose, environment, hub, network, storage, eks, hyperpod, parallelcluster",
        ),
    ),
    Case(
        "a field of an account is misspelled",
        (swap(FLEET, "bootstrap_profile: ml-main", "bootstrap_profil: ml-main"),),
        (
            "fleet.yaml:8: accounts.main.bootstrap_profile: is missing; add it: AWS profile, in ~/.aws/config, with which `fleet bootstrap` enters this account",
            "fleet.yaml:10: accounts.main.bootstrap_profil: is not a field; did you mean bootstrap_profile?",
        ),
    ),
    Case(
        "a boolean where text belongs",
        (swap(FLEET, "owner: ml-platform", "owner: true"),),
        ("fleet.yaml:4: owner: must be text, not true; put it in quotes",),
    ),
    Case(
        "a number where text belongs",
        (swap(FLEET, "owner: ml-platform", "owner: 42"),),
        ("fleet.yaml:4: owner: must be text, not the number 42; put it in quotes",),
    ),
    Case(
        "text where a boolean belongs",
        (swap(MAIN_USE1, "hub: true", 'hub: "true"'),),
        (
            'Pulumi.main-use1.yaml:9: hub: must be true or false, not "true"; write true or false, without quotes',
        ),
    ),
    Case(
        "yes where true belongs",
        (swap(MAIN_USE1, "hub: true", "hub: yes"),),
        (
            'Pulumi.main-use1.yaml:9: hub: must be true or false, not "yes"; write true or false, without quotes',
        ),
    ),
    Case(
        "text where a number belongs",
        (swap(MAIN_USE1, "days: 30", 'days: "30"'),),
        (
            'Pulumi.main-use1.yaml:18: network.flow_log_retention_days: must be a whole number, not "30"; write digits without quotes',
        ),
    ),
    Case(
        "text where a list belongs",
        (swap(MAIN_USE1, "[s3, dynamodb]", "s3"),),
        (
            'Pulumi.main-use1.yaml:16: network.gateway_endpoints: must be a list, not "s3"; write it like [a, b]',
        ),
    ),
    Case(
        "a list where a mapping belongs",
        (
            swap(
                MAIN_USE1,
                "    network:\n      cidr: 10.0.0.0/16\n",
                "    network:\n    - cidr: 10.0.0.0/16\n",
            ),
        ),
        (
            "Pulumi.main-use1.yaml:10: network: must be a mapping, not a list; write fields, `name: value`, one a line",
        ),
    ),
    Case(
        "a mapping of accounts is a list",
        (
            swap(
                FLEET,
                'accounts:\n  main:\n    id: "483026362307"\n    bootstrap_profile: ml-main\n  secondary:\n    id: "159553542841"\n    bootstrap_profile: ml-secondary\n',
                "accounts: [main, secondary]\n",
            ),
        ),
        ("fleet.yaml:7: accounts: must be a mapping, not a list; write fields, `name: value`, one a line",),
    ),
    Case(
        "a required list is left empty",
        (swap(FLEET, "operators:\n  - arn:aws:iam::483026362307:role/MlPlatformOperator\n", "operators:\n"),),
        ("fleet.yaml:15: operators: must be a list, not nothing; write it like [a, b]",),
    ),
    Case(
        "an unknown purpose",
        (swap(MAIN_USE1, "purpose: training", "purpose: trainning"),),
        ('Pulumi.main-use1.yaml:7: purpose: cannot be "trainning"; did you mean training?',),
    ),
    Case(
        "an unknown environment",
        (swap(MAIN_USE1, "environment: prod", "environment: staging"),),
        ('Pulumi.main-use1.yaml:8: environment: cannot be "staging"; known: prod, dev',),
    ),
    Case(
        "a site name with a slash",
        (swap(FLEET, "- name: main-usw2", "- name: main/usw2"),),
        (
            'fleet.yaml:28: sites[1].name: "main/usw2" is not a name; use lower-case letters, digits and single dashes, a letter first',
        ),
    ),
    Case(
        "a site name with a space",
        (swap(FLEET, "- name: main-usw2", "- name: main usw2"),),
        (
            'fleet.yaml:28: sites[1].name: "main usw2" is not a name; use lower-case letters, digits and single dashes, a letter first',
        ),
    ),
    Case(
        "a site name of 33 characters",
        (swap(FLEET, "- name: main-usw2", "- name: main-usw2-xxxxxxxxxxxxxxxxxxxxxxx"),),
        (
            'fleet.yaml:28: sites[1].name: "main-usw2-xxxxxxxxxxxxxxxxxxxxxxx" has 33 characters; use at most 32',
        ),
    ),
    Case(
        "a site named like the state",
        (swap(FLEET, "- name: main-usw2", "- name: state"),),
        (
            'fleet.yaml:28: sites[1].name: "state" is what the key of the fleet\'s state is named after; choose another name for the site',
        ),
    ),
    Case(
        "a site named like another stack",
        (swap(FLEET, "- name: main-usw2", "- name: links"),),
        (
            'fleet.yaml:28: sites[1].name: "links" is the name of a stack of its own; choose another name for the site',
        ),
    ),
    Case(
        "a site name that ends in a dash",
        (swap(FLEET, "- name: main-usw2", "- name: main-usw2-"),),
        (
            'fleet.yaml:28: sites[1].name: "main-usw2-" is not a name; use lower-case letters, digits and single dashes, a letter first',
        ),
    ),
    Case(
        "a peering of three",
        (swap(FLEET, "  - [main-use1, main-usw2]", "  - [main-use1, main-usw2, secondary-usw2]"),),
        ("fleet.yaml:33: peerings[0]: not a pair of sites; write it like [main-use1, main-usw2]",),
    ),
    Case(
        "a peering of one",
        (swap(FLEET, "  - [main-use1, main-usw2]", "  - main-use1"),),
        ("fleet.yaml:33: peerings[0]: not a pair of sites; write it like [main-use1, main-usw2]",),
    ),
)
