from __future__ import annotations

import hashlib
import io
import os
import re
import signal
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.unit.toolchain.bench import Bench
from toolchain.__main__ import main
from toolchain.build import duration
from toolchain.find import cache_folder
from toolchain.install import install
from toolchain.machine import ToolchainError
from toolchain.tool import Tool
from toolchain.tools import ARGOCD, ETCD, KUBERNETES, PULUMI, REDIS

ARCHIVE_URL = "https://get.pulumi.com/releases/sdk/pulumi-v3.250.0-linux-x64.tar.gz"
CHECKSUMS_URL = "https://github.com/pulumi/pulumi/releases/download/v3.250.0/pulumi-3.250.0-checksums.txt"
ARCHIVE_NAME = ARCHIVE_URL.rpartition("/")[2]
PROGRAMS = sorted(PULUMI.programs)
SLOW = "while [ $1 = build ] && [ ! -e {gate} ]; do sleep 0.01; done"


def archive(*names: str) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 4
            tar.addfile(member, io.BytesIO(b"text"))
        link = tarfile.TarInfo("pulumi/link")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc/passwd"
        tar.addfile(link)
    return content.getvalue()


RELEASE = archive(*(f"pulumi/{name}" for name in PROGRAMS), "pulumi/../../outside", "other/file", "/absolute")
RELEASE_SUM = hashlib.sha256(RELEASE).hexdigest()


def test_a_download_with_the_published_sum_is_unpacked(bench: Bench) -> None:
    bench.go_on_path()
    bench.urls.update({ARCHIVE_URL: RELEASE, CHECKSUMS_URL: f"{RELEASE_SUM}  {ARCHIVE_NAME}\n".encode()})
    folder = install(PULUMI, bench.machine)
    assert sorted(entry.name for entry in folder.iterdir()) == PROGRAMS
    assert [(folder / name).read_text() for name in PROGRAMS] == ["text"] * 4
    assert bench.in_cache == [folder.name]
    assert bench.go_calls == []
    assert bench.said == [
        f"pulumi 3.250.0: downloading {ARCHIVE_URL}",
        f"pulumi 3.250.0: downloaded in 0 s, kept in {folder}",
    ]


def test_a_download_with_another_sum_is_refused_and_nothing_is_left(bench: Bench) -> None:
    bench.go_on_path()
    bench.urls.update({ARCHIVE_URL: RELEASE, CHECKSUMS_URL: f"{'0' * 64}  {ARCHIVE_NAME}\n".encode()})
    with pytest.raises(
        ToolchainError, match=f"its SHA-256 is {RELEASE_SUM}, the release publishes {'0' * 64}; nothing was"
    ):
        install(PULUMI, bench.machine)
    assert bench.in_cache == []
    assert bench.go_calls == []


@pytest.mark.parametrize(
    "urls",
    [
        {},
        {ARCHIVE_URL: RELEASE},
        {CHECKSUMS_URL: f"{RELEASE_SUM}  {ARCHIVE_NAME}\n".encode()},
        {ARCHIVE_URL: RELEASE, CHECKSUMS_URL: f"{RELEASE_SUM}  pulumi-v3.250.0-darwin-x64.tar.gz\n".encode()},
    ],
    ids=["no network", "no sums", "no archive", "no sum for this platform"],
)
def test_without_a_download_that_can_be_checked_it_is_built(bench: Bench, urls: dict[str, bytes]) -> None:
    bench.go_on_path()
    bench.urls.update(urls)
    folder = install(PULUMI, bench.machine)
    assert sorted(entry.name for entry in folder.iterdir()) == PROGRAMS
    assert all(os.access(folder / name, os.X_OK) for name in PROGRAMS)
    assert bench.in_cache == [folder.name]


def test_a_build_says_what_it_does_and_asks_go_for_exactly_the_pins(bench: Bench) -> None:
    bench.go_on_path()
    folder = install(PULUMI, bench.machine)
    assert bench.said == [
        "pulumi 3.250.0: no download (<urlopen error no network in this test>)",
        "pulumi 3.250.0: building from its Go modules, usually about 5 min on 2 cores",
        f"pulumi 3.250.0: built in 0 s, kept in {folder}",
    ]
    flags = "build -trimpath -mod=readonly -buildvcs=false -ldflags -s -w -X"
    version = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
    sdk = "list -mod=readonly -m -f {{.Dir}} github.com/pulumi/pulumi/sdk/v3"
    assert [re.sub(r" -o \S+", "", call) for call in bench.go_calls] == [
        f"{flags} {version}=v3.250.0 github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        f"{flags} {version}=v3.78.1 github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
        sdk,
        sdk,
    ]


