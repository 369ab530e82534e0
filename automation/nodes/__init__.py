"""Nodes of the fleet's clusters: which there are, how they are, and what can be done with one.

model       clusters, nodes, and how a node is, in the same words for all three kinds
instances   nodes that are EC2 instances: EKS and ParallelCluster
hyperpod    nodes that SageMaker has
kubernetes  what a cluster's API server says of its nodes
survey      all sites at the same time
slurm, actions   rebooting, replacing and draining one
"""
