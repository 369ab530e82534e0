"""The metrics of a replication rule, where S3 publishes them.

Source: S3 User Guide, "Using S3 Replication metrics": pending and latency in the destination's region, failures in the
source's, all in the source's account.
"""

from __future__ import annotations

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow
from moto.s3.models import FakeBucket

from sandbox.aws.replication.configuration import Rule, bucket_named_by

NAMESPACE = "AWS/S3"


def publish(
    source: FakeBucket, rule: Rule, *, pending: int, latency_s: float, pending_bytes: int, failed: int
) -> None:
    """The state of a rule now; only rules with metrics publish. To be called under moto's lock."""
    destination = bucket_named_by(rule["Destination"]["Bucket"])
    if rule["Destination"].get("Metrics", {}).get("Status") != "Enabled" or destination is None:
        return
    there = {
        "OperationsPendingReplication": float(pending),
        "ReplicationLatency": latency_s,
        "BytesPendingReplication": float(pending_bytes),
    }
    _put(source, rule, destination, destination.region_name, there)
    _put(source, rule, destination, source.region_name, {"OperationsFailedReplication": float(failed)})


def _put(
    source: FakeBucket, rule: Rule, destination: FakeBucket, region: str, values: dict[str, float]
) -> None:
    dimensions = {
        "SourceBucket": source.name,
        "DestinationBucket": destination.name,
        "RuleId": rule["ID"],
    }
    now = utcnow()
    cloudwatch_backends[source.account_id][region].put_metric_data(
        NAMESPACE,
        [
            {
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": item} for key, item in dimensions.items()],
                "Value": value,
                "Timestamp": now,
            }
            for name, value in values.items()
        ],
    )
