"""The stand-in for Pulumi's `eks` package: a component provider whose children are resources of the other stand-ins.

server   the gRPC server that engines attach to, and which engine speaks
cluster  the children and the defaults of the published component, for the options that the fleet uses
"""

from __future__ import annotations

from sandbox.providers.eks.server import EksServer

__all__ = ["EksServer"]
