"""The stand-in provider under faults, as engines drive it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2, provider_pb2, provider_pb2_grpc

from sandbox.faults import Fault, Faults
from tests.unit.sandbox.aws.cloud import Cloud
from tests.unit.sandbox.providers.engine import Engine, error_of, urn_of

VPC = urn_of("aws:ec2/vpc:Vpc")
TIMEOUT_S = 30.0


def vpc_of(engine: Engine) -> str:
    """The id of a VPC that the engine makes."""
    return engine.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")[0]


@pytest.fixture
def connect(cloud: Cloud) -> Iterator[Callable[..., Engine]]:
    """A new connection for each call, configured as the engine does it."""
    state = cloud.sandbox.status()
    assert state is not None
    opened: list[tuple[grpc.Channel, Engine]] = []

    def open_connection(*, engine_address: str = "", **configuration: Any) -> Engine:
        options = [("grpc.use_local_subchannel_pool", 1)]
        channel = grpc.insecure_channel(f"127.0.0.1:{state.provider_ports['aws']}", options=options)
        engine = Engine(provider_pb2_grpc.ResourceProviderStub(channel))
        engine.stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address=engine_address))
        engine.configure(region="us-east-1", **configuration)
        opened.append((channel, engine))
        return engine

    yield open_connection
    for channel, engine in opened:
        engine.destroy()
        channel.close()


@dataclass
class EngineLog:
    """The engine's own server: its address, and what it was told."""

    address: str = ""
    lines: list[tuple[int, str, str]] = field(default_factory=list)

    def take(self, request: Any, _context: Any) -> Any:
        self.lines.append((request.severity, request.urn.rpartition("::")[0], request.message))
        return Empty()


@pytest.fixture
def engine_log() -> Iterator[EngineLog]:
    log = EngineLog()
    handler = grpc.unary_unary_rpc_method_handler(
        log.take,
        request_deserializer=engine_pb2.LogRequest.FromString,
        response_serializer=Empty.SerializeToString,
    )
    with ThreadPoolExecutor(2) as pool:
        server = grpc.server(pool)
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("pulumirpc.Engine", {"Log": handler}),)
        )
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        log.address = f"127.0.0.1:{port}"
        yield log
        server.stop(grace=None).wait()


def test_a_throttled_create_is_tried_again_and_the_engine_is_told_how_often(
    connect: Callable[..., Engine], faults: Faults, engine_log: EngineLog
) -> None:
    engine = connect(engine_address=engine_log.address)
    faults.add(Fault("throttle", "ec2", "CreateVpc", times=2))
    assert vpc_of(engine).startswith("vpc-")
    assert engine_log.lines == [
        (engine_pb2.INFO, VPC.rpartition("::")[0], "ec2 CreateVpc succeeded; retries: 2")
    ]


def test_an_engine_that_ended_is_told_nothing_and_nothing_fails(
    connect: Callable[..., Engine], faults: Faults
) -> None:
    engine = connect(engine_address="127.0.0.1:1")
    faults.add(Fault("throttle", "ec2", "CreateVpc"))
    assert vpc_of(engine).startswith("vpc-")


def test_what_is_throttled_without_end_says_how_often_it_was_tried(
    connect: Callable[..., Engine], faults: Faults
) -> None:
    engine = connect(maxRetries=2)
    faults.add(Fault("throttle", "ec2", "CreateVpc", times=9))
    details = error_of(lambda: vpc_of(engine)).details()
    assert details.startswith(
        "creating EC2 VPC: operation error EC2: CreateVpc, exceeded maximum number of attempts, 2, "
        "https response error StatusCode: 503, "
    )
    assert details.endswith("api error RequestLimitExceeded: Request limit exceeded.")


def test_a_cancel_ends_no_operation_of_any_engine(connect: Callable[..., Engine], faults: Faults) -> None:
    one, other = connect(), connect()
    fault = faults.add(Fault("hang", "ec2", "CreateVpc", times=2))
    with ThreadPoolExecutor() as pool:
        under_way = [pool.submit(vpc_of, engine) for engine in (one, other)]
        faults.wait_for_hit(fault, timeout_s=TIMEOUT_S)
        one.stub.Cancel(Empty())
        assert [future.done() for future in under_way] == [False, False]
        faults.release(fault)
        made = [future.result(timeout=TIMEOUT_S) for future in under_way]
    again = [vpc_of(engine) for engine in (one, other)]
    assert [resource_id[:4] for resource_id in made + again] == ["vpc-"] * 4
