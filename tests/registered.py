"""The EKS clusters of the committed fleet (row A3) as Argo CD's hub gets to know them, with made-up ids.

Until the layer eks says it, the list of clusters is here.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import spec
from plan import plan_fleet
from plan.cluster_secrets import cluster_secret
from plan.contracts import NetworkContract, StorageContract
from plan.registered_cluster import DeployedCluster, RegisteredCluster, Source

ROOT = Path(__file__).parents[1]
FLEET = spec.load(ROOT)
SOURCE = Source(url="https://github.com/example-org/ml-clusters.git")

CLUSTERS = (
    RegisteredCluster(site="main-use1", short="training", kubernetes_version="1.34", gpu_limit=256),
    RegisteredCluster(site="main-usw2", short="inference", kubernetes_version="1.34", gpu_limit=256),
    RegisteredCluster(
        site="secondary-usw2",
        short="training",
        kubernetes_version="1.34",
        gpu_limit=256,
        capacity_reservations=("cr-0123456789abcdef0",),
        has_hyperpod=True,
    ),
)


def made_up(kind: str, *parts: str) -> str:
    """An id as AWS makes them, always the same for the same parts."""
    text = "-".join(parts).encode().hex()
    return f"{kind}-{text[-17:].rjust(17, '0')}"


def deployed(cluster: RegisteredCluster) -> DeployedCluster:
    """What the deployment of that cluster could have answered."""
    site, plan = cluster.site, plan_fleet(FLEET).sites[cluster.site]
    network, storage, account_id = plan.network, plan.storage, plan.provider.account_id
    assert network is not None
    lustre, efs = made_up("fs", site, "lustre"), made_up("fs", site, "efs")
    domain = f"{plan.provider.region}.amazonaws.com"
    return DeployedCluster(
        endpoint=f"https://{cluster.short}.{site}.eks.amazonaws.com",
        certificate_authority=base64.b64encode(b"a certificate").decode(),
        security_group_id=made_up("sg", cluster.name),
        key_arn=f"arn:aws:kms:{plan.provider.region}:{account_id}:key/{site}",
        network=NetworkContract(
            vpc_id=made_up("vpc", site),
            private_subnet_ids={
                s.zone_id: made_up("subnet", site, s.zone_id) for s in network.private_subnets
            },
            public_subnet_ids={},
            private_route_table_ids={},
            security_group_ids={
                group.key: made_up("sg", site, group.key) for group in network.security_groups
            },
            placement_groups={
                f"{group.fleet}-{group.zone_id}": f"{site}-{group.fleet}-{group.zone_id}"
                for group in network.placement_groups
            },
        ),
        storage=StorageContract(
            file_system_ids={"lustre": lustre, "efs": efs},
            dns_names={"lustre": f"{lustre}.fsx.{domain}", "efs": f"{efs}.efs.{domain}"},
            mount_names={"lustre": "abcdefgh"},
            access_point_ids={
                point.key: made_up("fsap", site, point.key)
                for point in (storage.efs.access_points if storage and storage.efs else ())
            },
        ),
    )


def secret(cluster: RegisteredCluster, source: Source = SOURCE) -> dict[str, Any]:
    """The secret of one of them."""
    return cluster_secret(FLEET, cluster, deployed(cluster), source)
