#!/bin/bash
# Every command of the scratch machine: writes down how it was called, and keeps as much state as the scripts ask about.
name="${0##*/}"
root="$PROVISION_ROOT"
call="$name $*"
printf '%s\n' "$call" >>"$STATE/calls"

if [[ -n "${FAILS:-}" && "$call" == "$FAILS"* ]]; then
    echo "$name: made to fail" >&2
    exit 1
fi

add_program() {
    ln -sf "$0" "${0%/*}/$1"
}

case "$call" in
"hostname -I") echo "${ADDRESS-10.3.0.5 fd00::5}" ;;
"hostname -s") echo ip-10-3-0-5 ;;
"uname -m") echo x86_64 ;;
"getent hosts "*) ;;
"getent "*)
    grep "^$2:" "$STATE/$1"
    exit
    ;;
esac

case "$name" in
groupadd) echo "$3:x:$2:" >>"$STATE/group" ;;
useradd) echo "${*: -1}:x:$2:" >>"$STATE/passwd" ;;
mountpoint) grep -qxF "${2#"$root"}" "$STATE/mounted" ;;
mount) echo "$1" >>"$STATE/mounted" ;;
apt-get | dnf)
    [[ "$call" == *mariadb* ]] && add_program mariadb
    [[ "$call" == *efs-utils* ]] && add_program mount.efs
    [[ "$call" == *install*amazon-cloudwatch-agent* ]] && {
        mkdir -p "$root/opt/aws/amazon-cloudwatch-agent/bin"
        ln -sf "$0" "$root/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
    }
    true
    ;;
mariadb) cat >>"$STATE/sql" ;;
aws) cat "$STATE/secret" ;;
curl) printf '%s' "${BODY-node_exporter}" >"$6" ;;
install) [[ "$1" == -d ]] && mkdir -p "${*: -1}" || : >"${*: -1}" ;;
git)
    case "$call" in
    *" fetch "*) echo "${COMMIT-${*: -1}}" >"$STATE/head" ;;
    *" rev-parse "*) cat "$STATE/head" ;;
    *efs-utils*" checkout "*) ln -sf "$0" "$2/build-deb.sh" ;;
    esac
    ;;
make)
    [[ "$call" == *"enroot-"*" install "* ]] && add_program enroot
    [[ "$call" == *"pyxis-"* ]] && mkdir -p "$root/usr/local/lib/slurm" && : >"$root/usr/local/lib/slurm/spank_pyxis.so"
    true
    ;;
systemctl)
    if [[ "$call" == *"restart slurmd"* ]]; then
        mkdir -p "$root/var/spool/slurmd/conf-cache"
        : >"$root/var/spool/slurmd/conf-cache/slurm.conf"
    fi
    ;;
scontrol) echo "Slurmctld(primary) at ip-10-3-0-5 is UP" ;;
sacctmgr)
    case "$call" in
    *"list account"*) cat "$STATE/accounts" ;;
    *"list association"*) cat "$STATE/associations" ;;
    *"add account"*) echo "$4" >>"$STATE/accounts" ;;
    *"add user"*) echo "$4|${5#account=}" >>"$STATE/associations" ;;
    esac
    ;;
esac
