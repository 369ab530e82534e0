from __future__ import annotations

import subprocess
import sys
from ipaddress import IPv4Network
from pathlib import Path

import pytest

import spec
from tests.unit.spec.bad_inputs.case import FLEET, MAIN_USE1, MAIN_USW2, ROOT, SECONDARY_USW2, swap, write

THIRD_REGION = """\
# yaml-language-server: $schema=schema/site.schema.json
config:
  ml-clusters:site:
    account: main
    region: eu-west-1
    purpose: inference
    environment: dev
    network:
      cidr: 10.4.0.0/16
      availability_zones: [euw1-az1, euw1-az2]
      private_subnets: [10.4.0.0/18, 10.4.64.0/18]
      public_subnets: [10.4.128.0/24, 10.4.129.0/24]
      flow_log_retention_days: 7
"""


def problems(root: Path) -> tuple[spec.Problem, ...]:
    with pytest.raises(spec.SpecError) as caught:
        spec.load(root)
    return caught.value.problems


def messages(root: Path) -> list[str]:
    return [str(problem) for problem in problems(root)]


def add_third_region(root: Path, stack_file: str = THIRD_REGION) -> None:
    write("Pulumi.main-euw1.yaml", stack_file)(root)
    swap(FLEET, "  - name: secondary-usw2\n", "  - name: secondary-usw2\n  - name: main-euw1\n")(root)


def test_the_committed_fleet_is_the_one_of_the_documents() -> None:
    fleet = spec.load(ROOT)
    assert fleet.hub == "main-use1"
    assert {name: account.id for name, account in fleet.settings.accounts.items()} == {
        "main": "483026362307",
        "secondary": "159553542841",
    }
    assert [(name, site.account, site.region, site.purpose) for name, site in fleet.sites.items()] == [
        ("main-use1", "main", "us-east-1", "training"),
        ("main-usw2", "main", "us-west-2", "inference"),
        ("secondary-use1", "secondary", "us-east-1", "data"),
        ("secondary-usw2", "secondary", "us-west-2", "training"),
    ]
    assert {name: str(site.network.cidr) for name, site in fleet.sites.items() if site.network} == {
        "main-use1": "10.0.0.0/16",
        "main-usw2": "10.1.0.0/16",
        "secondary-usw2": "10.3.0.0/16",
    }
    assert fleet.settings.reserved_cidrs == {"secondary-use1": IPv4Network("10.2.0.0/16")}
    assert fleet.settings.peerings == (
        ("main-use1", "main-usw2"),
        ("main-use1", "secondary-usw2"),
        ("main-usw2", "secondary-usw2"),
    )


@pytest.mark.parametrize(("name", "third"), [("main-use1", 0), ("main-usw2", 1), ("secondary-usw2", 3)])
def test_the_committed_networks_have_the_subnets_of_row_n1(name: str, third: int) -> None:
    network = spec.load(ROOT).sites[name].network
    assert network is not None
    assert [str(subnet) for subnet in network.private_subnets] == [
        f"10.{third}.0.0/18",
        f"10.{third}.64.0/18",
    ]
    assert [str(subnet) for subnet in network.public_subnets] == [
        f"10.{third}.128.0/24",
        f"10.{third}.129.0/24",
    ]


def test_a_third_region_is_one_file_and_one_line(checkout: Path) -> None:
    before = spec.load(checkout)
    add_third_region(checkout)
    after = spec.load(checkout)
    assert list(after.sites) == [*before.sites, "main-euw1"]
    assert {name: after.sites[name] for name in before.sites} == before.sites
    assert after.settings.model_copy(update={"sites": before.settings.sites}) == before.settings


