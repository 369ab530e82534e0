"""The steps that make a HyperPod node.

host        files below a root, and commands: the one way to the machine
parameters  what the cluster's plan tells, checked
node        which node this is
pins        what is downloaded: versions and checksums
packages    the system's packages and pinned sources
steps       the order, and which node type takes which step
mounts, users, accounting, slurm, exporters, containers, logs   one module a concern
"""
