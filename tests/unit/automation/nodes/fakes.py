"""Clusters, nodes, and stand-ins for the clients that `fleet nodes` uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from automation.nodes.model import Cluster, Health, Node

EKS = Cluster(site="one", kind="eks", name="one--training", kubernetes="one--training")
PCLUSTER = Cluster(site="one", kind="parallelcluster", name="one--slurm")
HYPERPOD = Cluster(site="two", kind="hyperpod", name="two--slurm")
HYPERPOD_EKS = Cluster(site="two", kind="hyperpod", name="two--eks", kubernetes="two--training")
LAUNCHED = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def node(cluster: Cluster = EKS, **changes: Any) -> Node:
    about: dict[str, Any] = {
        "cluster": cluster,
        "id": "i-1",
        "group": "system",
        "instance_type": "m5.large",
        "zone": "use1-az4",
        "state": "running",
        "health": Health.READY,
        "launched_at": LAUNCHED,
        "host": "ip-10-0-0-5.ec2.internal",
        "address": "10.0.0.5",
    }
    return Node(**about | changes)


def error(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Call")


class Service:
    """A client: each operation answers what it was given, or raises it; it remembers what it was asked."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        answer = self._answers[name]

        def call(**asked: Any) -> Any:
            self.asked.append((name, asked))
            value = answer(**asked) if callable(answer) else answer
            if isinstance(value, Exception):
                raise value
            return value

        return call

    def get_paginator(self, name: str) -> Pages:
        return Pages(getattr(self, name))

    def get_waiter(self, _: str) -> Waiter:
        return Waiter(self.wait)


class Pages:
    """One page, which is the operation's answer."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def paginate(self, **asked: Any) -> Iterator[Any]:
        yield self._call(**asked)


class Waiter:
    """A waiter that ends as the operation `wait` does."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def wait(self, **asked: Any) -> None:
        self._call(**asked)


class Tools:
    """The tools of actions, with one service for all."""

    def __init__(self, **answers: Any) -> None:
        self.service = Service(**answers)
        self.used: set[tuple[str, str]] = set()
        self.kubectl_fails: Exception | None = None

    def client(self, service: str, site: str) -> Any:
        self.used.add((service, site))
        return self.service

    def kubectl(self, node: Node, *arguments: str) -> None:
        if self.kubectl_fails:
            raise self.kubectl_fails
        self.service.asked.append((f"kubectl {node.cluster.kubernetes}", {"": arguments}))
