"""Ports on loopback that the system gave, kept until the program that is told of one ends."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"


class Port:
    """A port that nobody else gets. Linux lets a program that shares ports listen on it all the same."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._socket.bind((LOOPBACK, 0))
        self.number: int = self._socket.getsockname()[1]

    def close(self) -> None:
        """Give it back."""
        self._socket.close()
