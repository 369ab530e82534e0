"""Makes a new HyperPod node a node of its Slurm cluster: runs the steps of its type, in order, each safe to repeat.

Exits 0 when all steps are done; otherwise says which step failed and why, and exits 1, so that SageMaker fails the
node. Source of names and orders: SageMaker AI Developer Guide, "Customize HyperPod clusters using lifecycle scripts".
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import config
from provision.host import Host, ProvisionError
from provision.node import identify
from provision.parameters import read
from provision.steps import STEPS


def main(arguments: list[str]) -> int:
    """Run the steps of this node."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-rc", "--resource-config", type=Path, required=True)
    parser.add_argument("-pp", "--parameters", type=Path, required=True)
    parser.add_argument("--root", type=Path, default=Path("/"))
    asked = parser.parse_args(arguments)
    host = Host(asked.root)
    name = "parameters"
    try:
        parameters = read(asked.parameters)
        name = "identity"
        node = identify(host, asked.resource_config, parameters)
        host.say(f"{node.instance_id}: {node.node_type} node of {parameters.cluster}, group {node.group}")
        for step in STEPS:
            name = step.name
            if node.node_type not in step.node_types or not getattr(config, step.switch or "", True):
                continue
            host.say(f"step {name}")
            step.run(host, node, parameters)
    except (ProvisionError, OSError) as error:
        host.say(f"FAILED: step {name}: {error}")
        return 1
    host.say("done")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
