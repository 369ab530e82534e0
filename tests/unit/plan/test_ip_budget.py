"""Row N8: how many GPU nodes fit into a subnet, at the exact boundary."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.ip_budget import ADDRESSES_PER_NODE, Orchestrator, fits, max_gpu_nodes, usable_addresses


@pytest.mark.parametrize(
    ("prefix", "orchestrator", "most"),
    [
        # /18: 16379 usable, 80 % is 13103.2
        # 161 x 81 = 13041, 162 x 81 = 13122; 409 x 32 = 13088, 410 x 32 = 13120
        (18, "hyperpod-eks", 161),
        (18, "slurm", 409),
        # /24: 251 usable, 80 % is 200.8: 2 x 81 = 162, 3 x 81 = 243; 6 x 32 = 192, 7 x 32 = 224
        (24, "hyperpod-eks", 2),
        (24, "slurm", 6),
        # /28: 11 usable, 80 % is 8.8
        (28, "hyperpod-eks", 0),
        (28, "slurm", 0),
    ],
)
def test_boundary(prefix: int, orchestrator: Orchestrator, most: int) -> None:
    subnet = IPv4Network(f"10.0.0.0/{prefix}")
    assert max_gpu_nodes(subnet, orchestrator) == most
    assert fits(most, subnet, orchestrator)
    assert not fits(most + 1, subnet, orchestrator)


@given(
    prefix=st.integers(16, 28),
    nodes=st.integers(0, 3000),
    orchestrator=st.sampled_from(sorted(ADDRESSES_PER_NODE)),
)
def test_fits_is_the_rule_of_row_n8(prefix: int, nodes: int, orchestrator: Orchestrator) -> None:
    subnet = IPv4Network((0x0A000000, prefix))
    needed = nodes * ADDRESSES_PER_NODE[orchestrator]
    assert fits(nodes, subnet, orchestrator) == (needed * 5 < usable_addresses(subnet) * 4 or nodes == 0)
