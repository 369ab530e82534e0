"""What a `kubernetes` provider resource says, and which change of it means another cluster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.providers.errors import ProviderError
from sandbox.providers.kubernetes import kubeconfig
from sandbox.providers.kubernetes.kubeconfig import Access
from sandbox.providers.wire import UNKNOWN, has_unknown

_FLAGS: Final = {
    "deleteUnreachable": False,
    "enableConfigMapMutable": False,
    "enablePatchForce": False,
    "enableSecretMutable": False,
    "enableServerSideApply": True,
    "upsertExistingObjects": False,
}
"""The switches that are followed, with the real provider's defaults."""
_USED: Final = frozenset({*_FLAGS, "clusterIdentifier", "context", "kubeconfig", "namespace"})
_HARMLESS: Final = frozenset(
    {"version", "suppressDeprecationWarnings", "suppressHelmHookWarnings", "kubeClientSettings"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Configuration:
    """A configured provider."""

    access: Access
    namespace: str | None
    flags: Mapping[str, bool]

    def __getitem__(self, flag: str) -> bool:
        """One of the provider's switches, by its Pulumi name."""
        return self.flags[flag]


def configuration_failures(args: Mapping[str, Any]) -> dict[str, str]:
    """The configuration that the sandbox would silently not follow, with the reasons why it is refused."""
    known = f"it follows {', '.join(sorted(_USED))}"
    failures = {
        key: f"the sandbox's kubernetes provider does not follow this; {known}"
        for key in sorted(args)
        if key not in _USED | _HARMLESS
    }
    if _decoded(args.get("enableServerSideApply")) is False:
        failures["enableServerSideApply"] = (
            "the sandbox's kubernetes provider applies on the server's side only"
        )
    return failures


def configuration(args: Mapping[str, Any]) -> Configuration | None:
    """The configuration, None while parts of it are not known yet; raises ProviderError when it is wrong."""
    if has_unknown({key: args.get(key) for key in _USED}):
        return None
    text = args.get("kubeconfig")
    if not text:
        raise ProviderError(
            "the kubernetes provider has no kubeconfig: the sandbox takes none from the environment, so set "
            "`kubeconfig` on the provider"
        )
    return Configuration(
        access=kubeconfig.read(text, context=args.get("context")),
        namespace=args.get("namespace"),
        flags={flag: bool(_decoded(args.get(flag, default))) for flag, default in _FLAGS.items()},
    )


def replacing(olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
    """The changed keys that mean another cluster, so that everything in it is made again.

    That is `clusterIdentifier` where there is one, else the cluster of the kubeconfig's context; one that is not
    known yet may be any. Source: pulumi-kubernetes 4.34, `provider/pkg/provider/provider.go`, DiffConfig.
    """
    identifiers = olds.get("clusterIdentifier"), news.get("clusterIdentifier")
    if any(identifiers):
        return ["clusterIdentifier"] if identifiers[0] != identifiers[1] else []
    before, after = olds.get("kubeconfig"), news.get("kubeconfig")
    if before == after:
        return []
    if after is UNKNOWN or before is UNKNOWN or not before or not after:
        return ["kubeconfig"]
    clusters = (
        kubeconfig.cluster_of(text, context=args.get("context"))
        for text, args in ((before, olds), (after, news))
    )
    return [] if next(clusters) == next(clusters) else ["kubeconfig"]


def _decoded(value: Any) -> Any:
    """A switch: the SDK sends it as JSON's text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
