"""The last value that is taken and the first that is not, for each limit."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from pathlib import Path

import botocore.session
import pytest
from pydantic import ValidationError

import spec
from spec.fields import RETENTION_DAYS
from spec.rules import SITE_RULES
from spec.storage_fields import LUSTRE_THROUGHPUTS_MBPS_PER_TIB
from tests.unit.spec.bad_inputs.case import FLEET, MAIN_USE1, SECONDARY_USE1, swap, write


def causes(site: spec.Site) -> list[str]:
    return [finding.cause for rule in SITE_RULES for finding in rule("a-site", site)]


def site(cidr: str, private: tuple[str, str], public: tuple[str, str]) -> spec.Site:
    network = spec.Network(
        cidr=IPv4Network(cidr),
        availability_zones=("use1-az1", "use1-az2"),
        private_subnets=tuple(map(IPv4Network, private)),
        public_subnets=tuple(map(IPv4Network, public)),
        flow_log_retention_days=1,
    )
    return spec.Site(account="main", region="us-east-1", purpose="data", environment="dev", network=network)


@pytest.mark.parametrize(
    ("cidr", "private", "public", "said"),
    [
        ("10.0.0.0/16", ("10.0.0.0/17", "10.0.128.0/18"), ("10.0.192.0/28", "10.0.192.16/28"), []),
        ("10.0.0.0/22", ("10.0.0.0/24", "10.0.1.0/24"), ("10.0.2.0/24", "10.0.3.0/24"), []),
        (
            "10.0.0.0/15",
            ("10.0.0.0/16", "10.1.0.0/17"),
            ("10.1.128.0/24", "10.1.129.0/24"),
            ["10.0.0.0/15 cannot be a VPC"],
        ),
        (
            "10.0.0.0/22",
            ("10.0.0.0/24", "10.0.1.0/25"),
            ("10.0.2.0/29", "10.0.3.0/24"),
            ["10.0.1.0/25 is too small", "10.0.2.0/29 is too small"],
        ),
    ],
)
def test_sizes_of_vpcs_and_subnets(
    cidr: str, private: tuple[str, str], public: tuple[str, str], said: list[str]
) -> None:
    assert causes(site(cidr, private, public)) == said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("owner: ml-platform", "owner: " + "m" * 256),
        ("owner: ml-platform", "owner: \u00e9quipe ML / GPU_1.2:3=4+5-6@7"),
        (
            "role/MlPlatformOperator",
            "role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_MlPlatform_*",
        ),
        ("cidr_pool: 10.0.0.0/12", "cidr_pool: 10.0.0.0/8"),
        ("- name: main-usw2", "- {name: main-usw2, after: [main-use1, secondary-usw2]}"),
        ("bootstrap_profile: ml-main", "bootstrap_profile: ml_main.admin@org"),
    ],
)
def test_fleets_that_are_taken(checkout: Path, old: str, new: str) -> None:
    swap(FLEET, old, new)(checkout)
    assert spec.load(checkout).hub == "main-use1"


def test_a_site_name_of_32_characters_is_taken(checkout: Path) -> None:
    name = "secondary-use1-" + "x" * 17
    (checkout / SECONDARY_USE1).rename(checkout / f"Pulumi.{name}.yaml")
    fleet = (checkout / FLEET).read_text().replace("secondary-use1", name)
    write(FLEET, fleet)(checkout)
    assert list(spec.load(checkout).sites) == ["main-use1", "main-usw2", name, "secondary-usw2"]


def test_a_reserved_site_takes_its_reservation_and_a_fourth_peering(checkout: Path) -> None:
    network = (
        (checkout / MAIN_USE1).read_text().split("    network:\n")[1].partition("    parallelcluster:\n")[0]
    )
    network = network.replace("10.0.", "10.2.")
    swap(SECONDARY_USE1, "environment: prod\n", f"environment: prod\n    network:\n{network}")(checkout)
    swap(FLEET, "peerings:\n", "peerings:\n  - [secondary-use1, main-use1]\n")(checkout)
    fleet = spec.load(checkout)
    assert len(fleet.settings.peerings) == 4
    site = fleet.sites["secondary-use1"]
    assert site.network is not None
    assert site.network.cidr == IPv4Network("10.2.0.0/16")


def test_the_retention_days_are_those_of_cloudwatchs_own_model() -> None:
    model = botocore.session.get_session().get_service_model("logs")
    documentation = model.shape_for("Days").documentation
    listed = re.search(r"Possible values are: ([^<]*)", documentation)
    assert listed is not None
    assert tuple(map(int, re.findall(r"[0-9]+", listed[1]))) == RETENTION_DAYS


def file_system(**changes: object) -> dict[str, object]:
    return {
        "capacity_gib": 1200,
        "throughput_mbps_per_tib": 125,
        "availability_zone": "use1-az1",
        "maintenance_window": "1:00:00",
        **changes,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"capacity_gib": 1200},
        {"capacity_gib": 2400},
        {"capacity_gib": 48_000},
        {"throughput_mbps_per_tib": 1000},
        {"maintenance_window": "7:23:59"},
        {"metadata_iops": 1500},
        {"metadata_iops": 192_000},
    ],
    ids=str,
)
def test_file_systems_that_are_taken(changes: dict[str, object]) -> None:
    spec.Lustre.model_validate(file_system(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"capacity_gib": 0},
        {"capacity_gib": 3600},
        {"throughput_mbps_per_tib": 1001},
        {"maintenance_window": "7:24:00"},
        {"maintenance_window": "0:00:00"},
        {"metadata_iops": 204_000},
    ],
    ids=str,
)
def test_file_systems_that_are_not_taken(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        spec.Lustre.model_validate(file_system(**changes))


def test_what_lustre_is_sold_with_is_what_fsxs_own_model_says() -> None:
    model = botocore.session.get_session().get_service_model("fsx")

    def told(shape: str, member: str) -> str:
        return re.sub("<[^>]+>", "", model.shape_for(shape).members[member].documentation)

    throughputs = ", ".join(map(str, LUSTRE_THROUGHPUTS_MBPS_PER_TIB))
    lustre = "CreateFileSystemLustreConfiguration"
    assert f"For PERSISTENT_2 SSD storage: {throughputs} MB/s/TiB" in told(lustre, "PerUnitStorageThroughput")
    sizes = "the valid values are 1200 GiB, 2400 GiB, and increments of 2400 GiB"
    assert sizes in told("CreateFileSystemRequest", "StorageCapacity")
    iops = told("CreateFileSystemLustreMetadataConfiguration", "Iops")
    assert "1500, 3000, 6000, 12000, and multiples of 12000 up to a maximum of 192000" in iops


@pytest.mark.parametrize(
    ("uid", "path"), [(1000, "/a"), (2**32 - 3, "/a/b/c/d"), (1000, "/" + "a" * 99)], ids=str
)
def test_access_points_that_are_taken(uid: int, path: str) -> None:
    spec.AccessPoint(name="team", uid=uid, gid=uid, path=path)
