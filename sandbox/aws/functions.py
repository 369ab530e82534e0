"""Lambda: what a function may be, the role that it runs as, and resource policies."""

from __future__ import annotations

from moto.awslambda.models import lambda_backends

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.identity import trusts_service
from sandbox.aws.values import constraint, listed

LONGEST_TIMEOUT_SECONDS = 900
"""Lambda Developer Guide, "Lambda quotas"."""


def role_trusts_lambda(call: Call) -> None:
    """Lambda Developer Guide, "Execution role": its trust policy lets lambda.amazonaws.com in."""
    role = call.params.get("Role")
    if role is None or role.split(":")[4] != call.account:  # moto refuses another account's
        return
    if not trusts_service(role, "lambda.amazonaws.com", {"aws:sourceaccount": call.account}):
        raise Refused(
            "InvalidParameterValueException",
            "The role defined for the function cannot be assumed by Lambda.",
        )


def timeout_fits(call: Call) -> None:
    """A function runs for a quarter of an hour at most."""
    seconds = call.params.get("Timeout", 0)
    if seconds > LONGEST_TIMEOUT_SECONDS:
        must = f"have value less than or equal to {LONGEST_TIMEOUT_SECONDS}"
        raise Refused("InvalidParameterValueException", constraint("Timeout", seconds, must))


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


_FITS = (listed("InvalidParameterValueException", "Runtime"), timeout_fits, role_trusts_lambda)

REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("lambda", "CreateFunction"): _FITS,
    ("lambda", "UpdateFunctionConfiguration"): _FITS,
    ("lambda", "AddPermission"): (statement_is_new,),
}
OPERATIONS: dict[Key, Operation] = {}
