"""What policies answer: the evaluation that the questions of `tests.access_questions` are put to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sandbox.aws.policies import Request, Verdict, evaluate


class Question(NamedTuple):
    """`who`: a role's name without its site, or the ARN of who asks a key. Context keys in lower case."""

    who: str
    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]]
    expected: bool

    @property
    def text(self) -> str:
        given = ", ".join(f"{name}={value}" for name, value in self.context.items())
        return f"{self.who} {self.action} {self.resource} {given}".strip()


def answer(statements: Iterable[Mapping[str, Any]], question: Question, *, principal: str) -> bool:
    """What the statements say. A delegation to an account is a yes: whoever asks has the permission of its own."""
    account = principal.split(":")[4]
    known = {
        "aws:principalarn": principal,
        "aws:principalaccount": account,
        "kms:calleraccount": account,
        "aws:requestedregion": "us-east-1",
    }
    request = Request(
        account=account,
        principal_arn=principal,
        caller_arn=principal,
        principal_id="AROA1",
        action=question.action,
        resource=question.resource,
        context={**known, **question.context},
    )
    return evaluate(statements, request) in (Verdict.ALLOWED, Verdict.DELEGATED)
