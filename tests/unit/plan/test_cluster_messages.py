"""What ParallelCluster says, in our words; the texts of its side are its own, as its API gave them."""

from __future__ import annotations

import pytest

from plan.cluster_messages import of_update, of_validation

FILE = "cluster-configs/parallelcluster/slurm.yaml"
CONFIGURATION = """
HeadNode: {InstanceType: m5.xlarge}
Scheduling:
  SlurmQueues:
    - Name: gpu-ondemand
      ComputeResources: [{Name: p5, InstanceType: m5.large}]
"""


def lines(kind: str, message: str, level: str = "ERROR") -> list[str]:
    said = [{"type": kind, "level": level, "message": message}]
    return [message.line(FILE) for message in of_validation(said, CONFIGURATION)]


def test_the_schemas_messages_have_their_paths() -> None:
    said = (
        "[('HeadNode', {'Foo': ['Unknown field.']}), ('Scheduling', {'SlurmQueues': {0: {'Name': ['No.']}}})]"
    )
    remedy = "compare with ParallelCluster User Guide, Cluster configuration file"
    assert lines("ConfigSchemaValidator", said) == [
        f"{FILE}: HeadNode.Foo: Unknown field; {remedy}",
        f"{FILE}: Scheduling.SlurmQueues[0].Name: No; {remedy}",
    ]


def test_a_validators_message_is_placed_by_the_value_that_it_names() -> None:
    assert lines("EfaValidator", "Instance type 'm5.large' does not support EFA.") == [
        (
            f"{FILE}: Scheduling.SlurmQueues[0].ComputeResources[0].InstanceType: "
            "Instance type 'm5.large' does not support EFA. (EfaValidator); "
            "choose an instance type that has EFA, or remove Efa"
        )
    ]


def test_what_names_no_value_has_no_path_and_other_levels_are_said() -> None:
    assert lines("OtherValidator", "Something\n else.", "WARNING") == [
        f"{FILE}: warning: Something else. (OtherValidator); change it in the file"
    ]


def test_the_warning_of_a_missing_key_pair_is_meant() -> None:
    assert lines("KeyPairValidator", "If you do not specify a key pair", "WARNING") == []


@pytest.mark.parametrize(
    ("reason", "remedy", "needs_stop"),
    [
        (
            "All compute nodes must be stopped or QueueUpdateStrategy must be set to TERMINATE.",
            "set updates: stop-fleet",
            True,
        ),
        (
            "Update actions are not currently supported for the 'InstanceType' parameter.",
            "take the change back, or set updates: replace",
            False,
        ),
        (
            "The /home directory cannot be changed during an update",
            "take the change back, or set updates: replace",
            False,
        ),
    ],
)
def test_a_refused_change_says_the_policys_reason(reason: str, remedy: str, *, needs_stop: bool) -> None:
    said = {"parameter": "HeadNode.X", "currentValue": "1", "requestedValue": "2", "message": reason}
    (change,) = of_update([said])
    assert change.needs_stop is needs_stop
    assert change.line(FILE) == f"{FILE}: HeadNode.X: 1 to 2 is not done: {reason.rstrip('.')}; {remedy}"
