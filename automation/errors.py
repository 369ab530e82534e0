"""Failures that a user is told about in one line.

FleetError      something the user can act on
  Refused       a change was not made because nobody agreed to it
"""

from __future__ import annotations


class FleetError(Exception):
    """Something stopped the run; `cause` says what, `remedy` what to do about it, `log` where the whole story is."""

    def __init__(self, cause: str, *, remedy: str = "", log: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy
        self.log = log

    def __str__(self) -> str:
        text = f"{self.cause}; {self.remedy}" if self.remedy else self.cause
        return f"{text} (log: {self.log})" if self.log else text


class Refused(FleetError):
    """A change needs an agreement that was not given."""