def test_a_second_install_takes_what_the_first_made(bench: Bench) -> None:
    bench.go_on_path()
    first = install(PULUMI, bench.machine)
    calls = bench.go_calls
    assert install(PULUMI, bench.machine) == first
    assert bench.go_calls == calls


def test_two_installs_at_once_make_one_build(bench: Bench) -> None:
    gate = bench.folder / "gate"
    bench.go_on_path(SLOW.format(gate=gate))

    def say(line: str) -> None:
        bench.said.append(line)
        if line == "pulumi 3.250.0: another process is installing it, waiting":
            gate.touch()

    machine = replace(bench.machine, say=say)
    with ThreadPoolExecutor(2) as threads:
        folders = list(threads.map(lambda _: install(PULUMI, machine), range(2)))
    assert folders == [cache_folder(PULUMI, machine)] * 2
    assert len(bench.go_calls) == 4


def test_without_go_the_error_says_what_to_install(bench: Bench) -> None:
    bench.path.mkdir()
    machine = replace(bench.machine, search_path=str(bench.path))
    assert main(["install"], machine, [PULUMI]) == 1
    assert bench.said[-1] == (
        "error: pulumi 3.250.0 is not on PATH, its download cannot be reached and there is no Go to build it."
        " Install pulumi 3.250 or newer, or Go 1.25 or newer."
    )
    assert bench.in_cache == []


def test_a_build_that_fails_shows_what_go_said_and_leaves_nothing(bench: Bench) -> None:
    bench.go_on_path("echo 'verifying module: checksum mismatch' >&2; exit 3")
    with pytest.raises(ToolchainError, match=r"cmd/pulumi failed:\nverifying module: checksum mismatch$"):
        install(PULUMI, bench.machine)
    assert bench.in_cache == []


def test_a_module_that_is_not_there_is_an_error(bench: Bench) -> None:
    bench.go_on_path('[ "$1" = list ] && exit 1')
    with pytest.raises(
        ToolchainError,
        match=r"^pulumi 3\.250\.0: Go does not find the module github\.com/pulumi/pulumi/sdk/v3, which",
    ):
        install(PULUMI, bench.machine)
    assert bench.in_cache == []


KUBE = "https://dl.k8s.io/release/v1.34.4/bin/linux/amd64"


def test_plain_programs_are_downloaded_with_a_sum_of_their_own(bench: Bench) -> None:
    for name in KUBERNETES.programs:
        bench.urls[f"{KUBE}/{name}"] = name.encode()
        bench.urls[f"{KUBE}/{name}.sha256"] = hashlib.sha256(name.encode()).hexdigest().encode()
    folder = install(KUBERNETES, bench.machine)
    assert {entry.name: entry.read_text() for entry in folder.iterdir()} == {
        name: name for name in KUBERNETES.programs
    }
    assert all(os.access(entry, os.X_OK) for entry in folder.iterdir())
    assert bench.go_calls == []


def test_a_program_is_looked_up_in_a_list_of_sums(bench: Bench) -> None:
    release = "https://github.com/argoproj/argo-cd/releases/download/v3.2.6"
    bench.urls[f"{release}/argocd-linux-amd64"] = b"argocd"
    sums = f"{'0' * 64}  argocd-linux-arm64\n{hashlib.sha256(b'argocd').hexdigest()}  argocd-linux-amd64\n"
    bench.urls[f"{release}/cli_checksums.txt"] = sums.encode()
    assert (install(ARGOCD, bench.machine) / "argocd").read_text() == "argocd"


