"""Accounting: slurmdbd on the controller, with MariaDB beside it or a MySQL server whose secret it reads.

SageMaker can set it up as well (`Orchestrator.Slurm.AccountingDatabase`): what is there and not from here stays.
"""

from __future__ import annotations

import json

from provision import packages
from provision.host import Host, ProvisionError
from provision.node import Node
from provision.parameters import Database, Parameters

LOCAL_DATABASE = "slurm_acct_db"
DBD_CONF = "/opt/slurm/etc/slurmdbd.conf"
ACCOUNTING_CONF = "/opt/slurm/etc/accounting.conf"
"""Empty on the AMI, and included by the slurm.conf that SageMaker writes: what is in it survives a new slurm.conf."""

OURS = "# Written by the lifecycle scripts of ml-clusters.\n"

UNIT = "/etc/systemd/system/slurmdbd.service"
UNIT_TEXT = """\
[Unit]
Description=Slurm accounting daemon
After=munge.service network-online.target mariadb.service
Wants=network-online.target

[Service]
User=slurm
Group=slurm
ExecStart=/opt/slurm/sbin/slurmdbd -D
ExecReload=/bin/kill -HUP $MAINPID
LogsDirectory=slurm
LimitNOFILE=65536
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
"""

LOCAL_SQL = f"""\
CREATE DATABASE IF NOT EXISTS {LOCAL_DATABASE};
CREATE USER IF NOT EXISTS 'slurm'@'localhost' IDENTIFIED VIA unix_socket;
GRANT ALL ON {LOCAL_DATABASE}.* TO 'slurm'@'localhost';
"""
"""No password: MariaDB asks the kernel who is at the other end of its socket, and slurmdbd runs as slurm."""

LOCAL_TUNING = """\
[mysqld]
bind_address = 127.0.0.1
innodb_buffer_pool_size = 1G
innodb_lock_wait_timeout = 900
"""
"""Slurm's documentation, "Accounting and Resource Limits", asks for these InnoDB settings."""


def set_up(host: Host, _: Node, parameters: Parameters) -> None:
    """Database, slurmdbd, and what slurm.conf says of it. Slurm itself is started by the next step."""
    if not parameters.accounting:
        return
    conf = host.path(DBD_CONF)
    if conf.is_file() and not conf.read_text().startswith(OURS):
        host.say(f"{DBD_CONF} is not ours, so SageMaker has set accounting up: it stays as it is")
    else:
        _set_up(host, parameters)
    host.wait("slurmdbd answers", lambda: host.succeeds("sacctmgr", "-n", "list", "cluster"), limit_s=60)


def _set_up(host: Host, parameters: Parameters) -> None:
    name = host.run("hostname", "-s").strip()
    if parameters.database:
        login = secret(host, parameters.database, parameters.region)
        storage = remote_storage(parameters.database, *login)
    else:
        local_database(host)
        storage = local_storage()
    host.folder("/opt/slurm/etc")
    changed = host.write(DBD_CONF, dbd_conf(name, storage), mode=0o600)
    host.run("chown", "slurm:slurm", str(host.path(DBD_CONF)))
    changed |= host.write(UNIT, UNIT_TEXT)
    host.write(ACCOUNTING_CONF, accounting_conf(name))
    if changed:
        host.run("systemctl", "daemon-reload")
        host.run("systemctl", "enable", "slurmdbd")
        host.run("systemctl", "restart", "slurmdbd")


def associate(host: Host, _: Node, parameters: Parameters) -> None:
    """An account for each team, and its users in it."""
    if not parameters.accounting:
        return
    known = set(host.run("sacctmgr", "-n", "-P", "list", "account", "format=account").split())
    for team in parameters.teams:
        if team.name not in known:
            host.run("sacctmgr", "-i", "add", "account", team.name)
    rows = host.run("sacctmgr", "-n", "-P", "list", "association", "format=user,account").split()
    for user in parameters.users:
        for team_name in user.teams:
            if f"{user.name}|{team_name}" not in rows:
                host.run("sacctmgr", "-i", "add", "user", user.name, f"account={team_name}")


def local_database(host: Host) -> None:
    """MariaDB for this controller alone, reached by its socket."""
    if not host.has("mariadb"):
        packages.install(host, apt=("mariadb-server",), dnf=("mariadb105-server",))
    folder = "/etc/mysql/mariadb.conf.d" if host.path("/etc/mysql").is_dir() else "/etc/my.cnf.d"
    if host.write(f"{folder}/60-slurm.cnf", LOCAL_TUNING):
        host.run("systemctl", "enable", "mariadb")
        host.run("systemctl", "restart", "mariadb")
    host.run("mariadb", "--batch", stdin=LOCAL_SQL)


def secret(host: Host, database: Database, region: str) -> tuple[str, str]:
    """User and password of the database. The secret is in no argument and no log."""
    told = host.retried(
        "aws", "secretsmanager", "get-secret-value", "--region", region,
        "--secret-id", database.secret_arn, "--query", "SecretString", "--output", "text",
    )  # fmt: skip
    try:
        values = json.loads(told)
        return str(values["username"]), str(values["password"])
    except (ValueError, KeyError, TypeError):
        raise ProvisionError(
            f"secret {database.secret_arn} is no JSON with username and password, as RDS writes it"
        ) from None


def local_storage() -> dict[str, str]:
    """How slurmdbd reaches MariaDB on this node."""
    return {"StorageHost": "localhost", "StorageUser": "slurm", "StorageLoc": LOCAL_DATABASE}


def remote_storage(database: Database, user: str, password: str) -> dict[str, str]:
    """How slurmdbd reaches another server."""
    return {
        "StorageHost": database.endpoint,
        "StoragePort": str(database.port),
        "StorageUser": user,
        "StoragePass": password,
        "StorageLoc": database.name,
    }


def dbd_conf(name: str, storage: dict[str, str]) -> str:
    """slurmdbd.conf; slurmdbd refuses one that others than its user can read."""
    settings = {
        "AuthType": "auth/munge",
        "DbdHost": name,
        "DbdPort": "6819",
        "SlurmUser": "slurm",
        "LogFile": "/var/log/slurm/slurmdbd.log",
        "PidFile": "/run/slurmdbd.pid",
        "PurgeEventAfter": "12months",
        "PurgeJobAfter": "24months",
        "PurgeStepAfter": "6months",
        "StorageType": "accounting_storage/mysql",
        **storage,
    }
    return OURS + "".join(f"{key}={value}\n" for key, value in settings.items())


def accounting_conf(name: str) -> str:
    """What slurm.conf includes."""
    settings = {
        "JobAcctGatherType": "jobacct_gather/cgroup",
        "JobAcctGatherFrequency": "30",
        "AccountingStorageType": "accounting_storage/slurmdbd",
        "AccountingStorageHost": name,
        "AccountingStoragePort": "6819",
        "AccountingStorageTRES": "gres/gpu",
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())
