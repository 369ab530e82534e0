"""Whether this machine can reach the private EKS APIs that a rollout is about to write into; asked before it begins."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Protocol
from urllib.parse import urlsplit

from plan.api_reach import FilledApi

PROBE_S = 3.0
"""How long a connection may take: peerings and VPNs answer in well under one second."""


class Network(Protocol):
    """This machine's network, as the check asks it."""

    def connects(self, host: str, port: int) -> bool:
        """Whether a TCP connection can be made."""
        ...

    def source(self, host: str) -> IPv4Address | None:
        """The address of this machine that packets to a host would have; None when there is no way."""
        ...


class Machine:
    """The network that is there."""

    def connects(self, host: str, port: int) -> bool:
        """Try, for PROBE_S at most."""
        try:
            socket.create_connection((host, port), timeout=PROBE_S).close()
        except OSError:
            return False
        return True

    def source(self, host: str) -> IPv4Address | None:
        """Ask the routing table: nothing is sent."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((host, 443))
            except OSError:
                return None
            return IPv4Address(probe.getsockname()[0])


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """An API that cannot be reached from here. `is_certain`: it is there, and does not answer."""

    api: FilledApi
    is_certain: bool

    def __str__(self) -> str:
        what = f"{self.api.name}: {self.api.why}, and its API"
        seen = "does not answer from here" if self.is_certain else "will not let this machine in"
        return f"{what} {seen}; run this in the hub's network or from one of runner_cidrs in fleet.yaml"


def doubts(apis: Iterable[FilledApi], endpoints: Mapping[str, str], network: Network) -> tuple[Doubt, ...]:
    """The APIs that are out of reach; `endpoints` are the URLs of those that exist, by the cluster's name.

    An API with a public endpoint that is not there yet is let pass: nobody here knows this machine's public address.
    """
    found = []
    for api in apis:
        if api.name in endpoints:
            url = urlsplit(endpoints[api.name])
            if not network.connects(url.hostname or "", url.port or 443):
                found.append(Doubt(api=api, is_certain=True))
        elif not api.public_cidrs:
            source = network.source(str(api.private_cidrs[0][1]))
            if source is None or not api.admits(source):
                found.append(Doubt(api=api, is_certain=False))
    return tuple(found)
