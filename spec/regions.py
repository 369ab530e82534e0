"""AWS's regions and their codes.

The code is the prefix of a region's availability zone ids (`use1-az4` lies in us-east-1) and the short form
in site names. AWS lists both under "Regions and Zones" in the EC2 user guide
(docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html). Only the commercial
partition `aws` is here: the others need other credentials, endpoints and ARNs. A test compares the regions
with botocore's endpoint data and the codes with moto's zone ids.
"""

from __future__ import annotations

from types import MappingProxyType

REGIONS = MappingProxyType(
    {
        "af-south-1": "afs1",
        "ap-east-1": "ape1",
        "ap-east-2": "ape2",
        "ap-northeast-1": "apne1",
        "ap-northeast-2": "apne2",
        "ap-northeast-3": "apne3",
        "ap-south-1": "aps1",
        "ap-south-2": "aps2",
        "ap-southeast-1": "apse1",
        "ap-southeast-2": "apse2",
        "ap-southeast-3": "apse3",
        "ap-southeast-4": "apse4",
        "ap-southeast-5": "apse5",
        "ap-southeast-6": "apse6",
        "ap-southeast-7": "apse7",
        "ca-central-1": "cac1",
        "ca-west-1": "caw1",
        "eu-central-1": "euc1",
        "eu-central-2": "euc2",
        "eu-north-1": "eun1",
        "eu-south-1": "eus1",
        "eu-south-2": "eus2",
        "eu-west-1": "euw1",
        "eu-west-2": "euw2",
        "eu-west-3": "euw3",
        "il-central-1": "ilc1",
        "me-central-1": "mec1",
        "me-south-1": "mes1",
        "mx-central-1": "mxc1",
        "sa-east-1": "sae1",
        "us-east-1": "use1",
        "us-east-2": "use2",
        "us-west-1": "usw1",
        "us-west-2": "usw2",
    }
)
