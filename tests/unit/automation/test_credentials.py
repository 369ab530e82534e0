from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from automation import credentials
from automation.clients import Clients, isolated_session
from automation.credentials import Credentials
from automation.events import Failure

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ROLE = "arn:aws:sts::483026362307:assumed-role/Operator/me"


def session(**life: int) -> Credentials:
    """A session that was checked 43 minutes ago and ends in `life` from now."""
    ends = NOW + timedelta(**life) if life else None
    return Credentials(arn=ROLE, checked_at=NOW - timedelta(minutes=43), expires_at=ends)


@pytest.mark.parametrize(
    ("message", "expired"),
    [
        ("operation error EC2: CreateVpc, api error RequestExpired: Request has expired.", True),
        ("An error occurred (ExpiredToken) when calling the PutObject operation", True),
        ("api error ExpiredTokenException: The security token included in the request is expired", True),
        ("operation error STS: AssumeRole, api error InvalidClientTokenId: the token is invalid", True),
        ("could not write: blob (code=Unknown): ExpiredToken: The provided token has expired.", True),
        ("api error UnauthorizedOperation: You are not authorized", False),
        ("creating ExpiredTokens: already exists", False),
        ("", False),
    ],
)
def test_awss_codes_of_a_session_that_is_over(message: str, expired: bool) -> None:
    failures = (Failure(urn="", message="program exited"), Failure(urn="x", message=message))
    assert credentials.are_expired(failures) is expired


@pytest.mark.parametrize(
    ("message", "known", "told"),
    [
        ("ExpiredToken: no", session(), f"the session of {ROLE} ended 43 min after this run began"),
        ("ExpiredToken: no", None, "the session of this run's credentials ended"),
        ("VpcLimitExceeded", session(), ""),
    ],
)
def test_a_failure_tells_whose_session_ended_when_that_was_it(
    message: str, known: Credentials | None, told: str
) -> None:
    failures = (Failure(urn="x", message=message),)
    assert credentials.ended_session(failures, known, NOW) == told


@pytest.mark.parametrize(
    ("method", "told", "ends"),
    [
        ("env", "2026-11-24T12:00:00Z", NOW),
        ("env", "2026-11-24T13:00:00+01:00", NOW),
        ("env", "2026-11-24T12:00:00", NOW),
        ("env", "soon", None),
        ("env", None, None),
        ("sso", "2026-11-24T12:00:00Z", None),
        ("assume-role", "2026-11-24T12:00:00Z", None),
        ("", None, None),
    ],
)
def test_only_a_session_of_the_shells_variables_ends_for_good(
    method: str, told: str | None, ends: datetime | None
) -> None:
    environ = {} if told is None else {"AWS_CREDENTIAL_EXPIRATION": told}
    assert credentials.expiry(method, environ) == ends


def test_botocore_calls_credentials_of_the_shells_variables_env(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "c")
    later = datetime.now(UTC) + timedelta(hours=1)
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", later.isoformat())
    assert Clients(session=boto3.Session()).source == "env"
    explicit = isolated_session(
        access_key_id="a", secret_access_key="b", session_token=None, region="us-east-1"
    )
    assert Clients(session=explicit).source == "explicit"


def test_a_session_that_ended_is_told_with_its_role_and_its_life() -> None:
    ended = f"the session of {ROLE} ended 43 min after this run began"
    assert session().life_story(NOW) == ended
    assert session(minutes=-1).life_story(NOW) == f"{ended}, it was valid until 11:59:00 UTC"


def test_a_session_shorter_than_the_critical_path_is_warned_of_with_numbers_and_remedy() -> None:
    assert session(minutes=20).warning(timedelta(minutes=38), NOW) == (
        f"warning: the session of {ROLE} ends in 20 min (12:20 UTC), the critical path usually takes 38 min: renew "
        "it before you start (a role assumed from another role lives 60 min at most)"
    )


@pytest.mark.parametrize("known", [session(), session(minutes=39)])
def test_a_session_that_outlives_the_rollout_is_no_warning(known: Credentials) -> None:
    assert known.warning(timedelta(minutes=38), NOW) == ""


@pytest.mark.parametrize(
    ("seconds", "told"), [(-5, "0 s"), (90, "90 s"), (119.4, "119 s"), (120, "2 min"), (3600, "60 min")]
)
def test_spans_are_told_in_minutes(seconds: float, told: str) -> None:
    assert credentials.minutes(timedelta(seconds=seconds)) == told
