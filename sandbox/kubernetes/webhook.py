"""Whom EKS's API servers ask: who the bearer of a token is, and what access policies let a user do.

A server on loopback, which answers only those who know the start's secret: the API servers, by their kubeconfigs. A
token is shown to the emulator's STS, which says whose it is; the cluster's access entry gives the name and groups.
What groups may do stays with the API server's own RBAC, which is asked before this is.
"""

from __future__ import annotations

import hmac
import json
import logging
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import quote, unquote

import urllib3

from sandbox.kubernetes import tokens
from sandbox.kubernetes.access_policies import Association, allowing
from sandbox.kubernetes.model import ClusterKey, Webhooks
from sandbox.kubernetes.ports import LOOPBACK

Review = dict[str, Any]
_STS_HOST = re.compile(r"sts(-fips)?(\.[a-z0-9-]+)?\.amazonaws\.com")
_PRINCIPAL_ID = "principalId"
_log = logging.getLogger("sandbox.kubernetes")


@dataclass(frozen=True, kw_only=True, slots=True)
class Admission:
    """What an access entry says of its principal."""

    principal_arn: str
    username: str
    """May have `{{SessionName}}` and the like in it."""
    groups: tuple[str, ...]
    associations: tuple[Association, ...]


class Entries(Protocol):
    """The access entries of all clusters."""

    def __call__(self, cluster: ClusterKey, principal_id: str, /) -> Admission | None:
        """That of the principal with this unique id (AROA..., AIDA...); None: it is not let in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What GetCallerIdentity says."""

    account: str
    arn: str
    user_id: str

    @property
    def principal_id(self) -> str:
        """The unique id of the user, or of the session's role."""
        return self.user_id.partition(":")[0]

    @property
    def session_name(self) -> str:
        """The name of a role's session; empty for a user."""
        return self.user_id.partition(":")[2]


class Webhook:
    """A running server. It ends with the process."""

    def __init__(self, sts: str, entries: Entries) -> None:
        """`sts`: the URL at which STS is asked, whatever host a token was signed for."""
        self._sts, self._entries = sts, entries
        self._pool = urllib3.PoolManager(maxsize=8, retries=False)
        self._secret = secrets.token_urlsafe(32)
        self._server = ThreadingHTTPServer((LOOPBACK, 0), _handler(self, self._secret))
        self._server.daemon_threads = True
        self.endpoint = f"http://{LOOPBACK}:{self._server.server_port}"

    def start(self) -> None:
        """Answer from now on, in threads."""
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="webhook"
        ).start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def webhooks(self, cluster: ClusterKey) -> Webhooks:
        """The kubeconfig files by which the API server of this cluster asks here."""
        place = "/".join(quote(part, safe="") for part in (cluster.account_id, cluster.region, cluster.name))
        return Webhooks(
            authentication=self._kubeconfig(f"/authenticate/{place}"),
            authorization=self._kubeconfig(f"/authorize/{place}"),
        )

    def answer(self, path: str, review: Review) -> Review:
        """A TokenReview or SubjectAccessReview with its status."""
        action, *place = map(unquote, path.strip("/").split("/"))
        decide = self._authenticate if action == "authenticate" else self._authorize
        return {**review, "status": decide(ClusterKey(*place), review["spec"])}

    def _authenticate(self, cluster: ClusterKey, spec: Mapping[str, Any]) -> dict[str, Any]:
        try:
            identity = self._identify(spec["token"], cluster.name)
        except tokens.TokenError as error:
            return {"authenticated": False, "error": str(error)}
        admission = self._entries(cluster, identity.principal_id)
        if admission is None:
            return {"authenticated": False, "error": f"{cluster} has no access entry for {identity.arn}"}
        return {"authenticated": True, "user": _user(identity, admission)}

    def _identify(self, token: str, cluster: str) -> Identity:
        """Who signed a token for the cluster of this name. Raises TokenError."""
        call = tokens.read(token, now=datetime.now(UTC))
        if call.host != self._sts.partition("://")[2] and not _STS_HOST.fullmatch(call.host):
            raise tokens.TokenError(f"the token was signed for {call.host}, which is not STS")
        headers = {tokens.CLUSTER_HEADER: cluster, "Host": call.host}
        try:
            response = self._pool.request("GET", f"{self._sts}/?{call.query}", headers=headers, timeout=10)
        except urllib3.exceptions.HTTPError as error:
            raise tokens.TokenError(f"STS cannot be asked: {error}") from None
        text = response.data.decode(errors="replace")
        if response.status != 200:
            raise tokens.TokenError(f"STS refuses the token: {_element(text, 'Message')}")
        return Identity(
            account=_element(text, "Account"), arn=_element(text, "Arn"), user_id=_element(text, "UserId")
        )

    def _authorize(self, cluster: ClusterKey, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Allowed by a policy, or no opinion. Who impersonates somebody has no policies: only RBAC counts then."""
        (principal_id, *_) = (spec.get("extra") or {}).get(_PRINCIPAL_ID) or [""]
        admission = self._entries(cluster, principal_id) if principal_id else None
        found = allowing(admission.associations, spec) if admission else None
        if admission is None or found is None:
            return {"allowed": False}
        return {
            "allowed": True,
            "reason": f"EKS Access Policy: {found.policy_arn} of the access entry of {admission.principal_arn}",
        }

    def _kubeconfig(self, path: str) -> str:
        """The secret is in the address: an API server leaves a user's token out where there is no TLS."""
        server = f"{self.endpoint}/{self._secret}{path}"
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "it",
                "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
                "clusters": [{"name": "it", "cluster": {"server": server}}],
                "users": [{"name": "it", "user": {}}],
            }
        )


def _user(identity: Identity, admission: Admission) -> dict[str, Any]:
    session = identity.session_name
    username = admission.username.replace("{{AccountID}}", identity.account)
    username = username.replace("{{SessionNameRaw}}", session).replace(
        "{{SessionName}}", session.replace("@", "-")
    )
    extra = {
        "arn": [identity.arn],
        "canonicalArn": [admission.principal_arn],
        _PRINCIPAL_ID: [identity.principal_id],
        "sessionName": [session],
    }
    return {
        "username": username,
        "uid": f"aws-iam-authenticator:{identity.account}:{identity.principal_id}",
        "groups": list(admission.groups),
        "extra": extra,
    }


def _element(text: str, name: str) -> str:
    found = re.search(rf"<{name}>([^<]*)</{name}>", text)
    return found[1] if found else ""


def _handler(webhook: Webhook, secret: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Judge a review, for an API server only."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            address = self.path.partition("?")[0]  # API servers say there how long they wait
            said, _, path = address.lstrip("/").partition("/")
            if not hmac.compare_digest(said.encode(), secret.encode()):
                self._send(403, {"message": "only the sandbox's API servers are answered"})
                return
            try:
                self._send(200, webhook.answer(path, json.loads(body)))
            except Exception:  # noqa: BLE001 - an API server gets an answer; the log says what went wrong
                _log.exception("%s", path)
                self._send(500, {"message": "the sandbox failed; its log says how"})

        def _send(self, status: int, answer: Mapping[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: a request carries tokens."""

    return Handler
