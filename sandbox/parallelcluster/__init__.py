"""ParallelCluster's API in the sandbox: AWS's own application, behind a front that checks signatures.

`api_stack` and `cluster_stack` are the CloudFormation stacks that the emulator plays for it, `front` its address,
`signature` who signed, `images` the official images that it looks for.
"""

from __future__ import annotations
