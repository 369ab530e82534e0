"""HyperPod clusters that cannot be."""

# A message is one line, however long.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

from tests.unit.spec.bad_inputs.case import FLEET, MAIN_USW2, SECONDARY_USE1, SECONDARY_USW2, Case, Edit, swap


def call_the_site(name: str) -> Edit:
    def edit(folder: Path) -> None:
        (folder / SECONDARY_USW2).rename(folder / f"Pulumi.{name}.yaml")
        content = (folder / FLEET).read_text()
        (folder / FLEET).write_text(content.replace("secondary-usw2", name))

    return edit


def call_the_cluster(name: str) -> Edit:
    def edit(folder: Path) -> None:
        (file,) = folder.glob("Pulumi.secondary-us-west-2*.yaml")
        file.write_text(file.read_text().replace("      slurm:", f"      {name}:"))

    return edit


def users(*lines: str) -> Edit:
    """Users of the cluster on Slurm."""
    block = "".join(f"          {line}\n" for line in lines)
    groups = "        groups:\n          controller:"
    return swap(SECONDARY_USW2, groups, f"        users:\n{block}{groups}")


CASES = (
    Case(
        "a HyperPod instance type by EC2's name",
        (
            swap(
                SECONDARY_USW2,
                "controller: {slurm_node: controller, instance_type: ml.m5.2xlarge, count: 1}",
                "controller: {slurm_node: controller, instance_type: m5.2xlarge, count: 1}",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:36: hyperpod.slurm.groups.controller.instance_type: \"m5.2xlarge\" is EC2's name of it; write SageMaker's: ml.m5.2xlarge",
        ),
    ),
    Case(
        "a HyperPod instance type that is not sold",
        (
            swap(
                SECONDARY_USW2,
                "controller: {slurm_node: controller, instance_type: ml.m5.2xlarge, count: 1}",
                "controller: {slurm_node: controller, instance_type: ml.m5.3xlarge, count: 1}",
            ),
        ),
        (
            'Pulumi.secondary-usw2.yaml:36: hyperpod.slurm.groups.controller.instance_type: "ml.m5.3xlarge" is no instance type of HyperPod; did you mean ml.m5.xlarge?',
        ),
    ),
    Case(
        "fewer HyperPod instances than none",
        (
            swap(
                SECONDARY_USW2,
                "controller: {slurm_node: controller, instance_type: ml.m5.2xlarge, count: 1}",
                "controller: {slurm_node: controller, instance_type: ml.m5.2xlarge, count: -1}",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:36: hyperpod.slurm.groups.controller.count: -1 is not a number of instances; AWS takes 0 to 6758",
        ),
    ),
    Case(
        "a deep health check that does not exist",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStres, InstanceConnectivity]",
            ),
        ),
        (
            'Pulumi.secondary-usw2.yaml:52: hyperpod.eks.groups.gpu.deep_health_checks[0]: cannot be "InstanceStres"; did you mean InstanceStress?',
        ),
    ),
    Case(
        "HyperPod at a site without a network",
        (swap(SECONDARY_USE1, "environment: prod\n", "environment: prod\n    hyperpod: {}\n"),),
        (
            "Pulumi.secondary-use1.yaml:9: hyperpod: holds nothing; add a cluster or remove it",
            "Pulumi.secondary-use1.yaml:9: hyperpod: the site has no network, and nodes live in its subnets; add `network` or remove `hyperpod`",
        ),
    ),
    Case(
        "HyperPod at a site for inference",
        (
            swap(
                MAIN_USW2,
                'eks:\n      inference: {version: "1.34"}',
                'eks:\n      inference: {version: "1.34"}\n    hyperpod:\n      eks: {orchestrator: eks, eks_cluster: inference, availability_zone: usw2-az1, groups: {gpu: {instance_type: ml.g5.xlarge, count: 1}}}',
            ),
        ),
        (
            "Pulumi.main-usw2.yaml:30: hyperpod: the site is for inference; write `purpose: training` or remove `hyperpod`",
        ),
    ),
    Case(
        "a HyperPod cluster without groups",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                "continuous_provisioning: true\n        groups: {}",
            ),
        ),
        ("Pulumi.secondary-usw2.yaml:48: hyperpod.eks.groups: holds nothing; add at least one group",),
    ),
    Case(
        "a HyperPod cluster in a zone without a subnet",
        (
            swap(
                SECONDARY_USW2,
                "orchestrator: slurm\n        availability_zone: usw2-az1",
                "orchestrator: slurm\n        availability_zone: usw2-az4",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:34: hyperpod.slurm.availability_zone: the network has no subnet in usw2-az4; add the zone to `network`, or choose one of usw2-az1, usw2-az2",
        ),
    ),
    Case(
        "a training plan in a zone without a subnet",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                'continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            training_plan: {arn: "arn:aws:sagemaker:us-west-2:159553542841:training-plan/p5", availability_zone: usw2-az4}\n            deep_health_checks: [InstanceStress, InstanceConnectivity]',
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:52: hyperpod.eks.groups.gpu.training_plan.availability_zone: the network has no subnet in usw2-az4; add the zone to `network`, or choose one of usw2-az1, usw2-az2",
        ),
    ),
    Case(
        "a training plan of another account and region",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                'continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            training_plan: {arn: "arn:aws:sagemaker:us-east-1:483026362307:training-plan/p5", availability_zone: usw2-az1}\n            deep_health_checks: [InstanceStress, InstanceConnectivity]',
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:52: hyperpod.eks.groups.gpu.training_plan.arn: the plan was bought by 483026362307 in us-east-1, not by 159553542841 in us-west-2; name a plan of the site's own account and region",
        ),
    ),
    Case(
        "a training plan that is none",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            training_plan: {arn: p5, availability_zone: usw2-az1}\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
            ),
        ),
        (
            'Pulumi.secondary-usw2.yaml:52: hyperpod.eks.groups.gpu.training_plan.arn: "p5" is not the ARN of a training plan; write it like arn:aws:sagemaker:us-west-2:123456789012:training-plan/p5-june',
        ),
    ),
    Case(
        "HyperPod on an EKS cluster that is not there",
        (swap(SECONDARY_USW2, "eks_cluster: training", "eks_cluster: trainng"),),
        (
            'Pulumi.secondary-usw2.yaml:45: hyperpod.eks.eks_cluster: "trainng" is no cluster of `eks` of this site; did you mean training?',
        ),
    ),
    Case(
        "HyperPod on no EKS cluster",
        (swap(SECONDARY_USW2, "        eks_cluster: training\n", ""),),
        (
            "Pulumi.secondary-usw2.yaml:43: hyperpod.eks: is on EKS, and names no cluster of `eks`; add `eks_cluster`; known: training",
        ),
    ),
    Case(
        "HyperPod on Slurm with an EKS cluster",
        (
            swap(
                SECONDARY_USW2,
                "orchestrator: slurm\n",
                "orchestrator: slurm\n        eks_cluster: training\n",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:34: hyperpod.slurm.eks_cluster: the cluster is on Slurm; remove it, or write `orchestrator: eks`",
        ),
    ),
    Case(
        "two HyperPod clusters on one EKS cluster",
        (
            swap(
                SECONDARY_USW2,
                "      eks:\n        orch",
                "      more: {orchestrator: eks, eks_cluster: training, availability_zone: usw2-az1, groups: {gpu: {instance_type: ml.g5.xlarge, count: 1}}}\n      eks:\n        orch",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:46: hyperpod.eks.eks_cluster: training carries the HyperPod cluster more already; choose another EKS cluster, or add the groups to that one",
        ),
    ),
    Case(
        "a Slurm group that does not say what it is",
        (
            swap(
                SECONDARY_USW2,
                "login: {slurm_node: login, instance_type: ml.m5.xlarge, count: 1}",
                "login: {instance_type: ml.m5.xlarge, count: 1}",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:37: hyperpod.slurm.groups.login: does not say what login is to Slurm; add `slurm_node`: controller, login or compute",
        ),
    ),
    Case(
        "a partition of login nodes",
        (
            swap(
                SECONDARY_USW2,
                "login: {slurm_node: login, instance_type: ml.m5.xlarge, count: 1}",
                "login: {slurm_node: login, partition: dev, instance_type: ml.m5.xlarge, count: 1}",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:37: hyperpod.slurm.groups.login.partition: login is a login group, which runs no jobs; remove it",
        ),
    ),
    Case(
        "a Slurm node on EKS",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            slurm_node: compute\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:51: hyperpod.eks.groups.gpu.slurm_node: the cluster is on EKS, which knows no such thing; remove it",
        ),
    ),
    Case(
        "two controllers of Slurm",
        (
            swap(
                SECONDARY_USW2,
                "login: {slurm_node: login, instance_type: ml.m5.xlarge, count: 1}",
                "login: {slurm_node: controller, instance_type: ml.m5.xlarge, count: 1}",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:35: hyperpod.slurm.groups: has 2 controllers in 2 groups; let one group be `slurm_node: controller` with `count: 1`",
        ),
    ),
    Case(
        "Slurm without compute nodes",
        (swap(SECONDARY_USW2, "            slurm_node: compute\n", "            slurm_node: login\n"),),
        (
            "Pulumi.secondary-usw2.yaml:35: hyperpod.slurm.groups: has no compute group; let at least one be `slurm_node: compute`",
        ),
    ),
    Case(
        "Karpenter on Slurm",
        (swap(SECONDARY_USW2, "orchestrator: slurm\n", "orchestrator: slurm\n        autoscaling: true\n"),),
        (
            "Pulumi.secondary-usw2.yaml:34: hyperpod.slurm.autoscaling: is for clusters on EKS; remove it, or write `orchestrator: eks`",
        ),
    ),
    Case(
        "Slurm's accounting on EKS",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n",
                'continuous_provisioning: true\n        accounting_database: {endpoint: db.example.org, secret: "arn:aws:secretsmanager:us-west-2:159553542841:secret:slurm"}\n',
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:48: hyperpod.eks.accounting_database: is for clusters on Slurm; remove it, or write `orchestrator: slurm`",
        ),
    ),
    Case(
        "spot instances without continuous provisioning",
        (
            swap(
                SECONDARY_USW2,
                "            slurm_node: compute\n",
                "            slurm_node: compute\n            capacity: spot\n",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:40: hyperpod.slurm.groups.gpu.capacity: SageMaker takes it with continuous provisioning alone; write `continuous_provisioning: true` for the cluster, or remove it",
        ),
    ),
    Case(
        "an autoscaled group of nobody",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 0\n            autoscaled: true",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:52: hyperpod.eks.groups.gpu.autoscaled: nobody would scale gpu: the cluster has no autoscaling; write `autoscaling: true` for the cluster, or a `count` and no `autoscaled`",
        ),
    ),
    Case(
        "autoscaling of nothing",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                "continuous_provisioning: true\n        autoscaling: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:48: hyperpod.eks.autoscaling: no group is autoscaled; write `autoscaled: true` for a group, or remove it",
        ),
    ),
    Case(
        "an autoscaled group with a start count",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                "continuous_provisioning: true\n        autoscaling: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            autoscaled: true",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:52: hyperpod.eks.groups.gpu.count: Karpenter starts from none, and scales any other number down to 0; write 0, or remove `autoscaled`",
        ),
    ),
    Case(
        "an autoscaled group with deep health checks",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                "continuous_provisioning: true\n        autoscaling: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 0\n            autoscaled: true\n            deep_health_checks: [InstanceStress]",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:54: hyperpod.eks.groups.gpu.deep_health_checks: the checks take over an hour, in which Karpenter would launch more and more; remove it, or remove `autoscaled`",
        ),
    ),
    Case(
        "an autoscaled group of a training plan",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                'continuous_provisioning: true\n        autoscaling: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 0\n            autoscaled: true\n            training_plan: {arn: "arn:aws:sagemaker:us-west-2:159553542841:training-plan/p5", availability_zone: usw2-az1}',
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:54: hyperpod.eks.groups.gpu.training_plan: Karpenter buys on demand or spot alone; remove it, or remove `autoscaled`",
        ),
    ),
    Case(
        "a minimum over the count",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            min_count: 3\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:52: hyperpod.eks.groups.gpu.min_count: 3 is more than the count of 2; write at most 2",
        ),
    ),
    Case(
        "deep health checks of machines without GPUs",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.m5.xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:52: hyperpod.eks.groups.gpu.deep_health_checks: ml.m5.xlarge has no accelerators, which it is about; remove it, or choose an instance type with GPUs or Trainium",
        ),
    ),
    Case(
        "spot instances of a training plan",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            deep_health_checks: [InstanceStress, InstanceConnectivity]",
                'continuous_provisioning: true\n        groups:\n          gpu:\n            instance_type: ml.p5.48xlarge\n            count: 2\n            capacity: spot\n            training_plan: {arn: "arn:aws:sagemaker:us-west-2:159553542841:training-plan/p5", availability_zone: usw2-az1}\n            deep_health_checks: [InstanceStress, InstanceConnectivity]',
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:52: hyperpod.eks.groups.gpu.capacity: the capacity is the training plan's; remove it, or the training plan",
        ),
    ),
    Case(
        "software updates on no schedule",
        (
            swap(
                SECONDARY_USW2,
                "continuous_provisioning: true\n",
                'continuous_provisioning: true\n        software_updates: {schedule: "every sunday"}\n',
            ),
        ),
        (
            'Pulumi.secondary-usw2.yaml:48: hyperpod.eks.software_updates.schedule: "every sunday" is not a schedule of software updates; write it like cron(0 9 ? * 1#1 *), the first Sunday of each month at 9:00 in UTC',
        ),
    ),
    Case(
        "HyperPod without a bucket for its scripts",
        (
            swap(
                FLEET,
                "replicas: [main-usw2, secondary-use1, secondary-usw2]",
                "replicas: [main-usw2, secondary-use1]",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:31: hyperpod: the site has no data bucket, from which nodes read their lifecycle scripts; add secondary-usw2 to `data.replicas` in fleet.yaml or remove `hyperpod`",
        ),
    ),
    Case(
        "a HyperPod cluster whose name is too long",
        (
            call_the_site("secondary-us-west-2-for-training"),
            call_the_cluster("slurm-for-the-whole-organisation"),
        ),
        (
            "Pulumi.secondary-us-west-2-for-training.yaml:30: eks.training: the cluster's name secondary-us-west-2-for-training--training has 42 characters; shorten it or the site's to 40 together",
            "Pulumi.secondary-us-west-2-for-training.yaml:32: hyperpod.slurm-for-the-whole-organisation: the cluster's name secondary-us-west-2-for-training--slurm-for-the-whole-organisation has 66 characters; shorten it or the site's to 63 together",
        ),
    ),
    Case(
        "users of a HyperPod cluster that are one, or in no team",
        (
            users(
                "- {name: ada, uid: 20001, teams: [pretrainin]}",
                "- {name: ada, uid: 20001}",
                "- {name: evaluation, uid: 20002}",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:36: hyperpod.slurm.users[0].teams[0]: the site's EFS has no access point pretrainin; did you mean pretraining?",
            "Pulumi.secondary-usw2.yaml:37: hyperpod.slurm.users[1].name: is that of user 1 too; give each user his own",
            "Pulumi.secondary-usw2.yaml:37: hyperpod.slurm.users[1].uid: is that of user 1 too; give each user his own",
            "Pulumi.secondary-usw2.yaml:38: hyperpod.slurm.users[2].name: is a team's name, and each user has a group of his own name; choose another name",
        ),
    ),
    Case(
        "users on a HyperPod cluster of EKS",
        (
            swap(
                SECONDARY_USW2,
                "        eks_cluster: training\n",
                "        eks_cluster: training\n        users: [{name: ada, uid: 20001}]\n",
            ),
        ),
        (
            "Pulumi.secondary-usw2.yaml:46: hyperpod.eks.users: is for clusters on Slurm; remove it, or write `orchestrator: slurm`",
        ),
    ),
)
