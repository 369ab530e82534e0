"""How a command ends: its exit code, and errors as lines for people instead of tracebacks."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

import typer

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130


def guarded(call: Callable[[], int]) -> int:
    """The command's exit code; 1 with the cause on standard error when it raised, 130 when it was interrupted."""
    try:
        return call()
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line before the user
        typer.echo(f"error: {explain(error)}", err=True)
        return EXIT_FAILED


def explain(error: Exception) -> str:
    """What happened, for people. An error that nobody foresaw goes with its traceback to a log file that is named."""
    # Imported here: these modules are loaded by then, or the error came before any of them was needed.
    from botocore.exceptions import BotoCoreError, ClientError

    from automation.errors import FleetError
    from sandbox.client import SandboxError
    from spec import SpecError

    if isinstance(error, SpecError):
        return f"the fleet's files have {len(error.problems)} problems:\n{error}"
    if isinstance(error, FleetError | SandboxError | BotoCoreError | ClientError):
        return str(error)
    return f"{type(error).__name__}: {_first_line(error)} (log: {_log(error)})"


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "")


def _log(error: Exception) -> Path:
    """Write the traceback where runs log, or to a temporary file outside of any checkout."""
    from automation import project
    from automation.errors import FleetError

    try:
        path = project.find(Path.cwd()).driver_log
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FleetError, OSError):
        path = Path(tempfile.mkdtemp(prefix="fleet-")) / "fleet.log"
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.emit(
        logging.LogRecord(
            "fleet", logging.ERROR, "", 0, "unexpected", None, (type(error), error, error.__traceback__)
        )
    )
    handler.close()
    return path
