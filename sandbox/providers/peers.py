"""What is known of a connection, by its address.

The engine opens one connection for each provider resource, configures it and makes all of that instance's
calls on it, so the peer's address tells instances apart, and engines too. What is said again on a known
connection replaces what was said before.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final, Generic, TypeVar

_KEPT: Final = 256
"""Far more connections than engines at once have; those that ended are not told to the server."""

_Known = TypeVar("_Known")


class Peers(Generic[_Known]):
    """The latest facts by connection."""

    def __init__(self) -> None:
        self._by_peer: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, peer: str) -> _Known | None:
        """What is known of the peer, if anything."""
        with self._lock:
            return self._by_peer.get(peer)

    def put(self, peer: str, known: _Known) -> None:
        """Keep it, and forget the oldest beyond what can be in use."""
        with self._lock:
            self._by_peer[peer] = known
            self._by_peer.move_to_end(peer)
            while len(self._by_peer) > _KEPT:
                self._by_peer.popitem(last=False)
