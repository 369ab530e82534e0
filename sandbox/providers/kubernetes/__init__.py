"""The stand-in for Pulumi's `kubernetes` provider: the real API servers of the sandbox decide what it answers."""

from __future__ import annotations

from sandbox.providers.kubernetes.provider import KubernetesProvider

__all__ = ["KubernetesProvider"]
