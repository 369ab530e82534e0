from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from automation import identity
from automation.credentials import Credentials
from automation.identity import WrongIdentity
from automation.session import Session

MAIN, SECONDARY = "483026362307", "159553542841"


@dataclass(kw_only=True)
class FakeSts:
    """The base identity of an account; `leads_to` says where each role leads, None that it cannot be assumed."""

    account: str
    leads_to: dict[str, str | None] = field(default_factory=dict)

    def client(self, service: str, region: str) -> FakeSts:
        assert (service, region) == ("sts", "us-east-1")
        return self

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": self.account, "Arn": f"arn:aws:sts::{self.account}:assumed-role/Operator/me"}

    def assume_role(self, *, RoleArn: str, **_: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        found = self.leads_to[RoleArn]
        if found is None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not authorized"}}, "AssumeRole")
        return {"Credentials": found}

    def assumed(self, credentials: str, **_: str) -> FakeSts:
        return FakeSts(account=credentials)


def role(account: str) -> str:
    return f"arn:aws:iam::{account}:role/FleetExecutionRole"


def check(session: Session, base: FakeSts) -> Credentials:
    return identity.check(session.fleet, base, ["main", "secondary"], remedy="use another")  # type: ignore[arg-type]


def test_the_right_identity_passes_and_is_known(session: Session) -> None:
    found = check(session, FakeSts(account=MAIN, leads_to={role(MAIN): MAIN, role(SECONDARY): SECONDARY}))
    assert found.arn == f"arn:aws:sts::{MAIN}:assumed-role/Operator/me"


def test_a_caller_of_another_account_is_refused(session: Session) -> None:
    expected = f"is in account 111111111111, but the state account main is {MAIN}; use another"
    with pytest.raises(WrongIdentity, match=expected):
        check(session, FakeSts(account="111111111111"))


def test_every_account_that_cannot_be_entered_is_named(session: Session) -> None:
    with pytest.raises(WrongIdentity) as caught:
        check(session, FakeSts(account=MAIN, leads_to={role(MAIN): None, role(SECONDARY): MAIN}))
    denied, wrong = str(caught.value).splitlines()
    assert denied.startswith(
        f"arn:aws:sts::{MAIN}:assumed-role/Operator/me cannot assume {role(MAIN)} (account main)"
    )
    assert denied.endswith("not authorized")
    assert wrong == f"{role(SECONDARY)} leads to account {MAIN}, but secondary is {SECONDARY}; use another"
