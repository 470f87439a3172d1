"""Pins: the packages of an environment, from the files that ship with dfbench or as requested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..engines.info import NEWEST
from ..engines.versions import Versioned, find_info

SHIPPED = Path(__file__).with_name("pinned")
# Every program hands its answer over as Arrow.
ALWAYS = "pyarrow"


@dataclass(frozen=True, slots=True)
class Pins:
    """The requirements of one environment, a line each; `shipped` names their file, if any."""

    text: str
    shipped: str = ""

    def find_versions(self, python: str) -> dict[str, str]:
        """Return the versions that an interpreter of this version would get, by canonical name."""
        return dict(_parse_pins(self.text, python))

    def __len__(self) -> int:
        return len(self.text.splitlines())


@cache
def load_shipped() -> tuple[Pins, ...]:
    """Return the pins that ship with dfbench, those of the fewest packages first."""
    files = sorted(SHIPPED.glob("*.txt"))
    found = [Pins(file.read_text(), file.stem) for file in files]
    return tuple(sorted(found, key=lambda pins: (len(pins), pins.shipped)))


def find_newest(engine: Versioned, python: str, among: tuple[Pins, ...]) -> str:
    """Return the newest version (`3.1`) of an engine that has pins; empty where none has."""
    own = canonicalize_name(engine.distributions[0]) if engine.distributions else ""
    known = [pins.find_versions(python) for pins in among]
    fitting = [Version(found[own]) for found in known if own and _includes(found, engine)]
    return f"{(top := max(fitting)).major}.{top.minor}" if fitting else ""


def choose_pins(engine: Versioned, python: str, among: tuple[Pins, ...]) -> Pins:
    """Return what an engine's environment holds: the smallest pins that fit, or its distributions.

    `python` is the version of the interpreter: pins may differ by it.
    """
    version = engine.version
    if version in {"", NEWEST}:
        version = find_newest(engine, python, among)
    for pins in among:
        found = pins.find_versions(python)
        if _includes(found, engine) and _has_version(found, engine, version):
            return pins
    return Pins(write_requirements(engine))


def write_requirements(engine: Versioned) -> str:
    """Write what an engine requires, its own distribution with the requested version."""
    own, *others = find_info(engine).requirements
    if ALWAYS not in engine.distributions:
        others.append(ALWAYS)
    if engine.version not in {"", NEWEST}:
        own += f"=={engine.version}.*"
    return "\n".join([own, *others]) + "\n"


def _includes(found: Mapping[str, str], engine: Versioned) -> bool:
    names = {canonicalize_name(name) for name in (*engine.distributions, ALWAYS)}
    return names <= found.keys()


def _has_version(found: Mapping[str, str], engine: Versioned, asked: str) -> bool:
    if not asked:
        return True
    parts = asked.split(".")
    version = found[canonicalize_name(engine.distributions[0])]
    return version.split(".")[: len(parts)] == parts


@cache
def _parse_pins(text: str, python: str) -> tuple[tuple[str, str], ...]:
    found = []
    environment = {"python_version": ".".join(python.split(".")[:2]), "python_full_version": python}
    for line in text.splitlines():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            (pin,) = [s.version for s in requirement.specifier if s.operator == "=="] or [""]
            found.append((canonicalize_name(requirement.name), pin))
    return tuple(found)
