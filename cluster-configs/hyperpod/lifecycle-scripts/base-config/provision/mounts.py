"""File systems: Lustre, which SageMaker mounts and this waits for, and the homes on EFS with TLS and IAM (row S4)."""

from __future__ import annotations

from provision import packages, pins
from provision.host import Host
from provision.node import Node
from provision.parameters import Parameters

LUSTRE_LIMIT_S = 300
AMI_USERS = ("ubuntu", "ec2-user")


def mount(host: Host, _: Node, parameters: Parameters) -> None:
    """Mount what fstab is told to, once; wait for Lustre."""
    if parameters.lustre_path:
        lustre = parameters.lustre_path
        host.wait(
            f"Lustre at {lustre}, which SageMaker mounts",
            lambda: host.succeeds("mountpoint", "-q", str(host.path(lustre))),
            limit_s=LUSTRE_LIMIT_S,
        )
    if parameters.fstab:
        efs_helper(host)
    for line in parameters.fstab:
        source, path = line.split()[:2]
        host.ensure_line("/etc/fstab", line, instead_of=f"{source} ")
        if not host.succeeds("mountpoint", "-q", str(host.path(path))):
            host.folder(path)
            host.retried("mount", path)
    if parameters.homes_path:
        homes_of_the_ami(host)


def efs_helper(host: Host) -> None:
    """`mount.efs`, without which no TLS and no access point."""
    if host.has("mount.efs"):
        return
    if host.has("dnf"):
        packages.install(host, apt=(), dnf=("amazon-efs-utils",))
        return
    packages.install(host, apt=("git", "binutils", "stunnel4"), dnf=())
    folder = packages.checkout(host, pins.EFS_UTILS, "efs-utils")
    host.run("./build-deb.sh", cwd=folder)
    built = folder / "build" / f"amazon-efs-utils-{pins.EFS_UTILS.version}-1_all.deb"
    host.retried(*packages.APT, "install", str(built))


def homes_of_the_ami(host: Host) -> None:
    """The AMI's own user had his home under what is now covered by the mount."""
    for user in AMI_USERS:
        if host.succeeds("getent", "passwd", user) and not host.path(f"/home/{user}").exists():
            host.run("install", "-d", "-m", "0750", "-o", user, "-g", user, str(host.path(f"/home/{user}")))
