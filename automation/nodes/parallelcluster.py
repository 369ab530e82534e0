"""How a Slurm cluster is, as ParallelCluster's API tells its user.

The API is a CloudFormation stack of the account and region, whose outputs say where it is and who may ask it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from automation.errors import FleetError
from automation.nodes.model import Cluster
from automation.nodes.status import Described
from plan import names

TIMEOUT_S = 30.0
"""API Gateway gives up then."""

GONE = "DELETE_COMPLETE"
FLEET_ISSUES = {
    "PROTECTED": "the compute fleet is PROTECTED: its nodes failed to start; see clustermgtd's log",
    "STOPPED": "the compute fleet is STOPPED: no queue takes jobs",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Api:
    """Where the API of an account and region is, and the role of its user."""

    url: str
    user_role_arn: str
    region: str


Get = Callable[[Api, Any, str], tuple[int, bytes]]
"""Status and content of a GET of this path, signed with these credentials."""


def find_api(cloudformation: Any, region: str) -> Api | None:
    """The API, None where it was not made. Raises ClientError for anything else."""
    try:
        stack = cloudformation.describe_stacks(StackName=names.parallelcluster_api(region))["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    outputs = {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", ())}
    if "ParallelClusterApiInvokeUrl" not in outputs:
        return None
    return Api(
        url=outputs["ParallelClusterApiInvokeUrl"],
        user_role_arn=outputs["ParallelClusterApiUserRole"],
        region=region,
    )


def get(api: Api, credentials: Any, path: str) -> tuple[int, bytes]:
    """One signed request. Raises an error of botocore when nothing answers."""
    request = AWSRequest(method="GET", url=f"{api.url}{path}?{urlencode({'region': api.region})}")
    SigV4Auth(credentials.get_frozen_credentials(), "execute-api", api.region).add_auth(request)
    answer = URLLib3Session(timeout=TIMEOUT_S).send(request.prepare())
    return answer.status_code, answer.content


def describe(api: Api, credentials: Any, cluster: Cluster, *, ask: Get = get) -> Described | None:
    """A cluster with what is wrong with it; None when there is none. Raises FleetError when the API refuses."""
    status, content = ask(api, credentials, f"/v3/clusters/{cluster.name}")
    if status == 404:
        return None
    try:
        found = json.loads(content)
    except ValueError:
        found = {"message": content.decode(errors="replace")[:200]}
    if status != 200:
        said = found.get("message") or found.get("Message")
        raise FleetError(f"ParallelCluster's API of {api.region} answers {status}: {said}")
    if found["clusterStatus"] == GONE:
        return None
    failures = (f"{one['failureCode']}: {one['failureReason']}" for one in found.get("failures", ()))
    issue = "; ".join(failures) or FLEET_ISSUES.get(found.get("computeFleetStatus", ""), "")
    return Described(version=found["version"], status=found["clusterStatus"], issue=issue)
