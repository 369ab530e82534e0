"""A CloudFormation stack that the emulator plays, the kinds of them, and what decides how long one takes."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from sandbox.aws.dispatch import Call
from sandbox.aws.faults import FaultTable


class StackFailure(Exception):
    """An operation on a stack fails. `resource` is the logical id and type of what failed, the message why."""

    def __init__(self, resource: tuple[str, str], reason: str) -> None:
        self.resource = resource
        super().__init__(reason)


@dataclass(slots=True)
class Stack:
    """A stack as it is now."""

    name: str
    account: str
    region: str
    id: str
    kind: Kind
    template: Mapping[str, Any]
    parameters: dict[str, str]
    tags: list[dict[str, str]]
    capabilities: list[str]
    disable_rollback: bool
    status: str = "CREATE_IN_PROGRESS"
    reason: str | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime | None = None
    outputs: dict[str, str] = field(default_factory=dict)
    resources: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Logical id -> (type, physical id)."""
    events: list[dict[str, Any]] = field(default_factory=list)
    seen_deleting: threading.Event = field(default_factory=threading.Event)

    @property
    def suffix(self) -> str:
        """The end of the stack's id, which templates make names unique with."""
        return self.id.rpartition("/")[2]

    def say(self, resource: tuple[str, str], status: str, reason: str | None = None) -> None:
        """Add an event about a resource (logical id, type)."""
        logical, kind = resource
        event = {
            "StackId": self.id,
            "EventId": str(uuid.uuid4()),
            "StackName": self.name,
            "LogicalResourceId": logical,
            "PhysicalResourceId": self.resources.get(logical, (kind, self.id))[1],
            "ResourceType": kind,
            "Timestamp": datetime.now(UTC),
            "ResourceStatus": status,
        }
        self.events.insert(0, event | ({"ResourceStatusReason": reason} if reason else {}))

    def turn(self, status: str, reason: str | None = None) -> None:
        """Have another status, and say so."""
        self.status, self.reason = status, reason
        self.say((self.name, "AWS::CloudFormation::Stack"), status, reason)


class Kind(Protocol):
    """What the emulator knows of one template. The methods run under moto's lock and raise `StackFailure`."""

    service: str
    """Whose internal operations CompleteCreate, CompleteUpdate and CompleteDelete faults can hit; "" for none."""
    token: str
    """The Pulumi type whose usual time such a stack takes; "" for none."""
    capabilities: frozenset[str]
    failures: Mapping[str, str]
    """A fault's code -> the reason that the stack then fails for; a code that is not here is the reason itself."""

    def template(self, call: Call) -> Mapping[str, Any] | None:
        """The template that a call names, when it is one of this kind. Raises `Refused`."""

    def create(self, stack: Stack) -> None:
        """Make what others look for."""

    def update(self, stack: Stack, before: Mapping[str, Any]) -> None:
        """Change it from what the template `before` said."""

    def delete(self, stack: Stack) -> None:
        """Take everything away again."""


@dataclass(slots=True)
class Life:
    """What decides how long stacks take and which fail; the emulator and the daemon set it."""

    faults: FaultTable | None = None
    seconds: Callable[[str], float] = lambda _token: 0.0


LIFE = Life()
KINDS: list[Kind] = []
"""Every kind that there is; ParallelCluster's, put here when the daemon starts."""
STACKS: dict[tuple[str, str], dict[str, Stack]] = {}
"""(account, region) -> name -> the stack."""


def stack_named(account: str, region: str, name: str) -> Stack:
    """A stack that is there. Raises KeyError."""
    return STACKS[account, region][name]
