"""Stand-ins for the providers' plugins: the real engine attaches to them, AWS is the emulator."""

from __future__ import annotations

from sandbox.providers.server import serve

__all__ = ["serve"]
