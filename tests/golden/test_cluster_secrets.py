"""The secrets by which Argo CD knows the committed clusters, as text that a reviewer reads.

After a change that is meant: `pytest tests/golden --snapshot-update`.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from plan.registered_cluster import RegisteredCluster
from tests.registered import CLUSTERS, secret


class SecretFile(SingleFileSnapshotExtension):
    """One JSON file a secret."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"

    def serialize(self, data: Any, **_: Any) -> str:
        return json.dumps(data, indent=2) + "\n"


@pytest.mark.parametrize("cluster", CLUSTERS, ids=[cluster.name for cluster in CLUSTERS])
def test_secret(cluster: RegisteredCluster, snapshot: SnapshotAssertion) -> None:
    assert secret(cluster) == snapshot.use_extension(SecretFile)
