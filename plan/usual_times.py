"""How long AWS usually takes to create a resource: for estimates and for those who wait, never for a time limit.

Seconds by Pulumi type token. What is not in the table takes seconds, see DEFAULT_S. The figures are what others
reported publicly, not promises; where a range is given, its middle is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DEFAULT_S = 5.0
"""A create call and reading the result back: rules, routes, policies, alarms, log groups."""

USUAL_S: Mapping[str, float] = MappingProxyType(
    {
        # VPC 17-24 s, subnet 4-10 s, security group 2 s: turbot/steampipe-plugin-aws#693, #131;
        # IAM role 7 s: terraform-aws-modules/terraform-aws-eks#2203.
        "aws:ec2/vpc:Vpc": 20.0,
        "aws:ec2/subnet:Subnet": 7.0,
        "aws:ec2/securityGroup:SecurityGroup": 2.0,
        "aws:iam/role:Role": 7.0,
        # Still creating after 80 s: hashicorp/learn-terraform-provision-eks-cluster#22; 1.5-2 min are said to be
        # usual, which nobody measured in public.
        "aws:ec2/natGateway:NatGateway": 100.0,
        # 8 min 33 s and 10 min 6 s: DevopsArtFactory/terraform-provisioning#46, terraform-aws-eks#3218;
        # AWS said 9 min in 2021. Node groups 1.5-2.5 min and add-ons 0.5-1.5 min are experience, not measured.
        "aws:eks/cluster:Cluster": 560.0,
        "aws:eks/nodeGroup:NodeGroup": 120.0,
        "aws:eks/addon:Addon": 60.0,
        # FSx for Lustre 6 min: turbot/steampipe-plugin-aws#906; AWS's HPC workshop says 10. Its data repository
        # associations pass Terraform's limit of 10 min: awslabs' kubeflow guide, issue 112.
        "aws:fsx/lustreFileSystem:LustreFileSystem": 480.0,
        "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation": 900.0,
        # EFS with its mount targets 0.5-2 min: experience, not measured.
        "aws:efs/fileSystem:FileSystem": 15.0,
        "aws:efs/mountTarget:MountTarget": 75.0,
        # HyperPod 10-25 min: documentation of alchemy.run, AWS.SageMaker.Cluster.
        "aws-native:sagemaker:Cluster": 1050.0,
        # The ParallelCluster API's stack 5-10 min: experience, not measured.
        "aws:cloudformation/stack:Stack": 450.0,
        # A cluster of it 8-12 min: its workshops say about 10.
        "pulumi-python:dynamic/parallelcluster:Cluster": 600.0,
    }
)


def usual_s(token: str) -> float:
    """Seconds to create a resource of this type; 0 for what exists in the engine only."""
    if token.startswith(("pulumi:", "mlclusters:", "eks:index:")):
        return 0.0
    return USUAL_S.get(token, DEFAULT_S)
