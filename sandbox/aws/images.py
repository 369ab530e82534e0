"""ECR: keys and policies that have to be there, and repositories of another account, opened by their policy.

Source: ECR User Guide, "Private repository policies" and "Encryption at rest".
"""

from __future__ import annotations

from moto.ecr.models import ecr_backends

from sandbox.aws import accounts
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.identity import own_statements, request_of
from sandbox.aws.key_access import can_encrypt
from sandbox.aws.policies import Verdict, evaluate, statements_of

PULLS = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")


def key_can_be_used(call: Call) -> None:
    """KmsException: a key of this account and region that is enabled, and that the caller may use through ECR."""
    encryption = call.params.get("encryptionConfiguration", {})
    named = encryption.get("kmsKey")
    if named and not can_encrypt(call, named, "ecr"):
        raise Refused("KmsException", f"The KMS key {named} does not exist, is disabled or is not accessible")


def may_use(call: Call) -> None:
    """AccessDeniedException for a repository of another account, unless its policy and the caller's own allow."""
    registry, name = call.params.get("registryId", call.account), call.params.get("repositoryName")
    if registry == call.account or name is None:
        return
    repositories = ecr_backends[registry][call.region].repositories if registry in accounts.known() else {}
    action, arn = f"ecr:{call.operation}", f"arn:aws:ecr:{call.region}:{registry}:repository/{name}"
    policy = repositories[name].policy if name in repositories else None
    request = request_of(call, action, arn, {})
    verdict = evaluate(statements_of(policy), request) if policy else Verdict.SILENT
    own = evaluate(own_statements(call.caller), request)
    if verdict not in {Verdict.ALLOWED, Verdict.DELEGATED} or own is not Verdict.ALLOWED:
        raise Refused(
            "AccessDeniedException",
            f"User: {call.caller.arn} is not authorized to perform: {action} on resource: {arn}",
        )


def _in_the_registry(call: Call) -> object:
    """Moto's answer from the registry that is named, which may be another account's."""
    registry = call.params.get("registryId", call.account)
    if registry == call.account:
        return call.moto()
    call.response.current_account = registry
    try:
        return call.moto()
    finally:
        call.response.current_account = call.account


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("ecr", "*"): (may_use,),
    ("ecr", "CreateRepository"): (key_can_be_used,),
}
OPERATIONS: dict[Key, Operation] = {("ecr", operation): _in_the_registry for operation in PULLS}
