"""What a cluster's API server says of its nodes; it is entered as `aws eks get-token` does it, by a site's role.

The token is the address of a signed GetCallerIdentity, by which the API server finds out who asks (Amazon EKS User
Guide, "Cluster authentication"; it lives 15 minutes).
"""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError
from botocore.signers import RequestSigner

from automation.errors import FleetError
from automation.nodes.model import Condition

TIMEOUT_S = 5.0
"""A private endpoint does not answer at all from outside; nobody waits long to hear that."""

SCHEME = "k8s-aws-v1."
SIGNED_FOR_S = 60
HEALTH_LABEL = "sagemaker.amazonaws.com/node-health-status"
SCHEDULABLE = "Schedulable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Api:
    """An API server and how to enter it."""

    cluster: str
    endpoint: str
    ca_pem: str
    token: str


Fetch = Callable[[Api, str], bytes]
"""The answer to a GET of this path. Raises OSError, HTTPException or FleetError."""


def api_of(eks: Any, name: str, sign: Callable[[str], str]) -> Api:
    """The API server of an EKS cluster; `sign` makes a token for it.

    Raises FleetError when the cluster is not there or not ready.
    """
    try:
        found = eks.describe_cluster(name=name)["cluster"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            raise FleetError(f"there is no cluster {name}") from None
        raise
    if "endpoint" not in found:
        raise FleetError(f"cluster {name} is {found['status']}, it has no endpoint yet")
    return Api(
        cluster=name,
        endpoint=found["endpoint"],
        ca_pem=base64.b64decode(found["certificateAuthority"]["data"]).decode(),
        token=sign(name),
    )


def token(sts: Any, credentials: Any, cluster: str) -> str:
    """A bearer token for that cluster, of the identity that these credentials are of."""
    region = sts.meta.region_name
    signer = RequestSigner(
        sts.meta.service_model.service_id, region, "sts", "v4", credentials, sts.meta.events
    )
    request = {
        "method": "GET",
        "url": f"{sts.meta.endpoint_url}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": cluster},
        "context": {},
    }
    url = signer.generate_presigned_url(
        request, region_name=region, expires_in=SIGNED_FOR_S, operation_name=""
    )
    return SCHEME + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def fetch(api: Api, path: str) -> bytes:
    """GET by TLS, which has to show a certificate of the cluster's own authority."""
    context = ssl.create_default_context(cadata=api.ca_pem)
    connection = HTTPSConnection(urlsplit(api.endpoint).netloc, timeout=TIMEOUT_S, context=context)
    try:
        connection.request(
            "GET", path, headers={"Authorization": f"Bearer {api.token}", "Accept": "application/json"}
        )
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status != HTTPStatus.OK:
        raise FleetError(
            f"the API of {api.cluster} answers {answer.status} {answer.reason}",
            remedy="its access entries decide who may list nodes",
        )
    return content


def conditions(api: Api, *, get: Fetch = fetch) -> dict[str, Condition]:
    """Every node's condition by its name. Raises FleetError when the API server does not answer, or lets nobody in."""
    try:
        listed = json.loads(get(api, "/api/v1/nodes"))
    except (OSError, HTTPException, ValueError) as error:
        raise FleetError(f"the API of {api.cluster} at {api.endpoint} does not answer: {error}") from None
    return {item["metadata"]["name"]: _condition(item) for item in listed["items"]}


def kubeconfig(api: Api) -> str:
    """A kubeconfig with the token in it, for one command of minutes; JSON is YAML."""
    ca = base64.b64encode(api.ca_pem.encode()).decode()
    name = api.cluster
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "clusters": [
                {"name": name, "cluster": {"server": api.endpoint, "certificate-authority-data": ca}}
            ],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "users": [{"name": name, "user": {"token": api.token}}],
        }
    )


def _condition(item: Mapping[str, Any]) -> Condition:
    """Ready and open for pods; SageMaker's label says when a HyperPod node is set aside."""
    ready = next((one for one in item["status"].get("conditions", ()) if one["type"] == "Ready"), None)
    if ready is None or ready["status"] != "True":
        return Condition(
            is_ready=False, detail=(ready or {}).get("message", "") or "the kubelet says nothing"
        )
    label = item["metadata"].get("labels", {}).get(HEALTH_LABEL, SCHEDULABLE)
    if label != SCHEDULABLE:
        return Condition(is_ready=False, detail=f"HyperPod: {label}")
    if item["spec"].get("unschedulable"):
        return Condition(is_ready=False, detail="cordoned")
    return Condition(is_ready=True)
