"""AWS and Kubernetes as the nodes of a real fleet need them: clients of each site, API servers, kubectl."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import toolchain
from automation.clients import enter
from automation.data.sites import Sites
from automation.errors import FleetError
from automation.nodes import kubernetes, parallelcluster
from automation.nodes.hyperpod import hyperpod_nodes
from automation.nodes.instances import instances
from automation.nodes.model import Cluster, Condition, Kind, Node
from automation.nodes.status import Described, describe_eks, describe_hyperpod

KUBECTL_LIMIT_S = 900

SERVICES: Mapping[Kind, tuple[str, ...]] = {
    "eks": ("ec2", "eks", "sts"),
    "parallelcluster": ("ec2", "cloudformation"),
    "hyperpod": ("sagemaker", "eks", "sts"),
}
"""The services that know the nodes and the clusters of a kind."""


class SiteTools:
    """Reads and changes through one set of clients; they are made before threads use them: boto3 asks for that."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._clients: dict[tuple[str, str], Any] = {}
        self._failures: dict[str, FleetError] = {}

    def enter(self, clusters: Mapping[str, Sequence[Cluster]]) -> None:
        """Enter the sites of these clusters; one that cannot be entered is told when it is read."""
        for site, found in clusters.items():
            kinds = {cluster.kind for cluster in found}
            try:
                for kind in kinds:
                    for service in SERVICES[kind]:
                        self.client(service, site)
            except FleetError as error:
                self._failures[site] = error

    def client(self, service: str, site: str) -> Any:
        """A client in the account and region of a site. Raises FleetError when the account cannot be entered."""
        key = (service, site)
        if key not in self._clients:
            self._clients[key] = self._sites.client(service, site)
        return self._clients[key]

    def read(self, site: str, clusters: Sequence[Cluster]) -> tuple[Node, ...]:
        """The nodes of a site's clusters. Raises FleetError, BotoCoreError or ClientError."""
        if site in self._failures:
            raise self._failures[site]
        on_ec2 = [cluster for cluster in clusters if cluster.kind != "hyperpod"]
        found = instances(self.client("ec2", site), on_ec2) if on_ec2 else ()
        others = (cluster for cluster in clusters if cluster.kind == "hyperpod")
        return (
            *found,
            *(node for cluster in others for node in hyperpod_nodes(self.client("sagemaker", site), cluster)),
        )

    def describe(self, cluster: Cluster) -> Described | None:
        """A cluster as its service describes it. Raises FleetError, BotoCoreError or ClientError."""
        if cluster.kind == "eks":
            return describe_eks(self.client("eks", cluster.site), cluster)
        if cluster.kind == "parallelcluster":
            return self._describe_slurm(cluster)
        return describe_hyperpod(self.client("sagemaker", cluster.site), cluster)

    def _describe_slurm(self, cluster: Cluster) -> Described | None:
        cloudformation = self.client("cloudformation", cluster.site)
        region = cloudformation.meta.region_name
        api = parallelcluster.find_api(cloudformation, region)
        if api is None:
            return None
        user = enter(self._sites.clients(cluster.site), api.user_role_arn, region)
        return parallelcluster.describe(api, user.session.get_credentials(), cluster)

    def api(self, cluster: Cluster) -> kubernetes.Api:
        """The API server of a cluster on Kubernetes. Raises FleetError when it has none yet."""
        credentials = self._sites.clients(cluster.site).session.get_credentials()
        sts = self.client("sts", cluster.site)
        return kubernetes.api_of(
            self.client("eks", cluster.site),
            str(cluster.kubernetes),
            lambda name: kubernetes.token(sts, credentials, name),
        )

    def conditions(self, cluster: Cluster) -> dict[str, Condition]:
        """What a cluster's API server says of its nodes. Raises FleetError."""
        return kubernetes.conditions(self.api(cluster))

    def kubectl(self, node: Node, *arguments: str) -> None:
        """Run kubectl against the cluster of a node. Raises FleetError with what it said."""
        program = toolchain.kubectl()
        if program is None:
            raise FleetError("there is no kubectl that fits, and it moves the pods", remedy="run: make setup")
        with tempfile.TemporaryDirectory(prefix="fleet-kubectl-") as folder:
            config = Path(folder) / "config"
            config.touch(mode=0o600)
            config.write_text(kubernetes.kubeconfig(self.api(node.cluster)), encoding="utf-8")
            done = subprocess.run(
                [program, "--kubeconfig", config, "--cache-dir", folder, *arguments],
                env={},
                capture_output=True,
                text=True,
                timeout=KUBECTL_LIMIT_S,
                check=False,
            )
        if done.returncode:
            said = " / ".join(done.stderr.strip().splitlines()[-3:])
            raise FleetError(f"kubectl {' '.join(arguments[:2])} failed: {said}")
