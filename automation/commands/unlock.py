"""`fleet unlock`: remove the fleet lock of a run that is over on another machine."""

from __future__ import annotations

from collections.abc import Callable

from automation import consent
from automation.commands import changing
from automation.commands.common import say
from automation.connection import connect
from automation.errors import FleetError
from automation.lock import FleetLock, Locked
from automation.session import Options, open_session


def run(options: Options, lock_id: str, *, yes: bool) -> int:
    """Remove the lock with this id."""
    session = open_session(options)
    unlock(changing.lock(session, connect(session)), lock_id, yes=yes)
    return 0


def unlock(
    lock: FleetLock, lock_id: str, *, yes: bool, require: Callable[..., None] = consent.require
) -> None:
    """Remove the lock with this id.

    Raises FleetError when there is none or another one, Locked while its process lives on this machine, Refused
    when nobody agrees.
    """
    holder = lock.read()
    if holder is None:
        raise FleetError("the fleet is not locked", remedy="run what you wanted to run")
    if holder.id != lock_id:
        raise FleetError(f"the fleet lock is not {lock_id} but {holder.id}, held by {holder}")
    lives = lock.lives(holder)
    if lives:
        raise Locked(
            f"the fleet is locked by {holder}, which still runs on this machine",
            remedy=f"wait for it, or end it: kill -INT {holder.pid}",
        )
    if lives is None:
        require(f"Locked by {holder}. Is that run surely over?", yes=yes)
    lock.remove(holder)
    say(f"fleet lock {holder.id} removed; it was held by {holder}")
