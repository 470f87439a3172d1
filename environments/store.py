"""Environments on disk: made by uv, or by venv and pip, once for each pins and interpreter.

<cache>/environments/<name>-<key>/
    bin/python, lib/…       the environment
    dfbench.json            written last: an environment without it is never believed
<cache>/environments/<name>-<key>.lock      held as long as anything makes the environment
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from packaging.utils import canonicalize_name

from ..errors import EngineError
from .pins import Pins
from .pythons import Python

FOLDER = "environments"
MANIFEST = "dfbench.json"
LAYOUT = "1"
# How uv and pip say that nothing answers.
OFFLINE = (
    "dns error",
    "error resolving dns",
    "failed to resolve",
    "name resolution",
    "name or service not known",
    "connection refused",
    "network is unreachable",
    "network connectivity is disabled",
    "timed out",
    "not found in the cache",
)

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an environment was made for and from."""

    engine: str
    pins: str
    python: str
    by: str
    made: str


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment that was made whole."""

    path: Path
    mark: Manifest

    @property
    def python(self) -> str:
        """Return its interpreter."""
        return str(self.path / "bin" / "python")

    def find_versions(self, names: tuple[str, ...]) -> dict[str, str]:
        """Return the versions of distributions as they lie there; a missing one is left out."""
        packages = [str(path) for path in self.path.glob("lib/python*/site-packages")]
        installed = {
            canonicalize_name(found.name): found.version
            for found in metadata.distributions(path=packages)
        }
        canonical = {name: canonicalize_name(name) for name in names}
        return {n: installed[c] for n, c in canonical.items() if c in installed}

    def measure_size(self) -> int:
        """Return the bytes of disk that removing it would free."""
        return _measure_size(self.path)


def find_folder(cache: Path, pins: Pins, python: Python, name: str) -> Path:
    """Return the folder of an environment: its name identifies its content."""
    identity = f"{LAYOUT}\n{python.path}\n{python.version}\n{pins.text}"
    key = hashlib.sha256(identity.encode()).hexdigest()[:12]
    own = "".join(c if c.isalnum() or c in "@.+" else "-" for c in pins.shipped or name)
    return cache / FOLDER / f"{own}-{key}"


def load(path: Path) -> Environment | None:
    """Return the environment in a folder; None where it was never finished."""
    try:
        return Environment(path, Manifest(**json.loads((path / MANIFEST).read_text())))
    except (OSError, ValueError, TypeError):
        return None


def list_environments(cache: Path) -> tuple[Environment, ...]:
    """Return every environment that was finished."""
    folders = sorted((cache / FOLDER).glob("*/"))
    return tuple(found for path in folders if (found := load(path)))


def make_environment(
    path: Path, engine: str, pins: Pins, python: Python, report: Report
) -> Environment:
    """Return the environment in a folder, made where it is not there yet; one maker at a time.

    Raises EngineError, a sentence with the command, where it cannot be made.
    """
    if found := load(path):
        return found
    path.parent.mkdir(parents=True, exist_ok=True)
    with _lock(path) as lock:
        if found := load(path):
            return found
        shutil.rmtree(path, ignore_errors=True)
        by, steps = _build_steps(path, pins, python)
        report(f"making the environment of {engine} with {by}")
        for command, given in steps:
            _run(command, given, engine, pins, lock)
        mark = Manifest(
            engine, pins.text, python.version, by, datetime.now(UTC).isoformat("T", "seconds")
        )
        _write(path / MANIFEST, json.dumps(asdict(mark), indent=2))
        report("")
    return Environment(path, mark)


def prune_environments(
    cache: Path, keep: Callable[[Environment], bool]
) -> tuple[tuple[Path, ...], int]:
    """Remove the environments that are not to be kept, and unfinished ones that nobody makes.

    Gives the folders that were removed, and the bytes of disk that this freed.
    """
    gone, freed = [], 0
    for path in sorted((cache / FOLDER).glob("*/")):
        found = load(path)
        if found and keep(found):
            continue
        with suppress(BlockingIOError), _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB):
            freed += _measure_size(path)
            # The mark goes first: what an interrupt leaves of the rest is not believed.
            (path / MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(path)
            gone.append(path)
    return tuple(gone), freed


def _measure_size(path: Path) -> int:
    """Add up the files that nothing else links to: those of uv's cache cost nothing more."""
    files = (file.lstat() for file in path.rglob("*"))
    return sum(stat.st_blocks * 512 for stat in files if stat.st_nlink == 1)


def _build_steps(path: Path, pins: Pins, python: Python) -> tuple[str, list[tuple[list[str], str]]]:
    """Return the maker's name, and its commands with what each reads from standard input.

    Without the GIL wheels alone are taken: what has none for such an interpreter has an older
    version that does, or takes an hour and a compiler. Elsewhere some have no wheel at all.
    """
    inside = str(path / "bin" / "python")
    if uv := _find_uv():
        make = [*uv, "venv", "--quiet", "--no-project", "--python", python.path, str(path)]
        # uv compiles nothing by default: then every fresh worker would.
        options = ["--quiet", "--compile-bytecode", "--python", inside, "--requirement", "-"]
        options += ["--no-build"] if python.free else []
        return "uv", [(make, ""), ([*uv, "pip", "install", *options], pins.text)]
    make = [python.path, "-m", "venv", str(path)]
    options = ["--quiet", "--disable-pip-version-check", "--compile"]
    options += ["--only-binary", ":all:"] if python.free else []
    install = [inside, "-m", "pip", "install", *options, "--requirement", "/dev/stdin"]
    return "pip", [(make, ""), (install, pins.text)]


def _find_uv() -> list[str]:
    """Return the command that is uv; nothing where there is none that runs."""
    candidates = [[path]] if (path := shutil.which("uv")) else []
    if importlib.util.find_spec("uv"):
        candidates.append([sys.executable, "-m", "uv"])
    for command in candidates:
        # A shim of pyenv may be there and fail.
        if not subprocess.run([*command, "--version"], capture_output=True, check=False).returncode:
            return command
    return []


def _run(command: list[str], given: str, engine: str, pins: Pins, lock: int) -> None:
    ran = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        # A maker that outlives this process still holds the lock.
        pass_fds=(lock,),
    )
    if ran.returncode:
        raise _make_error(engine, pins, ran.stderr or ran.stdout)


def _make_error(engine: str, pins: Pins, said: str) -> EngineError:
    lines = [line.strip(" ×╰─▶│") for line in said.splitlines() if line.strip(" ×╰─▶│")]
    if any(word in said.lower() for word in OFFLINE):
        message = (
            f"the environment of {engine} does not exist yet, and its package index cannot be "
            f"reached; when it can be, run `dfbench env make {engine}`"
        )
        return EngineError(message)
    names = ", ".join(pins.text.split("\n")[:3]).strip(", ")
    last = lines[1 if len(lines) > 1 else 0] if lines else "no reason was given"
    message = f"cannot make an environment for {engine} ({names}): {last}"
    return EngineError(message)


@contextmanager
def _lock(path: Path, how: int = fcntl.LOCK_EX) -> Iterator[int]:
    """Lock a folder; the lock's file stays, because others may wait for it."""
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, how)
        yield descriptor
    finally:
        os.close(descriptor)


def _write(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    with part.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
