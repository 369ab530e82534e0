"""What the nodes of a Slurm cluster get: switch a step off here, and a new prefix carries it to new nodes."""

from __future__ import annotations

ACCOUNTING = True
"""slurmdbd, where the cluster's parameters ask for accounting."""

EXPORTERS = True
"""node_exporter, and metrics of GPUs, EFA and Slurm beside it."""

CONTAINERS = True
"""Enroot and Pyxis: `srun --container-image`."""

LOG_SHIPPING = True
"""Slurm's logs into the cluster's log group in CloudWatch."""

LOG_ROTATION = True
"""Daily rotation of Slurm's and these scripts' logs."""
