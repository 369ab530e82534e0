"""What a policy says about a request: statements, principals and conditions, as AWS evaluates them.

Pure. Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import enum
import functools
import ipaddress
import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Statement = Mapping[str, Any]
Context = Mapping[str, str | tuple[str, ...]]


class Verdict(enum.Enum):
    """What a policy says about one request."""

    DENIED = enum.auto()
    ALLOWED = enum.auto()
    """Allowed to this very principal, or to everybody."""
    DELEGATED = enum.auto()
    """Allowed to the principal's account, whose own policies have to allow it as well."""
    SILENT = enum.auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A question to a policy. `context` holds condition keys in lower case; a tuple is a key of several values."""

    account: str
    principal_arn: str
    caller_arn: str
    principal_id: str
    action: str
    resource: str
    context: Context = field(default_factory=dict)


def statements_of(text: str | bytes) -> list[Statement]:
    """The statements of a policy document. Raises `ValueError` when it is not one."""
    document = json.loads(text)
    statements = document.get("Statement") if isinstance(document, dict) else None
    if isinstance(statements, dict):
        return [statements]
    if not isinstance(statements, list) or not all(isinstance(statement, dict) for statement in statements):
        raise ValueError("a policy needs a list of statements")
    return statements


def evaluate(
    statements: Iterable[Statement], request: Request, ids: Mapping[str, str] | None = None
) -> Verdict:
    """What the statements say. `ids`: the unique ids that the policy's principals had when it was saved.

    A statement without a principal belongs to an identity's own policy and is about its owner.
    """
    said = set()
    for statement in statements:
        principal = _principal(statement, request, ids or {})
        if principal is not Verdict.SILENT and _covers(statement, request):
            said.add(principal if statement["Effect"] == "Allow" else Verdict.DENIED)
    for verdict in (Verdict.DENIED, Verdict.ALLOWED, Verdict.DELEGATED):
        if verdict in said:
            return verdict
    return Verdict.SILENT


def aws_principals(statement: Statement) -> list[str]:
    """The AWS principals that a statement names, in `Principal` or `NotPrincipal`."""
    named = statement.get("Principal", statement.get("NotPrincipal"))
    return _list(named.get("AWS", [])) if isinstance(named, dict) else _list(named or [])


def service_principals(statement: Statement) -> list[str]:
    """The services that a statement names in `Principal`."""
    named = statement.get("Principal")
    return _list(named.get("Service", [])) if isinstance(named, dict) else []


def account_named_by(principal: str) -> str | None:
    """The account of a principal that is a whole account: its id, or the ARN of its root."""
    match = re.fullmatch(r"(?:arn:aws:iam::)?(\d{12})(?::root)?", principal)
    return match[1] if match else None


def _principal(statement: Statement, request: Request, ids: Mapping[str, str]) -> Verdict:
    if "Principal" not in statement and "NotPrincipal" not in statement:
        return Verdict.ALLOWED
    verdicts = {_names(principal, request, ids) for principal in aws_principals(statement)}
    if "NotPrincipal" in statement:
        return Verdict.ALLOWED if verdicts <= {Verdict.SILENT} else Verdict.SILENT
    for verdict in (Verdict.ALLOWED, Verdict.DELEGATED):
        if verdict in verdicts:
            return verdict
    return Verdict.SILENT


def _names(principal: str, request: Request, ids: Mapping[str, str]) -> Verdict:
    if principal == "*":
        return Verdict.ALLOWED
    if account := account_named_by(principal):
        return Verdict.DELEGATED if account == request.account else Verdict.SILENT
    same = principal in (request.principal_arn, request.caller_arn, request.principal_id)
    return (
        Verdict.ALLOWED
        if same and ids.get(principal, request.principal_id) == request.principal_id
        else Verdict.SILENT
    )


def _covers(statement: Statement, request: Request) -> bool:
    return (
        _element(statement, "Action", request.action, ignore_case=True)
        and _element(statement, "Resource", request.resource)
        and all(
            _holds(name, key, _list(wanted), request.context)
            for name, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _element(statement: Statement, name: str, value: str, *, ignore_case: bool = False) -> bool:
    if f"Not{name}" in statement:
        return not _element({name: statement[f"Not{name}"]}, name, value, ignore_case=ignore_case)
    if name not in statement:  # a trust policy has no resource: it is the role's own
        return True
    return any(like(value, pattern, ignore_case=ignore_case) for pattern in _list(statement[name]))


def like(value: str, pattern: str, *, ignore_case: bool = False) -> bool:
    """Whether a value matches a pattern with `*` and `?`."""
    return (
        _glob(pattern.lower() if ignore_case else pattern).fullmatch(value.lower() if ignore_case else value)
        is not None
    )


@functools.lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _arn_like(value: str, pattern: str) -> bool:
    values, patterns = value.split(":", 5), pattern.split(":", 5)
    return len(values) == len(patterns) and all(map(like, values, patterns))


def _in_network(value: str, network: str) -> bool:
    return ipaddress.ip_address(value) in ipaddress.ip_network(network, strict=False)


def _numbers(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda value, wanted: compare(float(value), float(wanted))


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": operator.eq,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
    "NumericEquals": _numbers(operator.eq),
    "NumericLessThan": _numbers(operator.lt),
    "NumericLessThanEquals": _numbers(operator.le),
    "NumericGreaterThan": _numbers(operator.gt),
    "NumericGreaterThanEquals": _numbers(operator.ge),
    "IpAddress": _in_network,
}
"""Condition operator -> whether a value of the request fits a wanted one."""
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "NotIpAddress": "IpAddress",
}
"""Operators that hold when none of the wanted values fits, and when the key is absent."""


def unknown_operators(statement: Statement) -> list[str]:
    """The condition operators of a statement that do not exist, or that this evaluation does not have."""
    names = (name.rpartition(":")[2].removesuffix("IfExists") for name in statement.get("Condition", {}))
    return [name for name in names if name not in OPERATORS and name not in NEGATED and name != "Null"]


def _holds(name: str, key: str, wanted: list[str], context: Context) -> bool:
    quantifier, _, plain = name.rpartition(":")
    base = plain.removesuffix("IfExists")
    found = context.get(key.lower())
    if base == "Null":
        return (found is None) == (wanted[0].lower() == "true")
    if found is None:
        return base in NEGATED or plain != base or quantifier == "ForAllValues"
    fits = OPERATORS[NEGATED.get(base, base)]
    patterns = [_filled(pattern, context) for pattern in wanted]
    verdicts = (
        any(fits(value, pattern) for pattern in patterns) != (base in NEGATED)
        for value in ([found] if isinstance(found, str) else found)
    )
    return all(verdicts) if quantifier == "ForAllValues" else any(verdicts)


def _filled(pattern: str, context: Context) -> str:
    """A wanted value with its policy variables (`${aws:username}`) replaced; keys of several values cannot be."""

    def value_of(match: re.Match[str]) -> str:
        value = context.get(match[1].lower(), match[0])
        return value if isinstance(value, str) else match[0]

    return re.sub(r"\$\{([^}]+)\}", value_of, pattern)


def _list(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]
