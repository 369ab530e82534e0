"""The EKS clusters that carry HyperPod as they are deployed: what somebody changed beside the files (rows H3, L3).

Notes, not refusals: what the files say was checked when they were read, and this very rollout may put it right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from plan import names
from plan.hyperpod_prerequisites import EksFacts, of_eks
from spec import Site

_ABSENT = "ResourceNotFoundException"


def notes(site_name: str, site: Site, client: Callable[[], Any]) -> Iterator[str]:
    """A line for each thing that HyperPod on a site's EKS clusters could not live with. `client` makes one of EKS."""
    carrying = {
        cluster.eks_cluster for cluster in (site.hyperpod or {}).values() if cluster.eks_cluster is not None
    }
    eks = client() if carrying else None
    for short in sorted(carrying):
        facts = read(eks, names.cluster(site_name, short))
        for problem in of_eks(facts) if facts else ():
            yield f"as it is deployed, {problem}"


def read(eks: Any, name: str) -> EksFacts | None:
    """A cluster as AWS has it; None when it is not there yet."""
    try:
        cluster = eks.describe_cluster(name=name)["cluster"]
    except ClientError as error:
        if error.response["Error"]["Code"] == _ABSENT:
            return None
        raise
    pages = eks.get_paginator("list_addons").paginate(clusterName=name)
    installed = [addon for page in pages for addon in page["addons"]]
    versions = {
        addon: eks.describe_addon(clusterName=name, addonName=addon)["addon"]["addonVersion"]
        for addon in installed
    }
    return EksFacts(
        name=name,
        version=cluster["version"],
        authentication_mode=cluster["accessConfig"]["authenticationMode"],
        addons=versions,
        status=cluster["status"],
    )
