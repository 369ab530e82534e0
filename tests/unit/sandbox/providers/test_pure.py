"""The pure parts: templates, wire values, forms, inputs of a refresh."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.providers.archives import zip_bytes
from sandbox.providers.errors import ProviderError
from sandbox.providers.forms import JSON, NAME_VALUE, UNORDERED
from sandbox.providers.observe import outputs, own_tags, refreshed_inputs
from sandbox.providers.tables import RESOURCE_TYPES
from sandbox.providers.templates import fill, parse, text
from sandbox.providers.wire import UNKNOWN, from_struct, has_unknown, to_struct

SIGNATURE = "4dabf18193072939515e22adb298388d"
VALUES = {"id": "vpc-1", "on": False, "peer": {"dns": True}, "ports": [1, 2], "none": None}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("$id", "vpc-1"),
        ("$on", False),
        ("$ports", [1, 2]),
        ("$peer.dns", True),
        ("$peer.other", None),
        ("arn:${id}", "arn:vpc-1"),
        ("plain", "plain"),
        (7, 7),
        ({"VpcIds": ["$id", "$absent"], "Gone": "$none"}, {"VpcIds": ["vpc-1"]}),
        ({"Gone": ["$absent"]}, None),
        ([{"Cidr": "$absent!", "Description": "$id"}], None),
        ([{"Cidr": "$id!", "Description": "$absent"}], [{"Cidr": "vpc-1"}]),
    ],
)
def test_templates(template: Any, filled: Any) -> None:
    assert fill(template, VALUES) == filled


@pytest.mark.parametrize(
    ("template", "filled", "parts"),
    [
        ("${role}:${name}", "a:b", {"role": "a", "name": "b"}),
        (
            "${role}/${policyArn}",
            "a/arn:aws:iam::aws:policy/b",
            {"role": "a", "policyArn": "arn:aws:iam::aws:policy/b"},
        ),
        ("${role}:${name}", "a", None),
        ("${id}", "vpc-1", {"id": "vpc-1"}),
    ],
)
def test_import_ids(template: str, filled: str, parts: dict[str, str] | None) -> None:
    assert parse(template, filled) == parts
    assert parts is None or text(template, parts) == filled


JSON_VALUES = st.recursive(
    st.booleans() | st.integers(-(2**50), 2**50) | st.text() | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=3), JSON_VALUES, max_size=3))
def test_values_survive_the_wire(properties: dict[str, Any]) -> None:
    assert from_struct(to_struct(properties)) == properties


def test_secrets_and_outputs_are_read_as_their_values() -> None:
    secret = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "s"}
    known = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": 1}
    unknown = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}
    struct = to_struct({"a": secret, "b": [known], "c": {"d": unknown}})
    assert from_struct(struct) == {"a": "s", "b": [1], "c": {"d": UNKNOWN}}
    assert has_unknown(from_struct(struct))


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ('{"Action": ["a"]}', '{"Action": "a"}', True),
        ('{"Action": ["a", "b"]}', '{ "Action": ["b", "a"] }', True),
        ('{"Action": "a"}', '{"Action": "b"}', False),
        ("not json", "not json", True),
    ],
)
def test_policies_that_mean_the_same(left: str, right: str, same: bool) -> None:
    assert JSON.same(left, right) is same


def test_lists_without_order_and_pairs() -> None:
    assert UNORDERED.same(["a", "b"], ["b", "a"])
    assert not UNORDERED.same(["a"], ["a", "a"])
    assert NAME_VALUE.to_api({"SubnetId": "s"}) == [{"Name": "SubnetId", "Value": "s"}]
    assert NAME_VALUE.to_property([{"Name": "SubnetId", "Value": "s"}]) == {"SubnetId": "s"}


def test_own_tags_leave_out_the_provider_s() -> None:
    defaults = {"fleet:stack": "a", "team": "ml"}
    assert own_tags({"fleet:stack": "a", "team": "x", "Name": "n"}, {}, defaults) == {
        "team": "x",
        "Name": "n",
    }
    assert own_tags({"fleet:stack": "a"}, {"fleet:stack": "a"}, defaults) == {"fleet:stack": "a"}


def test_system_tags_are_no_tags() -> None:
    answer = {"VpcId": "vpc-1", "Tags": [{"Key": "aws:x", "Value": "1"}, {"Key": "a", "Value": "b"}]}
    place = {"region": "us-east-1", "account": "1", "partition": "aws", "id": "vpc-1"}
    assert outputs(RESOURCE_TYPES["aws:ec2/vpc:Vpc"], answer, place)["tagsAll"] == {"a": "b"}


def test_what_aws_does_not_tell_keeps_its_value() -> None:
    kind = RESOURCE_TYPES["aws:ec2/securityGroup:SecurityGroup"]
    old = {"region": "r", "account": "1", "partition": "aws", "id": "sg-1", "revokeRulesOnDelete": True}
    found = outputs(kind, {"GroupName": "n", "Description": ""}, old)
    assert (found["revokeRulesOnDelete"], found["name"], "description" in found) == (True, "n", False)


def test_refreshed_inputs_are_those_that_the_program_gave() -> None:
    kind = RESOURCE_TYPES["aws:ec2/subnet:Subnet"]
    found = {"cidrBlock": "b", "availabilityZone": "us-east-1a", "tags": {"x": "y"}, "tagsAll": {"x": "y"}}
    inputs = {"cidrBlock": "a", "__defaults": ["region"]}
    assert refreshed_inputs(kind, inputs, found) == {
        "cidrBlock": "b",
        "tags": {"x": "y"},
        "tagsAll": {"x": "y"},
        "__defaults": ["region"],
    }
    assert "availabilityZone" in refreshed_inputs(kind, {}, found)


def test_archives(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.py").write_text("a")
    archive = {"assets": {"index.py": {"text": "b"}, "lib": {"path": str(tmp_path)}}}
    packed = zip_bytes(archive)
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == {
            "index.py": b"b",
            "lib/inner/a.py": b"a",
        }
    assert zip_bytes(archive) == packed
    (tmp_path / "made.zip").write_bytes(packed)
    assert zip_bytes({"path": str(tmp_path / "made.zip")}) == packed


def test_archives_that_cannot_be_read() -> None:
    with pytest.raises(ProviderError, match=r"the archive's lib does not exist; .* make it absolute"):
        zip_bytes({"path": "lib"})
    with pytest.raises(ProviderError, match="from a URL"):
        zip_bytes({"uri": "https://example.com/a.zip"})
