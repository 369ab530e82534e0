"""Settings that an account has once, or once a region."""

from __future__ import annotations

from functools import partial
from typing import Any

from automation.bootstrap.desired import PUBLIC_ACCESS_BLOCK
from automation.bootstrap.step import Step, setting


def public_access_step(s3control: Any, *, account: str, account_id: str) -> Step:
    """No bucket of the account is ever public, whoever makes it."""

    def read() -> object:
        try:
            return s3control.get_public_access_block(AccountId=account_id)["PublicAccessBlockConfiguration"]
        except s3control.exceptions.NoSuchPublicAccessBlockConfiguration:
            return None

    return setting(
        account=account,
        region="global",
        what="S3: no public access in the whole account",
        read=read,
        wanted=PUBLIC_ACCESS_BLOCK,
        write=partial(
            s3control.put_public_access_block,
            AccountId=account_id,
            PublicAccessBlockConfiguration=PUBLIC_ACCESS_BLOCK,
        ),
    )


def ebs_encryption_step(ec2: Any, *, account: str, region: str) -> Step:
    """Every volume is encrypted, also those that no stack made."""
    return setting(
        account=account,
        region=region,
        what="EBS: volumes are encrypted by default",
        read=lambda: ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"],
        wanted=True,
        write=ec2.enable_ebs_encryption_by_default,
    )
