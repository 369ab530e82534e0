from __future__ import annotations

from sandbox.kubernetes import ClusterKey, Node, Taint
from sandbox.kubernetes.nodes import registered, reported

KEY = ClusterKey("111111111111", "us-east-1", "one--training")
NODE = Node(
    name="ip-10-0-0-7.ec2.internal",
    provider_id="aws:///us-east-1a/i-0a",
    instance_type="p5.48xlarge",
    zone="us-east-1a",
    internal_ip="10.0.0.7",
    capacity={"cpu": "192", "memory": "2Ti", "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32"},
    labels={"eks.amazonaws.com/nodegroup": "gpu", "kubernetes.io/arch": "arm64"},
    taints=(Taint(key="nvidia.com/gpu", effect="NoSchedule"), Taint(key="a", value="b", effect="NoExecute")),
)


def test_a_node_has_the_well_known_labels_and_its_own() -> None:
    node = registered(KEY, NODE)
    assert node["metadata"] == {
        "name": "ip-10-0-0-7.ec2.internal",
        "labels": {
            "kubernetes.io/arch": "arm64",
            "kubernetes.io/os": "linux",
            "kubernetes.io/hostname": "ip-10-0-0-7.ec2.internal",
            "node.kubernetes.io/instance-type": "p5.48xlarge",
            "topology.kubernetes.io/region": "us-east-1",
            "topology.kubernetes.io/zone": "us-east-1a",
            "eks.amazonaws.com/nodegroup": "gpu",
        },
    }
    assert node["spec"] == {
        "providerID": "aws:///us-east-1a/i-0a",
        "taints": [
            {"key": "nvidia.com/gpu", "effect": "NoSchedule"},
            {"key": "a", "value": "b", "effect": "NoExecute"},
        ],
    }


def test_a_node_reports_ready_and_what_it_has() -> None:
    status = reported(NODE, "1.34")["status"]
    assert {item["type"]: item["status"] for item in status["conditions"]} == {
        "Ready": "True",
        "MemoryPressure": "False",
        "DiskPressure": "False",
        "PIDPressure": "False",
    }
    assert (
        status["capacity"]
        == status["allocatable"]
        == {
            "ephemeral-storage": "100Gi",
            "pods": "110",
            "cpu": "192",
            "memory": "2Ti",
            "nvidia.com/gpu": "8",
            "vpc.amazonaws.com/efa": "32",
        }
    )
    assert status["nodeInfo"]["kubeletVersion"] == "v1.34.0-eks-sandbox"
    assert status["nodeInfo"]["architecture"] == "arm64"
    assert [item["address"] for item in status["addresses"] if item["type"] == "InternalIP"] == ["10.0.0.7"]
