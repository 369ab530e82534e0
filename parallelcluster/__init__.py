"""AWS's own ParallelCluster package behind a process boundary: it cannot live in one environment with Pulumi's SDK.

`client` starts the worker and asks it; `worker` is what runs there, with the package's Python (docs/decisions/0021).
"""

from __future__ import annotations