def test_programs_of_one_recipe_are_built_at_once_under_their_own_names(bench: Bench) -> None:
    bench.go_on_path()
    folder = install(KUBERNETES, bench.machine)
    assert {entry.name for entry in folder.iterdir()} == {*KUBERNETES.programs}
    assert [call.split()[-3:] for call in bench.go_calls] == [
        [f"k8s.io/kubernetes/cmd/{name}" for name in KUBERNETES.programs]
    ]
    assert [entry.name for entry in install(ARGOCD, bench.machine).iterdir()] == ["argocd"]


APT = """#!/bin/sh
[ -n "{fails}" ] && echo 'E: Unable to locate package' && exit 100
shift
for package in "$@"; do touch "$package.deb"; done
"""
DPKG = """#!/bin/sh
mkdir -p "$3/usr/bin" "$3/usr/lib/made-up"
touch "$3/usr/bin/etcd" "$3/usr/bin/redis-check-rdb"
touch "$3/usr/lib/made-up/libjemalloc.so.2" "$3/usr/lib/made-up/liblzf.so.1"
"""


@pytest.mark.parametrize(
    ("tool", "files"),
    [(ETCD, ["etcd"]), (REDIS, ["libjemalloc.so.2", "liblzf.so.1", "redis-server"])],
    ids=["etcd", "redis"],
)
def test_files_of_debian_packages_are_unpacked(bench: Bench, tool: Tool, files: list[str]) -> None:
    bench.script("apt-get", APT.format(fails=""))
    bench.script("dpkg", DPKG)
    folder = install(tool, replace(bench.machine, progress_seconds=60))
    assert sorted(entry.name for entry in folder.iterdir()) == files
    assert bench.said[-2:] == [
        f"{tool.name} {tool.version}: unpacking Debian's packages, usually some seconds",
        f"{tool.name} {tool.version}: built in 0 s, kept in {folder}",
    ]


def test_a_package_that_apt_does_not_have_is_an_error_that_shows_its_words(bench: Bench) -> None:
    bench.script("apt-get", APT.format(fails="yes"))
    with pytest.raises(
        ToolchainError,
        match=r"^etcd 3\.5\.21: apt-get download etcd-server \(after .* may work\) failed:\nE: Unable to",
    ):
        install(ETCD, bench.machine)
    assert bench.in_cache == []


def test_without_apt_the_error_says_what_to_install(bench: Bench) -> None:
    bench.path.mkdir()
    with pytest.raises(ToolchainError) as raised:
        install(ETCD, replace(bench.machine, search_path=str(bench.path)))
    assert str(raised.value) == (
        "etcd 3.5.21 is not on PATH, its download cannot be reached and there is no apt-get to build it."
        " Install etcd 3.4 or newer, or apt-get (Debian, Ubuntu)."
    )


@pytest.fixture
def signal_handlers() -> Iterator[None]:
    """Installing takes SIGTERM over; the test process gets its own handler back."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def interrupt() -> None:
    raise KeyboardInterrupt


def terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("stop", [interrupt, terminate])
def test_an_interrupted_build_ends_go_and_leaves_nothing(
    bench: Bench, signal_handlers: None, stop: Callable[[], None]
) -> None:
    bench.go_on_path(SLOW.format(gate=bench.folder / "never"))

    def say(line: str) -> None:
        bench.said.append(line)
        if "still building" in line:
            stop()

    assert main(["install"], replace(bench.machine, say=say), [PULUMI]) == 130
    assert bench.said[-1] == "interrupted: nothing half-made is kept, and Go remembers what it had compiled"
    assert bench.in_cache == []
    with pytest.raises(ProcessLookupError):
        os.kill(int((bench.folder / "go-calls").read_text().split()[0]), 0)


def test_what_a_killed_build_left_is_neither_taken_nor_kept(bench: Bench) -> None:
    bench.go_on_path()
    target = cache_folder(PULUMI, bench.machine)
    left_behind = target.parent / f".{target.name}-killed"
    left_behind.mkdir(parents=True)
    (left_behind / "pulumi").write_text("half a program")
    folder = install(PULUMI, bench.machine)
    assert bench.in_cache == [folder.name]
    assert (folder / "pulumi").read_text() == "#!/bin/sh\n"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (491, "8 min 11 s")]
)
def test_a_duration_is_said_in_minutes_and_seconds(seconds: float, words: str) -> None:
    assert duration(seconds) == words
