"""The committed fleet's replication, and stand-ins for the clients that `fleet data` uses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

import spec
from plan import FleetPlan, plan_fleet
from plan.replication import ReplicationPlan

FLEET: FleetPlan = plan_fleet(spec.load(Path(__file__).parents[4]))


def replication() -> ReplicationPlan:
    plan = FLEET.links.replication
    assert plan is not None
    return plan


PLAN = replication()
KEY = "arn:aws:kms:us-west-2:159553542841:key/d"


def absent(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "gone"}}, "Read")


class Answers:
    """A client: each operation answers what it was given, or raises it."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        answer = self._answers[name]

        def call(**asked: Any) -> Any:
            value = answer(**asked) if callable(answer) else answer
            if isinstance(value, Exception):
                raise value
            return value

        return call


class Pages:
    """A CloudWatch whose one page is made from what is asked; it remembers the questions."""

    def __init__(self, values: Mapping[tuple[str, str], list[float]]) -> None:
        self._values = values
        self.asked: list[dict[str, Any]] = []

    def get_paginator(self, _: str) -> Pages:
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        self.asked.append(asked)
        yield {"MetricDataResults": [self._result(query) for query in asked["MetricDataQueries"]]}

    def _result(self, query: dict[str, Any]) -> dict[str, Any]:
        metric = query["MetricStat"]["Metric"]
        (rule,) = (item["Value"] for item in metric["Dimensions"] if item["Name"] == "RuleId")
        return {"Id": query["Id"], "Values": self._values.get((rule, metric["MetricName"]), [])}


def clients(**changed: Any) -> Callable[[str, str], Any]:
    """AWS as the files say, but for the operations that are given, of secondary-usw2 or of the central site."""
    rules = [
        {
            "ID": rule.id,
            "Status": "Enabled",
            "Destination": {
                "Bucket": f"arn:aws:s3:::{rule.destination.bucket}",
                "EncryptionConfiguration": {"ReplicaKmsKeyID": KEY},
            },
        }
        for rule in PLAN.rules
    ]
    role = {"AssumeRolePolicyDocument": PLAN.role.trust}

    def client(_: str, site: str) -> Any:
        data = FLEET.sites[site].data
        assert data is not None
        usual = {
            "get_role": {"Role": role},
            "get_role_policy": {"PolicyDocument": PLAN.role.policy},
            "get_bucket_replication": {"ReplicationConfiguration": {"Rules": rules}},
            "get_bucket_versioning": {"Status": "Enabled"},
            "get_bucket_policy": {"Policy": json.dumps(data.policy)},
            "describe_key": {"KeyMetadata": {"KeyState": "Enabled"}},
            "get_key_policy": {"Policy": json.dumps(FLEET.sites[site].keys.policy)},
        }
        of_site = changed if site in ("secondary-usw2", PLAN.source.site) else {}
        return Answers(**usual | of_site)

    return client
