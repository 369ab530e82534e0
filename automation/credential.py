"""What a credential plugin of kubectl prints. Source: kubernetes.io, "client-go credential plugins"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

EXEC_API = "client.authentication.k8s.io/v1"
TOKEN_LIFETIME = timedelta(minutes=14)
"""EKS takes a token for 15 minutes; kubectl asks for a new one a minute before (aws-iam-authenticator)."""


def credential(token: str, *, now: datetime | None = None) -> dict[str, Any]:
    """What a credential plugin prints."""
    ends = (now or datetime.now(UTC)) + TOKEN_LIFETIME
    status = {"token": token, "expirationTimestamp": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return {"apiVersion": EXEC_API, "kind": "ExecCredential", "status": status}
