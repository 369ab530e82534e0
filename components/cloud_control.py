"""CloudFormation's names in those of the aws-native SDK: what plans say in AWS's words, said to the provider."""

from __future__ import annotations

import re
from typing import Any

_CAPITALS = re.compile(r"[A-Z]+(?=[A-Z][a-z]|$)")
"""A run of capitals, up to the one that begins the next word."""


def sdk_names(value: Any) -> Any:
    """A model with its members in camel case, VolumeSizeInGB as volumeSizeInGb; Outputs in it stay as they are."""
    if isinstance(value, dict):
        return {sdk_name(name): sdk_names(item) for name, item in value.items()}
    if isinstance(value, list):
        return [sdk_names(item) for item in value]
    return value


def sdk_name(name: str) -> str:
    """One member's name."""
    words = _CAPITALS.sub(lambda run: run[0].capitalize(), name)
    return words[:1].lower() + words[1:]
