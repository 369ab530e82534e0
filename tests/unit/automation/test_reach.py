"""Whether the APIs that a rollout writes into are in reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from automation.reach import Machine, doubts
from plan.api_reach import FilledApi

API = FilledApi(
    site="one",
    short="training",
    name="one--training",
    why="aws-auth is written through it",
    private_cidrs=(IPv4Network("10.1.0.0/16"), IPv4Network("10.0.0.0/16")),
    public_cidrs=(),
)
PUBLIC = FilledApi(
    site="two",
    short="training",
    name="two--training",
    why="aws-auth is written through it",
    private_cidrs=API.private_cidrs,
    public_cidrs=(IPv4Network("52.0.0.0/24"),),
)


@dataclass
class Played:
    """A machine with an address, from which some endpoints answer."""

    address: str | None = "192.168.0.9"
    answering: tuple[str, ...] = ()
    asked: list[tuple[str, int]] = field(default_factory=list)

    def connects(self, host: str, port: int) -> bool:
        self.asked.append((host, port))
        return host in self.answering

    def source(self, host: str) -> IPv4Address | None:
        assert host == "10.1.0.1"
        return IPv4Address(self.address) if self.address else None


def test_an_api_that_is_there_is_tried() -> None:
    machine = Played(answering=("a.eks.amazonaws.com",))
    assert doubts([API], {"one--training": "https://a.eks.amazonaws.com"}, machine) == ()
    assert machine.asked == [("a.eks.amazonaws.com", 443)]
    (doubt,) = doubts([API], {"one--training": "https://b.eks.amazonaws.com:8443"}, machine)
    assert machine.asked[-1] == ("b.eks.amazonaws.com", 8443)
    assert doubt.is_certain
    assert str(doubt) == (
        "one--training: aws-auth is written through it, and its API does not answer from here; run this in the hub's "
        "network or from one of runner_cidrs in fleet.yaml"
    )


def test_one_that_is_not_there_yet_is_judged_by_where_this_machine_is() -> None:
    assert doubts([API], {}, Played(address="10.0.3.4")) == ()
    (doubt,) = doubts([API], {}, Played())
    assert not doubt.is_certain
    assert "its API will not let this machine in" in str(doubt)
    assert len(doubts([API], {}, Played(address=None))) == 1


def test_nobody_knows_the_public_address_of_this_machine() -> None:
    assert doubts([PUBLIC], {}, Played()) == ()


def test_the_machine_itself_is_asked_without_sending_anything() -> None:
    assert Machine().source("127.0.0.1") == IPv4Address("127.0.0.1")
    assert not Machine().connects("127.0.0.1", 1)
