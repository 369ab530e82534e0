"""What every command begins with: the project, its fleet and the stacks asked for. No AWS library is loaded here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import spec
from automation import project
from automation.errors import FleetError
from automation.project import Project
from plan import stacks
from plan.checks import CHECKS
from plan.stacks import Stack
from sandbox.client import Sandbox
from spec.problem import did_you_mean


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """The options that commands share: where the checkout is, what to talk to, which stacks."""

    root: Path | None = None
    is_sandbox: bool = False
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    @property
    def target_name(self) -> str:
        return "the sandbox" if self.is_sandbox else "AWS"


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A valid fleet and its graph of stacks; nothing has been contacted yet."""

    options: Options
    project: Project
    fleet: spec.Fleet
    stacks: Mapping[str, Stack]

    @property
    def selected(self) -> tuple[str, ...]:
        """The stacks that --only and --skip leave."""
        chosen = self.options.only or tuple(self.stacks)
        return tuple(name for name in self.stacks if name in chosen and name not in self.options.skip)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The options of `fleet` that choose the same stacks again."""
        pairs = [("--only", self.options.only), ("--skip", self.options.skip)]
        return tuple(part for option, names in pairs for name in names for part in (option, name))

    def require(self, stack: str) -> None:
        """Raise FleetError, with the nearest name, when the fleet has no such stack."""
        if stack not in self.stacks:
            raise FleetError(f"the fleet has no stack {stack}", remedy=did_you_mean(stack, self.stacks))

    @property
    def sandbox(self) -> Sandbox:
        return Sandbox(self.project.sandbox)

    def accounts(self) -> tuple[str, ...]:
        """The accounts that the selected stacks change, in the fleet's order."""
        sites = [name for name in self.selected if name in self.fleet.sites]
        if len(sites) < len(self.selected):
            return tuple(self.fleet.settings.accounts)
        used = {self.fleet.sites[name].account for name in sites}
        return tuple(account for account in self.fleet.settings.accounts if account in used)

    def account_ids(self) -> dict[str, str]:
        """The fleet's accounts by name."""
        return {name: account.id for name, account in self.fleet.settings.accounts.items()}

    def stack_files(self) -> dict[str, Path]:
        """The committed file of every stack of the fleet."""
        return {name: self.project.stack_file(name) for name in self.stacks}

    def regions(self) -> tuple[str, ...]:
        """Every region that the fleet is in, the state's first."""
        sites = (site.region for site in self.fleet.sites.values())
        return tuple(dict.fromkeys((self.fleet.settings.state.region, *sites)))


def open_session(options: Options) -> Session:
    """Read the fleet. Raises spec.SpecError with every problem of its files, FleetError for an unknown stack."""
    found = project.find(options.root or Path.cwd())
    fleet = spec.load(found.root, CHECKS)
    session = Session(options=options, project=found, fleet=fleet, stacks=stacks.graph(fleet))
    for name in (*options.only, *options.skip):
        session.require(name)
    return session
