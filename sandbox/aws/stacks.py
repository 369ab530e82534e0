"""CloudFormation stacks that the emulator cannot carry out and plays instead: by kind, one for each template it knows.

A kind makes what others look for (roles, instances, tables) and gives outputs; the rest of the template is recorded,
not emulated. A stack of a template that no kind knows is moto's. Source: CloudFormation API Reference.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.aws.dispatch import MOTO_LOCK, Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.faults import Place
from sandbox.aws.stack_model import KINDS, LIFE, STACKS, Kind, Stack, StackFailure

UNSEEN_SECONDS = 2.0
_log = logging.getLogger("sandbox.aws")


def create_stack(call: Call) -> Any:
    """Begin a stack of a known kind; moto's for another template."""
    found = _kind_of(call)
    if found is None:
        return call.moto()
    kind, template = found
    stacks = _of(call)
    name = call.params["StackName"]
    if name in stacks:
        raise Refused("AlreadyExistsException", f"Stack [{name}] already exists")
    stack = Stack(
        name=name,
        account=call.account,
        region=call.region,
        id=f"arn:aws:cloudformation:{call.region}:{call.account}:stack/{name}/{uuid.uuid4()}",
        kind=kind,
        template=template,
        parameters=_parameters(template, call),
        tags=call.params.get("Tags", []),
        capabilities=_capabilities(kind, call),
        disable_rollback=bool(call.params.get("DisableRollback")),
    )
    stacks[name] = stack
    stack.turn("CREATE_IN_PROGRESS", "User Initiated")
    _go_on(stack, "Create", lambda: kind.create(stack))
    return {"StackId": stack.id}


def update_stack(call: Call) -> Any:
    """Change a stack that is played."""
    stack = _find(call)
    if stack is None:
        return call.moto()
    found = _kind_of(call) or (stack.kind, stack.template)
    if stack.status.endswith("_IN_PROGRESS"):
        raise Refused(
            "ValidationError",
            f"Stack:{stack.id} is in {stack.status} state and can not be updated.",
        )
    parameters, tags = _parameters(found[1], call), call.params.get("Tags", stack.tags)
    if (found[1], parameters, tags) == (stack.template, stack.parameters, stack.tags):
        raise Refused("ValidationError", "No updates are to be performed.")
    before, stack.template = stack.template, found[1]
    stack.parameters, stack.tags, stack.updated = parameters, tags, datetime.now(UTC)
    stack.turn("UPDATE_IN_PROGRESS", "User Initiated")
    _go_on(stack, "Update", lambda: stack.kind.update(stack, before))
    return {"StackId": stack.id}


def delete_stack(call: Call) -> Any:
    """Begin to delete; a stack that is not there is no error."""
    stack = _find(call)
    if stack is None:
        return call.moto()
    if stack.status != "DELETE_IN_PROGRESS":
        stack.turn("DELETE_IN_PROGRESS", "User Initiated")
        _go_on(stack, "Delete", lambda: stack.kind.delete(stack))
    return {}


def describe_stacks(call: Call) -> Any:
    """One stack, or all of the account and region."""
    if "StackName" not in call.params:
        return {"Stacks": [_shown(stack) for stack in _of(call).values()]}
    stack = _find(call)
    if stack is None:
        name = call.params["StackName"]
        raise Refused("ValidationError", f"Stack with id {name} does not exist")
    if stack.status == "DELETE_IN_PROGRESS":
        stack.seen_deleting.set()
    return {"Stacks": [_shown(stack)]}


def describe_stack_events(call: Call) -> Any:
    """What happened, newest first."""
    return {"StackEvents": _needed(call).events}


def describe_stack_resources(call: Call) -> Any:
    """The resources that are played."""
    return {"StackResources": [_resource(stack, key) for stack in [_needed(call)] for key in stack.resources]}


def describe_stack_resource(call: Call) -> Any:
    """One of them."""
    stack, logical = _needed(call), call.params["LogicalResourceId"]
    if logical not in stack.resources:
        raise Refused("ValidationError", f"Resource {logical} does not exist for stack {stack.name}")
    return {"StackResourceDetail": {**_resource(stack, logical), "LastUpdatedTimestamp": stack.created}}


def _kind_of(call: Call) -> tuple[Kind, Mapping[str, Any]] | None:
    found = ((kind, kind.template(call)) for kind in KINDS)
    return next(((kind, template) for kind, template in found if template is not None), None)


def _of(call: Call) -> dict[str, Stack]:
    return STACKS.setdefault((call.account, call.region), {})


def _find(call: Call) -> Stack | None:
    name = call.params.get("StackName", "")
    return next((stack for stack in _of(call).values() if name in {stack.name, stack.id}), None)


def _needed(call: Call) -> Stack:
    stack = _find(call)
    if stack is None:
        raise Refused("ValidationError", f"Stack [{call.params.get('StackName')}] does not exist")
    return stack


