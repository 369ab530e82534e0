"""Options for every role: a path and a boundary, which predicted ARNs follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import spec
from plan import FleetPlan, plan_fleet
from plan.iam import RolePlan
from spec.iam import Iam

COMMITTED = spec.load(Path(__file__).parents[3])
BOUNDARY = "org/RoleBoundary"


def planned(iam: Iam | None) -> FleetPlan:
    return plan_fleet(replace(COMMITTED, settings=COMMITTED.settings.model_copy(update={"iam": iam})))


def roles(fleet: FleetPlan) -> Iterator[tuple[str, RolePlan]]:
    """(account, role) of every stack."""
    for site in fleet.sites.values():
        account = site.provider.account_id
        if site.network:
            yield account, site.network.flow_logs.role
            yield account, site.network.free_addresses.role
        for role in site.roles.roles.values() if site.roles else ():
            yield account, role
    replication = fleet.links.replication
    assert replication is not None
    yield replication.source.account_id, replication.role
    yield replication.source.account_id, replication.batch_role


def test_without_options_roles_are_plain() -> None:
    found = [role for _, role in roles(planned(None)) if role.path != "/parallelcluster/"]
    assert {(role.path, role.permissions_boundary_arn) for role in found} == {("/", None)}


def test_every_role_of_every_stack_gets_the_path_and_its_own_account_s_boundary() -> None:
    fleet = planned(Iam(path="/ml/", permissions_boundary=BOUNDARY))
    for account, role in roles(fleet):
        assert role.permissions_boundary_arn == f"arn:aws:iam::{account}:policy/{BOUNDARY}"
    assert {role.path for _, role in roles(fleet)} == {"/ml/", "/parallelcluster/"}


def test_what_others_predict_follows_the_path() -> None:
    fleet = planned(Iam(path="/ml/"))
    arn = "arn:aws:iam::483026362307:role/ml/replication-main-use1"
    for site in fleet.sites.values():
        assert arn in str(site.keys.policy)
    site_roles = fleet.sites["main-use1"].roles
    assert site_roles is not None
    controller = str(site_roles.roles["KarpenterControllerRole"].policy)
    assert "arn:aws:iam::483026362307:role/ml/KarpenterNodeRole-main-use1" in controller
    assert "arn:aws:iam::483026362307:instance-profile/ml/KarpenterNodeRole-main-use1" in controller
