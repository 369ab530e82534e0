"""The accounts that exist."""

from __future__ import annotations

from collections.abc import Iterable

NOBODY = "000000000000"
"""The account of a request whose caller is not known; nothing is ever in it."""

_ACCOUNTS: list[str] = []


def known() -> tuple[str, ...]:
    """The ids of the accounts that exist here."""
    return tuple(_ACCOUNTS)


def open_accounts(account_ids: Iterable[str]) -> None:
    """Let these accounts exist, and no others."""
    _ACCOUNTS[:] = account_ids
