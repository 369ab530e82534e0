"""EKS Pod Identity associations: which role the pods of a service account get.

Source: EKS API Reference, CreatePodIdentityAssociation; EKS User Guide, "Assign an IAM role to a service account".
"""

from __future__ import annotations

import secrets

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.eks_state import Shown, cluster_is_active, cluster_of, member_of, now
from sandbox.aws.errors import Refused
from sandbox.aws.identity import find_role, trusts_service

SERVICE = "pods.eks.amazonaws.com"
_CHANGED = ("roleArn", "disableSessionTags", "targetRoleArn")


def role_lets_pods_in(call: Call) -> None:
    """InvalidParameterException: a role of this account that the service may assume for this service account.

    The service checks the trust when it is asked for credentials, not here; but a role that never lets it in is
    refused at once.
    """
    arn = call.params.get("roleArn")
    if arn is None:
        return
    if find_role(arn) is None:
        raise Refused("InvalidParameterException", f"Role provided in the request does not exist: {arn}")
    cluster, known = cluster_of(call), call.params
    if "associationId" in known:
        known = {**member_of(cluster.identities, known["associationId"], "association"), **known}
    context = {
        "aws:requesttag/kubernetes-namespace": known["namespace"],
        "aws:requesttag/kubernetes-service-account": known["serviceAccount"],
        "aws:requesttag/eks-cluster-arn": cluster.arn,
        "aws:requesttag/eks-cluster-name": cluster.name,
        "aws:sourceaccount": call.account,
        "aws:sourcearn": cluster.arn,
    }
    if not trusts_service(arn, SERVICE, context):
        raise Refused(
            "InvalidParameterException", "Trust policy of role is missing required actions or principal"
        )


def association_is_new(call: Call) -> None:
    """ResourceInUseException: a service account has one role."""
    asked = (call.params["namespace"], call.params["serviceAccount"])
    for known in cluster_of(call).identities.values():
        if (known["namespace"], known["serviceAccount"]) == asked:
            raise Refused("ResourceInUseException", f"Association already exists: {known['associationId']}")


def create(call: Call) -> Shown:
    """Associate a role with a service account, which need not exist yet."""
    cluster, association_id = cluster_of(call), f"a-{secrets.token_hex(9)[:17]}"
    association = {
        "clusterName": cluster.name,
        "namespace": call.params["namespace"],
        "serviceAccount": call.params["serviceAccount"],
        "roleArn": call.params["roleArn"],
        "associationArn": cluster.arn.replace(":cluster/", ":podidentityassociation/") + f"/{association_id}",
        "associationId": association_id,
        "tags": dict(call.params.get("tags", {})),
        "createdAt": now(),
        "modifiedAt": now(),
        "disableSessionTags": call.params.get("disableSessionTags", False),
    }
    if "targetRoleArn" in call.params:
        association["targetRoleArn"] = call.params["targetRoleArn"]
    cluster.identities[association_id] = association
    return {"association": association}


def _get(call: Call) -> Shown:
    return member_of(cluster_of(call).identities, call.params["associationId"], "pod identity association")


def describe(call: Call) -> Shown:
    """One association."""
    return {"association": _get(call)}


def list_associations(call: Call) -> Shown:
    """All, or those of a namespace and a service account."""
    asked = {name: call.params[name] for name in ("namespace", "serviceAccount") if name in call.params}
    fields = ("clusterName", "namespace", "serviceAccount", "associationArn", "associationId")
    return {
        "associations": [
            {name: item[name] for name in fields}
            for item in cluster_of(call).identities.values()
            if all(item[name] == value for name, value in asked.items())
        ]
    }


def change(call: Call) -> Shown:
    """Give the service account another role."""
    association = _get(call)
    association.update({name: call.params[name] for name in _CHANGED if name in call.params})
    association["modifiedAt"] = now()
    return {"association": association}


def delete(call: Call) -> Shown:
    """End it."""
    return {"association": cluster_of(call).identities.pop(_get(call)["associationId"])}


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("eks", "CreatePodIdentityAssociation"): (cluster_is_active, association_is_new, role_lets_pods_in),
    ("eks", "UpdatePodIdentityAssociation"): (role_lets_pods_in,),
}
OPERATIONS: dict[Key, Operation] = {
    ("eks", "CreatePodIdentityAssociation"): create,
    ("eks", "DescribePodIdentityAssociation"): describe,
    ("eks", "ListPodIdentityAssociations"): list_associations,
    ("eks", "UpdatePodIdentityAssociation"): change,
    ("eks", "DeletePodIdentityAssociation"): delete,
}
