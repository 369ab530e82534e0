"""The latency model: a resource is made and removed no faster than AWS usually does, scaled.

The provider waits, not the API: a real resource exists as soon as the creating call is answered, and is waited
for by its provider until it can be used.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sandbox.state import Latency


class Pace:
    """How long creates and deletes take; at scale 0 as long as the emulator needs."""

    def __init__(
        self,
        latency: Latency,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._latency = latency
        self._clock = clock
        self._sleep = sleep

    @contextmanager
    def kept(self, token: str) -> Iterator[None]:
        """Stretch what is done within to the type's usual time; what fails, fails at once."""
        began = self._clock()
        yield
        left_s = self._latency.seconds(token) - (self._clock() - began)
        if left_s > 0:
            self._sleep(left_s)
