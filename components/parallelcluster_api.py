"""ParallelCluster's API as its user: signed requests, and answers as data or as `ApiError`.

Everything that is not the standard library is imported where it is used: the engine's dynamic provider loads this
module, and a provider that is pickled must carry nothing but its own name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

SERVICE = "execute-api"
SESSION_NAME = "fleet-parallelcluster"

READ_RETRIES, READ_STATUSES = 8, frozenset({429, 500, 502, 503, 504})
"""With the back-off of 0.5 s doubled each time, two minutes of a throttled or restarting API."""
WRITE_RETRIES, WRITE_STATUSES = 8, frozenset({429})
"""What was throttled was not carried out. Anything else may have been: the caller looks before it asks again."""
BACKOFF_S = 0.5
TIMEOUT_S = 60.0
"""API Gateway gives up after 30 s."""

DRY_RUN_GOOD = 412
"""How a dry run says that the request would have been carried out (openapi.yaml, DryrunOperationException)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where the API is and who may use it. No credential: those come from the environment of whoever runs this."""

    url: str
    region: str
    execution_role_arn: str
    user_role_arn: str


class ApiError(Exception):
    """The API refused. `body` is what it said, as in its OpenAPI description."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = body
        super().__init__(str(body.get("message") or body.get("Message") or f"status {status}"))


class Api:
    """The requests that a cluster's life needs."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._credentials: Any = None
        self._pool: Any = None

    def describe(self, name: str) -> dict[str, Any] | None:
        """The cluster, or None when there is none."""
        try:
            return self._ask("GET", f"/v3/clusters/{name}")
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def create(self, name: str, configuration: str, *, dry_run: bool = False) -> dict[str, Any]:
        """Begin to make a cluster, or ask whether that would be refused. Raises ApiError when it is."""
        body = {"clusterName": name, "clusterConfiguration": configuration}
        return self._change("POST", "/v3/clusters", body, dry_run=dry_run)

    def update(self, name: str, configuration: str, *, dry_run: bool = False) -> dict[str, Any]:
        """Begin to change a cluster, or ask whether that would be refused. Raises ApiError when it is."""
        body = {"clusterConfiguration": configuration}
        return self._change("PUT", f"/v3/clusters/{name}", body, dry_run=dry_run)

    def delete(self, name: str) -> None:
        """Begin to delete a cluster. Raises ApiError."""
        self._ask("DELETE", f"/v3/clusters/{name}")

    def set_fleet(self, name: str, status: str) -> None:
        """Ask for the compute fleet to be stopped or started: STOP_REQUESTED, START_REQUESTED."""
        self._ask("PATCH", f"/v3/clusters/{name}/computefleet", {"status": status})

    def fleet_status(self, name: str) -> str:
        """RUNNING, STOPPED and what is between."""
        return str(self._ask("GET", f"/v3/clusters/{name}/computefleet")["status"])

    def failures(self, name: str) -> list[str]:
        """Why resources of the cluster's stack failed, newest first, as CloudFormation says."""
        answer = self._ask("GET", f"/v3/clusters/{name}/stackevents")
        return [
            f"{event['logicalResourceId']}: {event['resourceStatusReason']}"
            for event in answer.get("events", [])
            if event["resourceStatus"].endswith("_FAILED") and event.get("resourceStatusReason")
        ]

    def _change(self, method: str, path: str, body: dict[str, str], *, dry_run: bool) -> dict[str, Any]:
        if not dry_run:
            return self._ask(method, path, body)
        try:
            return self._ask(method, path, body, dryrun="true")
        except ApiError as answer:
            if answer.status == DRY_RUN_GOOD:
                return dict(answer.body)
            raise

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **query: str
    ) -> dict[str, Any]:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest

        text = urlencode({"region": self._place.region, **query})
        request = AWSRequest(
            method=method,
            url=f"{self._place.url}{path}?{text}",
            data=json.dumps(body) if body is not None else None,
            headers={"Content-Type": "application/json"} if body is not None else {},
        )
        SigV4Auth(self._user().get_frozen_credentials(), SERVICE, self._place.region).add_auth(request)
        response = self._http().request(
            method,
            request.url,
            body=request.data,
            headers=dict(request.headers.items()),
            retries=_retries(method),
            timeout=TIMEOUT_S,
        )
        answer = _json(response.data)
        if response.status >= 300:
            raise ApiError(response.status, answer)
        return answer

    def _user(self) -> Any:
        """Credentials of the API's user: the execution role's session becomes it; both renew themselves."""
        if self._credentials is None:
            import botocore.session

            session = botocore.session.Session()
            source = session.get_credentials()
            if source is None:
                raise ApiError(403, {"message": "there are no AWS credentials in this environment"})
            for role in (self._place.execution_role_arn, self._place.user_role_arn):
                source = self._assumed(session, source, role)
            self._credentials = source
        return self._credentials

    def _assumed(self, session: Any, source: Any, role_arn: str) -> Any:
        from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

        def client(service: str, **more: Any) -> Any:
            return session.create_client(service, region_name=self._place.region, **more)

        fetcher = AssumeRoleCredentialFetcher(
            client_creator=client,
            source_credentials=source,
            role_arn=role_arn,
            extra_args={"RoleSessionName": SESSION_NAME},
        )
        return DeferredRefreshableCredentials(
            refresh_using=fetcher.fetch_credentials, method="sts-assume-role"
        )

    def _http(self) -> Any:
        if self._pool is None:
            import urllib3

            self._pool = urllib3.PoolManager()
        return self._pool


def _retries(method: str) -> Any:
    """Library's retries: a read is tried again whatever went wrong, a write only when it was throttled."""
    from urllib3 import Retry

    if method == "GET":
        return Retry(
            total=READ_RETRIES,
            backoff_factor=BACKOFF_S,
            status_forcelist=READ_STATUSES,
            allowed_methods=None,
            raise_on_status=False,
        )
    return Retry(
        total=WRITE_RETRIES,
        connect=WRITE_RETRIES,
        read=0,
        other=0,
        backoff_factor=BACKOFF_S,
        status_forcelist=WRITE_STATUSES,
        allowed_methods=None,
        raise_on_status=False,
    )


def _json(data: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(data or b"{}")
    except ValueError:
        answer = {"message": data.decode(errors="replace")[:500]}
    return answer if isinstance(answer, dict) else {"message": str(answer)}
