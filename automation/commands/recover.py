"""`fleet recover`: see, and settle with a person's answers, what a run could not decide."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import typer

from automation import consent
from automation.checkpoint import Checkpoint, Pending
from automation.commands import changing
from automation.commands.around import look_around
from automation.commands.common import command_line, say
from automation.connection import connect, workspace
from automation.errors import FleetError
from automation.recovery.lookup import Found, Lookup
from automation.recovery.lost import Adoption
from automation.recovery.lost_finders import LOST_FINDERS
from automation.recovery.settle import Recovery
from automation.recovery.walk import Question, Walk, findings
from automation.seam import Workspace
from automation.session import Options, Session, open_session
from automation.target import Target

EXIT_CLEAR = 0
EXIT_OPEN = 1


def run(options: Options, stack: str | None) -> int:
    """Walk through the selected stacks, or one; without a terminal only say what is open."""
    session = open_session(replace(options, only=(stack,)) if stack else options)
    if not consent.is_terminal():
        return show(session)
    connection = connect(session)
    with changing.lock(session, connection).held(
        owner=caller(session, connection), command=command_line("recover", session)
    ):
        engines = workspace(session, connection)
        recovery = changing.recovery(session, connection, engines)
        adoption = Adoption(
            repair=engines,
            foresee=partial(foresee, session, engines),
            find=partial(find_lost, recovery, Lookup(connection.base, LOST_FINDERS)),
            say=recovery.say,
        )
        walk = Walk(
            recovery=recovery,
            backups=lambda name: session.project.home / "backups" / name,
            ask=ask,
            search=lambda name: look_around(session, (name,)),
            adopt=adoption.adopt,
        )
        for name in session.selected:
            walk.recover(name)
    return EXIT_CLEAR


def show(session: Session) -> int:
    """Print what is open, changing nothing; 1 when anything is."""
    connection = connect(session)
    recovery = changing.recovery(session, connection, workspace(session, connection))
    lines = [
        line
        for name in session.selected
        for line in findings(recovery, name, lambda stack: look_around(session, (stack,)))
    ]
    for line in lines or ["nothing is open"]:
        typer.echo(line)
    if lines:
        say("nothing was changed: there is no terminal to ask on")
    return EXIT_OPEN if lines else EXIT_CLEAR


def foresee(session: Session, engines: Workspace, stack: str) -> Mapping[str, Any]:
    """The plan of a preview. Raises FleetError when the preview fails."""
    path = session.project.work(stack) / "recover.json"
    result = engines.preview(stack, save=path)
    if not result.succeeded:
        raise FleetError(f"{stack}: the preview failed: {result.cause}")
    plan: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    return plan


def find_lost(recovery: Recovery, by_tag: Lookup, pending: Pending, checkpoint: Checkpoint) -> Found:
    """Look up what a lost state knew: by its name, and where that is made up, by what else is known of it."""
    found = recovery.find(pending, checkpoint)
    if found.is_certain and not found.ids and pending.type in LOST_FINDERS:
        return by_tag.find(pending, checkpoint)
    return found


def caller(session: Session, connection: Target) -> str:
    """The ARN of the base identity."""
    sts = connection.base.client("sts", session.fleet.settings.state.region)
    return str(sts.get_caller_identity()["Arn"])


def ask(question: Question) -> str:
    """Ask on the terminal until the answer is one that the question takes."""
    from rich.console import Console
    from rich.prompt import Prompt

    for line in question.evidence:
        say(f"  {line}")
    say(question.text)
    for typed, meaning in question.choices.items():
        say(f"  {typed}: {meaning}")
    choices = None if question.takes_text else list(question.choices)
    answer = ""
    while not answer.strip():
        answer = Prompt.ask("answer", choices=choices, console=Console(stderr=True), default="")
    return answer.strip()
