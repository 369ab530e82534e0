from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from automation import processes


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends when its input does."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE, start_new_session=True
    )
    yield process
    process.kill()
    process.communicate()


def test_a_living_process_has_an_identity_and_a_beginning(child: subprocess.Popen[bytes]) -> None:
    began = processes.started_at(child.pid)
    assert began is not None
    assert abs(datetime.now(UTC) - began) < timedelta(seconds=30)
    assert processes.identity(child.pid) is not None
    assert processes.identity(child.pid) == processes.identity(child.pid)
    assert processes.identity(child.pid) != processes.identity(processes.this_machine().pid)


def test_an_ended_process_lives_no_more_even_if_nobody_collected_it(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    processes.wait(child.pid)
    assert processes.identity(child.pid) is None
    assert processes.started_at(child.pid) is None


def test_waiting_ends_with_the_process(child: subprocess.Popen[bytes]) -> None:
    waiter = threading.Thread(target=processes.wait, args=(child.pid,))
    waiter.start()
    assert waiter.is_alive()
    assert child.stdin is not None
    child.stdin.close()
    waiter.join(30)
    assert not waiter.is_alive()


def test_waiting_for_nobody_returns(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    processes.wait(child.pid)


def test_a_number_that_was_given_again_is_another_process(child: subprocess.Popen[bytes]) -> None:
    machine = processes.this_machine()
    assert machine.had(child.pid, datetime.now(UTC))
    assert not machine.had(child.pid, datetime.now(UTC) - timedelta(hours=1))
