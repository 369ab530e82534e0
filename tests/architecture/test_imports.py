from __future__ import annotations

import ast
import sys

import pytest

from tests.architecture.sources import PACKAGES, imports, modules, owner

# Who may import whom: spec <- plan <- components <- __main__, and the driver beside them.
OURS = {
    "spec": set[str](),
    "plan": {"spec"},
    "components": {"spec", "plan"},
    "__main__": {"spec", "plan", "components"},
    "automation": {"spec", "plan", "sandbox.client", "sandbox.faults", "toolchain", "parallelcluster.client"},
    "sandbox": {"parallelcluster.client"},
    "toolchain": set[str](),
    # The way over the process boundary; its worker runs in an environment of its own.
    "parallelcluster": set[str](),
}
# A component provider makes resources as the published one does.
COMPONENT_PROVIDERS = {"sandbox/providers/eks/cluster.py"}
# Pulumi and the cloud stay out of what must be pure.
PURE = {"spec", "plan"}
CLOUD = {"pulumi", "boto3", "botocore", "moto", "requests", "urllib3"}


def is_within(name: str, prefixes: set[str]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def imported_by(packages: set[str]) -> list[tuple[str, str]]:
    return [
        (str(path), name)
        for path, tree in modules().items()
        if owner(path) in packages
        for name in imports(tree)
    ]


def test_every_package_is_looked_at() -> None:
    assert {owner(path) for path in modules()} == {"__main__", *PACKAGES}


@pytest.mark.parametrize("package", OURS)
def test_imports_go_one_way(package: str) -> None:
    others = {*PACKAGES, "__main__"} - {package}
    wrong = [
        f"{path} imports {name}"
        for path, name in imported_by({package})
        if is_within(name, others) and not is_within(name, OURS[package])
    ]
    assert wrong == []


def test_only_components_import_pulumi_resource_packages() -> None:
    others = {*OURS} - {"components"}
    assert [
        f"{path} imports {name}"
        for path, name in imported_by(others)
        if name.startswith("pulumi_") and path not in COMPONENT_PROVIDERS
    ] == []


def test_the_driver_knows_of_pulumi_only_its_automation_api() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, name in imported_by({"automation"})
        if is_within(name, {"pulumi"}) and not is_within(name, {"pulumi.automation"})
    ]
    assert wrong == []


def test_spec_and_plan_import_no_cloud() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, name in imported_by(PURE)
        if is_within(name, CLOUD) or name.startswith("pulumi_")
    ]
    assert wrong == []


def test_the_toolchain_runs_before_there_are_packages() -> None:
    stdlib = {*sys.stdlib_module_names, "toolchain"}
    assert [
        f"{path} imports {name}" for path, name in imported_by({"toolchain"}) if not is_within(name, stdlib)
    ] == []


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import plan.names", ["plan.names"]),
        ("from sandbox import client", ["sandbox.client"]),
        ("from . import names", []),
        ("def f():\n    from plan import tags, names", ["plan.tags", "plan.names"]),
        ("if TYPE_CHECKING:\n    import pulumi_aws as aws", ["pulumi_aws"]),
    ],
)
def test_imports_are_seen_wherever_they_stand(code: str, names: list[str]) -> None:
    assert list(imports(ast.parse(code))) == names
