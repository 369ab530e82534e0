#!/bin/bash
# What SageMaker runs, as root, on each new node of a HyperPod cluster on EKS: next to nothing. Kubernetes mounts (CSI),
# runs exporters (DaemonSets) and ships logs; SageMaker joins the node. PROVISION_ROOT is a scratch root for tests.
set -euo pipefail

root="${PROVISION_ROOT:-}"
log_folder="$root/var/log/provision"
limits="$root/etc/security/limits.d/90-efa.conf"

main() {
    # EFA registers memory of the whole job; the default of 64 KiB would stop NCCL.
    mkdir -p "$(dirname "$limits")"
    printf '* soft memlock unlimited\n* hard memlock unlimited\n' >"$limits"
    echo "[provision] done"
}

mkdir -p "$log_folder"
set +e
(set -e; main) 2>&1 | tee -a "$log_folder/provisioning.log"
exit "${PIPESTATUS[0]}"
