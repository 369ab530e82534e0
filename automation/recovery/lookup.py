"""Looks up what an interrupted create left in AWS, in the account and region that its provider works in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

import jmespath
from botocore.exceptions import BotoCoreError, ClientError

from automation.checkpoint import PROVIDER_TYPE, Checkpoint, Pending
from automation.clients import Clients
from automation.recovery.finder import Call, Finder
from automation.recovery.finders import FINDERS, REPEATABLE
from plan import tags

SESSION_NAME = "fleet-recover"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a look-up says: ids by which the provider imports, and how they were searched or why they cannot be.

    Only when it is certain does an empty answer mean that there is nothing. Whether `ids` are written as in the
    state (`has_state_ids`) decides if the resource that this create was to replace can be told apart from it.
    """

    ids: tuple[str, ...] = ()
    is_certain: bool = False
    has_state_ids: bool = True
    how: str


class Lookup:
    """Looks resources up with the base identity of a run, which enters accounts as the providers do."""

    def __init__(self, base: Clients, finders: Mapping[str, Finder] = FINDERS) -> None:
        self._base = base
        self._finders = finders
        self._entered: dict[str, Clients] = {}

    def find(self, pending: Pending, checkpoint: Checkpoint) -> Found:
        """Search for what this create may have made; never raises for what AWS answers."""
        if not pending.resource.get("custom") or pending.type.startswith(PROVIDER_TYPE):
            return Found(is_certain=True, how="exists in the state alone")
        if pending.type in REPEATABLE:
            return Found(is_certain=True, how="makes nothing of its own, so it is made again")
        finder = self._finders.get(pending.type)
        if finder is None:
            return Found(how=f"fleet does not know how to look up a {pending.type}")
        try:
            return self._search(finder, pending, checkpoint)
        except KeyError as missing:
            return Found(how=f"cannot be looked up: the state does not say its {missing.args[0]}")
        except (ClientError, BotoCoreError) as error:
            return Found(how=f"cannot be looked up: {error}")

    def _search(self, finder: Finder, pending: Pending, checkpoint: Checkpoint) -> Found:
        values = {
            **pending.inputs,
            "fleet_urn": tags.fleet_urn(pending.urn),
            "logical_name": pending.name,
        }
        client = self._client(finder.service, pending, checkpoint)
        names = _ask(client, finder.find, values, absent=finder.absent)
        if finder.after:
            names = [name.rpartition(finder.after)[2] for name in names]
        how = f"searched by {finder.find.operation}"
        for name in names if finder.tag else ():
            owner = _ask(client, finder.tag, {**values, "found": name}) if finder.tag else []
            if owner != [values["fleet_urn"]]:
                shown = ", ".join(str(item) for item in owner if item) or "none"
                return Found(ids=(name,), how=f"{name} exists, but its tag {tags.URN_TAG} is {shown}")
        ids = tuple(_filled(finder.id, {**values, "found": name}) for name in names)
        return Found(ids=ids, is_certain=True, has_state_ids=finder.id == Finder.ID, how=how)

    def _client(self, service: str, pending: Pending, checkpoint: Checkpoint) -> Any:
        """A client where the resource's provider works. Raises KeyError when the state does not say where."""
        urn = str(pending.resource["provider"]).rpartition("::")[0]
        provider = next((item["inputs"] for item in checkpoint.find(urn)), None)
        if provider is None:
            raise KeyError("provider")
        region = pending.inputs.get("region") or provider["region"]
        clients = self._base
        for role in json.loads(provider.get("assumeRoles", "[]")):
            clients = self._enter(clients, role["roleArn"], provider["region"])
        return clients.client(service, region)

    def _enter(self, clients: Clients, role: str, region: str) -> Clients:
        if role not in self._entered:
            answer = clients.client("sts", region).assume_role(RoleArn=role, RoleSessionName=SESSION_NAME)
            self._entered[role] = clients.assumed(answer["Credentials"], region=region)
        return self._entered[role]


def _ask(client: Any, call: Call, values: Mapping[str, Any], *, absent: tuple[str, ...] = ()) -> list[str]:
    """What the request finds. Raises KeyError when a value that it needs is missing."""
    params = _filled(call.params, values)
    at = _filled(call.at, {name: _quotable(value) for name, value in values.items()})
    try:
        if client.can_paginate(call.operation):
            answer = client.get_paginator(call.operation).paginate(**params).build_full_result()
        else:
            answer = getattr(client, call.operation)(**params)
    except ClientError as error:
        if error.response["Error"]["Code"] in absent:
            return []
        raise
    return list(jmespath.search(at, answer) or ())


def _filled(template: Any, values: Mapping[str, Any]) -> Any:
    """The template with each `$name` replaced. Raises KeyError for one that there is no text for."""
    match template:
        case str():
            return Template(template).substitute(_texts(values))
        case Mapping():
            return {name: _filled(item, values) for name, item in template.items()}
        case _:
            return [_filled(item, values) for item in template]


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Only texts name a resource: a secret is a mapping with its ciphertext here."""
    return {name: value for name, value in values.items() if isinstance(value, str) and value}


def _quotable(value: Any) -> Any:
    """A text as it may stand between JMESPath's single quotes."""
    return value.replace("\\", "\\\\").replace("'", "\\'") if isinstance(value, str) else value
