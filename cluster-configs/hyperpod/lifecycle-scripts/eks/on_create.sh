#!/bin/bash
# What SageMaker runs, as root, on each new node of a HyperPod cluster on EKS, which asks for a script even where there
# is nothing to do: Kubernetes mounts (CSI), runs exporters (DaemonSets) and ships logs, and SageMaker joins the node.
# It writes down what the node is, for whoever looks for it later. PROVISION_ROOT is a scratch root for tests.
set -euo pipefail

root="${PROVISION_ROOT:-}"
log_folder="$root/var/log/provision"

mkdir -p "$log_folder"
{
    uname -r
    cat "$root/etc/os-release"
    echo "[provision] done"
} 2>&1 | tee -a "$log_folder/provisioning.log"
