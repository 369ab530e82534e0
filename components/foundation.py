"""Providers: how a stack enters an account. The only module that builds them."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_aws_native as aws_native
import pulumi_eks as eks
import pulumi_kubernetes as kubernetes

from plan.site import ProviderPlan


def provider(name: str, plan: ProviderPlan) -> aws.Provider:
    """A provider that assumes the site's execution role and refuses every other account.

    The base identity comes from the environment and the role is assumed inside the provider, so that its
    session renews itself and no credential reaches the state.
    """
    return aws.Provider(
        name,
        region=plan.region,
        allowed_account_ids=[plan.account_id],
        assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=plan.role_arn, session_name=pulumi.get_stack())],
        default_tags=aws.ProviderDefaultTagsArgs(tags=plan.tags),
    )


def native_provider(name: str, plan: ProviderPlan) -> aws_native.Provider:
    """The same for resources that Cloud Control makes: same account, role and tags.

    An empty profile and credentials file keep the SDK from writing AWS_PROFILE and the like into the state, which
    differ from person to person; the base identity still comes from the environment.
    """
    return aws_native.Provider(
        name,
        region=plan.region,
        profile="",
        shared_credentials_file="",
        allowed_account_ids=[plan.account_id],
        assume_role=aws_native.ProviderAssumeRoleArgs(
            role_arn=plan.role_arn, session_name=pulumi.get_stack()
        ),
        default_tags=aws_native.ProviderDefaultTagsArgs(tags=plan.tags),
    )


def eks_provider(name: str) -> eks.Provider:
    """The provider of EKS components; their children are made under the site's own provider."""
    return eks.Provider(f"{name}-eks")


def kubernetes_provider(
    name: str, kubeconfig: pulumi.Input[str], cluster: pulumi.Input[str], parent: pulumi.Resource
) -> kubernetes.Provider:
    """A provider of one EKS cluster, by a kubeconfig that assumes the site's execution role. `cluster` is its ARN: only
    another cluster makes everything in it anew, never another spelling of the kubeconfig.
    """
    return kubernetes.Provider(
        name,
        kubeconfig=kubeconfig,
        cluster_identifier=cluster,
        enable_server_side_apply=True,
        opts=pulumi.ResourceOptions(parent=parent),
    )
