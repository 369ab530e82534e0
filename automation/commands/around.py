"""A look around every account and region of the fleet for what stacks have in AWS, whatever their states say."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from automation import identity, residue
from automation.connection import connect
from automation.residue import Left
from automation.session import Session


def look_around(session: Session, stacks: Collection[str]) -> tuple[Left, ...]:
    """What these stacks have in AWS. Raises BotoCoreError or ClientError when AWS does not answer."""
    base = connect(session).base
    return residue.search(
        partial(identity.enter, session.fleet, base),
        tuple(session.fleet.settings.accounts),
        session.regions(),
        stacks=stacks,
        is_whole_fleet=set(stacks) == set(session.stacks),
    )
