"""Data of a prod site outlives its site, and its state; only a person who types its name gives it up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.fleets import ACCOUNTS, FleetUnderTest, small_checkout
from tests.engine.interrupts.running import running_on_a_terminal
from tests.engine.inventory import inventory
from tests.engine.storage.test_life import DATA, STORAGE

BUCKET = "ml-data-main-us-east-1"
STATE_BUCKET = f"ml-clusters-state-{ACCOUNTS['main']}"
PROTECTED = (
    "one-data-bucket",
    "one-data-logs",
    "one-keys-key",
    "one-registry-training",
    "one-storage-efs",
    "one-storage-lustre",
)
UP = ("up", "--only", "one", "--yes", "--json")
DESTROY = ("destroy", "--only", "one", "--yes", "--json")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetUnderTest]:
    root = small_checkout(tmp_path_factory.mktemp("keeping-checkout"))
    for file, more in (("Pulumi.one.yaml", STORAGE), ("fleet.yaml", DATA)):
        (root / file).write_text((root / file).read_text().rstrip() + more)
    fleet = FleetUnderTest(root=root, home=tmp_path_factory.mktemp("keeping"))
    fleet.edit("Pulumi.one.yaml", "environment: dev", "environment: prod")
    try:
        assert fleet.fleet("sandbox", "start").code == 0
        assert fleet.fleet("bootstrap", "--yes").code == 0
        yield fleet
    finally:
        fleet.stop()


def data_of(fleet: FleetUnderTest) -> dict[str, Any]:
    """What must not be made again: ids of file systems, of their links, of the key, and an object's version."""
    return {
        "lustre": [item["FileSystemId"] for item in fleet.aws("fsx").describe_file_systems()["FileSystems"]],
        "links": sorted(
            item["AssociationId"]
            for item in fleet.aws("fsx").describe_data_repository_associations()["Associations"]
        ),
        "efs": [item["FileSystemId"] for item in fleet.aws("efs").describe_file_systems()["FileSystems"]],
        "doors": [
            item["AccessPointId"] for item in fleet.aws("efs").describe_access_points()["AccessPoints"]
        ],
        "key": fleet.aws("kms").describe_key(KeyId="alias/ml-clusters-one")["KeyMetadata"]["KeyId"],
        "vpc": sorted(item["VpcId"] for item in fleet.aws("ec2").describe_vpcs()["Vpcs"]),
        "object": fleet.aws("s3").head_object(Bucket=BUCKET, Key="datasets/a")["VersionId"],
        "policy": fleet.aws("s3").get_bucket_policy(Bucket=BUCKET)["Policy"],
    }


def made_up_names(fleet: FleetUnderTest) -> dict[str, int]:
    """How often there is what a new state could make a second time without anyone refusing it."""
    return {
        "functions": len(fleet.aws("lambda").list_functions()["Functions"]),
        "rules": len(fleet.aws("events").list_rules()["Rules"]),
        "alarms": len(fleet.aws("cloudwatch").describe_alarms()["MetricAlarms"]),
        "gateways": len(fleet.aws("ec2").describe_nat_gateways()["NatGateways"]),
    }


def lose_the_state(fleet: FleetUnderTest) -> None:
    """All versions of the state's object: nothing is left that could be restored."""
    s3 = fleet.aws("s3")
    found = s3.list_object_versions(Bucket=STATE_BUCKET, Prefix=".pulumi/stacks/ml-clusters/one.json")
    for item in found["Versions"]:
        s3.delete_object(Bucket=STATE_BUCKET, Key=item["Key"], VersionId=item["VersionId"])


def test_data_outlives_its_site_and_its_state_until_a_person_gives_it_up(fleet: FleetUnderTest) -> None:
    before = inventory(fleet)
    up = fleet.fleet(*UP)
    assert up.code == 0, up.err
    fleet.aws("s3").put_object(Bucket=BUCKET, Key="datasets/a", Body=b"kept")
    data = data_of(fleet)

    refused = fleet.fleet(*DESTROY)
    assert refused.code == 1
    assert {line.split()[1] for line in refused.err.splitlines() if " is protected; " in line} == set(
        PROTECTED
    )

    kept = fleet.fleet(*DESTROY, "--keep-data")
    assert kept.code == 0, kept.err
    assert kept.json["details"]["left"] == []
    assert data_of(fleet) == data
    assert made_up_names(fleet)["functions"] == 0

    again = fleet.fleet(*UP)
    assert again.code == 0, again.err
    assert again.json["stacks"][0]["operations"]["create"] == kept.json["stacks"][0]["operations"]["delete"]
    assert data_of(fleet) == data
    whole = made_up_names(fleet)

    lose_the_state(fleet)
    doubled = fleet.fleet(*UP)
    assert doubled.code == 1
    assert "one: it has no state, but " in doubled.err
    assert doubled.err.endswith("to take them back: fleet recover --sandbox one\n")
    with running_on_a_terminal(fleet, "recover", "one") as person:
        assert person.keyboard
        person.read_until("Take what it has in AWS back into a new one?")
        person.read_until("answer")
        person.keyboard.write("take\n")
        person.keyboard.flush()
        person.read_until(" resources taken back; what is missing, the next up makes")
    finished = fleet.fleet(*UP)
    assert finished.code == 0, finished.err
    assert (data_of(fleet), made_up_names(fleet)) == (data, whole)

    given_up = [part for name in PROTECTED for part in ("--delete-data", f"one::{name}")]
    with running_on_a_terminal(fleet, *DESTROY, *given_up) as person:
        assert person.keyboard
        for name in PROTECTED:
            person.read_until(f"What is in one::{name} will be lost. Type its name")
            person.keyboard.write(f"one::{name}\n")
            person.keyboard.flush()
        code, report = person.end()
    assert (code, report["stacks"][0]["cause"], report["details"]["left"]) == (0, "", [])
    assert inventory(fleet) - before == set()
