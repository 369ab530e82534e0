from __future__ import annotations

import botocore.session
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from spec.regions import REGIONS


def test_the_regions_are_those_of_botocores_endpoint_data() -> None:
    partitions = botocore.session.get_session().get_data("endpoints")["partitions"]
    aws = next(partition for partition in partitions if partition["partition"] == "aws")
    assert sorted(REGIONS) == sorted(aws["regions"])


def test_the_codes_are_the_prefixes_of_motos_zone_ids() -> None:
    zones = RegionsAndZonesBackend.zones
    prefixes = {
        region: {zone.zone_id.rpartition("-")[0] for zone in zones[region]}
        for region in REGIONS
        if region in zones
    }
    assert {region: {REGIONS[region]} for region in prefixes} == prefixes
    assert len(prefixes) >= 30


def test_codes_differ() -> None:
    assert len(set(REGIONS.values())) == len(REGIONS)
