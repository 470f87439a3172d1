"""Which interpreter runs an engine: the one that runs dfbench, or that of its own environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..datasets.cache import default_folder
from ..engines import find, find_versions, install_command
from ..engines.base import Engine
from ..engines.info import NEWEST, EnginePlace
from ..engines.versions import Versioned, find_info
from ..errors import EngineError
from . import pythons
from .pins import Pins, choose_pins, find_newest, load_shipped
from .store import Environment, Report, find_folder, load, make_environment

# What NVIDIA's driver makes where there is a GPU.
DEVICE = Path("/dev/nvidiactl")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What runs an engine's programs: its path, its version, and what it has of the engine.

    `problem` says why there is none, or what it lacks and the command that adds it.
    """

    path: str
    python: str
    versions: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """Return engines their interpreters; the environments lie in the cache folder."""

    cache: Path
    path: str
    home: Path

    def resolve_names(
        self, names: Iterable[str], *, isolate: bool = False, python: str = ""
    ) -> tuple[str, ...]:
        """Put versions in place of `newest`; `isolate` asks for the newest of every engine.

        `python` is the interpreter of those that name none.
        """
        placed = (_add_python(name, python) for name in names)
        return tuple(self._resolve_name(name, isolate=isolate) for name in placed)

    def provide_interpreter(self, engine: Engine, report: Report) -> Interpreter:
        """Return an engine's interpreter, its environment made where it is not there yet."""
        if lacking := explain_missing_device(engine, DEVICE):
            return Interpreter("", "", problem=lacking)
        if not isinstance(engine, Versioned):
            return find_current_interpreter(engine)
        try:
            environment, python = self.provide_environment(engine, report)
        except EngineError as error:
            return Interpreter("", "", problem=str(error))
        return _build_interpreter(
            engine, environment.python, python, environment.find_versions(engine.distributions)
        )

    def plan_interpreter(self, engine: Engine) -> Interpreter:
        """Return an engine's interpreter as its pins say it will be; nothing is made."""
        if not isinstance(engine, Versioned):
            return find_current_interpreter(engine)
        try:
            python = self._find_python(engine)
        except EngineError as error:
            return Interpreter("", "", problem=str(error))
        pins = _choose_pins(engine, python)
        known = pins.find_versions(python.version)
        pinned = {name: known[name] for name in engine.distributions if known.get(name)}
        if engine.distributions and engine.version not in {"", NEWEST}:
            pinned.setdefault(engine.distributions[0], engine.version)
        return Interpreter("", python.version_text, pinned)

    def provide_environment(self, engine: Versioned, report: Report) -> tuple[Environment, str]:
        """Return an engine's environment, made where it is not there yet, and its Python's version.

        Raises EngineError where there is no such interpreter, or the packages cannot be had.
        """
        python = self._find_python(engine)
        pins = _choose_pins(engine, python)
        folder = find_folder(self.cache, pins, python, engine.name)
        return make_environment(folder, engine.name, pins, python, report), python.version_text

    def is_made(self, engine: Versioned) -> bool:
        """Return whether an engine's environment is there."""
        python = self._find_python(engine)
        pins = _choose_pins(engine, python)
        return load(find_folder(self.cache, pins, python, engine.name)) is not None

    def _resolve_name(self, name: str, *, isolate: bool) -> str:
        engine = find(name)
        if isolate and not (isinstance(engine, Versioned) and engine.version):
            own, _, rest = name.partition("@")
            name = "@".join(filter(None, (own, NEWEST, rest)))
            engine = find(name)
        if not isinstance(engine, Versioned) or engine.version != NEWEST:
            return name
        top = find_newest(engine, self._find_python(engine).version, load_shipped())
        return name.replace(f"@{NEWEST}", f"@{top}", 1) if top else name

    def _find_python(self, engine: Versioned) -> pythons.Python:
        current, info = pythons.find_current_python(), find_info(engine)
        name = engine.python
        if not name and info.has_wheels(current.version):
            return current
        name = name or f"python{info.newest_python}"
        python = pythons.find_python(name, self.path, self.home)
        if python is None:
            message = (
                f"{engine.name}: no working {name} was found; put one on the PATH, "
                f"or give its path, as in {engine.engine.name}@/usr/local/bin/python3"
            )
            raise EngineError(message)
        return python


def _add_python(name: str, python: str) -> str:
    engine = find(name)
    if not python or (isinstance(engine, Versioned) and engine.python):
        return name
    return f"{name}@{python}"


def _choose_pins(engine: Versioned, python: pythons.Python) -> Pins:
    """Return what an environment holds; the pins that ship have no wheels without the GIL."""
    return choose_pins(engine, python.version, () if python.free else load_shipped())


def explain_missing_device(engine: Engine, device: Path) -> str:
    """Describe that an engine's device is not here; empty where it is, or none is needed."""
    if device.exists() or find_info(engine).place is not EnginePlace.GPU:
        return ""
    return f"it needs an NVIDIA GPU, and this machine has none (no {device})"


def find_current_interpreter(engine: Engine) -> Interpreter:
    """Return the interpreter that runs dfbench, and what it has of an engine."""
    own = pythons.find_current_python()
    found = _build_interpreter(engine, own.path, own.version_text, find_versions(engine))
    if found.problem:
        mend = _explain_installation(engine)
        return replace(found, problem=f"{found.problem}; {mend}")
    return found


def _explain_installation(engine: Engine) -> str:
    info, python = find_info(engine), pythons.find_current_python().version
    if not info.has_wheels(python):
        reason = f"{engine.name} has no wheels for Python {python}"
    elif info.downgrades:
        reason = f"pip install here would downgrade {info.downgrades}"
    else:
        own = f"{engine.name}@{NEWEST} uses an environment of its own"
        return f"{install_command(engine)} installs it, or {own}"
    return f"{install_command(engine)} makes an environment for {engine.name}@{NEWEST}; {reason}"


def is_current(environment: Environment) -> bool:
    """Return whether an environment is one of the pins that ship, and not of older ones."""
    return any(pins.text == environment.mark.pins for pins in load_shipped())


def _build_interpreter(
    engine: Engine, path: str, python: str, found: Mapping[str, str]
) -> Interpreter:
    lacking = [name for name in engine.distributions if name not in found]
    problem = f"{', '.join(lacking)} not installed" if lacking else ""
    return Interpreter(path, python, found, problem)


def build_local_provider() -> Provider:
    """Return the provider of this process: its cache folder, its PATH, its home."""
    cache = default_folder(os.environ)
    return Provider(cache, os.environ.get("PATH", os.defpath), Path.home())


def print_progress(words: str) -> None:
    """Print the progress of making an environment to standard error."""
    if words:
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()
