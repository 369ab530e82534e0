"""EKS Pod Identity: who may assume a role of pods."""

from __future__ import annotations

from plan.policies import Document, document
from plan.roles.scope import Scope


def pod_trust(scope: Scope, *, namespace: str, service_account: str) -> Document:
    """One service account of the site's clusters: Pod Identity sends these as session tags (EKS User Guide)."""
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {
                "StringEquals": {
                    "aws:RequestTag/kubernetes-namespace": namespace,
                    "aws:RequestTag/kubernetes-service-account": service_account,
                },
                "ArnLike": {
                    "aws:RequestTag/eks-cluster-arn": scope.arn("eks", f"cluster/{scope.clusters}"),
                },
            },
        }
    )
