"""IAM: roles and their policies."""

from __future__ import annotations

from typing import Final

from sandbox.providers.forms import JSON, UNORDERED
from sandbox.providers.resource_type import (
    Read,
    ResourceType,
    Tagging,
    call,
    call_matching,
    fixed,
    local,
    updated,
)

_UPDATE_ROLE: Final = call_matching("UpdateRole", RoleName="$id")

_ROLE: Final = ResourceType(
    type="aws:iam/role:Role",
    service="iam",
    noun="IAM Role",
    regional=False,
    cloudformation="AWS::IAM::Role",
    properties={
        "name": fixed(answer="RoleName", cloudformation="RoleName"),
        "path": fixed(default="/"),
        "assumeRolePolicy": updated(
            call("UpdateAssumeRolePolicy", RoleName="$id", PolicyDocument="$assumeRolePolicy"),
            form=JSON,
            answer="AssumeRolePolicyDocument",
            cloudformation="AssumeRolePolicyDocument",
        ),
        "description": updated(_UPDATE_ROLE),
        "maxSessionDuration": updated(_UPDATE_ROLE, default=3600),
        "permissionsBoundary": updated(
            call(
                "PutRolePermissionsBoundary", RoleName="$id", PermissionsBoundary="$permissionsBoundary"
            ).only_if("permissionsBoundary"),
            call("DeleteRolePermissionsBoundary", RoleName="$id").unless_set("permissionsBoundary"),
            answer="PermissionsBoundary.PermissionsBoundaryArn",
        ),
        "managedPolicyArns": updated(
            call("DetachRolePolicy", RoleName="$id", PolicyArn="$each").for_each("managedPolicyArns.removed"),
            call("AttachRolePolicy", RoleName="$id", PolicyArn="$each").for_each("managedPolicyArns.added"),
            form=UNORDERED,
            chosen=True,
            initial=[],
        ),
        "forceDetachPolicies": local(default=False),
    },
    autoname="name",
    create=call_matching("CreateRole", RoleName="$name", AssumeRolePolicyDocument="$assumeRolePolicy"),
    id="${name}",
    reads=(
        Read(call("GetRole", RoleName="$id"), "Role"),
        Read(
            call("ListAttachedRolePolicies", RoleName="$id"),
            "{ManagedPolicyArns: AttachedPolicies[].PolicyArn}",
        ),
    ),
    delete=(
        call("DetachRolePolicy", RoleName="$id", PolicyArn="$each").for_each("managedPolicyArns"),
        call("DeleteRole", RoleName="$id"),
    ),
    gone_codes=("NoSuchEntity",),
    outputs={"arn": "Arn", "uniqueId": "RoleId", "createDate": "CreateDate"},
    tags=Tagging(
        create_params={"Tags": "$tags.list"},
        put=call("TagRole", RoleName="$id", Tags="$tags.list"),
        remove=call("UntagRole", RoleName="$id", TagKeys="$tags.keys"),
    ),
)

_PUT_POLICY: Final = call("PutRolePolicy", RoleName="$role", PolicyName="$name", PolicyDocument="$policy")

_ROLE_POLICY: Final = ResourceType(
    type="aws:iam/rolePolicy:RolePolicy",
    service="iam",
    noun="IAM Role Policy",
    regional=False,
    cloudformation="AWS::IAM::RolePolicy",
    properties={
        "name": fixed(answer="PolicyName", cloudformation="PolicyName"),
        "role": fixed(answer="RoleName", cloudformation="RoleName"),
        "policy": updated(_PUT_POLICY, form=JSON, answer="PolicyDocument", cloudformation="PolicyDocument"),
    },
    autoname="name",
    create=_PUT_POLICY,
    id="${role}:${name}",
    reads=(Read(call("GetRolePolicy", RoleName="$role", PolicyName="$name")),),
    delete=(call("DeleteRolePolicy", RoleName="$role", PolicyName="$name"),),
    gone_codes=("NoSuchEntity",),
)

_ROLE_POLICY_ATTACHMENT: Final = ResourceType(
    type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    noun="IAM Role Policy Attachment",
    regional=False,
    replaces_source="aws_iam_role_policy_attachment: ForceNew of role and policy_arn",
    properties={"role": fixed(answer=None), "policyArn": fixed()},
    create=call("AttachRolePolicy", RoleName="$role", PolicyArn="$policyArn"),
    id="${role}-${policyArn}",
    import_id="${role}/${policyArn}",
    reads=(
        Read(
            call("ListAttachedRolePolicies", RoleName="$role"),
            "AttachedPolicies[?PolicyArn=='${policyArn}'] | [0]",
        ),
    ),
    delete=(call("DetachRolePolicy", RoleName="$role", PolicyArn="$policyArn"),),
    gone_codes=("NoSuchEntity",),
)

_INSTANCE_PROFILE: Final = ResourceType(
    type="aws:iam/instanceProfile:InstanceProfile",
    service="iam",
    noun="IAM Instance Profile",
    regional=False,
    cloudformation="AWS::IAM::InstanceProfile",
    properties={
        "name": fixed(answer="InstanceProfileName", cloudformation="InstanceProfileName"),
        "path": fixed(default="/"),
        "role": updated(
            call("RemoveRoleFromInstanceProfile", InstanceProfileName="$id", RoleName="${old.role}").only_if(
                "old.role"
            ),
            call("AddRoleToInstanceProfile", InstanceProfileName="$id", RoleName="$role").only_if("role"),
            answer="Roles[0].RoleName",
            cloudformation="Roles",
        ),
    },
    autoname="name",
    create=call("CreateInstanceProfile", InstanceProfileName="$name", Path="$path"),
    after_create=(
        call("AddRoleToInstanceProfile", InstanceProfileName="$id", RoleName="$role").only_if("role"),
    ),
    id="${name}",
    reads=(Read(call("GetInstanceProfile", InstanceProfileName="$id"), "InstanceProfile"),),
    delete=(
        call("RemoveRoleFromInstanceProfile", InstanceProfileName="$id", RoleName="$role").only_if("role"),
        call("DeleteInstanceProfile", InstanceProfileName="$id"),
    ),
    gone_codes=("NoSuchEntity",),
    outputs={"arn": "Arn", "uniqueId": "InstanceProfileId", "createDate": "CreateDate"},
    tags=Tagging(
        create_params={"Tags": "$tags.list"},
        put=call("TagInstanceProfile", InstanceProfileName="$id", Tags="$tags.list"),
        remove=call("UntagInstanceProfile", InstanceProfileName="$id", TagKeys="$tags.keys"),
    ),
)

TYPES: Final = (_ROLE, _ROLE_POLICY, _ROLE_POLICY_ATTACHMENT, _INSTANCE_PROFILE)
