"""Which provider instance a call is for.

The engine opens one connection for each provider resource, configures it and makes all of that instance's
calls on it, so the peer's address tells instances apart. A Configure on a known connection replaces what it
said before.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from sandbox.providers.configuration import Instance

_KEPT_CONNECTIONS: Final = 256
"""Far more than engines run at once; connections that ended are not told to the server."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """What one connection said: the program's folder (Handshake) and the configured instance, if known yet."""

    program_directory: str | None = None
    instance: Instance | None = None


class Connections:
    """The latest connections by their peer's address."""

    def __init__(self) -> None:
        self._by_peer: OrderedDict[str, Connection] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, peer: str) -> Connection:
        """What the peer's connection said; nothing at first."""
        with self._lock:
            return self._by_peer.get(peer, Connection())

    def put(self, peer: str, connection: Connection) -> None:
        """Keep it, and forget the oldest beyond what can be in use."""
        with self._lock:
            self._by_peer[peer] = connection
            self._by_peer.move_to_end(peer)
            while len(self._by_peer) > _KEPT_CONNECTIONS:
                self._by_peer.popitem(last=False)
