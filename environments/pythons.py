"""The interpreters of this machine, found by name and tried before they are believed."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..engines.info import TESTED_PYTHONS

# Where pyenv and uv keep the interpreters that are not on the PATH.
HOMES = (".pyenv/versions/*/bin", ".local/share/uv/python/*/bin")
PATIENCE = 60.0  # seconds; a machine at a load of 25 takes 8 for a bare one
QUERY = """
import platform, sys, sysconfig
print(sys.executable)
print(platform.python_version())
print(sysconfig.get_config_var("Py_GIL_DISABLED") or 0)
"""


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter that runs: its path, its version, and whether it is one without the GIL."""

    path: str
    version: str
    free: bool = False

    @property
    def version_text(self) -> str:
        """Return its version as its name has it: 3.13.5t is without the GIL."""
        return f"{self.version}t" if self.free else self.version


def find_current_python() -> Python:
    """Return the interpreter that runs dfbench."""
    free = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    return Python(sys.executable, platform.python_version(), free)


def find_python(name: str, path: str, home: Path) -> Python | None:
    """Return the first interpreter of a name (`python3.13`) or path that runs; None without one."""
    for candidate in _list_candidates(name, path, home):
        # A shim of pyenv is there and executable for versions that are not chosen: it has to run.
        if os.access(candidate, os.X_OK) and (python := _query(candidate)):
            return python
    return None


def find_other_python(path: str, home: Path) -> Python | None:
    """Return the newest interpreter that dfbench is tested on, other than the one that runs it."""
    own = find_current_python().version.split(".")[:2]
    names = (f"python{version}" for version in TESTED_PYTHONS if version.split(".") != own)
    return next((found for name in names if (found := find_python(name, path, home))), None)


def _list_candidates(name: str, path: str, home: Path) -> Iterator[Path]:
    if name.startswith("/"):
        yield Path(name)
        return
    yield from (Path(folder) / name for folder in path.split(os.pathsep))
    for pattern in HOMES:
        for folder in sorted(home.glob(pattern), reverse=True):
            yield folder / name


def _query(path: Path) -> Python | None:
    try:
        ran = subprocess.run(
            [path, "-c", QUERY], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = ran.stdout.split("\n")
    if ran.returncode or len(lines) < 3:
        return None
    return Python(lines[0], lines[1], lines[2] == "1")


if __name__ == "__main__":  # for `make conformance`
    other = find_other_python(os.environ["PATH"], Path.home())
    print(other.path if other else "")
