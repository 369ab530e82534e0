"""EKS's own protection of a cluster is switched off before a destroy, and only where it is on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from automation.eks_protection import Arn, switch_off
from automation.errors import FleetError

ARN = Arn.read("arn:aws:eks:us-west-2:159553542841:cluster/secondary-usw2--training")


@pytest.fixture
def eks() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client(
        "eks", region_name="us-west-2", aws_access_key_id="made-up", aws_secret_access_key="made-up"
    )
    with Stubber(client) as answers:
        yield client, answers
        answers.assert_no_pending_responses()


def described(*, protected: bool) -> dict[str, Any]:
    return {"cluster": {"name": ARN.name, "status": "ACTIVE", "deletionProtection": protected}}


def test_an_arn_says_where_a_cluster_is() -> None:
    assert Arn(region="us-west-2", account_id="159553542841", name="secondary-usw2--training") == ARN


def test_it_is_switched_off_where_it_is_on(eks: tuple[Any, Stubber]) -> None:
    client, answers = eks
    answers.add_response("describe_cluster", described(protected=True), {"name": ARN.name})
    answers.add_response("update_cluster_config", {}, {"name": ARN.name, "deletionProtection": False})
    answers.add_response("describe_cluster", described(protected=False), {"name": ARN.name})
    switch_off(client, ARN)


def test_a_cluster_without_it_is_left_alone(eks: tuple[Any, Stubber]) -> None:
    client, answers = eks
    answers.add_response("describe_cluster", described(protected=False), {"name": ARN.name})
    switch_off(client, ARN)


def test_a_cluster_that_is_gone_needs_nothing(eks: tuple[Any, Stubber]) -> None:
    client, answers = eks
    answers.add_client_error("describe_cluster", "ResourceNotFoundException")
    switch_off(client, ARN)


def test_what_eks_refuses_is_told(eks: tuple[Any, Stubber]) -> None:
    client, answers = eks
    answers.add_response("describe_cluster", described(protected=True), {"name": ARN.name})
    answers.add_client_error("update_cluster_config", "ResourceInUseException", "an update is under way")
    with pytest.raises(
        FleetError, match="EKS keeps its protection of secondary-usw2--training from deletion"
    ):
        switch_off(client, ARN)
