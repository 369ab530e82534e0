"""EKS's own protection of a cluster from deletion, which has to be off before anyone can delete it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, WaiterError
from botocore.utils import ArnParser

from automation.errors import FleetError

POLL_SECONDS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Arn:
    """Where a cluster is, by its ARN."""

    region: str
    account_id: str
    name: str

    @classmethod
    def read(cls, arn: str) -> Arn:
        """arn:aws:eks:<region>:<account>:cluster/<name>."""
        parts = ArnParser().parse_arn(arn)
        name = parts["resource"].removeprefix("cluster/")
        return cls(region=parts["region"], account_id=parts["account"], name=name)


def switch_off(eks: Any, cluster: Arn) -> None:
    """Switch it off and wait until EKS has done so; nothing for a cluster that is not protected, or not there.

    Raises FleetError with EKS's reason. `eks` is a client of boto3.
    """
    try:
        if not eks.describe_cluster(name=cluster.name)["cluster"].get("deletionProtection"):
            return
        eks.update_cluster_config(name=cluster.name, deletionProtection=False)
        eks.get_waiter("cluster_active").wait(name=cluster.name, WaiterConfig={"Delay": POLL_SECONDS})
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return
        raise _refused(cluster, error) from error
    except WaiterError as error:
        raise _refused(cluster, error) from error


def _refused(cluster: Arn, error: Exception) -> FleetError:
    return FleetError(
        f"EKS keeps its protection of {cluster.name} from deletion: {error}",
        remedy="nothing was deleted; put that right, then destroy again",
    )