@pytest.mark.parametrize(
    ("second_byte", "cause"),
    [
        (0, "10.0.0.0/16 overlaps 10.0.0.0/16 of main-use1"),
        (1, "10.1.0.0/16 overlaps 10.1.0.0/16 of main-usw2"),
        (2, "10.2.0.0/16 overlaps 10.2.0.0/16, which fleet.yaml reserves for secondary-use1"),
        (3, "10.3.0.0/16 overlaps 10.3.0.0/16 of secondary-usw2"),
        (16, "10.16.0.0/16 is outside cidr_pool 10.0.0.0/12"),
    ],
)
def test_a_third_region_with_taken_addresses_is_refused(checkout: Path, second_byte: int, cause: str) -> None:
    add_third_region(checkout, THIRD_REGION.replace("10.4.", f"10.{second_byte}."))
    assert messages(checkout) == [f"Pulumi.main-euw1.yaml:9: network.cidr: {cause}; 10.4.0.0/16 is free"]


def test_problems_of_all_files_come_at_once_by_file_and_line(checkout: Path) -> None:
    for edit in (
        swap(FLEET, "owner: ml-platform", "owner: 42"),
        swap(FLEET, "name: main-usw2", "name: main usw2"),
        swap(MAIN_USW2, "flow_log_retention_days: 30", "flow_log_retention_days: 29"),
        swap(MAIN_USW2, "[usw2-az1", "[us-west-2a"),
        swap(MAIN_USE1, "10.0.64.0/18", "10.9.64.0/18"),
        swap(SECONDARY_USW2, "config:\n", "description: spare\nconfig:\n"),
        write("Pulumi.links.yaml", "encryptedkey: a\nencryptedkey: b\n"),
    ):
        edit(checkout)
    assert [(problem.file, problem.line, problem.path) for problem in problems(checkout)] == [
        ("Pulumi.links.yaml", 2, "encryptedkey"),
        ("Pulumi.main-use1.yaml", 14, "network.private_subnets[1]"),
        ("Pulumi.main-usw2.yaml", 12, "network.availability_zones[0]"),
        ("Pulumi.main-usw2.yaml", 17, "network.flow_log_retention_days"),
        ("Pulumi.secondary-usw2.yaml", 3, "description"),
        ("fleet.yaml", 4, "owner"),
        ("fleet.yaml", 28, "sites[1].name"),
    ]


def test_the_engines_own_keys_are_left_alone(checkout: Path) -> None:
    keys = "secretsprovider: awskms://alias/ml-clusters-state?region=us-east-1\nencryptedkey: AQICAHg=\n"
    before = spec.load(checkout)
    swap(MAIN_USE1, "config:\n", keys + "environment: [shared]\nconfig:\n  pulumi:tags: {team: ml}\n")(
        checkout
    )
    write("Pulumi.links.yaml", keys)(checkout)
    write("Pulumi.register-main-usw2.yaml", keys)(checkout)
    assert spec.load(checkout) == before


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(checkout: Path) -> None:
    before = spec.load(checkout)
    content = (checkout / MAIN_USE1).read_bytes().replace(b"\n", b"\r\n")
    write(MAIN_USE1, b"\xef\xbb\xbf" + content)(checkout)
    assert spec.load(checkout) == before


def test_a_folder_where_a_file_belongs_is_a_problem(checkout: Path) -> None:
    (checkout / MAIN_USE1).unlink()
    (checkout / MAIN_USE1).mkdir()
    assert messages(checkout) == [
        "Pulumi.main-use1.yaml: cannot be read: is a directory; make it a readable file"
    ]


def test_a_folder_without_a_fleet_is_a_problem(tmp_path: Path) -> None:
    assert messages(tmp_path / "nowhere") == ["fleet.yaml: is missing; run this in the checkout of a fleet"]


def test_models_are_frozen(checkout: Path) -> None:
    site = spec.load(checkout).sites["main-use1"]
    with pytest.raises(ValueError, match="frozen"):
        site.region = "us-west-2"  # type: ignore[misc]


def test_reading_the_fleet_imports_neither_pulumi_nor_boto3() -> None:
    program = (
        "import sys, pathlib, spec; spec.load(pathlib.Path('.'));"
        "print([name for name in ('pulumi', 'boto3', 'botocore', 'rich', 'typer') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_the_public_names_are_those_of_all() -> None:
    assert spec.__all__ == sorted(spec.__all__)
    assert {name for name in spec.__all__ if hasattr(spec, name)} == set(spec.__all__)
