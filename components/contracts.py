"""Contracts between stacks, inside a Pulumi program: `promise` exports one, `read` gets another stack's."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi

from plan import names
from plan.contracts import Contract, ContractError, ContractT, field_names, parse

UNKNOWN_STACK = "unknown stack"
"""What the engine's backend answers for a stack that was never made (pkg/backend, GetStackOutputs)."""


def promise(contract: type[Contract], **outputs: pulumi.Input[Any]) -> None:
    """Export a contract; every field, and nothing else. Raises TypeError otherwise."""
    wanted = set(field_names(contract))
    if wanted != outputs.keys():
        raise TypeError(f"{contract.__name__} promises {sorted(wanted)}, was given {sorted(outputs)}")
    pulumi.export(contract.KEY, {"version": contract.VERSION, **outputs})


def read(contract: type[ContractT], stack: str) -> pulumi.Output[ContractT]:
    """What another stack promised.

    In a preview, an Output that is unknown while that stack does not exist or has not been deployed; in an
    up a RunError that names the stack to deploy first. Outputs that are wrong are an error in both.
    """
    outputs = _stack_outputs(stack)
    if not outputs and pulumi.runtime.is_dry_run():
        return _unknown()
    try:
        return pulumi.Output.from_input(parse(contract, stack, outputs))
    except ContractError as error:
        raise pulumi.RunError(str(error)) from None


def _stack_outputs(stack: str) -> dict[str, Any]:
    """The outputs of a stack of this project; empty when it was never made or never deployed.

    The engine's own invoke behind StackReference, which itself would fail the whole program for an absent
    stack (docs/decisions/0007). The SDK raises plain Exception for what an invoke answers with an error.
    """
    reference = f"organization/{names.PROJECT}/{stack}"
    try:
        answer = pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", {"name": reference}).value
    except Exception as error:  # noqa: BLE001
        if UNKNOWN_STACK in str(error):
            return {}
        raise pulumi.RunError(f"outputs of {stack} cannot be read: {error}") from None
    outputs: dict[str, Any] = answer["outputs"]
    return outputs


def _unknown() -> pulumi.Output[Any]:
    value: asyncio.Future[Any] = asyncio.Future()
    value.set_result(None)
    known: asyncio.Future[bool] = asyncio.Future()
    known.set_result(False)
    return pulumi.Output(set(), value, known)
