"""What can be wrong with a file before it is YAML: encoding, tabs, secrets pasted in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spec.problem import Finding

SECRETS = {
    "an AWS access key id": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "an AWS secret key": re.compile(
        r"(?i)\baws_?(?:secret_?access_?key|session_?token)\b[\"']?\s*[:=]\s*\S+",
    ),
    "a PEM block": re.compile(r"-----BEGIN [A-Z0-9 ]+-----.*", re.DOTALL),
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,})\b"),
}
MESSAGE_CHARACTERS_MAX = 240
_TAB = re.compile(r"^ *\t")


def printable(text: str) -> str:
    """The text for a message: no known secret, one line, no control characters, and not too long."""
    for kind, pattern in SECRETS.items():
        text = pattern.sub(f"<{kind}>", text)
    text = "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)
    middle = len(text) - MESSAGE_CHARACTERS_MAX
    return text if middle <= 0 else f"{text[: -middle - 80]}...{text[-80:]}"


def decode(content: bytes) -> tuple[str | None, tuple[Finding, ...]]:
    """The file's text, or None and why not. Only UTF-8 is read, as the engine does."""
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        cause = f"byte 0x{content[error.start]:02x} is not UTF-8"
        return None, (Finding(path=(), cause=cause, remedy="save the file as UTF-8", line=line),)


def tabs(content: str) -> Iterator[Finding]:
    """Lines that a tab indents. YAML's own message about them does not say how to get rid of them."""
    for number, line in enumerate(content.split("\n"), start=1):
        if _TAB.match(line):
            cause = "a tab indents this line, which YAML forbids"
            yield Finding(path=(), cause=cause, remedy="indent with two spaces", line=number)


def secrets(content: str) -> Iterator[Finding]:
    """Secrets by line. Comments count: a secret in a comment is in Git all the same."""
    for number, line in enumerate(content.split("\n"), start=1):
        for kind, pattern in SECRETS.items():
            if pattern.search(line):
                remedy = "remove it and revoke it, it may be in Git already; people and CI assume roles"
                yield Finding(path=(), cause=f"{kind} in plain text", remedy=remedy, line=number)
