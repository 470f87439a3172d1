"""The interpreters of this machine, found by name and tried before they are believed."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Where pyenv and uv keep the interpreters that are not on the PATH.
HOMES = (".pyenv/versions/*/bin", ".local/share/uv/python/*/bin")
PATIENCE = 20.0
ASKED = "import platform, sys; print(sys.executable); print(platform.python_version())"


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter that runs: its path and its version."""

    path: str
    version: str


def own() -> Python:
    """Give the interpreter that runs dfbench."""
    return Python(sys.executable, platform.python_version())


def found(name: str, path: str, home: Path) -> Python | None:
    """Give the first interpreter of a name (`python3.13`) or path that runs; None without one."""
    for candidate in _candidates(name, path, home):
        # A shim of pyenv is there and executable for versions that are not chosen: it has to run.
        if os.access(candidate, os.X_OK) and (python := _asked(candidate)):
            return python
    return None


def _candidates(name: str, path: str, home: Path) -> Iterator[Path]:
    if name.startswith("/"):
        yield Path(name)
        return
    yield from (Path(folder) / name for folder in path.split(os.pathsep))
    for pattern in HOMES:
        for folder in sorted(home.glob(pattern), reverse=True):
            yield folder / name


def _asked(path: Path) -> Python | None:
    try:
        ran = subprocess.run(
            [path, "-c", ASKED], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = ran.stdout.split("\n")
    return Python(lines[0], lines[1]) if ran.returncode == 0 and len(lines) > 1 else None
