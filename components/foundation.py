"""Providers: how a stack enters an account. The only module that builds them."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks

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


def eks_provider(name: str) -> eks.Provider:
    """The provider of EKS components; their children are made under the site's own provider."""
    return eks.Provider(f"{name}-eks")
