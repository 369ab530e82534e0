"""What a destroy asks of AWS itself: what stacks still have there, and to let go of EKS clusters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from automation import clients, eks_protection, identity, residue
from automation.connection import connect
from automation.residue import Left
from automation.session import Session
from plan import names


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


def unprotect(session: Session, clusters: Sequence[str]) -> None:
    """Let these EKS clusters, by their ARNs, be deleted. Raises FleetError when one cannot be entered or changed."""
    if not clusters:
        return
    base = connect(session).base
    for arn in map(eks_protection.Arn.read, clusters):
        role = names.role_arn(arn.account_id, names.EXECUTION_ROLE)
        eks_protection.switch_off(clients.enter(base, role, arn.region).client("eks", arn.region), arn)
