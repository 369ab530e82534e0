"""The engine's part: what it asks of one provider instance over gRPC."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.providers.wire import Properties, Unknown, from_struct, to_struct

_NUMBERS = count(1)


@dataclass
class Engine:
    """What the engine does with one provider instance."""

    stub: Any
    made: list[tuple[str, str, Properties]] = field(default_factory=list)

    def configure(self, **args: Any) -> None:
        plain = (str, Unknown)
        encoded = {
            key: value if isinstance(value, plain) else json.dumps(value) for key, value in args.items()
        }
        self.stub.Configure(provider_pb2.ConfigureRequest(args=to_struct(encoded)))

    def check(self, urn: str, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None) -> Any:
        request = provider_pb2.CheckRequest(
            urn=urn, news=to_struct(news), olds=to_struct(olds or {}), randomSeed=b"seed"
        )
        return self.stub.Check(request)

    def inputs(self, urn: str, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None) -> Properties:
        checked = self.check(urn, news, olds)
        assert not checked.failures, checked.failures
        return from_struct(checked.inputs)

    def create(self, urn: str, inputs: Mapping[str, Any], *, preview: bool = False) -> tuple[str, Properties]:
        request = provider_pb2.CreateRequest(urn=urn, properties=to_struct(inputs), preview=preview)
        answer = self.stub.Create(request)
        return answer.id, from_struct(answer.properties)

    def diff(
        self, urn: str, outputs: Mapping[str, Any], old_inputs: Mapping[str, Any], news: Mapping[str, Any]
    ) -> Any:
        request = provider_pb2.DiffRequest(
            urn=urn, olds=to_struct(outputs), old_inputs=to_struct(old_inputs), news=to_struct(news)
        )
        return self.stub.Diff(request)

    def read(
        self,
        urn: str,
        resource_id: str,
        outputs: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> tuple[str, Properties, Properties]:
        request = provider_pb2.ReadRequest(
            urn=urn, id=resource_id, properties=to_struct(outputs or {}), inputs=to_struct(inputs or {})
        )
        answer = self.stub.Read(request)
        return answer.id, from_struct(answer.properties), from_struct(answer.inputs)

    def update(
        self,
        urn: str,
        resource_id: str,
        outputs: Mapping[str, Any],
        old_inputs: Mapping[str, Any],
        news: Mapping[str, Any],
    ) -> Properties:
        request = provider_pb2.UpdateRequest(
            urn=urn,
            id=resource_id,
            olds=to_struct(outputs),
            old_inputs=to_struct(old_inputs),
            news=to_struct(news),
        )
        return from_struct(self.stub.Update(request).properties)

    def delete(self, urn: str, resource_id: str, outputs: Mapping[str, Any]) -> None:
        self.stub.Delete(provider_pb2.DeleteRequest(urn=urn, id=resource_id, properties=to_struct(outputs)))

    def make(self, kind: str, **news: Any) -> tuple[str, Properties]:
        """A resource that another one under test needs."""
        urn = urn_of(kind, f"needed-{next(_NUMBERS)}")
        resource_id, outputs = self.create(urn, self.inputs(urn, news))
        self.made.append((urn, resource_id, outputs))
        return resource_id, outputs

    def destroy(self) -> None:
        """Everything that `make` made, last first: AWS's quotas are small."""
        while self.made:
            self.delete(*self.made.pop())


def urn_of(kind: str, name: str = "it") -> str:
    return f"urn:pulumi:main-use1::ml-clusters::{kind}::{name}"


def error_of(call: Callable[[], Any]) -> Any:
    """The gRPC error that `call` must end in."""
    with pytest.raises(grpc.RpcError) as raised:
        call()
    return raised.value
