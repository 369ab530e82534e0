#!/bin/bash
# What SageMaker runs, as root, on each new node of a HyperPod cluster on Slurm, in the folder that it copied from S3.
# PROVISION_ROOT is a scratch root for tests; on a node it is empty.
set -euo pipefail

root="${PROVISION_ROOT:-}"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
config="${SAGEMAKER_RESOURCE_CONFIG_PATH:-$root/opt/ml/config/resource_config.json}"
log_folder="$root/var/log/provision"
export DEBIAN_FRONTEND=noninteractive

# The host agent restarts systemd-resolved while this runs: nothing can be fetched before names resolve again.
wait_for_names() {
    for _ in $(seq 1 30); do
        if getent hosts sts.amazonaws.com >/dev/null; then
            return 0
        fi
        sleep 1
    done
    echo "FAILED: step names: sts.amazonaws.com does not resolve after 30 s; look at the VPC's DNS settings"
    return 1
}

main() {
    wait_for_names
    python3 -u "$here/lifecycle_script.py" -rc "$config" -pp "$here/parameters.json" --root "${root:-/}"
}

mkdir -p "$log_folder"
set +e
(set -e; main) 2>&1 | tee -a "$log_folder/provisioning.log"
exit "${PIPESTATUS[0]}"
