"""The roles that a site's clusters work with (rows K2a to K2c), one module a consumer.

scope        where a site's roles act: account, region, names that statements are bound to
permissions  a permission with the reason for it, and those that several roles have
pods         who may assume a role of pods
parallelcluster, eks, addons, karpenter, hyperpod   who may assume each role and what it may do
sites        which sites have which roles
"""

from __future__ import annotations

from plan.roles.sites import RolesPlan, plan_roles

__all__ = ["RolesPlan", "plan_roles"]
