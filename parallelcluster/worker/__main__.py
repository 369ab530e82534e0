"""Reads questions, a JSON object a line, and answers each with one line, until its input ends."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable
from typing import Any

LOG_LEVEL = logging.ERROR


def main() -> int:
    """Answer until nobody asks any more. What libraries print goes to the log, not between the answers."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.basicConfig(level=LOG_LEVEL, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()
    return 0


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"answer": _handler(question.pop("ask"))(**question)}
    except Exception as error:
        logging.getLogger("parallelcluster").exception("failed")
        return {"error": f"{type(error).__name__}: {error}"}


def _handler(name: str) -> Callable[..., Any]:
    if name == "validate":
        from parallelcluster.worker.validate import validate

        return validate
    if name == "api":
        from parallelcluster.worker.api import answer

        return answer
    raise ValueError(f"nobody knows how to {name}")


if __name__ == "__main__":
    sys.exit(main())
