"""Lambda's resource policies."""

from __future__ import annotations

from moto.awslambda.models import lambda_backends

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused


def statement_is_new(call: Call) -> None:
    """Lambda API Reference, AddPermission, ResourceConflictException."""
    statement_id = call.params["StatementId"]
    function = lambda_backends[call.account][call.region].get_function(call.params["FunctionName"])
    if any(statement.get("Sid") == statement_id for statement in function.policy.statements):
        raise Refused(
            "ResourceConflictException",
            f"The statement id ({statement_id}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement.",
        )


REFUSALS: dict[Key, tuple[Refusal, ...]] = {("lambda", "AddPermission"): (statement_is_new,)}
OPERATIONS: dict[Key, Operation] = {}
