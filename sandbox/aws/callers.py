"""Who calls: the principal behind an access key, and the sessions that STS has handed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from moto.core.responses import BaseResponse
from moto.iam.models import iam_backends

from sandbox.aws import accounts
from sandbox.aws.errors import Refused, expired

PARTITION = "aws"


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """A principal as AWS's policies see it."""

    account: str
    arn: str
    """What GetCallerIdentity shows: for a session, its `assumed-role` ARN."""
    principal_arn: str
    """`aws:PrincipalArn`: for a session, its role's ARN."""
    principal_id: str
    """The unique id (AIDA..., AROA...), which a principal made again under the same name does not share."""
    session_name: str | None = None
    """None for anything but a role's session."""

    @property
    def user_id(self) -> str:
        """`aws:userid`."""
        return f"{self.principal_id}:{self.session_name}" if self.session_name else self.principal_id


ANONYMOUS = Caller(account="anonymous", arn="*", principal_arn="*", principal_id="ANONYMOUS")


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """Temporary credentials of a role."""

    caller: Caller
    token: str
    expires_at: datetime


_SESSIONS: dict[str, Session] = {}
"""Access key id -> session."""

_UNKNOWN_KEY = {
    "ec2": ("AuthFailure", "AWS was not able to validate the provided access credentials"),
    "s3": ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
    "query": ("InvalidClientTokenId", "The security token included in the request is invalid."),
    "json": ("UnrecognizedClientException", "The security token included in the request is invalid."),
}
"""What an unknown key is answered, by service, else by protocol family."""
_QUERY_SERVICES = frozenset(
    {"iam", "sts", "cloudwatch", "cloudformation", "sns", "autoscaling", "elbv2", "rds"}
)
_UNSIGNED_OPERATIONS = frozenset({"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"})


def open_session(access_key_id: str, session: Session) -> None:
    """Remember what STS handed out."""
    _SESSIONS[access_key_id] = session


@dataclass(frozen=True, kw_only=True, slots=True)
class Signer:
    """What a request's signature says, as it is: nothing of it is checked yet."""

    access_key_id: str | None
    token: str | None
    session: Session | None
    caller: Caller | None
    """None for a key that no account has."""


def account_of(response: BaseResponse) -> str:
    """The account that a request belongs to, before anything is known about its operation.

    Moto asks as soon as a request is read; `caller_of` goes by what was found then.
    """
    access_key_id, token = _signed_with(response)
    session = _SESSIONS.get(access_key_id or "")
    caller = session.caller if session else _user_with_key(access_key_id or "")
    response.signer = Signer(access_key_id=access_key_id, token=token, session=session, caller=caller)
    return caller.account if caller else accounts.NOBODY


def caller_of(response: BaseResponse, service: str, operation: str) -> Caller:
    """The principal that signed this request.

    Raises `Refused` for a key that no account has, a session whose role is gone, a wrong or an expired token.
    """
    signer: Signer = response.signer
    if signer.access_key_id is None:
        if service == "s3" or operation in _UNSIGNED_OPERATIONS:
            return ANONYMOUS
        raise Refused("MissingAuthenticationToken", "Request is missing Authentication Token")
    caller = signer.caller
    if caller is None or (signer.session and not _is_open(signer.session, signer.token, service)):
        family = service if service in _UNKNOWN_KEY else "query" if service in _QUERY_SERVICES else "json"
        raise Refused(*_UNKNOWN_KEY[family])
    return caller


def caller_with(access_key_id: str, token: str | None) -> Caller:
    """The principal of a key, for what moto does not serve. Raises `Refused` when it is unknown or over."""
    session = _SESSIONS.get(access_key_id)
    caller = session.caller if session else _user_with_key(access_key_id)
    if caller is None or (session and not _is_open(session, token, "sts")):
        raise Refused(*_UNKNOWN_KEY["query"])
    return caller


def user_caller(user: Any) -> Caller:
    """An IAM user of moto's as a caller."""
    return Caller(account=user.account_id, arn=user.arn, principal_arn=user.arn, principal_id=user.id)


def _signed_with(response: BaseResponse) -> tuple[str | None, str | None]:
    """(access key id, session token) of a request signed in its header or in its URL."""
    headers, arguments = response.headers, response.normalized_request.args
    authorization = headers.get("Authorization", "")
    if "Credential=" in authorization:
        credential = authorization.partition("Credential=")[2].partition("/")[0]
        return credential, headers.get("X-Amz-Security-Token")
    if "X-Amz-Credential" in arguments:
        credential = unquote(arguments["X-Amz-Credential"]).partition("/")[0]
        return credential, arguments.get("X-Amz-Security-Token")
    return arguments.get("AWSAccessKeyId"), arguments.get(
        "x-amz-security-token"
    )  # signature version 2, in the URL


def _is_open(session: Session, token: str | None, service: str) -> bool:
    """Whether a session's role is there and its token the right one. Raises `Refused` when it has expired."""
    caller = session.caller
    if token != session.token or caller.principal_id not in iam_backends[caller.account][PARTITION].roles:
        return False
    if datetime.now(UTC) > session.expires_at:
        raise expired(service)
    return True


def _user_with_key(access_key_id: str) -> Caller | None:
    for account in accounts.known():
        backend = iam_backends[account][PARTITION]
        key = backend.access_keys.get(access_key_id)
        if key is not None and key.user_name is not None and key.status == "Active":
            return user_caller(backend.users[key.user_name])
    return None
