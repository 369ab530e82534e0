"""KMS: keys and their aliases."""

from __future__ import annotations

from typing import Final

from sandbox.providers.forms import JSON
from sandbox.providers.resource_type import (
    Read,
    ResourceType,
    Tagging,
    When,
    call,
    fixed,
    local,
    updated,
)

_ROTATE: Final = call("EnableKeyRotation", KeyId="$id", RotationPeriodInDays="$rotationPeriodInDays").only_if(
    "enableKeyRotation"
)

_KEY: Final = ResourceType(
    type="aws:kms/key:Key",
    service="kms",
    noun="KMS Key",
    cloudformation="AWS::KMS::Key",
    properties={
        "description": updated(
            call("UpdateKeyDescription", KeyId="$id", Description="$description"), chosen=True
        ),
        "keyUsage": fixed(
            default="ENCRYPT_DECRYPT",
            allowed=("ENCRYPT_DECRYPT",),
            differs="ForceNew of aws_kms_key: no API changes a usage",
        ),
        "customerMasterKeySpec": fixed(
            default="SYMMETRIC_DEFAULT",
            allowed=("SYMMETRIC_DEFAULT",),
            answer="KeySpec",
            cloudformation="KeySpec",
            differs="ForceNew of aws_kms_key: no API changes a spec",
        ),
        "multiRegion": fixed(
            chosen=True, allowed=(False,), differs="ForceNew of aws_kms_key: no API makes a key regional"
        ),
        "policy": updated(
            call(
                "PutKeyPolicy",
                KeyId="$id",
                PolicyName="default",
                Policy="$policy",
                BypassPolicyLockoutSafetyCheck="$bypassPolicyLockoutSafetyCheck",
            ),
            form=JSON,
            chosen=True,
            cloudformation="KeyPolicy",
        ),
        "bypassPolicyLockoutSafetyCheck": local(default=False),
        "isEnabled": updated(
            call("EnableKey", KeyId="$id").only_if("isEnabled"),
            call("DisableKey", KeyId="$id").unless_set("isEnabled"),
            default=True,
            initial=True,
            answer="Enabled",
            cloudformation="Enabled",
        ),
        "enableKeyRotation": updated(
            _ROTATE,
            call("DisableKeyRotation", KeyId="$id").unless_set("enableKeyRotation"),
            default=False,
            initial=False,
            answer="KeyRotationEnabled",
        ),
        "rotationPeriodInDays": updated(_ROTATE, chosen=True),
        "deletionWindowInDays": local(cloudformation="PendingWindowInDays"),
    },
    create=call(
        "CreateKey",
        Description="$description",
        KeyUsage="$keyUsage",
        KeySpec="$customerMasterKeySpec",
        MultiRegion="$multiRegion",
        Policy="$policy",
        BypassPolicyLockoutSafetyCheck="$bypassPolicyLockoutSafetyCheck",
    ),
    id="KeyMetadata.KeyId",
    reads=(
        Read(call("DescribeKey", KeyId="$id"), "KeyMetadata"),
        Read(call("GetKeyPolicy", KeyId="$id", PolicyName="default"), "{Policy: Policy}"),
        Read(
            call("GetKeyRotationStatus", KeyId="$id"),
            "{KeyRotationEnabled: KeyRotationEnabled, RotationPeriodInDays: RotationPeriodInDays}",
        ),
    ),
    gone=When("KeyState", ("PendingDeletion", "PendingReplicaDeletion")),
    delete=(
        # A second deletion is refused: the first one's waiting period goes on.
        call("ScheduleKeyDeletion", KeyId="$id", PendingWindowInDays="$deletionWindowInDays").ignoring(
            "KMSInvalidStateException"
        ),
    ),
    gone_codes=("NotFoundException",),
    outputs={"arn": "Arn", "keyId": "KeyId"},
    tags=Tagging(
        create_params={"Tags": "$tags.keyed"},
        put=call("TagResource", KeyId="$id", Tags="$tags.keyed"),
        remove=call("UntagResource", KeyId="$id", TagKeys="$tags.keys"),
        read=Read(call("ListResourceTags", KeyId="$id"), "{Tags: Tags[].{Key: TagKey, Value: TagValue}}"),
    ),
)

_ALIAS: Final = ResourceType(
    type="aws:kms/alias:Alias",
    service="kms",
    noun="KMS Alias",
    cloudformation="AWS::KMS::Alias",
    properties={
        "name": fixed(answer="AliasName", cloudformation="AliasName"),
        "targetKeyId": updated(call("UpdateAlias", AliasName="$id", TargetKeyId="$targetKeyId")),
    },
    create=call("CreateAlias", AliasName="$name", TargetKeyId="$targetKeyId"),
    id="${name}",
    reads=(Read(call("ListAliases"), "Aliases[?AliasName=='${name}'] | [0]"),),
    delete=(call("DeleteAlias", AliasName="$id"),),
    gone_codes=("NotFoundException",),
    outputs={"arn": "AliasArn"},
    computed={"targetKeyArn": "arn:${partition}:kms:${region}:${account}:key/${targetKeyId}"},
)

TYPES: Final = (_KEY, _ALIAS)
