"""The lines of a stack file that say how its secrets are encrypted.

`encryptedkey` is a data key of 32 random bytes, encrypted under the state key: what Pulumi's cloud secrets manager
makes when it finds none (pkg/secrets/cloud). With both lines there, the engine leaves the file alone.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

from automation.bootstrap.step import MISSING, OK, Finding, Step, differs
from automation.errors import FleetError
from automation.workdir import KEY_LINES, read_key_lines, round_trip
from plan import names

DATA_KEY_BYTES = 32


def step(kms: Any, path: Path, *, secrets_provider: str, stack: str, account: str, region: str) -> Step:
    """The key lines of one stack in its file, which may not exist yet."""

    def check() -> Finding:
        lines = read_key_lines(path)
        if set(lines) != set(KEY_LINES):
            return MISSING
        found = lines["secretsprovider"]
        return OK if found == secrets_provider else differs(f"names {found}")

    def apply() -> None:
        if check().is_ok:
            return
        if set(read_key_lines(path)) == set(KEY_LINES):
            raise FleetError(
                f"{path.name} names another secrets provider; its secrets would be lost",
                remedy=f'run: pulumi stack change-secrets-provider "{secrets_provider}" -s {stack}',
            )
        write(path, {"secretsprovider": secrets_provider, "encryptedkey": new_data_key(kms)})

    return Step(account=account, region=region, what=f"key lines of stack {stack}", check=check, apply=apply)


def new_data_key(kms: Any) -> str:
    """A data key that nobody has seen, encrypted, in base64."""
    answer = kms.encrypt(KeyId=names.STATE_KEY_ALIAS, Plaintext=os.urandom(DATA_KEY_BYTES))
    return base64.b64encode(answer["CiphertextBlob"]).decode("ascii")


def write(path: Path, lines: dict[str, str]) -> None:
    """Add the lines to the file, or make it; comments and everything else stay as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    yaml = round_trip()
    document = yaml.load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    document.update(lines)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(document, file)
