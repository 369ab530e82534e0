"""Real engines behind the seam: stacks of one project through the Automation API and generated folders."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError
from pulumi import automation as auto
from pulumi.automation import EngineEvent
from pulumi.automation._stack import StackInitMode

from automation import workdir
from automation.api import ProjectWorkspace, QuietStack, explained
from automation.checkpoint import StateBackend, readable
from automation.credentials import Credentials, ended_session
from automation.engine import Engine, Engines, known_version
from automation.errors import FleetError
from automation.events import Failure, StackResult, Tally, unsaved
from automation.open_operations import OpenOperations
from automation.project import Project
from automation.saved_plan import read_needs
from automation.seam import Deployed, OnEvent
from automation.target import Target

READING = frozenset({"preview", "drift"})
"""Verbs that change nothing, so that nothing can be left pending."""


class AutomationWorkspace:
    """Stacks of one project on one target, through the Automation API and generated folders."""

    def __init__(
        self,
        project: Project,
        target: Target,
        *,
        binary: Path,
        secrets_provider: str,
        backend: StateBackend,
        credentials: Credentials | None = None,
    ) -> None:
        self._project = project
        self._target = target
        self._secrets_provider = secrets_provider
        self._backend = backend
        self.credentials = credentials
        self.open_operations = OpenOperations()
        self._on_event: OnEvent = lambda _stack, _event: None
        version = known_version(binary, target.environment, project.engine)
        self._engines = Engines(binary, target.environment, version)
        self._lock = threading.RLock()
        self._known: set[str] | None = None

    def deployed(self, *, with_history: bool = False) -> dict[str, Deployed]:
        with readable(self._backend.bucket):
            found = self._backend.checkpoints(self._backend.stacks())
        counted = {name: len(checkpoint.resources) for name, checkpoint in found.items() if checkpoint}
        if not with_history:
            return {name: Deployed(resources=count) for name, count in counted.items()}
        with explained():
            return {name: self._last_update(name, count) for name, count in counted.items()}

    def preview(
        self, stack: str, *, refresh: bool = False, targets: Sequence[str] = (), save: Path | None = None
    ) -> StackResult:
        plan = save or self._project.work(stack) / "preview.json"
        chosen = {"refresh": refresh or None, "target": list(targets), "plan": str(plan)}

        def needs() -> dict[str, tuple[str, ...]]:
            found = read_needs(plan)
            if save is None:
                plan.unlink(missing_ok=True)
            return found

        return self._operate(stack, "preview", lambda api, **on: api.preview(**chosen, **on), needs=needs)

    def up(self, stack: str, *, targets: Sequence[str] = (), plan: Path | None = None) -> StackResult:
        chosen = {"target": list(targets), "plan": str(plan) if plan else None}
        return self._operate(stack, "up", lambda api, **on: api.up(**chosen, **on))

    def drift(self, stack: str) -> StackResult:
        return self._operate(stack, "drift", lambda api, **on: api.preview_refresh(**on))

    def refresh(self, stack: str, targets: Sequence[str] = ()) -> StackResult:
        return self._operate(stack, "refresh", lambda api, **on: api.refresh(target=list(targets), **on))

    def export(self, stack: str) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._ask(stack, "stack", "export", "--stack", stack).stdout)
        return state

    def destroy(self, stack: str, *, targets: Sequence[str] = ()) -> StackResult:
        # What goes of a stack that stays is read from its state: the program would want all of it.
        chosen = {"target": list(targets)} if targets else {"run_program": True}
        return self._operate(stack, "destroy", lambda api, **on: api.destroy(**chosen, **on))

    def outputs(self, stack: str) -> dict[str, Any]:
        result = self._ask(stack, "stack", "output", "--json", "--stack", stack)
        outputs: dict[str, Any] = json.loads(result.stdout)
        return outputs

    def cancel(self, stack: str) -> None:
        self._ask(stack, "cancel", "--yes", "--stack", stack)

    def replace(self, stack: str, state: Mapping[str, Any]) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(state, file)
            file.flush()
            self._ask(stack, "stack", "import", "--stack", stack, "--file", file.name)

    def select(self, stack: str) -> Path:
        """The generated folder with this stack selected in it: `pulumi -C` works there by hand."""
        self._ensure(stack)
        self._ask(stack, "stack", "select", stack)
        return self.folder(stack)

    def folder(self, stack: str) -> Path:
        """The generated folder of this stack, written anew."""
        return workdir.generate(self._project, stack, is_sandbox=self._target.is_sandbox)

    def listen(self, on_event: OnEvent) -> None:
        self._on_event = on_event

    def interrupt(self) -> None:
        self._engines.interrupt()

    def abandon(self) -> None:
        self._engines.abandon()

    def _operate(
        self,
        stack: str,
        verb: str,
        call: Callable[..., object],
        *,
        needs: Callable[[], Mapping[str, tuple[str, ...]]] = dict,
    ) -> StackResult:
        begin = time.monotonic()
        tally = Tally()
        engine = self._engines.make(self._project.log(stack))
        try:
            self._ensure(stack)
            api = QuietStack(stack, self._workspace(self.folder(stack), engine), StackInitMode.SELECT)
            self._run(stack, verb, tally, partial(call, api))
            failures: tuple[Failure, ...] = ()
        except auto.CommandError:
            failures = tally.failures() or (Failure(urn="", message="the engine gave no reason"),)
        except FleetError as error:
            failures = (Failure(urn="", message=str(error)),)
        left = self.open_operations.close(stack)
        return StackResult(
            stack=stack,
            succeeded=not failures,
            operations=tally.operations,
            resource_changes=tally.watched.changes,
            drift=tally.watched.drift,
            urns=tally.watched.urns,
            failures=failures,
            duration_s=time.monotonic() - begin,
            was_interrupted=engine.is_interrupted and bool(failures),
            planned=tally.planned(needs()),
            retries=tally.retries,
            recorded=tally.recorded,
            pending=()
            if verb in READING or not failures
            else self._pending(stack, tally, (*left, *unsaved(failures))),
            ended_session=ended_session(failures, self.credentials, datetime.now(UTC)),
        )

    def _pending(self, stack: str, tally: Tally, told: tuple[str, ...]) -> tuple[str, ...]:
        """URNs of what is left pending by an engine that has ended: the state decides, which the next run goes by.

        What the events told comes in where there is no state to read, as after the credentials have expired. An
        engine without an event has begun nothing; what is pending then is of whoever holds the stack.
        """
        if not tally.has_begun:
            return ()
        try:
            checkpoint = self._backend.checkpoint(stack)
        except (ClientError, BotoCoreError):
            return told
        if checkpoint is None or checkpoint.problems:
            return told
        return tuple(dict.fromkeys(operation.urn for operation in checkpoint.pending))

    def _run(self, stack: str, verb: str, tally: Tally, call: Callable[..., object]) -> None:
        """One operation, its events counted; its text goes from the engine into the stack's log file."""

        def on_event(event: EngineEvent) -> None:
            tally(event)
            self.open_operations(stack, event)
            self._on_event(stack, event)

        with self._log(stack, verb) as log:

            def on_error(line: str) -> None:
                tally.add_error_line(line)
                _write(log, line)

            call(on_event=on_event, on_error=on_error, color="never")

    def _ensure(self, stack: str) -> None:
        """Make the stack in the backend if it is new there; a preview needs it too."""
        with self._lock:
            if self._known is None:
                with readable(self._backend.bucket):
                    self._known = set(self._backend.stacks())
            if stack in self._known:
                return
            self._known.add(stack)
        # `--no-select`, unlike the API's create_stack: the selected stack is shared.
        self._ask(stack, "stack", "init", stack, "--secrets-provider", self._secrets_provider, "--no-select")

    def _ask(self, stack: str, *command: str) -> auto.CommandResult:
        """A command beside operations, in the stack's folder. Raises FleetError with the engine's reason."""
        with explained():
            return self._engines.make().run(list(command), str(self.folder(stack)), {})

    def _last_update(self, stack: str, resources: int) -> Deployed:
        folder = self.folder(stack)
        history = auto.Stack(
            stack, self._workspace(folder, self._engines.make()), StackInitMode.SELECT
        ).history(page_size=1, show_secrets=False)
        if not history:
            return Deployed(resources=resources)
        return Deployed(
            resources=resources,
            updated_at=(history[0].end_time or history[0].start_time).replace(tzinfo=UTC),
            result=history[0].result,
            kind=history[0].kind,
        )

    def _workspace(self, folder: Path, engine: Engine) -> ProjectWorkspace:
        return ProjectWorkspace(work_dir=str(folder), pulumi_command=engine)

    def _log(self, stack: str, verb: str) -> IO[str]:
        path = self._project.log(stack)
        path.parent.mkdir(parents=True, exist_ok=True)
        log = path.open("a", encoding="utf-8")
        _write(log, f"--- {datetime.now().astimezone().isoformat(timespec='seconds')} {verb} {stack}")
        return log


def _write(log: IO[str], line: str) -> None:
    log.write(line + "\n")
    log.flush()
