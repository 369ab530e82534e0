"""The four buckets of the committed fleet, and waiting until an object is not on its way any more."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from tests.engine.committed.conftest import Standing

LONGEST_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A data bucket, as the documents name it."""

    site: str
    account: str
    region: str

    @property
    def name(self) -> str:
        return f"ml-data-{self.account}-{self.region}"


CENTRAL = Bucket(site="main-use1", account="main", region="us-east-1")
REPLICAS = (
    Bucket(site="main-usw2", account="main", region="us-west-2"),
    Bucket(site="secondary-use1", account="secondary", region="us-east-1"),
    Bucket(site="secondary-usw2", account="secondary", region="us-west-2"),
)


def client(standing: Standing, service: str, bucket: Bucket) -> Any:
    return standing.fleet.aws(service, account=bucket.account, region=bucket.region)


def s3(standing: Standing, bucket: Bucket) -> Any:
    return client(standing, "s3", bucket)


def settled(standing: Standing, key: str) -> str | None:
    """What the central bucket says of an object once it is not PENDING."""
    deadline = time.monotonic() + LONGEST_S
    while True:
        head = s3(standing, CENTRAL).head_object(Bucket=CENTRAL.name, Key=key)
        status: str | None = head.get("ReplicationStatus")
        if status != "PENDING":
            return status
        assert time.monotonic() < deadline, f"{key} is still PENDING"
        time.sleep(0.01)


def key_arn(standing: Standing, bucket: Bucket) -> str:
    """The key of a bucket's site, by its alias."""
    kms = client(standing, "kms", bucket)
    key: str = kms.describe_key(KeyId=f"alias/ml-clusters-{bucket.site}")["KeyMetadata"]["Arn"]
    return key
