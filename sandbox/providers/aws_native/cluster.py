"""AWS::SageMaker::Cluster: calls of SageMaker as its CloudFormation handler makes them, in CloudFormation's names.

An update sends the groups that changed, and names those that are gone (SageMaker API, UpdateCluster). Whether AWS's
own handler sends groups that did not change as well, nobody has published.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.providers.errors import AwsError, PartlyCreatedError, ProviderError

Ask = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""An operation of SageMaker: its name and parameters give its answer."""

Model = dict[str, Any]
"""A cluster in CloudFormation's names."""

TYPE: Final = "AWS::SageMaker::Cluster"
_GONE: Final = frozenset({"ResourceNotFound"})
_UNDER_WAY: Final = frozenset({"Creating", "Deleting", "RollingBack", "SystemUpdating", "Updating"})
_UPDATABLE: Final = (
    "AutoScaling",
    "ClusterRole",
    "NodeProvisioningMode",
    "NodeRecovery",
    "Orchestrator",
    "TieredStorageConfig",
)
_GROUP_NAMES: Final = {"TargetCount": "InstanceCount", "MinCount": "MinInstanceCount"}
_GROUP_ONLY_SHOWN: Final = frozenset(
    {
        "ActiveOperations",
        "ActiveSoftwareUpdateConfig",
        "CurrentImageId",
        "CurrentImageReleaseVersion",
        "DesiredImageId",
        "DesiredImageReleaseVersion",
        "ImageVersionStatus",
        "InstanceTypeDetails",
        "SoftwareUpdateStatus",
        "Status",
        "TargetStateCount",
        "TrainingPlanStatus",
    }
)
"""What DescribeCluster says of a group and CloudFormation's model has no place for."""

_WAIT_SECONDS: Final = 2 * 3600.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.01, 0.5


def create(ask: Ask, asked: Model) -> tuple[str, Model]:
    """Make a cluster and wait until it is in service; its ARN and what it is then.

    Raises PartlyCreatedError when AWS takes the create back: the failed cluster is there until it is deleted.
    """
    arn = str(ask("CreateCluster", asked)["ClusterArn"])
    found = _settled(ask, arn)
    if found["ClusterStatus"] != "InService":
        message = f"creating {TYPE} ({arn}): {found.get('FailureMessage', found['ClusterStatus'])}"
        raise PartlyCreatedError(message, resource_id=arn, outputs=found)
    return arn, found


def read(ask: Ask, arn: str) -> Model | None:
    """The cluster as CloudFormation's model has it; None when it is gone."""
    try:
        answer = ask("DescribeCluster", {"ClusterName": arn})
    except AwsError as error:
        if error.code in _GONE:
            return None
        raise
    answer.pop("ResponseMetadata", None)
    scaling = answer.get("AutoScaling")
    if scaling:
        answer["AutoScaling"] = {key: scaling[key] for key in ("Mode", "AutoScalerType") if key in scaling}
    answer["InstanceGroups"] = [_group(item) for item in answer.get("InstanceGroups", ())]
    return {**answer, "Tags": ask("ListTags", {"ResourceArn": answer["ClusterArn"]})["Tags"]}


def _group(shown: Mapping[str, Any]) -> Model:
    """A group's specification from its details."""
    group = {
        _GROUP_NAMES.get(name, name): value for name, value in shown.items() if name not in _GROUP_ONLY_SHOWN
    }
    kubernetes = shown.get("KubernetesConfig")
    if kubernetes:
        group["KubernetesConfig"] = {
            name.removeprefix("Desired"): value
            for name, value in kubernetes.items()
            if name.startswith("Desired")
        }
    return group


def update(ask: Ask, arn: str, old: Model, new: Model) -> Model:
    """Change what is different and wait; the cluster after it."""
    params = _changed(old, new)
    if params:
        ask("UpdateCluster", {"ClusterName": arn, **params})
    _retag(ask, arn, old, new)
    found = _settled(ask, arn)
    if found["ClusterStatus"] != "InService":
        raise ProviderError(f"updating {TYPE} ({arn}): {found.get('FailureMessage', found['ClusterStatus'])}")
    return found


def _changed(old: Model, new: Model) -> Model:
    before, after = _by_name(old), _by_name(new)
    params: Model = {name: new[name] for name in _UPDATABLE if name in new and new[name] != old.get(name)}
    groups = [group for name, group in after.items() if group != before.get(name)]
    gone = [name for name in before if name not in after]
    if groups:
        params["InstanceGroups"] = groups
    if gone:
        params["InstanceGroupsToDelete"] = gone
    return params


def _by_name(model: Model) -> dict[str, Model]:
    return {group["InstanceGroupName"]: group for group in model.get("InstanceGroups", ())}


def _retag(ask: Ask, arn: str, old: Model, new: Model) -> None:
    before, after = ({tag["Key"]: tag["Value"] for tag in model.get("Tags", ())} for model in (old, new))
    removed = [key for key in before if key not in after]
    written = [{"Key": key, "Value": value} for key, value in after.items() if before.get(key) != value]
    if removed:
        ask("DeleteTags", {"ResourceArn": arn, "TagKeys": removed})
    if written:
        ask("AddTags", {"ResourceArn": arn, "Tags": written})


def delete(ask: Ask, arn: str) -> None:
    """Remove the cluster and wait until it is gone; one that is gone already is no error."""
    try:
        ask("DeleteCluster", {"ClusterName": arn})
    except AwsError as error:
        if error.code not in _GONE:
            raise
    _wait(lambda: read(ask, arn) is None, f"deleting {TYPE} ({arn}): it is still there")


def _settled(ask: Ask, arn: str) -> Model:
    """The cluster when nothing is under way any more."""
    found: Model = {}

    def done() -> bool:
        nonlocal found
        found = read(ask, arn) or {"ClusterStatus": "Deleted"}
        return found["ClusterStatus"] not in _UNDER_WAY

    _wait(done, f"{TYPE} ({arn}) did not settle")
    return found


def _wait(done: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    pause = _FIRST_PAUSE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise ProviderError(f"{otherwise} after {_WAIT_SECONDS:g} s")
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
