"""Made-up machines, state as the engine stores it, and the engine's repair tools without an engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from automation.checkpoint import Checkpoint, Pending
from automation.events import Failure, StackResult
from automation.processes import Machine
from automation.recovery.lookup import Found

STACK = "one"
KEY = ".pulumi/stacks/ml-clusters/one.json"
LOCK_KEY = ".pulumi/locks/organization/ml-clusters/one/{}.json"
URN = "urn:pulumi:one::ml-clusters::mlclusters:network:Network$"
ROOT = "urn:pulumi:one::ml-clusters::pulumi:pulumi:Stack::ml-clusters-one"
PROVIDER = "urn:pulumi:one::ml-clusters::pulumi:providers:aws::one"
BEGAN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Bucket:
    """A bucket and a client of it."""

    s3: Any
    name: str

    def put(self, key: str, content: object) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.s3.put_object(Bucket=self.name, Key=key, Body=body)

    def get(self, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()
        return body


@dataclass
class Processes:
    """The processes of a made-up machine, by pid; `waits` records what was waited for, and ends it."""

    living: dict[int, datetime] = field(default_factory=dict)
    waits: list[int] = field(default_factory=list)

    def machine(self, *, host: str = "here", pid: int = 7) -> Machine:
        def started_at(number: int) -> datetime | None:
            return self.living.get(number)

        def wait(number: int) -> None:
            self.waits.append(number)
            self.living.pop(number, None)

        return Machine(
            host=host,
            user="ann",
            pid=pid,
            identity=lambda number: f"{number}@{self.living[number]}" if number in self.living else None,
            started_at=started_at,
            wait=wait,
        )


def resource(kind: str, name: str, **more: Any) -> dict[str, Any]:
    """A resource of the stack's provider."""
    provider = {"provider": f"{PROVIDER}::p1"} if kind.startswith("aws:") else {}
    return {"urn": f"{URN}{kind}::{name}", "type": kind, "custom": True, "inputs": {}, **provider, **more}


def root() -> list[dict[str, Any]]:
    """What stands at the beginning of each checkpoint: the stack, and the provider of its account and region."""
    roles = json.dumps([{"roleArn": "arn:aws:iam::483026362307:role/Deployer"}])
    return [
        {"urn": ROOT, "type": "pulumi:pulumi:Stack", "custom": False},
        {
            "urn": PROVIDER,
            "type": "pulumi:providers:aws",
            "custom": True,
            "id": "p1",
            "inputs": {"region": "us-east-1", "assumeRoles": roles},
        },
    ]


def stored(
    resources: Sequence[Mapping[str, Any]], pending: Sequence[tuple[str, Mapping[str, Any]]] = ()
) -> Any:
    """A checkpoint as the engine stores it."""
    operations = [{"type": kind, "resource": item} for kind, item in pending]
    latest = {"resources": [*root(), *resources], "pending_operations": operations}
    return {"version": 3, "checkpoint": {"stack": STACK, "latest": latest}}


def lock(*, pid: int = 40, host: str = "here", at: datetime = LATER) -> dict[str, Any]:
    """An engine's lock as it stores it."""
    return {"pid": pid, "username": "ann", "hostname": host, "timestamp": at.isoformat()}


@dataclass
class FakeRepair:
    """Does what the engine's tools do, on a bucket."""

    bucket: Bucket
    calls: list[tuple[str, object]] = field(default_factory=list)
    refresh_fails: bool = False

    def cancel(self, stack: str) -> None:
        self.calls.append(("cancel", stack))
        prefix = LOCK_KEY.format("").removesuffix(".json")
        for item in self.bucket.s3.list_objects_v2(Bucket=self.bucket.name, Prefix=prefix).get(
            "Contents", ()
        ):
            self.bucket.s3.delete_object(Bucket=self.bucket.name, Key=item["Key"])

    def export(self, stack: str) -> dict[str, Any]:
        self.calls.append(("export", stack))
        latest = json.loads(self.bucket.get(KEY))["checkpoint"]["latest"]
        return {"version": 3, "deployment": latest}

    def replace(self, stack: str, state: Mapping[str, Any]) -> None:
        self.calls.append(("replace", stack))
        self.bucket.put(KEY, {"version": 3, "checkpoint": {"stack": stack, "latest": state["deployment"]}})

    def refresh(self, stack: str, targets: Sequence[str]) -> StackResult:
        self.calls.append(("refresh", tuple(target.rpartition("::")[2] for target in targets)))
        failures = (Failure(urn="", message="throttled"),) if self.refresh_fails else ()
        return StackResult(stack=stack, succeeded=not failures, operations={}, failures=failures)


@dataclass
class Answers:
    """Look-ups by logical name; what is not in it is not there."""

    by_name: dict[str, Found] = field(default_factory=dict)

    def __call__(self, pending: Pending, checkpoint: Checkpoint) -> Found:
        assert not checkpoint.problems
        return self.by_name.get(pending.name, Found(is_certain=True, how="searched"))
