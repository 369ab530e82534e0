"""File systems that AWS does not sell or that would mix people's data; a registry at no site."""

# A message is one line, however long.
# ruff: noqa: E501

from __future__ import annotations

from tests.unit.spec.bad_inputs.case import FLEET, MAIN_USE1, MAIN_USW2, SECONDARY_USE1, Case, swap

CASES = (
    Case(
        "a file system that AWS does not sell",
        (swap(MAIN_USE1, "capacity_gib: 9600", "capacity_gib: 10000"),),
        (
            "Pulumi.main-use1.yaml:22: storage.lustre.capacity_gib: AWS sells no file system of 10000 GiB; the nearest are 9600 and 12000",
        ),
    ),
    Case(
        "a file system smaller than the smallest",
        (swap(MAIN_USE1, "capacity_gib: 9600", "capacity_gib: 600"),),
        (
            "Pulumi.main-use1.yaml:22: storage.lustre.capacity_gib: AWS sells no file system of 600 GiB; the nearest are 1200 and 2400",
        ),
    ),
    Case(
        "a file system between the two smallest",
        (swap(MAIN_USE1, "capacity_gib: 9600", "capacity_gib: 1800"),),
        (
            "Pulumi.main-use1.yaml:22: storage.lustre.capacity_gib: AWS sells no file system of 1800 GiB; the nearest are 1200 and 2400",
        ),
    ),
    Case(
        "a throughput of the documents that is not sold",
        (swap(MAIN_USE1, "throughput_mbps_per_tib: 500", "throughput_mbps_per_tib: 2400"),),
        (
            "Pulumi.main-use1.yaml:23: storage.lustre.throughput_mbps_per_tib: 2400 is not a throughput in MB/s a TiB that AWS sells; the nearest are 500 and 1000",
        ),
    ),
    Case(
        "a throughput of an older kind of file system",
        (swap(MAIN_USE1, "throughput_mbps_per_tib: 500", "throughput_mbps_per_tib: 200"),),
        (
            "Pulumi.main-use1.yaml:23: storage.lustre.throughput_mbps_per_tib: 200 is not a throughput in MB/s a TiB that AWS sells; the nearest are 125 and 250",
        ),
    ),
    Case(
        "metadata IOPS that are not sold",
        (
            swap(
                MAIN_USE1,
                "throughput_mbps_per_tib: 500",
                "throughput_mbps_per_tib: 500\n        metadata_iops: 9000",
            ),
        ),
        (
            "Pulumi.main-use1.yaml:24: storage.lustre.metadata_iops: 9000 is not a number of metadata IOPS that AWS sells; the nearest are 6000 and 12000",
        ),
    ),
    Case(
        "a maintenance window without a day",
        (swap(MAIN_USE1, '"7:03:00"', '"03:00"'),),
        (
            'Pulumi.main-use1.yaml:25: storage.lustre.maintenance_window: "03:00" is not a day and time d:HH:MM; write it like "7:03:00", Sunday at 3 in UTC',
        ),
    ),
    Case(
        "a maintenance window on the eighth day",
        (swap(MAIN_USE1, '"7:03:00"', '"8:03:00"'),),
        (
            'Pulumi.main-use1.yaml:25: storage.lustre.maintenance_window: "8:03:00" is not a day and time d:HH:MM; write it like "7:03:00", Sunday at 3 in UTC',
        ),
    ),
    Case(
        "a maintenance window by name",
        (swap(MAIN_USE1, '"7:03:00"', "sun:03:00"),),
        (
            'Pulumi.main-use1.yaml:25: storage.lustre.maintenance_window: "sun:03:00" is not a day and time d:HH:MM; write it like "7:03:00", Sunday at 3 in UTC',
        ),
    ),
    Case(
        "a file system in a zone without a subnet",
        (
            swap(
                MAIN_USE1,
                "availability_zone: use1-az4\n        maint",
                "availability_zone: use1-az1\n        maint",
            ),
        ),
        (
            "Pulumi.main-use1.yaml:24: storage.lustre.availability_zone: the network has no subnet in use1-az1; choose one of use1-az4, use1-az6",
        ),
    ),
    Case(
        "two access points of one user",
        (swap(MAIN_USE1, "uid: 10002", "uid: 10001"),),
        (
            "Pulumi.main-use1.yaml:29: storage.efs.access_points[1].uid: 10001 is the uid of access_points[0] too; give each access point a uid of its own",
        ),
    ),
    Case(
        "two access points of one name",
        (swap(MAIN_USE1, "name: evaluation", "name: pretraining"),),
        (
            "Pulumi.main-use1.yaml:29: storage.efs.access_points[1].name: pretraining is the name of access_points[0] too; give each access point a name of its own",
        ),
    ),
    Case(
        "two access points of one directory",
        (swap(MAIN_USE1, "path: /teams/evaluation", "path: /teams/pretraining"),),
        (
            "Pulumi.main-use1.yaml:29: storage.efs.access_points[1].path: /teams/pretraining overlaps /teams/pretraining of access_points[0]; choose a directory beside it",
        ),
    ),
    Case(
        "an access point inside of another",
        (swap(MAIN_USE1, "path: /teams/evaluation", "path: /teams/pretraining/evaluation"),),
        (
            "Pulumi.main-use1.yaml:29: storage.efs.access_points[1].path: /teams/pretraining/evaluation overlaps /teams/pretraining of access_points[0]; choose a directory beside it",
        ),
    ),
    Case(
        "an access point over the homes",
        (swap(MAIN_USE1, "path: /teams/evaluation", "path: /home/evaluation"),),
        (
            "Pulumi.main-use1.yaml:29: storage.efs.access_points[1].path: /home/evaluation overlaps /home, the shared homes; choose a directory beside it, such as /teams/evaluation",
        ),
    ),
    Case(
        "an access point called homes",
        (swap(MAIN_USE1, "name: evaluation", "name: homes"),),
        (
            "Pulumi.main-use1.yaml:29: storage.efs.access_points[1].name: homes are the shared homes, which every site with EFS has; remove it, or name the team",
        ),
    ),
    Case(
        "an access point of root",
        (swap(MAIN_USE1, "uid: 10002", "uid: 0"),),
        (
            "Pulumi.main-use1.yaml:29: storage.efs.access_points[1].uid: 0 is not the id of a user or group of people; choose one from 1000 to 4294967293; below are the system's own",
        ),
    ),
    Case(
        "an access point of a relative directory",
        (swap(MAIN_USE1, "path: /teams/evaluation", "path: teams/evaluation"),),
        (
            'Pulumi.main-use1.yaml:29: storage.efs.access_points[1].path: "teams/evaluation" is not a directory; write it like /teams/vision, without a slash at its end',
        ),
    ),
    Case(
        "an access point of the whole file system",
        (swap(MAIN_USE1, "path: /teams/evaluation", "path: /"),),
        (
            'Pulumi.main-use1.yaml:29: storage.efs.access_points[1].path: "/" is not a directory; write it like /teams/vision, without a slash at its end',
        ),
    ),
    Case(
        "an access point too deep",
        (swap(MAIN_USE1, "path: /teams/evaluation", "path: /a/b/c/d/e"),),
        (
            "Pulumi.main-use1.yaml:29: storage.efs.access_points[1].path: /a/b/c/d/e is 5 directories deep; EFS takes 4",
        ),
    ),
    Case(
        "an access point of too long a directory",
        (
            swap(
                MAIN_USE1,
                "path: /teams/evaluation",
                "path: /eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
            ),
        ),
        ("Pulumi.main-use1.yaml:29: storage.efs.access_points[1].path: has 101 characters; EFS takes 100",),
    ),
    Case(
        "a backup of a file system that is linked to a bucket",
        (
            swap(
                MAIN_USE1,
                "capacity_gib: 9600",
                "capacity_gib: 9600\n        automatic_backup_retention_days: 7",
            ),
        ),
        (
            "Pulumi.main-use1.yaml:23: storage.lustre.automatic_backup_retention_days: is not a field; known: capacity_gib, throughput_mbps_per_tib, availability_zone, maintenance_window, metadata_iops",
        ),
    ),
    Case(
        "storage without a network",
        (swap(SECONDARY_USE1, "environment: prod\n", "environment: prod\n    storage: {efs: {}}\n"),),
        (
            "Pulumi.secondary-use1.yaml:9: storage: the site has no network, and file systems live in its subnets; add `network` or remove `storage`",
        ),
    ),
    Case(
        "storage that holds nothing",
        (
            swap(
                MAIN_USW2,
                '    storage:\n      lustre:\n        capacity_gib: 2400\n        throughput_mbps_per_tib: 250\n        availability_zone: usw2-az1\n        maintenance_window: "2:09:00"\n      efs:\n        access_points:\n          - {name: serving, uid: 10003, gid: 10003, path: /teams/serving}\n',
                "    storage: {}\n",
            ),
        ),
        ("Pulumi.main-usw2.yaml:19: storage: holds nothing; add `lustre` or `efs`, or remove it",),
    ),
    Case(
        "a registry at no site",
        (swap(FLEET, "site: main-use1\n  repos", "site: main-use2\n  repos"),),
        ('fleet.yaml:46: registry.site: "main-use2" is not a site; did you mean main-usw2 or main-use1?',),
    ),
    Case(
        "a registry without repositories",
        (swap(FLEET, "repositories: [training, inference]", "repositories: []"),),
        ("fleet.yaml:47: registry.repositories: there is none; name at least one, or remove `registry`",),
    ),
    Case(
        "a repository listed twice",
        (swap(FLEET, "[training, inference]", "[training, training]"),),
        ("fleet.yaml:47: registry.repositories: training is listed twice; list it once",),
    ),
    Case(
        "a repository with a path",
        (swap(FLEET, "[training, inference]", "[training, team/inference]"),),
        (
            'fleet.yaml:47: registry.repositories[1]: "team/inference" is not a name; use lower-case letters, digits and single dashes, a letter first',
        ),
    ),
)
