"""Metrics: node_exporter on every node, and beside it what it does not know: GPUs, EFA, Slurm's queue.

node_metrics.py writes those as text files that node_exporter serves, so that one port has everything.
"""

from __future__ import annotations

from pathlib import Path

from provision import packages, pins
from provision.host import Host
from provision.node import Node
from provision.parameters import Parameters

BINARY = "/usr/local/bin/node_exporter"
PORT = 9100
TEXTFILES = "/var/lib/node_exporter"
WRITER = "/opt/ml-clusters/node_metrics.py"
EVERY_S = 15

EXPORTER_UNIT = f"""\
[Unit]
Description=Prometheus node_exporter
After=network-online.target

[Service]
DynamicUser=yes
ExecStart={BINARY} --web.listen-address=:{PORT} --collector.textfile.directory={TEXTFILES}
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
"""

WRITER_UNIT = """\
[Unit]
Description=Metrics of GPUs, EFA and Slurm

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 {writer} --kind {kind} --folder {folder}
"""

TIMER_UNIT = f"""\
[Unit]
Description=Metrics of GPUs, EFA and Slurm

[Timer]
OnBootSec={EVERY_S}
OnUnitActiveSec={EVERY_S}
AccuracySec=1

[Install]
WantedBy=timers.target
"""


def install(host: Host, node: Node, _: Parameters) -> None:
    """node_exporter and the writer of text files, each as a systemd unit."""
    units = "/etc/systemd/system"
    has_binary = host.path(BINARY).is_file()
    if not has_binary:
        _binary(host)
    host.folder(TEXTFILES)
    script = Path(__file__).parents[1] / "node_metrics.py"
    kind = "controller" if node.node_type == "controller" else "node"
    changed = host.write(WRITER, script.read_text(), mode=0o755)
    changed |= host.write(f"{units}/node_exporter.service", EXPORTER_UNIT)
    changed |= host.write(
        f"{units}/node-metrics.service", WRITER_UNIT.format(writer=WRITER, kind=kind, folder=TEXTFILES)
    )
    changed |= host.write(f"{units}/node-metrics.timer", TIMER_UNIT)
    if changed or not has_binary:
        host.run("systemctl", "daemon-reload")
        host.run("systemctl", "enable", "node_exporter.service", "node-metrics.timer")
        host.run("systemctl", "restart", "node_exporter.service", "node-metrics.timer")


def _binary(host: Host) -> None:
    archive = packages.download(host, pins.NODE_EXPORTER, "node_exporter")
    folder = host.folder(f"{packages.SOURCES}/node_exporter-{pins.NODE_EXPORTER.version}")
    host.run("tar", "-xzf", str(archive), "-C", str(folder), "--strip-components=1")
    target = host.path(BINARY)
    target.parent.mkdir(parents=True, exist_ok=True)
    host.run("install", "-m", "0755", str(folder / "node_exporter"), str(target))
