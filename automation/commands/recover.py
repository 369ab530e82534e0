"""`fleet recover`: see, and settle with a person's answers, what a run could not decide."""

from __future__ import annotations

from dataclasses import replace

import typer

from automation import consent
from automation.commands import changing
from automation.commands.common import command_line, say
from automation.connection import connect, workspace
from automation.recovery.walk import Question, Walk, findings
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
        walk = Walk(
            recovery=changing.recovery(session, connection, workspace(session, connection)),
            backups=lambda name: session.project.home / "backups" / name,
            ask=ask,
        )
        for name in session.selected:
            walk.recover(name)
    return EXIT_CLEAR


def show(session: Session) -> int:
    """Print what is open, changing nothing; 1 when anything is."""
    connection = connect(session)
    recovery = changing.recovery(session, connection, workspace(session, connection))
    lines = [line for name in session.selected for line in findings(recovery, name)]
    for line in lines or ["nothing is open"]:
        typer.echo(line)
    if lines:
        say("nothing was changed: there is no terminal to ask on")
    return EXIT_OPEN if lines else EXIT_CLEAR


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
