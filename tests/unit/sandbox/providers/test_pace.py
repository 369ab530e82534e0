from __future__ import annotations

from dataclasses import dataclass, field

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.providers.aws import Credentials
from sandbox.providers.pace import Pace
from sandbox.providers.provider import AwsProvider
from sandbox.providers.server import ProviderServer
from sandbox.state import Latency, SandboxConfig
from tests.unit.sandbox.aws.cloud import CONFIG
from tests.unit.sandbox.providers.engine import Engine

LATENCY = Latency(scale=0.01, usual_s={"aws:eks/cluster:Cluster": 560.0}, other_s=5.0)


@dataclass
class Clock:
    """Time that passes only when something waits."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def spent(latency: Latency, token: str, *, of_it_working: float) -> float:
    """The seconds that a create takes whose calls take some themselves."""
    clock = Clock()
    with Pace(latency, clock=lambda: clock.now, sleep=clock.sleep).kept(token):
        clock.now += of_it_working
    return clock.now


@pytest.mark.parametrize(
    ("latency", "token", "working", "all_in_all"),
    [
        (LATENCY, "aws:eks/cluster:Cluster", 0.6, 5.6),
        (LATENCY, "aws:ec2/route:Route", 0.01, 0.05),
        (LATENCY, "aws:ec2/route:Route", 0.2, 0.2),
        (Latency(), "aws:eks/cluster:Cluster", 0.6, 0.6),
    ],
)
def test_a_create_takes_its_usual_time_and_no_less_than_it_needs(
    latency: Latency, token: str, working: float, all_in_all: float
) -> None:
    assert spent(latency, token, of_it_working=working) == pytest.approx(all_in_all)


def test_the_provider_takes_its_time_to_make_and_to_remove_a_resource(
    endpoint: str, base: Credentials
) -> None:
    slept: list[float] = []
    pace = Pace(Latency(scale=1.0, usual_s={"aws:ec2/vpc:Vpc": 20.0}), clock=lambda: 0.0, sleep=slept.append)
    server = ProviderServer(AwsProvider(endpoint=endpoint, credentials=base, pace=pace))
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        engine = Engine(provider_pb2_grpc.ResourceProviderStub(channel))
        engine.configure(region="us-east-1")
        engine.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
        assert slept == [20.0]
        engine.make("aws:cloudwatch/logGroup:LogGroup", name="other")
        engine.destroy()
    server.stop()
    assert slept == [20.0, 20.0]


def test_what_fails_fails_at_once() -> None:
    clock = Clock()
    pace = Pace(LATENCY, clock=lambda: clock.now, sleep=clock.sleep)
    with pytest.raises(ValueError, match="refused"), pace.kept("aws:eks/cluster:Cluster"):
        raise ValueError("refused")
    assert clock.slept == []


def test_the_daemon_reads_the_latency_that_the_client_wrote() -> None:
    assert CONFIG.latency == Latency()
    text = SandboxConfig(
        accounts={}, profiles={}, operators=(), regions=(), state_region="us-east-1", latency=LATENCY
    ).to_json()
    assert SandboxConfig.from_json(text).latency == LATENCY
