"""Every step of bootstrap, in order: the state first, then each account, then the stack files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from automation.bootstrap import account as account_settings
from automation.bootstrap import bucket, desired, key, key_lines, roles
from automation.bootstrap.step import Step
from automation.clients import Clients
from automation.errors import FleetError
from plan import names
from spec import Fleet


def enter(fleet: Fleet, admin_of: Callable[[str], Clients], *, remedy: str) -> dict[str, Clients]:
    """Clients of every account's administrator, state account first.

    Raises FleetError with every account whose credentials are missing or lead to another account.
    """
    problems = []
    entered: dict[str, Clients] = {}
    for account in desired.accounts_in_order(fleet):
        wanted = fleet.settings.accounts[account].id
        try:
            clients = admin_of(account)
            found = clients.client("sts", fleet.settings.state.region).get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            problems.append(f"account {account} ({wanted}): cannot be entered: {error}")
            continue
        if found != wanted:
            problems.append(f"account {account}: the credentials are of {found}, must be of {wanted}")
        entered[account] = clients
    if problems:
        raise FleetError("\n".join(problems), remedy=remedy)
    return entered


def all_steps(
    fleet: Fleet, admins: Mapping[str, Clients], stack_files: Mapping[str, Path], *, secrets_provider: str
) -> Iterator[Step]:
    """The table of steps; `admins` as `enter` gives them, `stack_files` where each stack's key lines are kept."""
    state = fleet.settings.state
    admin = admins[state.account]
    kms = admin.client("kms", state.region)
    yield key.step(kms, account=state.account, region=state.region)
    yield from bucket.steps(
        admin.client("s3", state.region), fleet, names.state_bucket(desired.state_account_id(fleet))
    )
    yield roles.step(admin.client("iam", state.region), desired.ci_role(fleet), account=state.account)
    for account, clients in admins.items():
        yield from _account_steps(fleet, account, clients)
    for stack, path in stack_files.items():
        yield key_lines.step(
            kms,
            path,
            secrets_provider=secrets_provider,
            stack=stack,
            account=state.account,
            region=state.region,
        )


def _account_steps(fleet: Fleet, account: str, clients: Clients) -> Iterator[Step]:
    region = fleet.settings.state.region
    iam = clients.client("iam", region)
    yield roles.step(iam, desired.execution_role(fleet), account=account)
    yield from roles.service_linked_steps(iam, account=account)
    yield account_settings.public_access_step(
        clients.client("s3control", region), account=account, account_id=fleet.settings.accounts[account].id
    )
    for used in desired.account_regions(fleet, account):
        yield account_settings.ebs_encryption_step(clients.client("ec2", used), account=account, region=used)
