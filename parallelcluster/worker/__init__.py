"""What runs in the environment of AWS's ParallelCluster package: `python -m parallelcluster.worker`.

It imports that package, the standard library and itself; nothing of the fleet's.
"""

from __future__ import annotations
