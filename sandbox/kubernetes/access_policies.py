"""EKS access policies: what each lets its principal do, and where.

Source: EKS User Guide, "Review access policy permissions" (each table row is a rule here) and "Associate access
policies with access entries" (scopes). AmazonEKSAutoNodePolicy has no rules there: it allows nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

ARN_PREFIX: Final = "arn:aws:eks::aws:cluster-access-policy/"
ANY: Final = frozenset({"*"})
_READ: Final = frozenset({"get", "list", "watch"})
_WRITE: Final = frozenset({"create", "delete", "deletecollection", "patch", "update"})


@dataclass(frozen=True, slots=True)
class Rule:
    """API groups, resources (`pods/log` for a sub-resource) and verbs that are allowed together; `*` is any."""

    groups: frozenset[str]
    resources: frozenset[str]
    verbs: frozenset[str]

    def covers(self, group: str, resource: str, verb: str) -> bool:
        """Whether the rule allows it."""
        asked = ((self.groups, group), (self.resources, resource), (self.verbs, verb))
        return all(allowed == ANY or value in allowed for allowed, value in asked)


@dataclass(frozen=True, kw_only=True, slots=True)
class Association:
    """A policy of an access entry, and its scope; no namespaces: the whole cluster."""

    policy_arn: str
    namespaces: tuple[str, ...] = ()

    def reaches(self, namespace: str) -> bool:
        """Whether what is in this namespace ("": in none) is in its scope; a scope may have wildcards."""
        return not self.namespaces or any(fnmatchcase(namespace, scope) for scope in self.namespaces)


def allowing(associations: Iterable[Association], review: Mapping[str, Any]) -> Association | None:
    """The association that allows what the spec of a SubjectAccessReview asks; None: none does."""
    return next((item for item in associations if _allows(item, review)), None)


def _allows(association: Association, review: Mapping[str, Any]) -> bool:
    name = association.policy_arn.removeprefix(ARN_PREFIX)
    if "nonResourceAttributes" in review:
        return name == _ALL and not association.namespaces
    asked = review.get("resourceAttributes") or {}
    if not association.reaches(asked.get("namespace", "")):
        return False
    resource = "/".join(filter(None, (asked.get("resource"), asked.get("subresource"))))
    rules = POLICIES.get(name, ())
    return any(rule.covers(asked.get("group", ""), resource, asked.get("verb", "")) for rule in rules)


def _rule(group: str, resources: str, verbs: frozenset[str]) -> Rule:
    return Rule(frozenset({group}), frozenset(resources.split()), verbs)


_SCALED = "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale"
_SHOWN = (
    "daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets "
    "replicasets/scale replicasets/status"
)
_INTO_PODS = "pods/attach pods/exec pods/portforward pods/proxy"
_VIEW = (
    _rule("apps", f"controllerrevisions {_SHOWN} statefulsets statefulsets/scale statefulsets/status", _READ),
    _rule("autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status", _READ),
    _rule("batch", "cronjobs cronjobs/status jobs jobs/status", _READ),
    _rule("discovery.k8s.io", "endpointslices", _READ),
    _rule(
        "extensions",
        f"{_SHOWN} ingresses ingresses/status networkpolicies replicationcontrollers/scale",
        _READ,
    ),
    _rule("networking.k8s.io", "ingresses ingresses/status networkpolicies", _READ),
    _rule("policy", "poddisruptionbudgets poddisruptionbudgets/status", _READ),
    _rule(
        "",
        "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers "
        "replicationcontrollers/scale serviceaccounts services services/status",
        _READ,
    ),
    _rule(
        "",
        "bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status "
        "resourcequotas resourcequotas/status",
        _READ,
    ),
    _rule("", "namespaces", _READ),
)
_EDIT = (
    *_VIEW,
    _rule("apps", f"{_SCALED} statefulsets statefulsets/scale", _WRITE),
    _rule("autoscaling", "horizontalpodautoscalers", _WRITE),
    _rule("batch", "cronjobs jobs", _WRITE),
    _rule("extensions", f"{_SCALED} ingresses networkpolicies replicationcontrollers/scale", _WRITE),
    _rule("networking.k8s.io", "ingresses networkpolicies", _WRITE),
    _rule("policy", "poddisruptionbudgets", _WRITE),
    _rule("", f"{_INTO_PODS} secrets services/proxy", _READ),
    _rule("", "serviceaccounts", frozenset({"impersonate"})),
    _rule("", f"pods {_INTO_PODS}", _WRITE),
    _rule(
        "",
        "configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets "
        "serviceaccounts services services/proxy",
        _WRITE,
    ),
)
_ADMIN = (
    *_EDIT,
    _rule("authorization.k8s.io", "localsubjectaccessreviews", frozenset({"create"})),
    _rule("rbac.authorization.k8s.io", "rolebindings roles", _READ | _WRITE),
)
_ALL = "AmazonEKSClusterAdminPolicy"
POLICIES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "AmazonEKSAdminPolicy": _ADMIN,
    "AmazonEKSAdminViewPolicy": (Rule(ANY, ANY, _READ),),
    _ALL: (Rule(ANY, ANY, ANY),),
    "AmazonEKSEditPolicy": _EDIT,
    "AmazonEKSSecretReaderPolicy": (_rule("", "secrets", _READ),),
    "AmazonEKSViewPolicy": _VIEW,
    "AmazonEKSAutoNodePolicy": (),
}
"""Those that a customer may associate, by name. The rest serve service-linked roles only."""
