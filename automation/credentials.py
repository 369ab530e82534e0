"""The session that a run works with: whose it is, when it ends, and which failures mean that it has ended.

The providers' own sessions, of a site's execution role, are renewed from this one; when this one ends nothing can
be renewed, and the state cannot be written either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from automation.events import Failure

_EXPIRED = re.compile(r"\b(ExpiredToken(Exception)?|RequestExpired|InvalidClientTokenId)\b")
"""AWS's codes for a session that has ended (IAM and EC2 guides, common errors; S3 error codes). InvalidClientTokenId
is also that of a key that never was: after the check at the start of a run it is one that was valid then."""

CHAIN_LIFE = timedelta(hours=1)
"""A role assumed by a role's session lives one hour at most, whatever was asked for (STS AssumeRole)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """Who was found at the start of a run, then, and when its session ends; None when that is not known."""

    arn: str
    checked_at: datetime
    expires_at: datetime | None = None

    def life_story(self, now: datetime) -> str:
        """Whose session ended, and how long it lived, as far as a run can know."""
        lived = f"{minutes(now - self.checked_at)} after this run began"
        until = f", it was valid until {self.expires_at:%H:%M:%S} UTC" if self.expires_at else ""
        return f"the session of {self.arn} ended {lived}{until}"

    def warning(self, work: timedelta, now: datetime) -> str:
        """What to say before a rollout whose estimated critical path is `work`; empty when the session outlives it."""
        if self.expires_at is None or now + work < self.expires_at:
            return ""
        return (
            f"warning: the session of {self.arn} ends in {minutes(self.expires_at - now)} "
            f"({self.expires_at:%H:%M} UTC), the critical path usually takes {minutes(work)}: renew it before you "
            f"start (a role assumed from another role lives {minutes(CHAIN_LIFE)} at most)"
        )

    @property
    def renewal(self) -> str:
        """What to do before the next command."""
        return f"renew the credentials of {self.arn}"


def ended_session(failures: Iterable[Failure], known: Credentials | None, now: datetime) -> str:
    """Whose session ended and how long it lived, when that is why these failures came; else empty."""
    if not are_expired(failures):
        return ""
    return known.life_story(now) if known else "the session of this run's credentials ended"


def are_expired(failures: Iterable[Failure]) -> bool:
    """Whether one of these failures means that the session has ended."""
    return any(_EXPIRED.search(failure.message) for failure in failures)


def expiry(method: str, environ: Mapping[str, str]) -> datetime | None:
    """When a session ends for good; None when nothing says so, or when it is renewed.

    `method` is botocore's name of where credentials came from. Only those of the shell's variables end: all others
    (SSO, a profile's role, a process, an instance) botocore and the engine's SDK alike fetch again by themselves.
    """
    if method != "env":
        return None
    try:
        time = datetime.fromisoformat(environ.get("AWS_CREDENTIAL_EXPIRATION", ""))
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def minutes(span: timedelta) -> str:
    """`43 min`; below two minutes in seconds, never less than none."""
    seconds = max(0, round(span.total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"
