"""ParallelCluster's own API, asked without a port: its Flask application, with the AWS of an endpoint behind it.

Everything in it is AWS's: routes, schema, validators, update policy, answers. Two things are not done, since they need
Node.js and prove little here: the check for it, and the CDK that writes the cluster's CloudFormation template. In its
place goes a template of the same parameters, whose metadata says what the emulator has to know of the cluster.
"""

from __future__ import annotations

import base64
import os
from functools import cache
from typing import Any

import boto3
from pcluster.api import flask_app
from pcluster.api.controllers import cluster_operations_controller as clusters
from pcluster.config.cluster_config import BaseClusterConfig
from pcluster.constants import CW_LOGS_CFN_PARAM_NAME, OS_MAPPING
from pcluster.models import cluster as model

TEMPLATE_KIND = "ParallelCluster cluster"
"""By this the emulator knows the template."""


class TemplateBuilder:
    """Stands for pcluster.templates.cdk_builder.CDKTemplateBuilder."""

    @staticmethod
    def build_cluster_template(
        cluster_config: BaseClusterConfig, bucket: Any, stack_name: str, log_group_name: str | None = None
    ) -> tuple[dict[str, Any], list[Any]]:
        """The parameters of the package's own template, and the nodes that it would make; no assets."""
        log_group = log_group_name or f"/aws/parallelcluster/{stack_name}"
        parameters = {
            "ClusterUser": OS_MAPPING[cluster_config.image.os]["user"],
            "ResourcesS3Bucket": bucket.name,
            "ArtifactS3RootDirectory": bucket.artifact_directory,
            "Scheduler": cluster_config.scheduling.scheduler,
            "OfficialAmi": cluster_config.official_ami,
            "ConfigVersion": cluster_config.original_config_version,
            CW_LOGS_CFN_PARAM_NAME: log_group,
        }
        head = cluster_config.head_node
        nodes = {
            "Kind": TEMPLATE_KIND,
            "Head": {
                "InstanceType": head.instance_type,
                "SubnetId": head.networking.subnet_id,
                "ImageId": cluster_config.head_node_ami,
                "Attributes": f"{cluster_config.image.os}, slurm",
            },
            "Static": [
                {
                    "Queue": queue.name,
                    "ComputeResource": resource.name,
                    "InstanceType": resource.instance_types[0],
                    "SubnetId": queue.networking.subnet_ids[0],
                    "ImageId": cluster_config.image_dict[queue.name],
                    "Count": resource.min_count,
                }
                for queue in cluster_config.scheduling.queues
                for resource in queue.compute_resources
                if resource.min_count
            ],
        }
        template = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": {name: {"Type": "String", "Default": value} for name, value in parameters.items()},
            "Resources": {},
            "Metadata": nodes,
        }
        return template, []


def answer(
    *,
    method: str,
    path: str,
    query: str,
    body: str,
    region: str,
    endpoint: str,
    credentials: dict[str, str],
) -> dict[str, Any]:
    """What the API answers: status, content type and body.

    `credentials` are those of the API's own role, under boto3's names; `body` is base64.
    """
    os.environ["AWS_ENDPOINT_URL"] = endpoint
    os.environ["AWS_DEFAULT_REGION"] = region
    boto3.setup_default_session(region_name=region, **credentials)
    response = _application().open(
        path, method=method, query_string=query, data=base64.b64decode(body), content_type="application/json"
    )
    return {
        "status": response.status_code,
        "content_type": response.content_type,
        "body": response.get_data(as_text=True),
    }


@cache
def _application() -> Any:
    """The package's application, with what it must not do here put aside."""

    def not_needed(*_: Any, **__: Any) -> None:
        return None

    flask_app.assert_valid_node_js = not_needed
    clusters.assert_valid_node_js = not_needed
    model.start_cdk_import = not_needed
    model.CDKTemplateBuilder = TemplateBuilder
    return flask_app.ParallelClusterFlaskApp(swagger_ui=False).flask_app.test_client()
