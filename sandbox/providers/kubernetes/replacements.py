"""Which changes of an object replace it, and what changed. Pure.

The table is that of pulumi-kubernetes 4.34 (`provider/pkg/provider/diff.go`), for the kinds' stable versions: what
the API server lets nobody change. A change that it refuses and this table does not know is its error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.providers.diff import Change, join
from sandbox.providers.kubernetes.objects import AUTONAMED, DEFAULT_NAMESPACE, Kind, annotation
from sandbox.providers.wire import has_unknown

_VOLUME_SOURCES: Final = [
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "csi",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "glusterfs",
    "hostPath",
    "iscsi",
    "local",
    "nfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
]
_OF_PODS: Final = [
    "affinity",
    "automountServiceAccountToken",
    "dnsConfig",
    "dnsPolicy",
    "enableServiceLinks",
    "hostAliases",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostname",
    "imagePullSecrets",
    "nodeName",
    "nodeSelector",
    "overhead",
    "preemptionPolicy",
    "priority",
    "priorityClassName",
    "readinessGates",
    "restartPolicy",
    "runtimeClassName",
    "schedulerName",
    "securityContext",
    "serviceAccount",
    "serviceAccountName",
    "shareProcessNamespace",
    "subdomain",
    "terminationGracePeriodSeconds",
    "volumes",
    "containers",
    "initContainers",
]
_STATEFUL_SET: Final = [
    "podManagementPolicy",
    "revisionHistoryLimit",
    "selector",
    "serviceName",
    "volumeClaimTemplates",
]


def _spec(*names: str) -> tuple[str, ...]:
    return tuple(f"spec.{name}" for name in names)


IDENTITY: Final = ("metadata.name", "metadata.namespace")
REPLACING: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("apps/v1", "DaemonSet"): _spec("selector"),
    ("apps/v1", "Deployment"): _spec("selector"),
    ("apps/v1", "StatefulSet"): _spec(*_STATEFUL_SET),
    ("batch/v1", "Job"): _spec("completions", "parallelism", "selector", "template"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io/v1", "StorageClass"): ("parameters", "provisioner"),
    ("v1", "ConfigMap"): ("binaryData", "data"),
    ("v1", "PersistentVolume"): _spec(*_VOLUME_SOURCES),
    ("v1", "PersistentVolumeClaim"): _spec("accessModes", "selector", "storageClassName", "volumeName"),
    ("v1", "Pod"): _spec(*_OF_PODS),
    ("v1", "ResourceQuota"): _spec("scopes"),
    ("v1", "Secret"): ("data", "stringData", "type"),
    ("v1", "Service"): _spec("clusterIP"),
}
"""(API version, kind) -> the paths whose change replaces, beside the IDENTITY."""
MUTABLE_BY: Final = {("v1", "ConfigMap"): "enableConfigMapMutable", ("v1", "Secret"): "enableSecretMutable"}
"""The provider's switches by which the data of these change in place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """The changed paths, and which of them replace."""

    paths: Mapping[str, Change]
    replaces: tuple[str, ...]
    delete_before_replace: bool


def difference(
    kind: Kind, *, olds: Mapping[str, Any], news: Mapping[str, Any], flags: Mapping[str, bool]
) -> Difference:
    """What changes when an object that was made of the inputs `olds` gets the inputs `news`."""
    paths = dict(_changes("", _canonical(olds), _canonical(news)))
    replacing = _replacing(kind, news, flags)
    replaces = tuple(path for path in paths if any(_lies_in(path, name) for name in replacing))
    keeps_name = annotation(news, AUTONAMED) != "true" and not any(
        _lies_in(path, name) for path in replaces for name in IDENTITY
    )
    return Difference(paths=paths, replaces=replaces, delete_before_replace=bool(replaces) and keeps_name)


def _replacing(kind: Kind, news: Mapping[str, Any], flags: Mapping[str, bool]) -> tuple[str, ...]:
    key = (kind.api_version, kind.kind)
    switch = MUTABLE_BY.get(key)
    if kind.is_patch or (switch and flags[switch] and not news.get("immutable")):
        return IDENTITY
    return (*IDENTITY, *REPLACING.get(key, ()))


def _canonical(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """An object in no namespace is in `default`; for kinds that have none the two mean the same."""
    metadata = inputs.get("metadata")
    if not isinstance(metadata, Mapping):
        return dict(inputs)
    return {**inputs, "metadata": {"namespace": DEFAULT_NAMESPACE, **metadata}}


def _lies_in(path: str, name: str) -> bool:
    """Whether a changed path is a property, in it, or holds it (a list of containers, a whole selector)."""
    return path == name or path.startswith((f"{name}.", f"{name}[")) or name.startswith(f"{path}.")


def _changes(path: str, old: Any, new: Any) -> Iterator[tuple[str, Change]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _changes(join(path, key) if path else key, old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _changes(f"{path}[{index}]", one, other)
    elif old is None and new is not None:
        yield path, Change.ADD
    elif new is None and old is not None:
        yield path, Change.DELETE
    elif has_unknown(new) or old != new:
        yield path, Change.UPDATE
