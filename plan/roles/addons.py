"""Roles of EKS add-ons, which their pods get by Pod Identity: no node has these permissions.

Sources: EKS User Guide, "Configure Amazon VPC CNI plugin to use IRSA or Pod Identity" and the pages of the EBS, EFS
and FSx CSI drivers. FSx's page attaches AmazonFSxFullAccess, which can delete file systems; volumes here are static
(row T4), so that its driver only looks.
"""

from __future__ import annotations

from plan import names
from plan.addons import ADDONS, PodRole
from plan.iam import RolePlan
from plan.policies import Document, document
from plan.roles.permissions import Permission, encrypt_volumes, policy
from plan.roles.pods import pod_trust
from plan.roles.scope import Scope

MANAGED = {
    names.VPC_CNI_ROLE: ("AmazonEKS_CNI_Policy",),
    names.EBS_CSI_ROLE: ("service-role/AmazonEBSCSIDriverPolicy",),
    names.EFS_CSI_ROLE: ("service-role/AmazonEFSCSIDriverPolicy",),
    names.FSX_CSI_ROLE: (),
}
"""AWS's policies by role. AWS keeps them in step with what each version of an add-on calls."""


def roles(scope: Scope) -> tuple[RolePlan, ...]:
    """A role for each add-on that calls AWS."""
    return tuple(_role(scope, addon.pod_role) for addon in ADDONS if addon.pod_role)


def _role(scope: Scope, pod_role: PodRole) -> RolePlan:
    return scope.iam.role(
        names.site_role(pod_role.role, scope.site),
        pod_trust(scope, namespace=pod_role.namespace, service_account=pod_role.service_account),
        _own_policy(scope, pod_role.role),
        managed_policies=MANAGED[pod_role.role],
    )


def _own_policy(scope: Scope, role: str) -> Document:
    if role == names.EBS_CSI_ROLE:
        return policy(*encrypt_volumes(scope))
    if role == names.FSX_CSI_ROLE:
        return policy(
            Permission(
                why="looks up the file system of a static volume; listing takes no resource",
                actions=("fsx:DescribeFileSystems",),
            )
        )
    return document()
