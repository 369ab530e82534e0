"""Who may become whom: STS sessions, trust policies, service-linked roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends

from sandbox.aws import accounts
from sandbox.aws.callers import PARTITION, Caller, Session, open_session
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.policies import (
    Context,
    Request,
    Statement,
    Verdict,
    evaluate,
    service_principals,
    statements_of,
)
from sandbox.aws.principals import TRUST_POLICY

DEFAULT_SESSION_SECONDS = 3600
CHAINED_SESSION_SECONDS = 3600
"""STS API Reference, AssumeRole: role chaining limits a session to one hour."""
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}")


def get_caller_identity(call: Call) -> dict[str, str]:
    """The caller, whatever its policies say."""
    return {"UserId": call.caller.user_id, "Account": call.account, "Arn": call.caller.arn}


def assume_role(call: Call) -> dict[str, Any]:
    """A session of a role; `may_assume` has let the caller through."""
    duration = timedelta(seconds=call.params.get("DurationSeconds", DEFAULT_SESSION_SECONDS))
    return session_of(find_role(call.params["RoleArn"]), call.params["RoleSessionName"], duration)


def session_of(role: Any, name: str, duration: timedelta) -> dict[str, Any]:
    """Hand out credentials of moto's `role`; the answer of AssumeRole."""
    key = iam_backends[role.account_id][PARTITION].create_temp_access_key()
    key.role_arn = role.arn
    caller = Caller(
        account=role.account_id,
        arn=f"arn:aws:sts::{role.account_id}:assumed-role/{role.name}/{name}",
        principal_arn=role.arn,
        principal_id=role.id,
        session_name=name,
    )
    session = Session(
        caller=caller, token=f"sandbox-{key.secret_access_key}", expires_at=datetime.now(UTC) + duration
    )
    open_session(key.access_key_id, session)
    return {
        "Credentials": {
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "SessionToken": session.token,
            "Expiration": session.expires_at,
        },
        "AssumedRoleUser": {"AssumedRoleId": caller.user_id, "Arn": caller.arn},
    }


def may_assume(call: Call) -> None:
    """The role's trust policy and the caller's own policies decide; a role that does not exist answers alike.

    In one account the trust policy is enough when it names the caller itself; when it names the account, the
    caller's own policies must allow the call too; across accounts both must. A denial anywhere wins.
    Source: IAM User Guide, "Cross-account resource access" and "Policy evaluation logic".
    """
    caller, arn = call.caller, call.params["RoleArn"]
    role = find_role(arn)
    if role is None or not _trusted(call, role):
        raise Refused(
            "AccessDenied",
            f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}",
        )


def _trusted(call: Call, role: Any) -> bool:
    context = {"sts:rolesessionname": call.params["RoleSessionName"]}
    if "ExternalId" in call.params:
        context["sts:externalid"] = call.params["ExternalId"]
    request = request_of(call, "sts:AssumeRole", role.arn, context)
    trust = TRUST_POLICY.pinned(role)
    trusting = evaluate(statements_of(trust.text), request, trust.ids) if trust else Verdict.SILENT
    own = evaluate(own_statements(call.caller), request)
    if Verdict.DENIED in (trusting, own) or trusting is Verdict.SILENT:
        return False
    needs_own = trusting is Verdict.DELEGATED or call.account != role.account_id
    return own is Verdict.ALLOWED or not needs_own


def trusts_service(arn: str, service: str, context: dict[str, str]) -> bool:
    """Whether there is a role with this ARN that an AWS service may assume."""
    role = find_role(arn)
    trust = role and TRUST_POLICY.pinned(role)
    if not trust:
        return False
    statements = statements_of(trust.text)
    named = [{**item, "Principal": "*"} for item in statements if service in service_principals(item)]
    request = Request(
        account=role.account_id,
        principal_arn=service,
        caller_arn=service,
        principal_id=service,
        action="sts:AssumeRole",
        resource=arn,
        context=context,
    )
    return evaluate(named, request) is Verdict.ALLOWED


def request_of(call: Call, action: str, resource: str, context: dict[str, str]) -> Request:
    """A call as a question to a policy, with the condition keys that every request has."""
    transport = {
        "aws:securetransport": str(call.secure_transport).lower(),
        "aws:requestedregion": call.region,
    }
    return asked_by(call.caller, action, resource, {**transport, **context})


def asked_by(caller: Caller, action: str, resource: str, context: Context) -> Request:
    """What a caller wants as a question to a policy, with the condition keys that say who it is."""
    return Request(
        account=caller.account,
        principal_arn=caller.principal_arn,
        caller_arn=caller.arn,
        principal_id=caller.principal_id,
        action=action,
        resource=resource,
        context={
            "aws:principalarn": caller.principal_arn,
            "aws:principalaccount": caller.account,
            "aws:userid": caller.user_id,
            **context,
        },
    )


def own_statements(caller: Caller) -> Iterator[Statement]:
    """The statements of a caller's identity policies, inline and managed."""
    backend = iam_backends[caller.account][PARTITION]
    if caller.session_name is not None:
        owner: Any = backend.roles[caller.principal_id]
    else:
        owner = next(user for user in backend.users.values() if user.id == caller.principal_id)
    managed = (
        version
        for policy in owner.managed_policies.values()
        for version in policy.versions
        if version.is_default
    )
    for text in (*owner.policies.values(), *(version.document for version in managed)):
        yield from statements_of(text)


def duration_fits(call: Call) -> None:
    """A session lasts no longer than its role allows, and one hour when its caller is a role's session itself."""
    seconds = call.params.get("DurationSeconds", DEFAULT_SESSION_SECONDS)
    if call.caller.session_name is not None and seconds > CHAINED_SESSION_SECONDS:
        raise Refused(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        )
    if seconds > int(find_role(call.params["RoleArn"]).max_session_duration or DEFAULT_SESSION_SECONDS):
        raise Refused(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )


def session_name_fits(call: Call) -> None:
    """STS API Reference, AssumeRole, RoleSessionName."""
    name = call.params["RoleSessionName"]
    if not _SESSION_NAME.fullmatch(name):
        raise Refused(
            "ValidationError",
            f"1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: [\w+=,.@-]*",
        )


def find_role(arn: str) -> Any:
    """Moto's role with this ARN, or None."""
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    if account not in accounts.known():
        return None
    try:
        return iam_backends[account][PARTITION].get_role_by_arn(arn)
    except NotFoundException:
        return None


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("sts", "AssumeRole"): (session_name_fits, may_assume, duration_fits),
}
OPERATIONS: dict[Key, Operation] = {
    ("sts", "GetCallerIdentity"): get_caller_identity,
    ("sts", "AssumeRole"): assume_role,
}
