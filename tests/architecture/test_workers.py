"""Tests of one fleet stay with one worker: a group is the part of a test's id after `@`, which xdist goes by."""

from __future__ import annotations

import os

import pytest


def test_every_test_of_a_worker_is_in_a_group(request: pytest.FixtureRequest) -> None:
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    ungrouped = [item.nodeid for item in request.session.items if is_worker and "@" not in item.nodeid]
    assert ungrouped == []
