"""The fleet's data as operators see it: how far replication is, what it missed, and what a site publishes."""

from __future__ import annotations
