"""Who may use a site's EFS file system, and how its images may be pulled: resource policies as data."""

from __future__ import annotations

from plan import names
from plan.policies import Document, Statement, document

CLIENT = ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")

PULL = ("ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability")
"""What pulling an image takes of its repository (row K3), beside GetAuthorizationToken, which takes no resource."""


def file_system_policy(account_id: str) -> Document:
    """TLS only, access points only, and only by roles of the account (rows S3, K4).

    No statement names a resource: in a file system's policy that is the file system itself.
    """
    return document(_deny_plain(), _deny_whole_file_system(), _allow_account(account_id))


def _deny_plain() -> Statement:
    """Nothing travels unencrypted (EFS User Guide, "Using IAM to enforce encryption in transit")."""
    return {
        "Effect": "Deny",
        "Action": ["*"],
        "Principal": {"AWS": "*"},
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _deny_whole_file_system() -> Statement:
    """Who mounts without an access point sees every team's directory."""
    return {
        "Effect": "Deny",
        "Action": ["elasticfilesystem:ClientMount"],
        "Principal": {"AWS": "*"},
        "Condition": {"Null": {"elasticfilesystem:AccessPointArn": "true"}},
    }


def _allow_account(account_id: str) -> Statement:
    """Roles of this account mount with the option `iam`; a host without a role does not, whatever its network.

    ClientRootAccess matters on the homes alone, where home directories are made: every other access point makes
    whoever mounts it into its own user.
    """
    return {
        "Effect": "Allow",
        "Action": [*CLIENT, "elasticfilesystem:ClientRootAccess"],
        "Principal": {"AWS": "*"},
        "Condition": {
            "StringEquals": {"aws:PrincipalAccount": account_id},
            "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"},
        },
    }


def pull_policy(account_ids: tuple[str, ...]) -> Document:
    """Let other accounts pull: their roots, so that each decides by its own policies which of its roles may."""
    return document(
        {
            "Effect": "Allow",
            "Action": list(PULL),
            "Principal": {"AWS": [names.account_root(account_id) for account_id in account_ids]},
        }
    )
