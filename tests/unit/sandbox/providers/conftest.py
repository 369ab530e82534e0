"""The provider over gRPC, as an engine drives it, on an emulator in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import boto3
import grpc
import pytest
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.aws import seed
from sandbox.aws.server import Emulator
from sandbox.kubernetes import PlayedPlanes, run_with
from sandbox.providers.aws import Credentials
from sandbox.providers.pace import Pace
from sandbox.providers.provider import AwsProvider
from sandbox.providers.server import ProviderServer
from sandbox.state import Latency
from tests.unit.sandbox.providers.engine import Engine

MAIN, SECONDARY = "483026362307", "159553542841"
ROLE = "FleetExecutionRole"
OPERATOR = f"arn:aws:iam::{MAIN}:role/MlPlatformOperator"
TAGS = {"fleet:stack": "test"}


def role_of(account: str, name: str = ROLE) -> list[dict[str, str]]:
    """A provider's `assumeRoles` that enters an account."""
    return [{"roleArn": f"arn:aws:iam::{account}:role/{name}", "sessionName": "test"}]


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    emulator = Emulator()
    run_with(PlayedPlanes())
    emulator.start()
    yield emulator.endpoint
    emulator.stop()


@pytest.fixture(scope="session")
def base(endpoint: str) -> Credentials:
    """A session of the operator, who may assume the fleet's role in both accounts."""
    trust = {"Effect": "Allow", "Principal": {"AWS": OPERATOR}, "Action": "sts:AssumeRole"}
    admins = {account: seed.open_account(account) for account in (MAIN, SECONDARY)}
    operator = seed.create_operator(OPERATOR)
    for keys in admins.values():
        iam = boto3.Session(**keys, region_name="us-east-1").client("iam", endpoint_url=endpoint)
        policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=policy)
        iam.attach_role_policy(RoleName=ROLE, PolicyArn=seed.ADMINISTRATOR_ACCESS)
    return Credentials(**operator)


@pytest.fixture(scope="session")
def aws(endpoint: str, base: Credentials) -> Callable[[str], Any]:
    """Clients of the main account, for those who look and meddle without the provider."""
    keys = asdict(base)
    return lambda service: boto3.Session(**keys, region_name="us-east-1").client(
        service, endpoint_url=endpoint
    )


@pytest.fixture(scope="session")
def provider_port(endpoint: str, base: Credentials) -> Iterator[int]:
    server = ProviderServer(AwsProvider(endpoint=endpoint, credentials=base, pace=Pace(Latency())))
    yield server.port
    server.stop()


@pytest.fixture
def connect(provider_port: int) -> Iterator[Any]:
    """A new connection for each call, as the engine opens one for each provider resource."""
    channels: list[grpc.Channel] = []

    def open_connection() -> Engine:
        channel = grpc.insecure_channel(
            f"127.0.0.1:{provider_port}", options=[("grpc.use_local_subchannel_pool", 1)]
        )
        channels.append(channel)
        return Engine(provider_pb2_grpc.ResourceProviderStub(channel))

    yield open_connection
    for channel in channels:
        channel.close()


@pytest.fixture
def engine(connect: Any) -> Iterator[Engine]:
    """A provider instance of the main account, with a default tag."""
    connected: Engine = connect()
    connected.configure(
        region="us-east-1",
        assumeRoles=role_of(MAIN),
        allowedAccountIds=[MAIN],
        defaultTags={"tags": TAGS},
    )
    yield connected
    connected.destroy()


@pytest.fixture
def elsewhere(connect: Any) -> Iterator[Engine]:
    """A provider instance of the other account, in another region."""
    connected: Engine = connect()
    connected.configure(region="us-west-2", assumeRoles=role_of(SECONDARY), allowedAccountIds=[SECONDARY])
    yield connected
    connected.destroy()
