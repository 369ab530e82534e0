"""The IAM and S3 policies of an account's singletons, as data.

No role is named as a principal: IAM refuses one that does not exist, and forgets one that was made again. A policy
trusts the state account and narrows it by `aws:PrincipalArn`, which for a role's session is the role's ARN.
"""

from __future__ import annotations

from collections.abc import Sequence

from plan import bucket_policies, names
from plan.policies import Document, Statement, document


def execution_trust(*, state_account_id: str, operators: Sequence[str]) -> Document:
    """Who may enter an account to roll out: the CI role, and operators from their own machines."""
    ci_role = names.role_arn(state_account_id, names.CI_ROLE)
    return document(_roles_of_account(state_account_id, (ci_role, *operators)))


def ci_trust(*, state_account_id: str, operators: Sequence[str]) -> Document:
    """Who may become the CI role.

    This is the place of GitHub's OIDC provider: one more statement, sts:AssumeRoleWithWebIdentity with `aud` and
    `sub` bound to the repository and its environment.
    """
    return document(_roles_of_account(state_account_id, operators))


def ci_permissions(*, state_account_id: str, state_region: str, account_ids: Sequence[str]) -> Document:
    """What CI may do by itself: enter the fleet's accounts, and read and write the state. All else it does there."""
    bucket = f"arn:aws:s3:::{names.state_bucket(state_account_id)}"
    return document(
        {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Resource": [names.role_arn(account_id, names.EXECUTION_ROLE) for account_id in account_ids],
        },
        {
            "Effect": "Allow",
            # Versions: `fleet recover` offers the older ones of a damaged state, and restores one.
            "Action": ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation"],
            "Resource": [bucket],
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"],
            "Resource": [f"{bucket}/*"],
        },
        {
            "Effect": "Allow",
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": [f"arn:aws:kms:{state_region}:{state_account_id}:key/*"],
            # A key's id is not known before it exists; its alias is.
            "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": names.STATE_KEY_ALIAS}},
        },
    )


def tls_only(bucket: str) -> Document:
    """Refuse any request that does not come over TLS."""
    return document(bucket_policies.tls_only(bucket))


def _roles_of_account(account_id: str, role_arns: Sequence[str]) -> Statement:
    return {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
        "Action": ["sts:AssumeRole"],
        "Condition": {"ArnLike": {"aws:PrincipalArn": list(role_arns)}},
    }
