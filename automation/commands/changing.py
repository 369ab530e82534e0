"""What surrounds every command that changes something: the fleet lock, and what an earlier run left open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from automation.commands import prerequisites
from automation.commands.common import command_line, enter, say
from automation.connection import state_backend, workspace
from automation.lock import FleetLock
from automation.processes import this_machine
from automation.recovery.deed import Deed, Did
from automation.recovery.lookup import Lookup
from automation.recovery.settle import Recovery
from automation.seam import Workspace
from automation.session import Options, Session
from automation.target import Target
from automation.workspace import AutomationWorkspace


@contextmanager
def changing(options: Options, verb: str) -> Iterator[tuple[Session, Workspace, tuple[Deed, ...]]]:
    """A session that may change the selected stacks: locked, and with nothing left open by an earlier run; and what
    was done about what was.

    The lock comes before the previews, and its write is the proof that the state bucket can be written. Raises
    Locked, Undecided, or what `enter` raises, all before any change of this run.
    """
    session, connection, found = enter(options)
    if verb == "up":
        prerequisites.prepare(session, connection.base, say)
    engines = workspace(session, connection, credentials=found)
    fleet_lock = lock(session, connection)
    with fleet_lock.held(owner=found.arn, command=command_line(verb, session)):
        settling = recovery(session, connection, engines)
        deeds = settling.settle(session.selected, remedy=f"see each: {command_line('recover', session)}")
        if fleet_lock.taken_over:
            deeds = (Deed(did=Did.TOOK_OVER, found=str(fleet_lock.taken_over)), *deeds)
        yield session, engines, deeds


def lock(session: Session, connection: Target) -> FleetLock:
    """The lock of this fleet."""
    backend = state_backend(session, connection)
    return FleetLock(
        backend.s3,
        backend.bucket,
        machine=this_machine(),
        say=say,
        unlock_command=command_line("unlock", session, with_stacks=False),
    )


def recovery(session: Session, connection: Target, engines: AutomationWorkspace) -> Recovery:
    """Settles stacks of this fleet; what it does is said and goes to the stack's log."""

    def tell(stack: str, line: str) -> None:
        say(f"{stack}: {line}")
        log = session.project.log(stack)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"--- {datetime.now().astimezone().isoformat(timespec='seconds')} recovery: {line}\n")

    return Recovery(
        backend=state_backend(session, connection),
        repair=engines,
        machine=this_machine(),
        find=Lookup(connection.base).find,
        say=tell,
    )
