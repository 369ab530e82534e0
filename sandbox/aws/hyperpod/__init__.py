"""SageMaker HyperPod: clusters, their instance groups and nodes, in the states and the order that AWS has them.

model       what a cluster, a node and an event are
life        which state each is in at a moment, by the latency model; pure
labels      what Kubernetes sees of a node; pure
service     the clusters, their nodes and interfaces, and what happens by itself
refusals    what AWS refuses; `orchestrators` of Slurm's settings and of EKS clusters
operations  the calls about clusters; `nodes` those about single nodes; `shown` what they answer
"""