def _parameters(template: Mapping[str, Any], call: Call) -> dict[str, str]:
    """The template's parameters with their defaults and what the call gives. Raises `Refused` for an unknown one."""
    known = {name: str(item.get("Default", "")) for name, item in template.get("Parameters", {}).items()}
    given = {item["ParameterKey"]: item["ParameterValue"] for item in call.params.get("Parameters", [])}
    if unknown := sorted(given.keys() - known.keys()):
        raise Refused("ValidationError", f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    return {**known, **given}


def _capabilities(kind: Kind, call: Call) -> list[str]:
    given: list[str] = call.params.get("Capabilities", [])
    if missing := sorted(kind.capabilities - set(given)):
        raise Refused("InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(missing)}]")
    return given


def _go_on(stack: Stack, operation: str, work: Callable[[], None]) -> None:
    """Let the operation end: at once when nothing takes time, else in a thread of its own."""
    if not stack.kind.service and not stack.kind.token:
        _end(stack, operation, work, None)
        return
    threading.Thread(target=_later, args=(stack, operation, work), daemon=True).start()


def _later(stack: Stack, operation: str, work: Callable[[], None]) -> None:
    place = Place(
        service=stack.kind.service,
        operation=f"Complete{operation}",
        account=stack.account,
        region=stack.region,
    )
    strike = LIFE.faults.meet(place) if LIFE.faults else None
    failure: str | None = None
    if strike is not None and strike.fault.kind == "hang":
        strike.hold()
    elif strike is not None:
        strike.hit()
        code = strike.fault.code or "InternalFailure"
        failure = stack.kind.failures.get(code, code)
    time.sleep(LIFE.seconds(stack.kind.token))
    if operation == "Delete":  # CloudFormation never deletes so quickly that a client does not see it begin
        stack.seen_deleting.wait(UNSEEN_SECONDS)
    with MOTO_LOCK:
        _end(stack, operation, work, failure)


def _end(stack: Stack, operation: str, work: Callable[[], None], failure: str | None) -> None:
    try:
        if failure is not None:
            raise StackFailure(("HeadNodeWaitCondition", "AWS::CloudFormation::WaitCondition"), failure)
        work()
    except StackFailure as failed:
        stack.say(failed.resource, f"{operation.upper()}_FAILED", str(failed))
        _failed(stack, operation, f"The following resource(s) failed: [{failed.resource[0]}].")
        return
    except Exception:  # noqa: BLE001 - nobody waits for it: the stack says that it failed
        _log.exception("%s of stack %s", operation, stack.name)
        _failed(stack, operation, "The sandbox failed; its log says how.")
        return
    stack.turn(f"{operation.upper()}_COMPLETE")
    if operation == "Delete":
        STACKS[stack.account, stack.region].pop(stack.name, None)


def _failed(stack: Stack, operation: str, reason: str) -> None:
    """As CloudFormation: a create is rolled back unless that is off, an update always, a delete stays failed."""
    if operation == "Create" and not stack.disable_rollback:
        stack.turn("ROLLBACK_IN_PROGRESS", reason)
        stack.kind.delete(stack)
        stack.turn("ROLLBACK_COMPLETE")
    elif operation == "Update":
        stack.turn("UPDATE_ROLLBACK_IN_PROGRESS", reason)
        stack.turn("UPDATE_ROLLBACK_COMPLETE")
    else:
        stack.turn(f"{operation.upper()}_FAILED", reason)


def _shown(stack: Stack) -> dict[str, Any]:
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "CreationTime": stack.created,
        **({"LastUpdatedTime": stack.updated} if stack.updated else {}),
        "StackStatus": stack.status,
        **({"StackStatusReason": stack.reason} if stack.reason else {}),
        "DisableRollback": stack.disable_rollback,
        "Capabilities": stack.capabilities,
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in stack.parameters.items()
        ],
        "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in stack.outputs.items()],
        "Tags": {tag["Key"]: tag["Value"] for tag in stack.tags},  # moto makes the list
    }


def _resource(stack: Stack, logical: str) -> dict[str, Any]:
    kind, physical = stack.resources[logical]
    return {
        "StackName": stack.name,
        "StackId": stack.id,
        "LogicalResourceId": logical,
        "PhysicalResourceId": physical,
        "ResourceType": kind,
        "Timestamp": stack.created,
        "ResourceStatus": "CREATE_COMPLETE",
    }


REFUSALS: dict[Key, tuple[Refusal, ...]] = {}
OPERATIONS: dict[Key, Operation] = {
    ("cloudformation", "CreateStack"): create_stack,
    ("cloudformation", "UpdateStack"): update_stack,
    ("cloudformation", "DeleteStack"): delete_stack,
    ("cloudformation", "DescribeStacks"): describe_stacks,
    ("cloudformation", "DescribeStackEvents"): describe_stack_events,
    ("cloudformation", "DescribeStackResources"): describe_stack_resources,
    ("cloudformation", "DescribeStackResource"): describe_stack_resource,
}
