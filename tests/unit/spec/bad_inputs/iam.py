"""What fleet.yaml may not ask of roles."""

# A message is one line, however long.
# ruff: noqa: E501

from __future__ import annotations

from tests.unit.spec.bad_inputs.case import FLEET, Case, Edit, swap


def iam(content: str) -> tuple[Edit, ...]:
    return (swap(FLEET, "cidr_pool: 10.0.0.0/12\n", f"iam: {content}\ncidr_pool: 10.0.0.0/12\n"),)


CASES = (
    Case(
        "a path without slashes",
        iam("{path: ml}"),
        ('fleet.yaml:22: iam.path: "ml" is not an IAM path; begin and end it with a slash, like /ml/',),
    ),
    Case(
        "a path that does not end",
        iam("{path: /ml}"),
        ('fleet.yaml:22: iam.path: "/ml" is not an IAM path; begin and end it with a slash, like /ml/',),
    ),
    Case(
        "a path with a space",
        iam('{path: "/m l/"}'),
        ('fleet.yaml:22: iam.path: "/m l/" is not an IAM path; begin and end it with a slash, like /ml/',),
    ),
    Case(
        "the path of roles that AWS makes",
        iam("{path: /aws-service-role/ml/}"),
        (
            'fleet.yaml:22: iam.path: "/aws-service-role/ml/" is for roles that AWS makes; choose another path',
        ),
    ),
    Case(
        "a path that is too long",
        iam("{path: /" + "x" * 511 + "/}"),
        ("fleet.yaml:22: iam.path: has 513 characters; use at most 512",),
    ),
    Case(
        "a boundary by its ARN",
        iam('{permissions_boundary: "arn:aws:iam::483026362307:policy/org/Roles"}'),
        (
            'fleet.yaml:22: iam.permissions_boundary: "arn:aws:iam::483026362307:policy/org/Roles" is an ARN, which one account has; write the policy\'s name alone: org/Roles',
        ),
    ),
    Case(
        "a boundary that is no name",
        iam('{permissions_boundary: "Role Boundary"}'),
        (
            'fleet.yaml:22: iam.permissions_boundary: "Role Boundary" is not the name of an IAM policy; write it like RoleBoundary or org/RoleBoundary',
        ),
    ),
    Case(
        "a boundary under another word",
        iam("{boundary: RoleBoundary}"),
        ("fleet.yaml:22: iam.boundary: is not a field; known: permissions_boundary, path",),
    ),
    Case(
        "roles as a word",
        iam("/ml/"),
        ('fleet.yaml:22: iam: must be a mapping, not "/ml/"; write fields, `name: value`, one a line',),
    ),
)
