"""`fleet graph`: the stacks and their dependencies as a text tree, a mermaid flowchart, or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import typer

from automation.errors import FleetError
from automation.queue import Graph, reverse, select
from automation.rollout import graph_of
from automation.session import Options, open_session
from plan.stacks import Stack


def run(options: Options, *, form: str) -> int:
    """Print the graph in a form of FORMS."""
    stacks = open_session(options).stacks
    if form not in FORMS:
        raise FleetError(f"no format {form}", remedy=f"there are {', '.join(FORMS)}")
    select(graph_of(stacks), tuple(stacks))  # raises CycleError
    typer.echo(FORMS[form](stacks))
    return 0


def text(stacks: Mapping[str, Stack]) -> str:
    """A tree from what starts first; a stack with several dependencies stands under the last one and names all."""
    graph = graph_of(stacks)
    dependents = {name: tuple(reversed(names)) for name, names in reverse(graph).items()}
    lines: list[str] = []
    for name in graph:
        if not graph[name]:
            _branch(name, graph, dependents, lines, depth=0)
    return "\n".join(lines)


def _branch(name: str, graph: Graph, dependents: Graph, lines: list[str], *, depth: int) -> None:
    dependencies = tuple(graph[name])
    waits = f" (after {', '.join(dependencies)})" if len(dependencies) > 1 else ""
    lines.append("    " * depth + name + waits)
    for dependent in dependents[name]:
        if tuple(graph[dependent])[-1] == name:
            _branch(dependent, graph, dependents, lines, depth=depth + 1)


def mermaid(stacks: Mapping[str, Stack]) -> str:
    """A flowchart that GitHub draws; arrows go from what comes first."""
    lines = ["flowchart LR"]
    lines += [f"    {name}" for name in stacks]
    lines += [f"    {other} --> {name}" for name, stack in stacks.items() for other in stack.depends_on]
    return "\n".join(lines)


def as_json(stacks: Mapping[str, Stack]) -> str:
    """A list in the graph's order."""
    rows = [
        {"stack": name, "kind": stack.kind, "depends_on": list(stack.depends_on)}
        for name, stack in stacks.items()
    ]
    return json.dumps(rows, indent=2)


FORMS: dict[str, Callable[[Mapping[str, Stack]], str]] = {"text": text, "mermaid": mermaid, "json": as_json}
