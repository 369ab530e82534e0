"""Logs: Slurm's into the cluster's log group in CloudWatch, and daily rotation on the node."""

from __future__ import annotations

import json

from provision.host import Host
from provision.node import Node
from provision.parameters import Parameters

AGENT = "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
AGENT_CONFIG = "/opt/ml-clusters/cloudwatch-logs.json"
DAEMONS = {"controller": ("slurmctld", "slurmdbd"), "login": ("slurmd",), "compute": ("slurmd",)}
FOLDER = "/var/log/slurm"

ROTATION = f"""\
{FOLDER}/*.log /var/log/provision/*.log {{
    daily
    rotate 14
    size 1M
    compress
    delaycompress
    missingok
    notifempty
    copytruncate
}}
"""
"""copytruncate: the daemons keep their files open, and SIGUSR2 would have to know which of them runs here."""


def ship(host: Host, node: Node, parameters: Parameters) -> None:
    """Have CloudWatch's agent follow Slurm's logs; SageMaker itself ships what the lifecycle scripts print.

    An AMI without the agent keeps its logs on the node: that fails no node, since nothing that runs needs it.
    """
    agent = host.path(AGENT)
    if not agent.is_file() and host.has("dnf"):
        host.retried("dnf", "-y", "install", "amazon-cloudwatch-agent")
    if not agent.is_file():
        host.say(f"skipped: this AMI has no {AGENT}; Slurm's logs stay in {FOLDER}")
        return
    if host.write(AGENT_CONFIG, agent_config(node, parameters.cluster)):
        config = f"file:{host.path(AGENT_CONFIG)}"
        host.run(str(agent), "-a", "append-config", "-m", "ec2", "-s", "-c", config)


def rotate(host: Host, _: Node, __: Parameters) -> None:
    """Daily, two weeks, compressed."""
    host.write("/etc/logrotate.d/ml-clusters", ROTATION)


def agent_config(node: Node, cluster: str) -> str:
    """The agent's configuration: a stream for each daemon of this node, beside those that SageMaker makes."""
    files = [
        {
            "file_path": f"{FOLDER}/{daemon}.log",
            "log_group_name": f"/aws/sagemaker/Clusters/{cluster}/{node.cluster_id}",
            "log_stream_name": f"Slurm/{node.group}/{node.instance_id}/{daemon}",
        }
        for daemon in DAEMONS[node.node_type]
    ]
    return json.dumps({"logs": {"logs_collected": {"files": {"collect_list": files}}}}, indent=2) + "\n"
