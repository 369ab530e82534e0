"""`python3 -m toolchain install` makes every tool available; `path` prints their folders, one a line."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from toolchain.environments import ENVIRONMENTS, install_environment
from toolchain.find import find
from toolchain.install import install
from toolchain.machine import Machine, ToolchainError
from toolchain.tool import Tool
from toolchain.tools import TOOLS

INTERRUPTED = 130


def main(arguments: list[str], machine: Machine, tools: Sequence[Tool] = TOOLS) -> int:
    """Run one command. Exit codes: 0 done, 1 a tool is missing, 2 no such command, 130 interrupted."""
    match arguments:
        case ["install"]:
            return _install(machine, tools)
        case ["path"]:
            return _path(machine, tools)
    sys.stderr.write(f"{__doc__}\n")
    return 2


def _install(machine: Machine, tools: Sequence[Tool]) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for tool in tools:
            install(tool, machine)
        for environment in ENVIRONMENTS:
            install_environment(environment, machine)
    except ToolchainError as error:
        machine.say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        machine.say("interrupted: nothing half-made is kept, and Go remembers what it had compiled")
        return INTERRUPTED
    return 0


def _path(machine: Machine, tools: Sequence[Tool]) -> int:
    found = {tool.name: find(tool, machine) for tool in tools}
    sys.stdout.writelines(f"{folder}\n" for folder in found.values() if folder)
    missing = [name for name, folder in found.items() if folder is None]
    if missing:
        machine.say(f"not installed: {', '.join(missing)}; run `make`")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Machine.local()))
