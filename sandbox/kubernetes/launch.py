"""Becomes another program, which the kernel ends when the one who started it is gone.

Run as `python -I -S launch.py PARENT PROGRAM ARGUMENTS...`: a process of many threads cannot safely set this up
between fork and exec. Linux only; elsewhere what a killed daemon had started has to be ended by hand.
"""

from __future__ import annotations

import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, program: list[str]) -> None:
    """Ask for the signal, look whether the parent is there still, and become the program."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == parent:
        os.execv(program[0], program)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
