"""Slurm clusters that ParallelCluster or AWS would refuse, and files of cluster-configs that cannot be filled in."""

# A message is one line, however long.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

from tests.unit.spec.bad_inputs.case import FLEET, MAIN_USE1, SECONDARY_USW2, SLURM, Case, Edit, copy, swap

LAYER = "    parallelcluster:\n"
ZONE = "        slurm:\n          availability_zone: use1-az4\n"
SECOND = f"{LAYER}      clusters: {{slurm: {{availability_zone: usw2-az1}}}}\n"


def append(name: str, more: str) -> Edit:
    def edit(folder: Path) -> None:
        with (folder / name).open("a") as file:
            file.write(more)

    return edit


CASES = (
    Case(
        "a version of ParallelCluster before the API that is needed",
        (swap(MAIN_USE1, LAYER, LAYER + '      version: "3.7.2"\n'),),
        (
            "Pulumi.main-use1.yaml:31: parallelcluster.version: 3.7.2 is older than 3.8.0, the first that the fleet supports; take a newer one",
        ),
    ),
    Case(
        "a version of ParallelCluster with two numbers",
        (swap(MAIN_USE1, LAYER, LAYER + '      version: "3.16"\n'),),
        (
            'Pulumi.main-use1.yaml:31: parallelcluster.version: "3.16" is not a version of ParallelCluster; write all three numbers, like "3.16.1"',
        ),
    ),
    Case(
        "a Slurm cluster in a zone without a subnet",
        (swap(MAIN_USE1, ZONE, ZONE.replace("az4", "az1")),),
        (
            "Pulumi.main-use1.yaml:33: parallelcluster.clusters.slurm.availability_zone: the network has no subnet in use1-az1; choose one of use1-az4, use1-az6",
        ),
    ),
    Case(
        "no Slurm clusters",
        (swap(MAIN_USE1, f"      clusters:\n{ZONE}", "      clusters: {}\n"),),
        (
            "Pulumi.main-use1.yaml:31: parallelcluster.clusters: there is none; add one, or remove `parallelcluster`",
        ),
    ),
    Case(
        "a reservation that is not an id",
        (swap(MAIN_USE1, ZONE, ZONE + "          capacity_reservation: my-block\n"),),
        (
            'Pulumi.main-use1.yaml:34: parallelcluster.clusters.slurm.capacity_reservation: "my-block" is not the id of a capacity reservation; write it like cr-0123456789abcdef0',
        ),
    ),
    Case(
        "Slurm accounting in two places",
        (
            swap(
                MAIN_USE1,
                ZONE,
                ZONE
                + "          slurm_database: {uri: db.example.org, user_name: slurm, password_secret: arn:aws:secretsmanager:us-east-1:483026362307:secret:slurm-a1b2c3}\n          external_slurmdbd: {host: slurmdbd.example.org}\n",
            ),
        ),
        (
            "Pulumi.main-use1.yaml:35: parallelcluster.clusters.slurm.external_slurmdbd: the cluster has slurm_database too, and slurmdbd runs in one place; remove one of them",
        ),
    ),
    Case(
        "a secret by its name",
        (
            swap(
                MAIN_USE1,
                ZONE,
                ZONE
                + "          slurm_database: {uri: db.example.org, user_name: slurm, password_secret: slurm}\n",
            ),
        ),
        (
            'Pulumi.main-use1.yaml:34: parallelcluster.clusters.slurm.slurm_database.password_secret: "slurm" is not the ARN of a secret; write it like arn:aws:secretsmanager:us-east-1:123456789012:secret:slurm-a1b2c3',
        ),
    ),
    Case(
        "a port that is none",
        (
            swap(
                MAIN_USE1,
                ZONE,
                ZONE + "          external_slurmdbd: {host: slurmdbd.example.org, port: 70000}\n",
            ),
        ),
        (
            "Pulumi.main-use1.yaml:34: parallelcluster.clusters.slurm.external_slurmdbd.port: 70000 is not a port; use 1 to 65535",
        ),
    ),
    Case(
        "a way to update that is not known",
        (swap(MAIN_USE1, ZONE, ZONE + "          updates: always\n"),),
        (
            'Pulumi.main-use1.yaml:34: parallelcluster.clusters.slurm.updates: cannot be "always"; known: live, stop-fleet, replace',
        ),
    ),
    Case(
        "a name that is too long with Slurm accounting",
        (
            swap(
                MAIN_USE1,
                ZONE,
                ZONE.replace("slurm:", "a-cluster-with-a-very-long-name:")
                + "          external_slurmdbd: {host: slurmdbd.example.org}\n",
            ),
        ),
        (
            "Pulumi.main-use1.yaml:32: parallelcluster.clusters.a-cluster-with-a-very-long-name: its name main-use1--a-cluster-with-a-very-long-name has 42 characters; ParallelCluster allows 40 with Slurm accounting; shorten it",
        ),
    ),
    Case(
        "Slurm clusters where nothing trains",
        (
            swap(SECONDARY_USW2, "purpose: training", "purpose: inference"),
            append(SECONDARY_USW2, LAYER + "      clusters: {slurm: {availability_zone: usw2-az1}}\n"),
        ),
        (
            "Pulumi.secondary-usw2.yaml:29: parallelcluster: the site's purpose is inference, and Slurm clusters are at training sites; move the clusters to one",
        ),
    ),
    Case(
        "two sites with the API of one account and region",
        (
            copy(SECONDARY_USW2, "Pulumi.second.yaml"),
            swap("Pulumi.second.yaml", "purpose: training", "purpose: training"),
            swap(FLEET, "  - name: secondary-usw2\n", "  - name: secondary-usw2\n  - name: second\n"),
            append(SECONDARY_USW2, SECOND),
            append("Pulumi.second.yaml", SECOND),
        ),
        (
            "Pulumi.second.yaml:7: purpose: secondary-usw2 is the training site of secondary in us-west-2 already; change account, region or purpose, or add to that site",
            "Pulumi.second.yaml:10: network.cidr: 10.3.0.0/16 overlaps 10.3.0.0/16 of secondary-usw2; 10.4.0.0/16 is free",
            "Pulumi.second.yaml:29: parallelcluster: secondary-usw2 has the ParallelCluster API of secondary in us-west-2 already; move the clusters to secondary-usw2",
        ),
    ),
    Case(
        "a boundary that ParallelCluster does not take",
        (swap(FLEET, "peerings:\n", "iam:\n  permissions_boundary: org/RoleBoundary\n\npeerings:\n"),),
        (
            "fleet.yaml:33: iam.permissions_boundary: main-use1 has Slurm clusters, and ParallelCluster takes no policy called org/RoleBoundary; use a policy without a path, of letters, digits, - and _",
        ),
    ),
    Case(
        "a cluster's file that is not there",
        (swap(MAIN_USE1, ZONE, ZONE + "          config: big.yaml\n"),),
        (
            "cluster-configs/parallelcluster/big.yaml: is missing; write it, or name another in `config`: slurm.yaml",
        ),
    ),
    Case(
        "a cluster's file that is not a file's name",
        (swap(MAIN_USE1, ZONE, ZONE + "          config: ../slurm.yaml\n"),),
        (
            'Pulumi.main-use1.yaml:34: parallelcluster.clusters.slurm.config: "../slurm.yaml" is not the name of a YAML file; write it like slurm.yaml',
        ),
    ),
    Case(
        "a reference to nothing in a cluster's file",
        (swap(SLURM, "SubnetId: ${private_subnet}", "SubnetId: ${private_subnets}"),),
        (
            "cluster-configs/parallelcluster/slurm.yaml:13: HeadNode.Networking.SubnetId: ${private_subnets} stands for nothing; did you mean private_subnet?",
        ),
    ),
    Case(
        "a dollar that begins no reference",
        (swap(SLURM, "Region: ${region}", "Region: $region"),),
        (
            'cluster-configs/parallelcluster/slurm.yaml:5: Region: "$region" has a $ that begins no ${name}; write $$ for a plain $',
        ),
    ),
    Case(
        "a placement group on the block's queue",
        (
            swap(
                SLURM,
                "        PlacementGroup:\n          Enabled: false\n",
                "        PlacementGroup:\n          Enabled: true\n",
            ),
        ),
        (
            "cluster-configs/parallelcluster/slurm.yaml:92: Scheduling.SlurmQueues[1].Networking.PlacementGroup: a capacity block has its own placement; with a placement group some nodes never start; write {Enabled: false}",
        ),
    ),
    Case(
        "a cluster's file that is not YAML",
        (swap(SLURM, "Scheduler: slurm", "Scheduler: [slurm"),),
        (
            "cluster-configs/parallelcluster/slurm.yaml:30: not YAML: expected ',' or ']', but got '?'; correct it here or just above",
        ),
    ),
)
