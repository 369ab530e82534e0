"""What a resource's URN says: `urn:pulumi:<stack>::<project>::<types of its parents and its own, by $>::<name>`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

COMPONENT_PREFIX = "mlclusters:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A resource for people: `NatGateway nat-use1-az4` of the layer `network`."""

    token: str
    layer: str
    name: str

    @property
    def is_component(self) -> bool:
        return self.token.startswith((COMPONENT_PREFIX, "pulumi:pulumi:"))

    def __str__(self) -> str:
        kind = self.token.rpartition(":")[2]
        return f"{kind} {self.name}".strip()


def token(urn: str) -> str:
    """The type of the resource itself."""
    return _parts(urn)[0].rpartition("$")[2]


@cache
def named(stack: str, urn: str) -> Named:
    """The resource without what its row says already: the stack's and the layer's name."""
    types, name = _parts(urn)
    layers = [kind.split(":")[1] for kind in types.split("$") if kind.startswith(COMPONENT_PREFIX)]
    layer = layers[0] if layers else ""
    short = name.removeprefix(f"{stack}-").removeprefix(f"{layer}-")
    return Named(token=token(urn), layer=layer, name=short)


def _parts(urn: str) -> tuple[str, str]:
    types, _, name = urn.split("::", 2)[-1].partition("::")
    return types, name
