"""Nodes of the fleet's clusters: which there are, how they are, and what can be done with one.

model       clusters, nodes, and how a node is, in the same words for all three kinds
instances   nodes that are EC2 instances: EKS and ParallelCluster
hyperpod    nodes that SageMaker has
kubernetes  what a cluster's API server says of its nodes
parallelcluster   what ParallelCluster's API says of a cluster
status      each cluster in one word
clusters    which clusters are the fleet's
survey      all sites at the same time
tools       clients, API servers and kubectl of a real fleet
slurm, actions   rebooting, replacing and draining one
"""
