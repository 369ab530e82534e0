"""What a ParallelCluster's Slurm is told, on its head node by SSM: the node is found there by its address."""

from __future__ import annotations

import shlex
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from automation.errors import FleetError
from automation.nodes.model import Node

BIN = "/opt/slurm/bin"
DOCUMENT = "AWS-RunShellScript"
WAIT = {"Delay": 2, "MaxAttempts": 60}
REASON = "fleet nodes"

UPDATES = {
    "drain": f"update nodename={{name}} state=drain reason={shlex.quote(REASON)}",
    "reboot": f"reboot ASAP nextstate=RESUME reason={shlex.quote(REASON)} {{name}}",
    "replace": f"update nodename={{name}} state=power_down_asap reason={shlex.quote(REASON)}",
}
"""By verb; each lets running jobs end. A node that is powered down gives its instance back, and a static one gets a
new one at once (AWS ParallelCluster User Guide, "Slurm guide for multiple queue mode"; scontrol(1))."""


def script(verb: str, node: Node) -> str:
    """The commands for the head node."""
    tell = UPDATES[verb].format(name='"$name"')
    by_address = f"awk -v a={shlex.quote(node.address)} '$2 == a {{ print $1; exit }}'"
    return "\n".join(
        (
            "set -eu",
            f"name=$({BIN}/sinfo --noheader --Node --format='%N %o' | {by_address})",
            f'if [ -z "$name" ]; then echo "Slurm has no node at {node.address}" >&2; exit 1; fi',
            f"{BIN}/scontrol {tell}",
        )
    )


def tell(ssm: Any, head: Node, verb: str, node: Node) -> None:
    """Carry it out and wait for its end. Raises FleetError with what the head node said."""
    try:
        sent = ssm.send_command(
            InstanceIds=[head.id],
            DocumentName=DOCUMENT,
            Comment=f"fleet nodes {verb} {node.id}",
            Parameters={"commands": [script(verb, node)]},
        )
        asked = {"CommandId": sent["Command"]["CommandId"], "InstanceId": head.id}
        ssm.get_waiter("command_executed").wait(**asked, WaiterConfig=WAIT)
    except WaiterError as error:
        said = error.last_response.get("StandardErrorContent", "").strip()
        status = error.last_response.get("Status", "no answer")
        raise FleetError(f"the head node {head.id} did not {verb} {node.id} ({status}): {said}") from None
    except (BotoCoreError, ClientError) as error:
        remedy = "its role and the SSM agent decide that; SSM Session Manager has to reach it"
        raise FleetError(
            f"SSM cannot run commands on the head node {head.id}: {error}", remedy=remedy
        ) from error
