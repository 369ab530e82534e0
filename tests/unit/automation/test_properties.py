from __future__ import annotations

from typing import Any

import pytest

from automation import properties


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("cidrBlock", ("cidrBlock",)),
        ("tags.Name", ("tags", "Name")),
        ('tags["fleet:urn"]', ("tags", "fleet:urn")),
        ("ingress[0].cidrBlocks[12]", ("ingress", 0, "cidrBlocks", 12)),
        (r'tags["a\"b"]', ("tags", 'a"b')),
        ("", ()),
    ],
)
def test_a_path_is_names_and_indices(path: str, parts: tuple[str | int, ...]) -> None:
    assert properties.parse(path) == parts


PLACES: tuple[dict[str, Any], dict[str, Any]] = (
    {"tags": {"a": 1}, "rules": [{"port": 22}]},
    {"tags": {"b": 2}, "arn": "x"},
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("tags.a", 1),
        ("tags.b", None),
        ("arn", "x"),
        ("rules[0].port", 22),
        ("rules[7].port", None),
        ("arn.deeper", None),
        ("nowhere", None),
    ],
)
def test_a_value_is_looked_up_in_the_first_place_that_has_the_property(path: str, value: object) -> None:
    assert properties.at(path, *PLACES) == value


@pytest.mark.parametrize(
    ("path", "place", "value"),
    [
        ("masterPassword", {"masterPassword": "hunter2"}, "[secret]"),
        ("environment.variables.API_TOKEN", {"environment": {"variables": {"API_TOKEN": "x"}}}, "[secret]"),
        ("masterPassword", {}, None),
        (
            "environment",
            {"environment": {"variables": {"DB_SECRET": "x", "MODE": "fast"}}},
            {"variables": {"DB_SECRET": "[secret]", "MODE": "fast"}},
        ),
        ("data", {"data": {"4dabf18193072939515e22adb298388d": "1b47", "ciphertext": "v1:"}}, "[secret]"),
        ("rules", {"rules": [{"privateKey": "k"}]}, [{"privateKey": "[secret]"}]),
        ("data", {"data": "[secret]"}, "[secret]"),
    ],
)
def test_what_may_be_a_secret_is_masked(path: str, place: dict[str, Any], value: object) -> None:
    assert properties.at(path, place) == value


def test_all_tags_of_a_resource_are_its_tags() -> None:
    paths = ["tagsAll.env", "tags.env", 'tagsAll["fleet:urn"]', "cidrBlock"]
    assert properties.in_words(paths) == ("cidrBlock", "tags.env", 'tags["fleet:urn"]')
