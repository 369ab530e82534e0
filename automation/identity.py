"""Who is about to change what: checked before any change, all mismatches at once.

The providers check again (`allowed_account_ids`); this check comes before the first engine starts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from automation.clients import Clients
from automation.credentials import Credentials
from automation.errors import FleetError
from plan import names
from spec import Fleet

SESSION_NAME = "fleet-check"


class WrongIdentity(FleetError):
    """The base identity may not roll these sites out, or is not in the state account."""


def check(fleet: Fleet, base: Clients, accounts: Iterable[str], *, remedy: str) -> Credentials:
    """Compare the base identity with the spec, and enter each of these accounts as a rollout would.

    Gives whose session it is; when it ends, `credentials.expiry` says.
    Raises WrongIdentity with every mismatch.
    """
    state = fleet.settings.state
    wanted = fleet.settings.accounts[state.account].id
    try:
        caller = base.client("sts", state.region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise WrongIdentity(f"no usable AWS credentials: {error}", remedy=remedy) from error
    problems = []
    if caller["Account"] != wanted:
        problems.append(
            f"{caller['Arn']} is in account {caller['Account']}, but the state account {state.account} is {wanted}"
        )
    else:
        problems += [
            problem
            for account in accounts
            if (problem := _entry_problem(fleet, base, account, caller["Arn"]))
        ]
    if problems:
        raise WrongIdentity("\n".join(problems), remedy=remedy)
    return Credentials(arn=caller["Arn"], checked_at=datetime.now(UTC))


def enter(fleet: Fleet, base: Clients, account: str) -> Clients:
    """The clients of an account's execution role, as a rollout has them. Raises ClientError when it is refused."""
    role = names.role_arn(fleet.settings.accounts[account].id, names.EXECUTION_ROLE)
    region = fleet.settings.state.region
    answer = base.client("sts", region).assume_role(RoleArn=role, RoleSessionName=SESSION_NAME)
    return base.assumed(answer["Credentials"], region=region)


def _entry_problem(fleet: Fleet, base: Clients, account: str, caller: str) -> str:
    """Why the account cannot be entered through its execution role; empty when it can."""
    account_id = fleet.settings.accounts[account].id
    role = names.role_arn(account_id, names.EXECUTION_ROLE)
    try:
        entered = enter(fleet, base, account)
        found = entered.client("sts", fleet.settings.state.region).get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        return f"{caller} cannot assume {role} (account {account}): {error}"
    return "" if found == account_id else f"{role} leads to account {found}, but {account} is {account_id}"
