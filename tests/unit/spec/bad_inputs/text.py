"""Texts that are not the YAML we read: encoding, syntax, unquoted numbers, secrets."""

# A message is one line, however long.
# ruff: noqa: E501

from __future__ import annotations

from tests.unit.spec.bad_inputs.case import FLEET, MAIN_USE1, Case, swap, write

CASES = (
    Case(
        "a file is empty",
        (write(MAIN_USE1, ""),),
        ("Pulumi.main-use1.yaml:1: the file is empty; write fields, `name: value`, one a line",),
    ),
    Case(
        "a file holds only comments",
        (write(FLEET, "# nothing yet\n"),),
        ("fleet.yaml:1: the file is empty; write fields, `name: value`, one a line",),
    ),
    Case(
        "a file is not a mapping",
        (write(MAIN_USE1, "- account: main\n"),),
        ("Pulumi.main-use1.yaml:1: holds a list, not a mapping; write fields, `name: value`, one a line",),
    ),
    Case(
        "a file is one word",
        (write(FLEET, "fleet\n"),),
        ('fleet.yaml:1: holds "fleet", not a mapping; write fields, `name: value`, one a line',),
    ),
    Case(
        "a file is not UTF-8",
        (write(MAIN_USE1, b"config:\n  ml-clusters:site:\n    account: caf\xe9\n"),),
        ("Pulumi.main-use1.yaml:3: byte 0xe9 is not UTF-8; save the file as UTF-8",),
    ),
    Case(
        "a file has a NUL byte",
        (write(MAIN_USE1, b"config:\n  \x00\n"),),
        (
            "Pulumi.main-use1.yaml:2: not YAML: special characters are not allowed; correct it here or just above",
        ),
    ),
    Case(
        "a tab indents",
        (swap(MAIN_USE1, "    region: us-east-1", "\tregion: us-east-1"),),
        ("Pulumi.main-use1.yaml:6: a tab indents this line, which YAML forbids; indent with two spaces",),
    ),
    Case(
        "a bracket is left open",
        (swap(MAIN_USE1, "[s3, dynamodb]", "[s3, dynamodb"),),
        (
            "Pulumi.main-use1.yaml:17: not YAML: expected ',' or ']', but got ':'; correct it here or just above",
        ),
    ),
    Case(
        "an indentation is off",
        (swap(MAIN_USE1, "    region: us-east-1", "     region: us-east-1"),),
        (
            "Pulumi.main-use1.yaml:6: not YAML: mapping values are not allowed here; correct it here or just above",
        ),
    ),
    Case(
        "a key is written twice",
        (swap(MAIN_USE1, "    purpose: training", "    region: us-west-2\n    purpose: training"),),
        ("Pulumi.main-use1.yaml:7: region: is written twice, first in line 6; keep one",),
    ),
    Case(
        "a section is written twice",
        (
            swap(
                FLEET,
                "cidr_pool: 10.0.0.0/12",
                "state:\n  account: secondary\n  region: us-west-2\ncidr_pool: 10.0.0.0/12",
            ),
        ),
        (
            "fleet.yaml:22: state: is written twice, first in line 18; keep one",
            "fleet.yaml:23: state.account: is written twice, first in line 19; keep one",
            "fleet.yaml:24: state.region: is written twice, first in line 20; keep one",
        ),
    ),
    Case(
        "an anchor and its alias",
        (
            swap(
                FLEET,
                'accounts:\n  main:\n    id: "483026362307"',
                'accounts:\n  main: &main\n    id: "483026362307"',
            ),
            swap(
                FLEET,
                '  secondary:\n    id: "159553542841"\n    bootstrap_profile: ml-secondary\n',
                "  secondary: *main\n",
            ),
        ),
        (
            "fleet.yaml:8: accounts.main: &main is a YAML anchor; remove it, and repeat the value",
            "fleet.yaml:11: accounts.secondary: *main is a YAML alias; write the value itself",
        ),
    ),
    Case(
        "a merge key",
        (swap(MAIN_USE1, "    region: us-east-1", "    <<: {region: us-east-1}"),),
        (
            "Pulumi.main-use1.yaml:4: region: is missing; add it: AWS region, such as us-east-1",
            "Pulumi.main-use1.yaml:6: config.ml-clusters:site: << is a YAML merge key; write the values themselves",
        ),
    ),
    Case(
        "a tag",
        (swap(MAIN_USE1, "purpose: training", "purpose: !secret training"),),
        (
            "Pulumi.main-use1.yaml:7: purpose: !secret is a YAML tag; remove it; quote the value if it is text",
        ),
    ),
    Case(
        "a second document",
        (swap(FLEET, "sites:\n", "---\nsites:\n"),),
        (
            "fleet.yaml:1: sites: is missing; add it: The sites; each has a file Pulumi.<name>.yaml",
            "fleet.yaml:26: a second YAML document starts here; keep one, without ---",
        ),
    ),
    Case(
        "nesting without end",
        (
            swap(
                MAIN_USE1,
                "[training]",
                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
            ),
        ),
        ("Pulumi.main-use1.yaml:19: nested more than 16 deep; write it flatter",),
    ),
    Case(
        "a number as a key",
        (swap(FLEET, "  secondary:\n    id", "  12:\n    id"),),
        ("fleet.yaml:11: accounts: a key is not plain text; use a name as the key",),
    ),
    Case(
        "a list as a key",
        (swap(MAIN_USE1, "    hub: true", "    ? [a]\n    : true"),),
        ("Pulumi.main-use1.yaml:9: config.ml-clusters:site: a key is not plain text; use a name as the key",),
    ),
    Case(
        "an account id is not quoted",
        (swap(FLEET, '"483026362307"', "483026362307"),),
        (
            'fleet.yaml:9: accounts.main.id: 483026362307 is not quoted: the engine reads a number, not these characters; write "483026362307"',
        ),
    ),
    Case(
        "an account id with a leading zero is not quoted",
        (swap(FLEET, '"159553542841"', "012345678901"),),
        (
            'fleet.yaml:12: accounts.secondary.id: 012345678901 is not quoted: the engine reads a number, not these characters; write "012345678901"',
        ),
    ),
    Case(
        "a version is not quoted",
        (swap(MAIN_USE1, "    hub: true", "    hub: true\n    kubernetes_version: 1.30"),),
        (
            'Pulumi.main-use1.yaml:10: kubernetes_version: 1.30 is not quoted: the engine reads a number, not these characters; write "1.30"',
        ),
    ),
    Case(
        "an octal number",
        (swap(MAIN_USE1, "days: 30", "days: 030"),),
        (
            'Pulumi.main-use1.yaml:18: network.flow_log_retention_days: 030 is not quoted: the engine reads a number, not these characters; write "030", or 30 for a quantity',
        ),
    ),
    Case(
        "a base 60 number",
        (swap(FLEET, "owner: ml-platform", "owner: 12:30:45"),),
        (
            'fleet.yaml:4: owner: 12:30:45 is not quoted: the engine reads a number, not these characters; write "12:30:45"',
        ),
    ),
    Case(
        "an access key id",
        (swap(MAIN_USE1, "    account: main", "    account: AKIAIOSFODNN7EXAMPLE"),),
        (
            'Pulumi.main-use1.yaml:5: account: "<an AWS access key id>" is not a name; use lower-case letters, digits and single dashes, a letter first',
            "Pulumi.main-use1.yaml:5: an AWS access key id in plain text; remove it and revoke it, it may be in Git already; people and CI assume roles",
        ),
    ),
    Case(
        "a temporary access key id in a comment",
        (swap(FLEET, "owner: ml-platform", "# ASIAIOSFODNN7EXAMPLE\nowner: ml-platform"),),
        (
            "fleet.yaml:4: an AWS access key id in plain text; remove it and revoke it, it may be in Git already; people and CI assume roles",
        ),
    ),
    Case(
        "a secret access key",
        (
            swap(
                MAIN_USE1,
                "config:\n",
                "aws_secret_access_key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\nconfig:\n",
            ),
        ),
        (
            "Pulumi.main-use1.yaml:3: an AWS secret key in plain text; remove it and revoke it, it may be in Git already; people and CI assume roles",
            "Pulumi.main-use1.yaml:3: aws_secret_access_key: is not a key of stack files, and the engine drops it; known: config, secretsprovider, encryptedkey, encryptionsalt, environment",
        ),
    ),
    Case(
        "a private key",
        (
            swap(
                FLEET,
                "owner: ml-platform",
                "owner: |\n  -----BEGIN RSA PRIVATE KEY-----\n  MIIEpAIBAAKCAQEA\n  -----END RSA PRIVATE KEY-----",
            ),
        ),
        (
            'fleet.yaml:4: owner: has "<U+000A>"; an AWS tag value, which it becomes, has letters, digits, spaces and _.:/=+-@',
            "fleet.yaml:5: a PEM block in plain text; remove it and revoke it, it may be in Git already; people and CI assume roles",
        ),
    ),
    Case(
        "a private key where a region belongs",
        (
            swap(
                MAIN_USE1,
                "    region: us-east-1",
                "    region: |\n      -----BEGIN RSA PRIVATE KEY-----\n      MIIEpAIBAAKCAQEA",
            ),
        ),
        (
            'Pulumi.main-use1.yaml:6: region: "<a PEM block>; known: af-south-1, ap-east-1, ap-east-2, ap-northeast-1, ap-northeast-2, ap-northeast-3, ap-south-1, ap-south-2, ap-southeast-1, ap-southeast-2 and 24 more',
            "Pulumi.main-use1.yaml:7: a PEM block in plain text; remove it and revoke it, it may be in Git already; people and CI assume roles",
        ),
    ),
    Case(
        "a GitHub token",
        (swap(FLEET, "example-org/ml-clusters", "ghp_a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"),),
        (
            "fleet.yaml:5: a GitHub token in plain text; remove it and revoke it, it may be in Git already; people and CI assume roles",
            'fleet.yaml:5: repository: "<a GitHub token>" is not a GitHub repository; write it like example-org/ml-clusters',
        ),
    ),
)
