"""HyperPod clusters as they are planned, and what AWS is given of them."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from components.cloud_control import sdk_names
from plan.hyperpod import HyperPodClusterPlan, attached
from plan.hyperpod_chart import brought, plan_chart, twice
from plan.hyperpod_model import Given, free_counts, model
from sandbox.providers.aws_native.schema import load
from spec.hyperpod_instance_types import INSTANCE_TYPES, is_accelerated
from tests.unit.plan.hyperpods import BOUGHT, FLEET, SITE, eks, group, planned, site_of, slurm

SCHEMA = load("AWS::SageMaker::Cluster")
LUSTRE = {
    "FsxLustreConfig": {
        "DnsName": "fs-0123456789abcdef0.fsx.us-west-2.amazonaws.com",
        "MountName": "abcd1234",
        "MountPath": "/fsx",
    }
}
GIVEN = Given(
    subnet_ids={"usw2-az1": "subnet-1", "usw2-az2": "subnet-2"},
    security_group_ids=("sg-efa", "sg-base"),
    key_arn="arn:aws:kms:us-west-2:159553542841:key/1",
    scripts_uri="s3://ml-data-secondary-us-west-2/hyperpod/it/0/",
    lustre=(LUSTRE,),
    eks_cluster_arn="arn:aws:eks:us-west-2:159553542841:cluster/secondary-usw2--training",
)
AUTOSCALED = {"instance_type": "ml.g5.xlarge", "count": 0, "autoscaled": True}
DATABASE = {
    "endpoint": "db.example.org",
    "secret": "arn:aws:secretsmanager:us-west-2:159553542841:secret:slurm",
}
UPDATES = {"schedule": "cron(0 9 ? * 1#1 *)", "rollback_alarms": ("gpu-errors",)}
EVERYTHING: dict[str, dict[str, Any]] = {
    "slurm": slurm(),
    "slurm with everything": slurm(
        continuous_provisioning=True,
        accounting_database=DATABASE,
        software_updates=UPDATES,
        node_recovery="None",
    ),
    "eks": eks(),
    "eks that is autoscaled": eks(autoscaling=True, groups={"gpu": group(), "more": AUTOSCALED}),
    "eks with everything": eks(
        tiered_storage_memory_percent=20,
        groups={
            "plan": group(training_plan=BOUGHT, deep_health_checks=("InstanceStress",), volume_gib=500),
            "spot": group(capacity="spot", min_count=1),
        },
    ),
}


def groups(plan: HyperPodClusterPlan) -> dict[str, dict[str, Any]]:
    return {item["InstanceGroupName"]: item for item in model(plan, GIVEN)["InstanceGroups"]}


@pytest.mark.parametrize("cluster", EVERYTHING.values(), ids=EVERYTHING)
def test_cloudformation_takes_it(cluster: dict[str, Any]) -> None:
    assert list(SCHEMA.faults(sdk_names(model(planned(cluster), GIVEN)))) == []


def test_cloudformation_takes_the_committed_fleet_s() -> None:
    plan = site_of(FLEET).hyperpod
    assert plan is not None
    assert list(plan.clusters) == ["slurm", "eks"]
    for cluster in plan.clusters.values():
        assert list(SCHEMA.faults(sdk_names(model(cluster, GIVEN)))) == []
    assert attached(plan) == {"training": "eks"}


def test_sdk_names_are_the_schema_s() -> None:
    for cluster in EVERYTHING.values():
        found = model(planned(cluster), GIVEN)
        assert SCHEMA.to_cloudformation(sdk_names(found)) == found


def test_on_slurm_groups_say_what_they_are_and_mount_lustre() -> None:
    plan = planned(slurm())
    found = model(plan, GIVEN)
    assert found["Orchestrator"] == {"Slurm": {"SlurmConfigStrategy": "Managed"}}
    assert {name: item["SlurmConfig"] for name, item in groups(plan).items()} == {
        "controller": {"NodeType": "Controller"},
        "gpu": {"NodeType": "Compute", "PartitionNames": ["gpu"]},
    }
    assert groups(plan)["gpu"]["InstanceStorageConfigs"] == [LUSTRE]
    assert found["VpcConfig"] == {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-efa", "sg-base"]}
    assert plan.execution_role_arn == "arn:aws:iam::159553542841:role/HyperPodExecutionRole-secondary-usw2"
    assert plan.scripts.parameters is not None
    assert [item.node_type for item in plan.scripts.parameters.groups] == ["controller", "compute"]


def test_on_eks_lustre_is_mounted_by_kubernetes_and_volumes_have_the_site_s_key() -> None:
    plan = planned(eks(groups={"gpu": group(volume_gib=500)}))
    key = {"VolumeKmsKeyId": GIVEN.key_arn}
    assert groups(plan)["gpu"]["InstanceStorageConfigs"] == [
        {"EbsVolumeConfig": {"RootVolume": True, **key}},
        {"EbsVolumeConfig": {"VolumeSizeInGB": 500, **key}},
    ]
    assert plan.scripts.parameters is None


def test_sagemaker_takes_a_key_with_continuous_provisioning_alone() -> None:
    found = groups(planned(slurm()))["controller"]["InstanceStorageConfigs"]
    assert found == [LUSTRE]


def test_a_training_plan_picks_the_subnet_of_its_group_alone() -> None:
    plan = planned(eks(groups={"bought": group(training_plan=BOUGHT), "gpu": group()}))
    found = groups(plan)
    assert found["bought"]["TrainingPlanArn"] == BOUGHT["arn"]
    assert found["bought"]["OverrideVpcConfig"]["Subnets"] == ["subnet-2"]
    assert {"TrainingPlanArn", "OverrideVpcConfig"} & found["gpu"].keys() == set()
    assert plan.zone_ids == ("usw2-az1", "usw2-az2")


def test_a_training_plan_in_the_cluster_s_own_zone_overrides_nothing() -> None:
    plan = planned(eks(groups={"gpu": group(training_plan={**BOUGHT, "availability_zone": "usw2-az1"})}))
    assert "OverrideVpcConfig" not in groups(plan)["gpu"]


def test_groups_have_one_order_and_a_new_one_moves_no_autoscaled_one() -> None:
    names = {"a": group(), "m": AUTOSCALED, "z": group(), "b": AUTOSCALED}
    plan = planned(eks(autoscaling=True, groups=names))
    shuffled = planned(eks(autoscaling=True, groups=dict(reversed(names.items()))))
    assert [item.name for item in plan.groups] == ["b", "m", "a", "z"]
    assert shuffled == plan
    assert free_counts(plan) == ("instanceGroups[0].instanceCount", "instanceGroups[1].instanceCount")
    more = planned(eks(autoscaling=True, groups={**names, "c": group()}))
    assert free_counts(more) == free_counts(plan)


def test_karpenter_works_as_a_role_of_the_site() -> None:
    found = model(planned(eks(autoscaling=True, groups={"gpu": AUTOSCALED})), GIVEN)
    assert found["ClusterRole"] == "arn:aws:iam::159553542841:role/HyperPodAutoscalingRole-secondary-usw2"
    assert found["AutoScaling"] == {"Mode": "Enable", "AutoScalerType": "Karpenter"}
    assert found["NodeProvisioningMode"] == "Continuous"


def test_software_is_renewed_in_batches_that_an_alarm_takes_back() -> None:
    found = groups(planned(slurm(software_updates=UPDATES)))["gpu"]["ScheduledUpdateConfig"]
    assert found == {
        "ScheduleExpression": "cron(0 9 ? * 1#1 *)",
        "DeploymentConfig": {
            "RollingUpdatePolicy": {
                "MaximumBatchSize": {"Type": "CAPACITY_PERCENTAGE", "Value": 10},
                "RollbackMaximumBatchSize": {"Type": "CAPACITY_PERCENTAGE", "Value": 20},
            },
            "WaitIntervalInSeconds": 600,
            "AutoRollbackConfiguration": [{"AlarmName": "gpu-errors"}],
        },
    }


def test_the_chart_is_pinned_and_says_what_it_brings() -> None:
    chart = plan_chart("us-west-2")
    assert chart.chart == (
        ".fleet/charts/b01cf90676553a711ab1a8ac51422adbb09aef6b/helm_chart/HyperPodHelmChart"
    )
    assert (chart.release, chart.namespace) == ("hyperpod-dependencies", "kube-system")
    assert chart.values["nvidia-device-plugin"] == {"devicePlugin": {"enabled": True}}
    assert chart.values["cert-manager"] == {"enabled": False}
    assert brought() == (
        "enable_nvidia_device_plugin",
        "enable_aws_efa_k8s_device_plugin",
        "enable_neuron_device_plugin",
        "enable_training_operator",
        "enable_mpi_operator",
    )
    assert twice({"enable_karpenter", "enable_nvidia_device_plugin"}) == ("enable_nvidia_device_plugin",)
    assert planned(eks()).chart == chart
    assert planned(slurm()).chart is None


def test_instance_types_are_the_ones_that_sagemaker_lists() -> None:
    service = botocore.session.get_session().get_service_model("sagemaker")
    assert set(service.shape_for("ClusterInstanceType").enum) == INSTANCE_TYPES
    assert is_accelerated("ml.p5.48xlarge")
    assert is_accelerated("ml.trn2.48xlarge")
    assert not is_accelerated("ml.m5.xlarge")


def test_names_of_clusters_are_the_site_s() -> None:
    assert planned(slurm()).name == f"{SITE}--it"
