"""Base of every layer: how a component names, tags and parents what it makes."""

from __future__ import annotations

import inspect
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

import pulumi

from plan import tags

ResourceT = TypeVar("ResourceT", bound=pulumi.Resource)

NATIVE = "aws-native:"
"""Types that Cloud Control makes, whose tags are a list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerOptions:
    """How a layer is made: the engine's options for the component itself, and whether what holds state is kept."""

    resource: pulumi.ResourceOptions | None = None
    protect_state: bool = True


class Layer(pulumi.ComponentResource):
    """One layer of a site. The type token is `mlclusters:<module>:<Class>`.

    Children are made by `child`: named `<layer>-<suffix>`, parented here, tagged `fleet:urn`. The layer's
    own options are never merged into them; what the engine inherits (provider, protect), it inherits through
    the parent.
    """

    def __init__(self, name: str, opts: LayerOptions | None = None) -> None:
        opts = opts or LayerOptions()
        module = type(self).__module__.rsplit(".", 1)[-1]
        super().__init__(f"mlclusters:{module}:{type(self).__name__}", name, {}, opts.resource)
        self.name = name
        self.protects_state = opts.protect_state

    def promise(self) -> None:
        """Export what other stacks may rely on; a layer that promises nothing leaves this as it is."""

    def child(
        self,
        resource: type[ResourceT],
        suffix: str,
        *,
        stateful: bool = False,
        opts: pulumi.ResourceOptions | None = None,
        **properties: Any,
    ) -> ResourceT:
        """Make a resource of this layer. `opts` are options for this child alone.

        A resource with a fixed name is deleted before its replacement is made: the name is taken until then.

        With `stateful`, what is lost with the resource cannot be made again from the files (file systems, buckets,
        keys): in a site that protects state the engine refuses to delete or replace it, and leaves it in AWS when
        it is taken out of the stack on purpose. The way out: `environment: dev`, an `up`, then the destroy.
        """
        name = f"{self.name}-{suffix}"
        if _takes_tags(cast("Hashable", resource)):
            token: str = resource.pulumi_type  # type: ignore[attr-defined]
            own = tags.resource_id(pulumi.get_stack(), token, name)
            all_tags = {tags.URN_TAG: own, **properties.get("tags", {})}
            properties["tags"] = _as_list(all_tags) if token.startswith(NATIVE) else all_tags
        keep = True if stateful and self.protects_state else None
        own_opts = pulumi.ResourceOptions(
            parent=self,
            delete_before_replace=True if "name" in properties else None,
            protect=keep,
            retain_on_delete=keep,
        )
        merged = pulumi.ResourceOptions.merge(own_opts, opts)
        return resource(name, opts=merged, **properties)


def _as_list(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in values.items()]


@cache
def _takes_tags(resource: Any) -> bool:
    """Whether it is tagged in AWS: a component hands its tags on, and a dynamic resource is none of AWS's."""
    generated = getattr(resource, "_internal_init", None)
    return (
        issubclass(resource, pulumi.CustomResource)
        and generated is not None
        and "tags" in inspect.signature(generated).parameters
    )
