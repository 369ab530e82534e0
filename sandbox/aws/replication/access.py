"""Whether the role of a replication may do what an object needs: its own policies, the bucket's and the key's.

Source: IAM User Guide, "Cross-account policy evaluation logic"; S3 User Guide, "Setting up permissions for live
replication". `key_access` decides about keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.s3.models import FakeBucket

from sandbox.aws import key_access
from sandbox.aws.callers import Caller
from sandbox.aws.identity import asked_by, find_role, own_statements, trusts_service
from sandbox.aws.policies import Verdict, evaluate, statements_of
from sandbox.aws.principals import BUCKET_POLICY, PinnedPolicy

SESSION = "s3-replication"


@dataclass(frozen=True, slots=True)
class Role:
    """A role in the hands of S3."""

    caller: Caller

    @classmethod
    def assumed_by(cls, arn: str, service: str) -> Role | None:
        """The role, when it is there and lets the service in."""
        if not trusts_service(arn, service, {}):
            return None
        role = find_role(arn)
        return cls(
            Caller(
                account=role.account_id,
                arn=f"arn:aws:sts::{role.account_id}:assumed-role/{role.name}/{SESSION}",
                principal_arn=arn,
                principal_id=role.id,
                session_name=SESSION,
            )
        )

    def may_use_bucket(self, action: str, bucket: FakeBucket, key_name: str | None = None) -> bool:
        """In its own account the role's policies or the bucket's are enough, in another one it takes both."""
        resource = f"{bucket.arn}/{key_name}" if key_name else str(bucket.arn)
        policy = BUCKET_POLICY.pinned(bucket)
        own, theirs = self._verdicts(action, resource, policy, bucket.region_name)
        if Verdict.DENIED in (own, theirs):
            return False
        if bucket.account_id != self.caller.account:
            return own is Verdict.ALLOWED and theirs in (Verdict.ALLOWED, Verdict.DELEGATED)
        return own is Verdict.ALLOWED or theirs is Verdict.ALLOWED

    def may_use_key(self, action: str, key: Any, context: Mapping[str, str]) -> bool:
        """As for everybody who uses a key, over TLS."""
        transport = {"aws:securetransport": "true", "aws:requestedregion": key.region}
        return key_access.may_use(self.caller, action, key, {**transport, **context})

    def _verdicts(
        self, action: str, resource: str, policy: PinnedPolicy | None, region: str
    ) -> tuple[Verdict, Verdict]:
        transport = {"aws:securetransport": "true", "aws:requestedregion": region}
        request = asked_by(self.caller, action, resource, transport)
        theirs = evaluate(statements_of(policy.text), request, policy.ids) if policy else Verdict.SILENT
        return evaluate(own_statements(self.caller), request), theirs


def key_context(bucket: FakeBucket, key_name: str, role: Role) -> dict[str, str]:
    """What S3 tells KMS when it uses a key for an object: with a bucket key, the bucket is the context."""
    rule = bucket.encryption["Rule"] if bucket.encryption else {}
    has_bucket_key = str(rule.get("BucketKeyEnabled", "false")).lower() == "true"
    return {
        "kms:viaservice": f"s3.{bucket.region_name}.amazonaws.com",
        "kms:calleraccount": role.caller.account,
        "kms:encryptioncontext:aws:s3:arn": str(bucket.arn) if has_bucket_key else f"{bucket.arn}/{key_name}",
    }
