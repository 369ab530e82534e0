"""The table of tools."""

from __future__ import annotations

from toolchain.tool import (
    Build,
    DebianFiles,
    Download,
    GoProgram,
    GoPrograms,
    ModuleFile,
    PlainDownload,
    Tool,
)

_PULUMI_VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"

# 3.250.0 is the newest pkg/v3 that builds from modules alone. Its language host is a module of its own that
# is not served, so the last sdk release that still contained one stands in (3.78.1). That host ignores the
# `virtualenv` option of Pulumi.yaml: the environment's bin folder has to be first on PATH.
PULUMI = Tool(
    name="pulumi",
    version="3.250.0",
    at_least=(3, 250),
    below=(4,),
    version_command=("version",),
    companions=("pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python"),
    downloads=(
        Download(
            archive="https://get.pulumi.com/releases/sdk/pulumi-v{version}-{platform}.tar.gz",
            checksums="https://github.com/pulumi/pulumi/releases/download/v{version}/pulumi-{version}-checksums.txt",
            folder="pulumi",
        ),
    ),
    build=Build(
        usual_minutes=5,
        parts=(
            GoProgram(
                recipe="pulumi",
                package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
                ldflags=f"-s -w -X {_PULUMI_VERSION}=v3.250.0",
            ),
            GoProgram(
                recipe="pulumi-language-python",
                package="github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
                ldflags=f"-s -w -X {_PULUMI_VERSION}=v3.78.1",
            ),
            ModuleFile(
                recipe="pulumi",
                module="github.com/pulumi/pulumi/sdk/v3",
                path="python/cmd/pulumi-language-python-exec",
            ),
            ModuleFile(
                recipe="pulumi",
                module="github.com/pulumi/pulumi/sdk/v3",
                path="python/dist/pulumi-resource-pulumi-python",
            ),
        ),
    ),
)

# What follows is for the sandbox alone: `validate`, plans and unit tests need none of it.
_COMPONENT_VERSION = "k8s.io/component-base/version"
_KUBERNETES_FLAGS = (
    f"-s -w -X {_COMPONENT_VERSION}.gitVersion=v1.34.4"
    f" -X {_COMPONENT_VERSION}.gitMajor=1 -X {_COMPONENT_VERSION}.gitMinor=34"
    " -X github.com/argoproj/argo-cd/v3/common.version=3.2.6"
)
"""The same for all programs of the recipe. Without the versions an API server cannot say what it is."""


def _published(program: str) -> PlainDownload:
    """A program of a Kubernetes release. There are servers for Linux only."""
    url = f"https://dl.k8s.io/release/v{{version}}/bin/{{os}}/{{arch}}/{program}"
    return PlainDownload(program=program, url=url, checksums=f"{url}.sha256")


def _kubernetes(*programs: str, usual_minutes: int) -> Build:
    packages = tuple((program, f"k8s.io/kubernetes/cmd/{program}") for program in programs)
    part = GoPrograms(recipe="kubernetes", packages=packages, ldflags=_KUBERNETES_FLAGS)
    return Build(usual_minutes=usual_minutes, parts=(part,))


KUBERNETES = Tool(
    name="kube-apiserver",
    version="1.34.4",
    at_least=(1, 34),
    below=(1, 35),
    version_command=("--version",),
    companions=("kube-controller-manager", "kube-scheduler"),
    downloads=tuple(map(_published, ("kube-apiserver", "kube-controller-manager", "kube-scheduler"))),
    build=_kubernetes("kube-apiserver", "kube-controller-manager", "kube-scheduler", usual_minutes=5),
)

# A kubectl works with servers that are one minor version older or newer (Kubernetes' version skew policy).
KUBECTL = Tool(
    name="kubectl",
    version="1.34.4",
    at_least=(1, 33),
    below=(1, 36),
    version_command=("version", "--client"),
    downloads=(_published("kubectl"),),
    build=_kubernetes("kubectl", usual_minutes=1),
)

# One program for all of Argo CD's roles: the name that it is called by says which one it plays.
ARGOCD = Tool(
    name="argocd",
    version="3.2.6",
    at_least=(3, 2),
    below=(3, 3),
    version_command=("version", "--client", "--short"),
    downloads=(
        PlainDownload(
            program="argocd",
            url="https://github.com/argoproj/argo-cd/releases/download/v{version}/argocd-{os}-{arch}",
            checksums="https://github.com/argoproj/argo-cd/releases/download/v{version}/cli_checksums.txt",
        ),
    ),
    build=Build(
        usual_minutes=3,
        parts=(
            GoPrograms(
                recipe="kubernetes",
                packages=(("argocd", "github.com/argoproj/argo-cd/v3/cmd"),),
                ldflags=_KUBERNETES_FLAGS,
            ),
        ),
    ),
)

ETCD = Tool(
    name="etcd",
    version="3.5.21",
    at_least=(3, 4),
    below=(4,),
    version_command=("--version",),
    downloads=(
        Download(
            archive="https://github.com/etcd-io/etcd/releases/download/v{version}/etcd-v{version}-{os}-{arch}.tar.gz",
            checksums="https://github.com/etcd-io/etcd/releases/download/v{version}/SHA256SUMS",
            folder="etcd-v{version}-{os}-{arch}",
        ),
    ),
    build=Build(
        usual_minutes=1,
        parts=(DebianFiles(packages=("etcd-server",), files=(("etcd", "usr/bin/etcd"),)),),
    ),
)

# Redis publishes no programs. Debian's is one program under three names; the libraries that few machines have
# lie beside it, so whoever starts it puts its folder into LD_LIBRARY_PATH.
REDIS = Tool(
    name="redis-server",
    version="7",
    at_least=(6,),
    below=(9,),
    version_command=("--version",),
    downloads=(),
    build=Build(
        usual_minutes=1,
        parts=(
            DebianFiles(
                packages=("redis-tools", "libjemalloc2", "liblzf1"),
                files=(
                    ("redis-server", "usr/bin/redis-check-rdb"),
                    ("libjemalloc.so.2", "usr/lib/*/libjemalloc.so.2"),
                    ("liblzf.so.1", "usr/lib/*/liblzf.so.1"),
                ),
            ),
        ),
    ),
)

# Argo CD's repo-server calls it for charts.
HELM = Tool(
    name="helm",
    version="3.19.5",
    at_least=(3, 17),
    below=(4,),
    version_command=("version", "--short"),
    downloads=(
        Download(
            archive="https://get.helm.sh/helm-v{version}-{os}-{arch}.tar.gz",
            checksums="https://get.helm.sh/helm-v{version}-{os}-{arch}.tar.gz.sha256sum",
            folder="{os}-{arch}",
        ),
    ),
    build=Build(
        usual_minutes=1,
        parts=(
            GoPrograms(
                recipe="kubernetes",
                packages=(("helm", "helm.sh/helm/v3/cmd/helm"),),
                ldflags="-s -w -X helm.sh/helm/v3/internal/version.version=v3.19.5",
            ),
        ),
    ),
)

TOOLS: tuple[Tool, ...] = (PULUMI, ETCD, KUBERNETES, KUBECTL, ARGOCD, REDIS, HELM)
