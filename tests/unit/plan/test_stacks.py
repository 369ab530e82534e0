"""Which stacks there are, what each waits for, and what joins them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import spec
from plan import graph, plan_fleet
from plan.links import plan_links
from spec import Fleet

FLEET = spec.load(Path(__file__).parents[3])


def changed(**settings: Any) -> Fleet:
    """The committed fleet with other settings."""
    return Fleet(
        settings=FLEET.settings.model_copy(update=settings),
        sites=FLEET.sites,
        cluster_configs=FLEET.cluster_configs,
    )


def test_committed_graph() -> None:
    assert {name: (stack.kind, stack.depends_on) for name, stack in graph(FLEET).items()} == {
        "main-use1": ("site", ()),
        "main-usw2": ("site", ()),
        "secondary-use1": ("site", ()),
        "secondary-usw2": ("site", ()),
        "links": ("links", ("main-use1", "main-usw2", "secondary-use1", "secondary-usw2")),
    }


def test_no_links_without_peerings_and_data() -> None:
    assert list(graph(changed(peerings=(), data=None))) == list(FLEET.sites)


def test_replication_needs_links_too() -> None:
    assert graph(changed(peerings=()))["links"].depends_on == tuple(FLEET.sites)


def test_after_stages_a_rollout() -> None:
    entries = tuple(
        entry.model_copy(update={"after": ("main-usw2",)} if entry.name == "main-use1" else {})
        for entry in FLEET.settings.sites
    )
    assert graph(changed(sites=entries))["main-use1"].depends_on == ("main-usw2",)


def test_turning_a_pair_round_changes_nothing() -> None:
    turned = tuple((other, one) for one, other in reversed(FLEET.settings.peerings))
    assert plan_links(changed(peerings=turned)) == plan_links(FLEET)


def test_peering_ends_are_in_their_accounts_and_regions() -> None:
    ends = [
        (end.site, end.account_id, end.region, str(end.cidr))
        for peering in plan_links(FLEET).peerings
        for end in (peering.requester, peering.accepter)
    ]
    use1 = ("main-use1", "483026362307", "us-east-1", "10.0.0.0/16")
    usw2 = ("main-usw2", "483026362307", "us-west-2", "10.1.0.0/16")
    secondary = ("secondary-usw2", "159553542841", "us-west-2", "10.3.0.0/16")
    assert ends == [use1, usw2, use1, secondary, usw2, secondary]


def test_provider_enters_its_account_only() -> None:
    provider = plan_fleet(FLEET).sites["secondary-usw2"].provider
    assert provider.account_id == "159553542841"
    assert provider.role_arn == "arn:aws:iam::159553542841:role/FleetExecutionRole"
    assert provider.tags == {
        "fleet": "ml-clusters",
        "fleet:site": "secondary-usw2",
        "environment": "prod",
        "owner": "ml-platform",
        "repository": "example-org/ml-clusters",
    }


def test_a_data_site_has_no_network() -> None:
    assert plan_fleet(FLEET).sites["secondary-use1"].network is None
