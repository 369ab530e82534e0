"""The stack that installs the API: its two roles, and the address in its outputs. The rest is recorded.

Source: parallelcluster-api.yaml of aws/aws-parallelcluster, api/infrastructure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from moto.iam.models import iam_backends

from sandbox.aws import managed_policies
from sandbox.aws.callers import PARTITION
from sandbox.aws.dispatch import Call
from sandbox.aws.errors import Refused
from sandbox.aws.stack_model import Stack

VERSION = "3.16.1"
"""The one whose package the sandbox has."""

_TEMPLATE_URL = re.compile(
    r"https://(?P<region>[a-z0-9-]+)-aws-parallelcluster\.s3\.(?P=region)\.amazonaws\.com"
    r"/parallelcluster/(?P<version>[0-9.]+)/api/parallelcluster-api\.yaml"
)
_DEFAULTS = {
    "Region": "*",
    "ParallelClusterFunctionRole": "",
    "ApiDefinitionS3Uri": "",
    "CustomDomainName": "",
    "CustomDomainCertificate": "",
    "CustomDomainHostedZoneId": "",
    "PoliciesTemplateUri": "",
    "VpcEndpointId": "",
    "EnableIamAdminAccess": "false",
    "EnableFSxS3Access": "false",
    "FsxS3Buckets": "",
    "PermissionsBoundaryPolicy": "",
    "CreateApiUserRole": "true",
    "CustomBucket": "",
    "IAMRoleAndPolicyPrefix": "",
}
_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """An API that is there."""

    id: str
    account: str
    region: str
    user_role_arn: str
    own_role_arn: str
    """As whom it calls AWS."""


APIS: dict[str, Installed] = {}
"""By id, the first part of its address."""


class ApiStack:
    """A kind of stack. `address` gives the URL of an API's stage by its id; without the package there is none."""

    service = ""
    token = ""
    capabilities = frozenset({"CAPABILITY_AUTO_EXPAND", "CAPABILITY_NAMED_IAM"})
    failures: Mapping[str, str] = MappingProxyType({})

    def __init__(self, address: Callable[[str], str], *, has_package: bool) -> None:
        self._address = address
        self._has_package = has_package

    def template(self, call: Call) -> Mapping[str, Any] | None:
        """AWS's own template, in its bucket of the region."""
        match = _TEMPLATE_URL.fullmatch(call.params.get("TemplateURL", ""))
        if match is None:
            return None
        if not self._has_package:
            raise Refused(
                "ValidationError", "The sandbox lacks AWS's ParallelCluster package; run: make setup"
            )
        if match["version"] != VERSION:
            raise Refused(
                "ValidationError", f"The sandbox has ParallelCluster {VERSION} alone, not {match['version']}"
            )
        parameters = {name: {"Type": "String", "Default": value} for name, value in _DEFAULTS.items()}
        return {"Parameters": parameters, "Metadata": {"Kind": "ParallelCluster API", **match.groupdict()}}

    def create(self, stack: Stack) -> None:
        """The user role, which the account may assume, and the function's own."""
        api_id = stack.suffix.replace("-", "")[:10]
        user = _role(
            stack,
            "ParallelClusterApiUserRole",
            f"PCAPIUserRole-{stack.suffix}",
            {"AWS": f"arn:aws:iam::{stack.account}:root"},
        )
        own = _role(
            stack,
            "ParallelClusterLambdaRole",
            f"ParallelClusterLambdaRole-{stack.suffix}",
            {"Service": "lambda.amazonaws.com"},
        )
        # Its policies name hundreds of actions; none is evaluated here.
        iam_backends[stack.account][PARTITION].attach_role_policy(_ADMINISTRATOR, own.name)
        APIS[api_id] = Installed(
            id=api_id,
            account=stack.account,
            region=stack.region,
            user_role_arn=user.arn,
            own_role_arn=own.arn,
        )
        function = f"arn:aws:lambda:{stack.region}:{stack.account}:function:{stack.name}-{api_id}"
        stack.outputs = {
            "ParallelClusterLambdaArn": function,
            "ParallelClusterApiInvokeUrl": self._address(api_id),
            "ParallelClusterApiUserRole": user.arn,
            "ParallelClusterLambdaLogGroup": f"/aws/lambda/{stack.name}-{api_id}",
        }

    def update(self, stack: Stack, before: Mapping[str, Any]) -> None:
        """Nothing that is played depends on the parameters."""

    def delete(self, stack: Stack) -> None:
        """The roles go, and nobody answers any more."""
        backend = iam_backends[stack.account][PARTITION]
        for _, name in stack.resources.values():
            for arn in list(backend.get_role(name).managed_policies):
                backend.detach_role_policy(arn, name)
            backend.delete_role(name)
        gone = stack.outputs.get("ParallelClusterApiUserRole")
        for api_id in [api.id for api in APIS.values() if api.user_role_arn == gone]:
            del APIS[api_id]


def _role(stack: Stack, logical: str, name: str, principal: dict[str, str]) -> Any:
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    }
    backend = iam_backends[stack.account][PARTITION]
    managed_policies.load(backend, _ADMINISTRATOR)
    boundary = stack.parameters["PermissionsBoundaryPolicy"] or None
    role = backend.create_role(name, json.dumps(trust), "/", boundary, "", [], "3600")
    stack.resources[logical] = ("AWS::IAM::Role", name)
    stack.say((logical, "AWS::IAM::Role"), "CREATE_COMPLETE")
    return role
