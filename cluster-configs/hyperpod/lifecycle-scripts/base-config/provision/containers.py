"""Enroot and Pyxis: `srun --container-image`. An AMI that has them keeps its own."""

from __future__ import annotations

from provision import packages, pins
from provision.host import Host
from provision.node import Node
from provision.parameters import Parameters

PLUGIN = "/usr/local/lib/slurm/spank_pyxis.so"
PLUGSTACK = "/opt/slurm/etc/plugstack.conf"
LOCAL_DISKS = ("/opt/dlami/nvme", "/opt/sagemaker")
"""Where the AMI mounts the instance's NVMe, and where SageMaker mounts the group's EBS volume."""

ENROOT_CONF = """\
ENROOT_RUNTIME_PATH /run/enroot/user-$(id -u)
ENROOT_CONFIG_PATH ${{HOME}}/.config/enroot
ENROOT_CACHE_PATH {disk}/enroot/cache/user-$(id -u)
ENROOT_DATA_PATH {disk}/enroot/data/user-$(id -u)
ENROOT_TEMP_PATH {disk}/enroot/tmp
ENROOT_SQUASH_OPTIONS -noI -noD -noF -noX -no-duplicates
ENROOT_MOUNT_HOME no
ENROOT_ROOTFS_WRITABLE yes
"""


def install(host: Host, node: Node, _: Parameters) -> None:
    """Build what is missing, keep images on the quickest local disk, and let Slurm load the plugin."""
    if not host.has("enroot"):
        _enroot(host)
    is_new = not host.path(PLUGIN).is_file()
    if is_new:
        _pyxis(host)
    disk = _disk(host)
    for name in ("cache", "data", "tmp"):
        host.folder(f"{disk}/enroot/{name}", mode=0o1777)
    host.write("/etc/tmpfiles.d/enroot.conf", "d /run/enroot 1777 root root -\n")
    host.run("systemd-tmpfiles", "--create", str(host.path("/etc/tmpfiles.d/enroot.conf")))
    host.write("/etc/enroot/enroot.conf", ENROOT_CONF.format(disk=disk))
    if node.node_type == "controller":
        # The line itself, not an include: with configless Slurm nodes get this file and nothing that it includes.
        is_new |= host.ensure_line(PLUGSTACK, f"optional {PLUGIN}", instead_of=f"optional {PLUGIN}")
    if is_new:
        host.run("systemctl", "restart", "slurmctld" if node.node_type == "controller" else "slurmd")


def _enroot(host: Host) -> None:
    packages.install(
        host,
        apt=(
            "git", "gcc", "make", "libcap2-bin", "libtool", "automake", "libmd-dev", "curl", "gawk", "jq", "parallel",
            "squashfs-tools", "fuse-overlayfs", "zstd",
        ),
        dnf=(
            "git", "gcc", "make", "libcap", "libtool", "automake", "libmd-devel", "gawk", "jq", "parallel",
            "squashfs-tools", "fuse-overlayfs", "zstd",
        ),
    )  # fmt: skip
    folder = str(packages.checkout(host, pins.ENROOT, "enroot"))
    host.run("make", "-C", folder, "install", "prefix=/usr", "sysconfdir=/etc")
    host.run("make", "-C", folder, "setcap", "prefix=/usr", "sysconfdir=/etc")


def _pyxis(host: Host) -> None:
    """Against this AMI's Slurm: Slurm refuses a plugin that was built for another release."""
    folder = str(packages.checkout(host, pins.PYXIS, "pyxis"))
    host.run("make", "-C", folder, "install", "CPPFLAGS=-I/opt/slurm/include -D_GNU_SOURCE")


def _disk(host: Host) -> str:
    mounted = (disk for disk in LOCAL_DISKS if host.succeeds("mountpoint", "-q", str(host.path(disk))))
    return next(mounted, "/var/lib")
