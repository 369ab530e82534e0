"""Requests to the emulator: one botocore client for each principal, service and region.

Sessions are not thread-safe, so clients are made under one lock and kept; a client itself may be shared.
All of them read AWS's models through one session, which caches them.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import botocore.session
from botocore import xform_name
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError

from sandbox.providers.errors import from_botocore_error, from_client_error, refused_items

_SESSION: Final = botocore.session.Session()
_MAKING_CLIENTS: Final = threading.Lock()


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """Keys of one principal, under boto3's names."""

    aws_access_key_id: str
    aws_secret_access_key: str
    aws_session_token: str | None = None


class Clients:
    """The clients of one principal at one endpoint."""

    def __init__(self, endpoint: str, credentials: Credentials, *, attempts: int) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._attempts = attempts
        self._clients: dict[tuple[str, str], BaseClient] = {}

    def client(self, service: str, region: str) -> BaseClient:
        """The client, made when it is first asked for."""
        with _MAKING_CLIENTS:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._make(service, region)
            return self._clients[service, region]

    def ask(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """One request's answer; raises AwsError in the real provider's words."""
        client = self.client(service, region)
        service_id = client.meta.service_model.service_id
        try:
            answer: dict[str, Any] = getattr(client, xform_name(operation))(**params)
        except ClientError as error:
            raise from_client_error(error, service_id) from error
        except (BotoCoreError, ResponseParserError) as error:
            raise from_botocore_error(error, service_id, operation) from error
        refused = refused_items(answer, service_id, operation)
        if refused is not None:
            raise refused
        return answer

    def model(self, service: str, region: str, operation: str) -> OperationModel:
        """What botocore knows of an operation."""
        return self.client(service, region).meta.service_model.operation_model(operation)

    def _make(self, service: str, region: str) -> BaseClient:
        return _SESSION.create_client(
            service,
            region_name=region,
            endpoint_url=self._endpoint,
            aws_access_key_id=self._credentials.aws_access_key_id,
            aws_secret_access_key=self._credentials.aws_secret_access_key,
            aws_session_token=self._credentials.aws_session_token,
            config=Config(
                max_pool_connections=64,
                read_timeout=None,  # AWS's SDK for Go waits for an answer as long as it takes
                retries={"mode": "standard", "total_max_attempts": self._attempts},
                proxies={},
                s3={"addressing_style": "path"},
            ),
        )
