"""Lambda: functions and who may call them."""

from __future__ import annotations

from typing import Final

from sandbox.providers.forms import ARCHIVE
from sandbox.providers.resource_type import (
    Read,
    ResourceType,
    Tagging,
    When,
    call,
    call_matching,
    fixed,
    local,
    updated,
)

_UPDATE_CODE: Final = call(
    "UpdateFunctionCode",
    FunctionName="$id",
    ZipFile="$code",
    S3Bucket="$s3Bucket",
    S3Key="$s3Key",
    S3ObjectVersion="$s3ObjectVersion",
    Architectures="$architectures",
)
_CONFIGURE: Final = call_matching("UpdateFunctionConfiguration", FunctionName="$id")
_ARN: Final = "arn:${partition}:lambda:${region}:${account}:function:${name}"

_FUNCTION: Final = ResourceType(
    type="aws:lambda/function:Function",
    service="lambda",
    noun="Lambda Function",
    cloudformation="AWS::Lambda::Function",
    properties={
        "name": fixed(answer="FunctionName", cloudformation="FunctionName"),
        "packageType": fixed(default="Zip", allowed=("Zip",)),
        "code": updated(_UPDATE_CODE, form=ARCHIVE, answer=None),
        "s3Bucket": updated(_UPDATE_CODE, answer=None),
        "s3Key": updated(_UPDATE_CODE, answer=None),
        "s3ObjectVersion": updated(_UPDATE_CODE, answer=None),
        "sourceCodeHash": updated(_UPDATE_CODE, answer=None),
        "architectures": updated(_UPDATE_CODE, chosen=True),
        "description": updated(_CONFIGURE),
        "environment": updated(_CONFIGURE, answer="Environment.{variables: Variables}"),
        "ephemeralStorage": updated(_CONFIGURE, chosen=True),
        "handler": updated(_CONFIGURE),
        # The emulator forgets it: the state's value stays.
        "loggingConfig": updated(_CONFIGURE, answer=None),
        "layers": updated(_CONFIGURE, answer="Layers[].Arn"),
        "memorySize": updated(_CONFIGURE, default=128),
        "role": updated(_CONFIGURE),
        "runtime": updated(_CONFIGURE),
        "timeout": updated(_CONFIGURE, default=3),
        "tracingConfig": updated(_CONFIGURE, chosen=True),
        "reservedConcurrentExecutions": updated(
            call(
                "PutFunctionConcurrency",
                FunctionName="$id",
                ReservedConcurrentExecutions="$reservedConcurrentExecutions",
            ),
            initial=-1,
        ),
        "publish": local(default=False, allowed=(False,)),
        "skipDestroy": local(default=False),
    },
    autoname="name",
    create=call_matching(
        "CreateFunction",
        FunctionName="$name",
        Code={
            "ZipFile": "$code",
            "S3Bucket": "$s3Bucket",
            "S3Key": "$s3Key",
            "S3ObjectVersion": "$s3ObjectVersion",
        },
    ),
    id="${name}",
    reads=(
        Read(
            call("GetFunction", FunctionName="$id"),
            "merge(Configuration, {Tags: Tags}, Concurrency || `{}`)",
        ),
    ),
    ready=When("State", ("Active",)),
    delete=(call("DeleteFunction", FunctionName="$id").unless_set("skipDestroy"),),
    gone_codes=("ResourceNotFoundException",),
    outputs={
        "version": "Version",
        "lastModified": "LastModified",
        "codeSha256": "CodeSha256",
        "sourceCodeSize": "CodeSize",
    },
    computed={
        "arn": _ARN,
        "invokeArn": f"arn:${{partition}}:apigateway:${{region}}:lambda:path/2015-03-31/functions/{_ARN}/invocations",
    },
    tags=Tagging(
        create_params={"Tags": "$tags.map"},
        put=call("TagResource", Resource=_ARN, Tags="$tags.map"),
        remove=call("UntagResource", Resource=_ARN, TagKeys="$tags.keys"),
    ),
)

_PERMISSION: Final = ResourceType(
    type="aws:lambda/permission:Permission",
    service="lambda",
    noun="Lambda Permission",
    cloudformation="AWS::Lambda::Permission",
    properties={
        "function": fixed(answer=None, cloudformation="FunctionName"),
        "statementId": fixed(
            answer="Sid", differs="ForceNew of aws_lambda_permission; CloudFormation gives the id"
        ),
        "action": fixed(),
        "principal": fixed(answer="Principal.Service || Principal.AWS || Principal"),
        "sourceArn": fixed(answer='Condition.ArnLike."AWS:SourceArn"'),
        "sourceAccount": fixed(answer='Condition.StringEquals."AWS:SourceAccount"'),
    },
    autoname="statementId",
    create=call_matching("AddPermission", FunctionName="$function"),
    id="${statementId}",
    import_id="${function}/${statementId}",
    reads=(
        Read(
            call("GetPolicy", FunctionName="$function"),
            "Policy.Statement[?Sid=='${statementId}'] | [0]",
            decode="Policy",
        ),
    ),
    delete=(call("RemovePermission", FunctionName="$function", StatementId="$statementId"),),
    gone_codes=("ResourceNotFoundException",),
)

TYPES: Final = (_FUNCTION, _PERMISSION)
