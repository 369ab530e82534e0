"""Which provider instance a call is for.

The engine opens one connection for each provider resource, configures it and makes all of that instance's
calls on it, so the peer's address tells instances apart. A Configure on a known connection replaces what it
said before.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from sandbox.providers.configuration import Instance

_KEPT_INSTANCES: Final = 256
"""Far more than engines run at once; connections that ended are not told to the server."""


class Instances:
    """The latest configured instances by their connection's address."""

    def __init__(self) -> None:
        self._by_peer: OrderedDict[str, Instance | None] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, peer: str) -> Instance | None:
        """The peer's instance; None while its configuration is not known."""
        with self._lock:
            return self._by_peer.get(peer)

    def put(self, peer: str, instance: Instance | None) -> None:
        """Keep it, and forget the oldest beyond what can be in use."""
        with self._lock:
            self._by_peer[peer] = instance
            self._by_peer.move_to_end(peer)
            while len(self._by_peer) > _KEPT_INSTANCES:
                self._by_peer.popitem(last=False)
