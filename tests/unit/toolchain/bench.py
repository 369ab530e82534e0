from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.error import URLError

from toolchain.machine import Machine
from toolchain.tool import Tool
from toolchain.tools import PULUMI

# A `go` that "builds" by writing a script where -o says. GO_SCRIPT's first lines may make it slow or fail.
GO = """#!/bin/sh
echo "$$ $*" >> "{calls}"
{first}
case "$1" in
  list) echo "{module}" ;;
  build)
    while [ "$1" != -o ]; do shift; done
    into="$2"
    shift 2
    for package in "$@"; do
      printf '#!/bin/sh\\n' > "$into/$(basename "$package")"
      chmod +x "$into/$(basename "$package")"
    done ;;
esac
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """A made-up machine: PATH is a folder of scripts and /bin, the network a table; what is said is kept."""

    folder: Path
    urls: dict[str, bytes] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def machine(self) -> Machine:
        return Machine(
            search_path=f"{self.path}:/usr/bin:/bin",
            cache=self.folder / "cache",
            platform="linux-x64",
            open_url=self._open_url,
            say=self.said.append,
            progress_seconds=0.05,
        )

    @property
    def path(self) -> Path:
        return self.folder / "path"

    @property
    def go_calls(self) -> list[str]:
        """The arguments of every `go` that ran."""
        calls = self.folder / "go-calls"
        return [line.split(" ", 1)[1] for line in calls.read_text().splitlines()] if calls.exists() else []

    @property
    def in_cache(self) -> list[str]:
        """What lies in the cache besides locks."""
        cache = self.folder / "cache"
        return sorted(entry.name for entry in cache.glob("*") if entry.suffix != ".lock")

    def script(self, name: str, text: str) -> None:
        self.path.mkdir(exist_ok=True)
        (self.path / name).write_text(text)
        (self.path / name).chmod(0o755)

    def pulumi_on_path(self, version: str, tool: Tool = PULUMI) -> None:
        self.script("pulumi", f"#!/bin/sh\necho {version}\n")
        for companion in tool.companions:
            self.script(companion, "#!/bin/sh\n")

    def go_on_path(self, first: str = "") -> None:
        module = self.folder / "module"
        for script in ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python"):
            (module / script).parent.mkdir(parents=True, exist_ok=True)
            (module / script).write_text("#!/bin/sh\n")
        self.script("go", GO.format(calls=self.folder / "go-calls", module=module, first=first))

    def _open_url(self, url: str) -> BinaryIO:
        if url not in self.urls:
            raise URLError("no network in this test")
        return io.BytesIO(self.urls[url])
