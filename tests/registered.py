"""The EKS clusters of the committed fleet (row A3) as Argo CD's hub gets to know them, with made-up ids."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import spec
from plan import plan_fleet
from plan.cluster_secrets import cluster_secret
from plan.contracts import EksContract, KeysContract, NetworkContract, StorageContract
from plan.registered_cluster import Promises, RegisteredCluster, Source, registered_clusters

ROOT = Path(__file__).parents[1]
FLEET = spec.load(ROOT)
SOURCE = Source(url="https://github.com/example-org/ml-clusters.git")

CLUSTERS = registered_clusters(FLEET)


def made_up(kind: str, *parts: str) -> str:
    """An id as AWS makes them, always the same for the same parts."""
    text = "-".join(parts).encode().hex()
    return f"{kind}-{text[-17:].rjust(17, '0')}"


def promises(cluster: RegisteredCluster) -> Promises:
    """What the stack of that cluster's site could have promised."""
    site, plan = cluster.site, plan_fleet(FLEET).sites[cluster.site]
    network, storage, account_id = plan.network, plan.storage, plan.provider.account_id
    assert network is not None
    lustre, efs = made_up("fs", site, "lustre"), made_up("fs", site, "efs")
    domain, short = f"{plan.provider.region}.amazonaws.com", cluster.short
    return Promises(
        eks=EksContract(
            names={short: cluster.name},
            arns={short: f"arn:aws:eks:{plan.provider.region}:{account_id}:cluster/{cluster.name}"},
            endpoints={short: f"https://{short}.{site}.eks.amazonaws.com"},
            certificate_authorities={short: base64.b64encode(b"a certificate").decode()},
            versions={short: cluster.kubernetes_version},
            cluster_security_group_ids={short: made_up("sg", cluster.name)},
        ),
        keys=KeysContract(key_arn=f"arn:aws:kms:{plan.provider.region}:{account_id}:key/{site}"),
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
    return cluster_secret(FLEET, cluster, promises(cluster), source)
