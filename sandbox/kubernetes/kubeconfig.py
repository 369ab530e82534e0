"""Kubeconfig files, as the JSON that YAML includes."""

from __future__ import annotations

import base64
import json
from pathlib import Path


def with_certificate(endpoint: str, ca_pem: str, certificate: tuple[Path, Path]) -> str:
    """Of a user who has a client certificate."""
    cluster = {
        "server": endpoint,
        "certificate-authority-data": base64.b64encode(ca_pem.encode()).decode(),
    }
    user = {"client-certificate": str(certificate[0]), "client-key": str(certificate[1])}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "it",
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
            "clusters": [{"name": "it", "cluster": cluster}],
            "users": [{"name": "it", "user": user}],
        }
    )
