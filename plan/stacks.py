"""The graph of stacks: which stacks there are and what each waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from plan import names
from spec import Fleet


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """One Pulumi stack. `depends_on` names the stacks that must be up before it starts."""

    name: str
    kind: Literal["site", "links"]
    depends_on: tuple[str, ...] = ()


def graph(fleet: Fleet) -> dict[str, Stack]:
    """Every stack of the fleet by name, each after those it depends on in fleet.yaml.

    Sites never need each other; `after` only stages a rollout. `links` holds what needs both ends of a pair or
    of a replication, so it waits for the sites it joins.
    """
    stacks = {
        entry.name: Stack(name=entry.name, kind="site", depends_on=entry.after)
        for entry in fleet.settings.sites
    }
    joined = {site for pair in fleet.settings.peerings for site in pair}
    if fleet.settings.data:
        joined |= {fleet.settings.data.central, *fleet.settings.data.replicas}
    if joined:
        ends = tuple(name for name in stacks if name in joined)
        stacks[names.LINKS] = Stack(name=names.LINKS, kind="links", depends_on=ends)
    return stacks
