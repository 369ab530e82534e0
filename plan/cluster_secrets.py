"""The secret by which Argo CD knows an EKS cluster (rows G2, G3): its name, its API, switches and facts.

It holds no credential (row T2): Argo CD's own role assumes the site's, and gets a token for each call. Source of the
fields: Argo CD, "Declarative Setup / Clusters" and "EKS".
"""

from __future__ import annotations

import json
from typing import Any

from plan import names
from plan.cluster_facts import FACTS, LABELS, SWITCHES
from plan.iam import iam_account
from plan.registered_cluster import DeployedCluster, RegisteredCluster, Source, Subject
from spec import Fleet

NAMESPACE = "argocd"
IN_CLUSTER = "https://kubernetes.default.svc"
"""The hub's own API, which Argo CD reaches by its service accounts and without a role."""

SECRET_TYPE = {"argocd.argoproj.io/secret-type": "cluster"}


def cluster_secret(
    fleet: Fleet, cluster: RegisteredCluster, deployed: DeployedCluster, source: Source
) -> dict[str, Any]:
    """The Secret of one cluster, to be applied server-side: client-side apply would keep a copy of it (row R4).

    Raises ValueError for a switch that the table does not have.
    """
    subject = Subject(fleet=fleet, cluster=cluster, deployed=deployed, source=source)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": {
            "name": cluster.name,
            "namespace": NAMESPACE,
            "labels": {
                **SECRET_TYPE,
                **{fact.name: fact.value(subject) for fact in LABELS},
                **_switches(subject),
            },
            "annotations": {fact.name: fact.value(subject) for fact in FACTS},
        },
        "stringData": {
            "name": cluster.name,
            "server": IN_CLUSTER if fleet.sites[cluster.site].hub else deployed.endpoint,
            "config": json.dumps(_config(subject), sort_keys=True),
        },
    }


def spoke_role_arn(fleet: Fleet, site: str) -> str:
    """ARN of the role that Argo CD assumes for the clusters of a site."""
    account_id = fleet.settings.accounts[fleet.sites[site].account].id
    return iam_account(fleet, account_id).role_arn(names.site_role(names.ARGOCD_SPOKE_ROLE, site))


def _switches(subject: Subject) -> dict[str, str]:
    known, given = {switch.name for switch in SWITCHES}, subject.cluster.switches
    if unknown := sorted(given.keys() - known):
        raise ValueError(
            f"{subject.cluster.name}: no switch {', '.join(unknown)}; there are {', '.join(sorted(known))}"
        )
    chosen = {switch.label: given.get(switch.name, switch.default(subject)) for switch in SWITCHES}
    return {label: "true" if is_on else "false" for label, is_on in chosen.items()}


def _config(subject: Subject) -> dict[str, Any]:
    """How Argo CD gets in: the hub as the pod that it is, elsewhere by role and with the cluster's certificate."""
    tls: dict[str, Any] = {"insecure": False}
    if subject.site.hub:
        return {"tlsClientConfig": tls}
    return {
        "awsAuthConfig": {
            "clusterName": subject.cluster.name,
            "roleARN": spoke_role_arn(subject.fleet, subject.cluster.site),
        },
        "tlsClientConfig": {**tls, "caData": subject.deployed.certificate_authority},
    }
