"""A program that fills a cluster as the file that FILLING names says."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

QUEUES = "queues.ml.example.com"
RULE = {"rule": "self.low <= self.high", "message": "low must not be above high"}


def definition() -> dict[str, Any]:
    """The schema of a kind of our own, with a rule over two fields."""
    bounds = {
        "type": "object",
        "required": ["low", "high"],
        "properties": {"low": {"type": "integer"}, "high": {"type": "integer"}},
        "x-kubernetes-validations": [RULE],
    }
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": bounds}}},
    }
    names = {"kind": "Queue", "plural": "queues", "singular": "queue", "listKind": "QueueList"}
    return {"group": "ml.example.com", "scope": "Namespaced", "names": names, "versions": [version]}


def main() -> None:
    wanted = json.loads(Path(os.environ["FILLING"]).read_text())
    provider = kubernetes.Provider("training", kubeconfig=wanted["kubeconfig"], cluster_identifier="training")
    options = pulumi.ResourceOptions(provider=provider)
    namespace = kubernetes.core.v1.Namespace("team", metadata={"labels": wanted["labels"]}, opts=options)
    queues = kubernetes.apiextensions.v1.CustomResourceDefinition(
        "queues", metadata={"name": QUEUES}, spec=definition(), opts=options
    )
    kubernetes.apiextensions.CustomResource(
        "queue",
        api_version="ml.example.com/v1",
        kind="Queue",
        metadata={"name": "night", "namespace": namespace.metadata["name"]},
        spec=wanted["queue"],
        opts=pulumi.ResourceOptions(provider=provider, depends_on=[queues]),
    )
    labels = {"app": wanted["app"]}
    pod = {"containers": [{"name": "web", "image": "made-up"}]}
    kubernetes.apps.v1.Deployment(
        "web",
        metadata={"name": "web", "namespace": namespace.metadata["name"]},
        spec={
            "replicas": wanted["replicas"],
            "selector": {"match_labels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
        opts=options,
    )
    kubernetes.helm.v3.Release("chart", chart="somebody/elses", version="1.2.3", opts=options)


main()
