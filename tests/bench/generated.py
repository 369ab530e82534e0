"""Inputs of any size: a fleet of many sites, a graph of many stacks."""

from __future__ import annotations

import itertools
from ipaddress import IPv4Network
from pathlib import Path

from automation.queue import Graph
from spec.regions import REGIONS

FLEET = """\
owner: bench
repository: example-org/ml-clusters
accounts:
  main: {{id: "483026362307", bootstrap_profile: ml-main}}
  secondary: {{id: "159553542841", bootstrap_profile: ml-secondary}}
operators: ["arn:aws:iam::483026362307:role/MlPlatformOperator"]
state: {{account: main, region: us-east-1}}
cidr_pool: 10.0.0.0/8
sites:
{sites}
"""
SITE = """\
config:
  ml-clusters:site:
    account: {account}
    region: {region}
    purpose: {purpose}
    environment: dev
    hub: {hub}
    network:
      cidr: {cidr}
      availability_zones: [{code}-az1, {code}-az2]
      private_subnets: [{private[0]}, {private[1]}]
      public_subnets: [{public[0]}, {public[1]}]
      flow_log_retention_days: 30
"""


def fleet_of(sites: int, root: Path) -> Path:
    """A checkout of a valid fleet with this many sites."""
    places = itertools.product(("training", "inference", "data"), ("main", "secondary"), REGIONS.items())
    cidrs = IPv4Network("10.0.0.0/8").subnets(new_prefix=20)
    names = []
    for place, cidr in itertools.islice(zip(places, cidrs, strict=False), sites):
        purpose, account, (region, code) = place
        private, rest = list(cidr.subnets(new_prefix=22)), list(cidr.subnets(new_prefix=24))[8:]
        names.append(f"{account}-{code}-{purpose}")
        text = SITE.format(
            account=account,
            region=region,
            purpose=purpose,
            hub="false" if len(names) > 1 else "true",
            cidr=cidr,
            code=code,
            private=private,
            public=rest,
        )
        (root / f"Pulumi.{names[-1]}.yaml").write_text(text)
    (root / "fleet.yaml").write_text(FLEET.format(sites="\n".join(f"  - name: {name}" for name in names)))
    (root / "Pulumi.yaml").write_text("name: ml-clusters\nruntime: python\n")
    return root


def graph_of(stacks: int) -> Graph:
    """A graph in which each stack waits for up to three before it."""
    return {
        f"stack-{number}": tuple(f"stack-{number // divisor}" for divisor in (2, 3, 5) if number >= divisor)
        for number in range(stacks)
    }
