"""EKS clusters that AWS refuses, that nobody could reach, or that everybody could."""

# A message is one line, however long.
# ruff: noqa: E501

from __future__ import annotations

from tests.unit.spec.bad_inputs.case import (
    FLEET,
    MAIN_USE1,
    MAIN_USW2,
    SECONDARY_USE1,
    Case,
    Edit,
    swap,
)

HUB_CLUSTER = 'training: {version: "1.34"}'
ACCESS = "{role: arn:aws:iam::483026362307:role/%s, policy: AmazonEKSViewPolicy}"


def hub(settings: str) -> Edit:
    return swap(MAIN_USE1, HUB_CLUSTER, f'training: {{version: "1.34", {settings}}}')


CASES = (
    Case(
        "a Kubernetes version as a number",
        (swap(MAIN_USE1, 'version: "1.34"', "version: 1.34"),),
        (
            'Pulumi.main-use1.yaml:31: eks.training.version: 1.34 is not quoted: the engine reads a number, not these characters; write "1.34"',
        ),
    ),
    Case(
        "a Kubernetes version that nobody checked",
        (swap(MAIN_USE1, 'version: "1.34"', 'version: "1.29"'),),
        (
            'Pulumi.main-use1.yaml:31: eks.training.version: "1.29" is no Kubernetes version that this project was checked with; known: 1.32, 1.33, 1.34, 1.35; a new one is a row of spec/kubernetes_versions.py and of plan/addons.py',
        ),
    ),
    Case(
        "a Kubernetes version with a patch",
        (swap(MAIN_USE1, 'version: "1.34"', 'version: "1.34.2"'),),
        (
            'Pulumi.main-use1.yaml:31: eks.training.version: "1.34.2" is no Kubernetes version that this project was checked with; known: 1.32, 1.33, 1.34, 1.35; a new one is a row of spec/kubernetes_versions.py and of plan/addons.py',
        ),
    ),
    Case(
        "an API that everybody can reach",
        (hub("public_cidrs: [0.0.0.0/0]"),),
        (
            "Pulumi.main-use1.yaml:31: eks.training.public_cidrs[0]: 0.0.0.0/0 is everybody; name the networks that people and runners come from",
        ),
    ),
    Case(
        "a public endpoint for a private network",
        (hub("public_cidrs: [10.9.0.0/16]"),),
        (
            "Pulumi.main-use1.yaml:31: eks.training.public_cidrs[0]: 10.9.0.0/16 is private, and EKS takes public addresses only; name the address that it leaves by, or remove it: inside the VPC the private endpoint answers",
        ),
    ),
    Case(
        "a public endpoint for too many networks",
        (hub(f"public_cidrs: [{', '.join(f'52.0.{number}.0/24' for number in range(41))}]"),),
        ("Pulumi.main-use1.yaml:31: eks.training.public_cidrs: has 41 CIDRs; EKS takes 40; join neighbours",),
    ),
    Case(
        "runners from everywhere",
        (swap(FLEET, "data:\n", "runner_cidrs: [0.0.0.0/0]\ndata:\n"),),
        (
            "fleet.yaml:38: runner_cidrs[0]: 0.0.0.0/0 is everybody; name the networks that people and runners come from",
        ),
    ),
    Case(
        "system nodes with GPUs",
        (hub("system_nodes: {instance_type: p5.48xlarge}"),),
        (
            "Pulumi.main-use1.yaml:31: eks.training.system_nodes.instance_type: p5.48xlarge has accelerators, which system nodes do not use; write one like m5.xlarge; Karpenter launches GPU nodes",
        ),
    ),
    Case(
        "one system node",
        (hub("system_nodes: {min_size: 1}"),),
        ("Pulumi.main-use1.yaml:31: eks.training.system_nodes.min_size: 1 nodes; choose from 2 to 450",),
    ),
    Case(
        "fewer system nodes on the hub than Argo CD needs",
        (hub("system_nodes: {min_size: 2, desired_size: 2}"),),
        (
            "Pulumi.main-use1.yaml:31: eks.training.system_nodes.desired_size: 2, and Argo CD on the hub needs 3 nodes; write 3 or more, or leave it out",
            "Pulumi.main-use1.yaml:31: eks.training.system_nodes.min_size: 2, and Argo CD on the hub needs 3 nodes; write 3 or more, or leave it out",
        ),
    ),
    Case(
        "more system nodes wanted than allowed",
        (hub("system_nodes: {desired_size: 5}"),),
        (
            "Pulumi.main-use1.yaml:31: eks.training.system_nodes: min 3, desired 5 and max 4 are not in order; let min_size be the least and max_size the most",
        ),
    ),
    Case(
        "a negative number of GPUs",
        (hub("karpenter: {gpu_limit: -1}"),),
        ("Pulumi.main-use1.yaml:31: eks.training.karpenter.gpu_limit: -1 GPUs; write 0 for none",),
    ),
    Case(
        "a reservation that is none",
        (hub("karpenter: {capacity_reservations: [cr-123]}"),),
        (
            'Pulumi.main-use1.yaml:31: eks.training.karpenter.capacity_reservations[0]: "cr-123" is not the id of a capacity reservation; write it like cr-0123456789abcdef0',
        ),
    ),
    Case(
        "too many reservations",
        (
            hub(
                f"karpenter: {{capacity_reservations: [{', '.join(f'cr-{number:017x}' for number in range(31))}]}}"
            ),
        ),
        (
            "Pulumi.main-use1.yaml:31: eks.training.karpenter.capacity_reservations: has 31 reservations; Karpenter takes 30",
        ),
    ),
    Case(
        "access for roles by a pattern",
        (hub(f"access: [{ACCESS % 'Team*'}]"),),
        (
            'Pulumi.main-use1.yaml:31: eks.training.access[0].role: "arn:aws:iam::483026362307:role/Team*" is a pattern; an access entry is for one role; name it',
        ),
    ),
    Case(
        "access for a role twice",
        (hub(f"access: [{ACCESS % 'Team'}, {ACCESS % 'Team'}]"),),
        (
            "Pulumi.main-use1.yaml:31: eks.training.access[1].role: arn:aws:iam::483026362307:role/Team is the role of access[0] too; list each role once, with the wider policy",
        ),
    ),
    Case(
        "access for the role that makes clusters",
        (hub(f"access: [{ACCESS % 'FleetExecutionRole'}]"),),
        (
            "Pulumi.main-use1.yaml:31: eks.training.access[0].role: FleetExecutionRole makes the cluster and is its administrator already; remove the entry",
        ),
    ),
    Case(
        "access with a policy that AWS does not have",
        (hub("access: [{role: arn:aws:iam::483026362307:role/Team, policy: AmazonEKSOwnerPolicy}]"),),
        (
            'Pulumi.main-use1.yaml:31: eks.training.access[0].policy: cannot be "AmazonEKSOwnerPolicy"; did you mean AmazonEKSViewPolicy?',
        ),
    ),
    Case(
        "access to a namespace with a wrong name",
        (
            hub(
                "access: [{role: arn:aws:iam::483026362307:role/Team, policy: AmazonEKSEditPolicy, namespaces: [Team_A]}]"
            ),
        ),
        (
            'Pulumi.main-use1.yaml:31: eks.training.access[0].namespaces[0]: "Team_A" is not the name of a Kubernetes namespace; write it like team-vision',
        ),
    ),
    Case(
        "an authentication mode of old",
        (hub("authentication_mode: CONFIG_MAP"),),
        (
            'Pulumi.main-use1.yaml:31: eks.training.authentication_mode: cannot be "CONFIG_MAP"; did you mean API_AND_CONFIG_MAP?',
        ),
    ),
    Case(
        "no clusters under eks",
        (swap(MAIN_USE1, f"    eks:\n      {HUB_CLUSTER}\n", "    eks: {}\n"),),
        ("Pulumi.main-use1.yaml:30: eks: holds nothing; add a cluster or remove it",),
    ),
    Case(
        "a cluster whose name is too long with its site's",
        (swap(MAIN_USW2, "inference: {version", "inference-of-second-generation: {version"),),
        (
            "Pulumi.main-usw2.yaml:29: eks.inference-of-second-generation: the cluster's name main-usw2--inference-of-second-generation has 41 characters; shorten it or the site's to 40 together",
        ),
    ),
    Case(
        "a cluster at a site for data",
        (
            swap(
                SECONDARY_USE1,
                "environment: prod\n",
                'environment: prod\n    eks: {one: {version: "1.34"}}\n',
            ),
        ),
        (
            "Pulumi.secondary-use1.yaml:9: eks: the site has no network, and clusters live in its subnets; add `network` or remove `eks`",
            "Pulumi.secondary-use1.yaml:9: eks: the site is for data alone; write `purpose: training` or `purpose: inference`, or remove `eks`",
        ),
    ),
    Case(
        "a private cluster that the hub does not reach",
        (swap(FLEET, "  - [main-use1, secondary-usw2]\n", ""),),
        (
            "Pulumi.secondary-usw2.yaml:30: eks.training: secondary-usw2--training is private, and secondary-usw2 is not peered with the hub main-use1; add [main-use1, secondary-usw2] to `peerings` in fleet.yaml",
        ),
    ),
    Case(
        "a pool over the addresses of services",
        (
            swap(FLEET, "cidr_pool: 10.0.0.0/12", "cidr_pool: 172.16.0.0/12"),
            swap(FLEET, "reserved_cidrs:\n  secondary-use1: 10.2.0.0/16\n", ""),
        ),
        (
            "Pulumi.main-use1.yaml:11: network.cidr: 10.0.0.0/16 is outside cidr_pool 172.16.0.0/12; 172.16.0.0/16 is free",
            "Pulumi.main-usw2.yaml:10: network.cidr: 10.1.0.0/16 is outside cidr_pool 172.16.0.0/12; 172.16.0.0/16 is free",
            "Pulumi.secondary-usw2.yaml:10: network.cidr: 10.3.0.0/16 is outside cidr_pool 172.16.0.0/12; 172.16.0.0/16 is free",
            "fleet.yaml:22: cidr_pool: 172.16.0.0/12 overlaps 172.20.0.0/16, the addresses of Kubernetes services; choose a pool beside it, such as 10.0.0.0/12",
        ),
    ),
)
