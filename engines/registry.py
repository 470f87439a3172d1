"""The engines by name: those of dfbench, a line each, and those that others register.

Others register an object with `name`, `distributions`, `environment` and `write` under the entry
point `dfbench.engines`.
"""

from __future__ import annotations

import difflib
import platform
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module, metadata

from ..errors import EngineError
from ..reading.model import Reading
from ..spec.workload import YOURS, OwnProgram
from .base import Engine
from .info import NEWEST, EngineInfo, EnginePlace, Work
from .own_program import OwnEngine
from .scan import SCAN, scan_within
from .versions import Versioned, find_info, select_version
from .your_code import YourCode

GROUP = "dfbench.engines"
MEMBERS = ("name", "distributions", "environment", "write")
# A module for each engine, in the order in which a comparison runs and shows them.
REGISTRY = (
    "pandas",
    "numpy",
    "numba",
    "polars",
    "dask",
    "modin",
    "datatable",
    "duckdb",
    "chdb",
    "narwhals",
    "ibis",
    "datafusion",
    "daft",
    "pyspark",
    "fireducks",
    "cudf",
    "pools",
    "numba.tasks",
    "ray",
)


def find(name: str) -> Engine:
    """Return the engine of a name, variant, version and all (`polars/in-memory@1.30`).

    EngineError names the nearest known one.
    """
    base, at, asked = name.partition("@")
    return select_version(_find(base), asked) if at else _find(base)


def _find(name: str) -> Engine:
    if name.endswith(SCAN):
        return scan_within(_find(name.removesuffix(SCAN)))
    known = load_engines()
    if name in known:
        return known[name]
    plain, _, variant = name.rpartition("/")
    if plain in known and find_info(known[plain]).default_variant == variant:
        raise EngineError(f"{name} is what {plain} does by default: write {plain}")
    if reason := list_broken().get(name):
        raise EngineError(f"the plug-in of {name} cannot be loaded: {reason}")
    near = difflib.get_close_matches(name, known, 1)
    mend = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(known)}"
    raise EngineError(f"unknown engine {name!r}; {mend}")


@cache
def load_engines() -> dict[str, Engine]:
    """Return every engine by name, each followed by its variants; others' come last."""
    own = [engine for module in REGISTRY for engine in _list_family(module)]
    return {engine.name: engine for engine in [*own, *_load_others()[0]]}


def list_broken() -> dict[str, str]:
    """Return why others' engines cannot be loaded, by the name of their entry point."""
    return _load_others()[1]


@cache
def _load_others() -> tuple[list[Engine], dict[str, str]]:
    """Return the engines that others register, and why some of them cannot be used.

    Whatever a plug-in raises costs that engine alone.
    """
    engines: list[Engine] = []
    broken: dict[str, str] = {}
    for entry in metadata.entry_points(group=GROUP):
        try:
            engine = entry.load()
        except Exception as error:  # noqa: BLE001 others wrote it
            broken[entry.name] = f"{entry.value} raised {type(error).__name__}: {error}"
            continue
        lacking = [name for name in MEMBERS if not hasattr(engine, name)]
        if lacking:
            broken[entry.name] = f"{entry.value} has no {', no '.join(lacking)}"
        else:
            engines.append(engine)
    return engines, broken


def register_programs(programs: Iterable[OwnProgram], code: Reading | None = None) -> None:
    """Make a workload's own programs known by name, and forget those of any other workload.

    `code` is what the workload was read from. Raises EngineError where an engine has the name.
    """
    known = load_engines()
    own = [name for name, engine in known.items() if isinstance(engine, OwnEngine | YourCode)]
    for name in own:
        del known[name]
    if code:
        known[YOURS] = YourCode(_find("pandas"), code)
    for one in programs:
        if one.name in known:
            raise EngineError(f"{one.name} is the name of an engine; give the program another")
        known[one.name] = OwnEngine(_find(one.engine or "pandas"), one)


def list_own_infos() -> tuple[EngineInfo, ...]:
    """Return what there is to know about dfbench's own engines, variants included."""
    return tuple(find_info(engine) for module in REGISTRY for engine in _list_family(module))


def default_engines(work: Work) -> tuple[str, ...]:
    """Return the engines asked for where a workload names none: one for each library or pool."""
    return tuple(one.name for one in list_own_infos() if one.default_for is work)


def list_tested_elsewhere() -> tuple[str, ...]:
    """Return what `make conformance` takes through the suite, each in its own environment.

    The tests ask the engines of this environment: beside them come the other engines, every
    version where several have pins, and the engines of which the tests ask a sample.
    """
    found = [
        f"{one.name}@{version}"
        for one in list_own_infos()
        for version in one.pins
        if one.place in {EnginePlace.HERE, EnginePlace.ELSEWHERE}
        and (one.default_for is None or one.pins != (NEWEST,))
    ]
    sampled = [
        one.name
        for one in list_own_infos()
        if one.sample > 1 and one.place is EnginePlace.HERE and Work.QUERY in one.work
    ]
    return (*found, *sampled)


def select_installed(names: Sequence[str]) -> tuple[str, ...]:
    """Return those of some engines that are installed; EngineError where none is."""
    here = tuple(name for name in names if not find_missing(find(name)))
    if not here:
        raise EngineError(
            f"none of {', '.join(names)} is installed; `pip install 'dataframe-bench[engines]'` "
            "adds all"
        )
    return here


def find_versions(engine: Engine) -> dict[str, str]:
    """Return the installed versions of an engine's distributions; a missing one is left out."""
    found = {}
    for name in engine.distributions:
        try:
            found[name] = _read_version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


@cache  # 2 ms each, and the oracle is described with each of its answers
def _read_version(distribution: str) -> str:
    """Return an installed version; PackageNotFoundError is not kept, one may be installed yet."""
    return metadata.version(distribution)


def find_missing(engine: Engine) -> tuple[str, ...]:
    """Return the distributions that an engine needs and this interpreter does not have."""
    return tuple(name for name in engine.distributions if name not in find_versions(engine))


def install_command(engine: Engine) -> str:
    """Return the command that installs an engine, in its own environment if it fits no other."""
    if isinstance(engine, Versioned):
        return f"dfbench env make {engine.name}"
    info = find_info(engine)
    if info.downgrades or not info.has_wheels(platform.python_version()):
        return f"dfbench env make {engine.name}@{NEWEST}"
    return f"pip install {' '.join(find_missing(engine))}"


def _list_family(module: str) -> tuple[Engine, ...]:
    loaded = import_module(f".{module}", __package__)
    return (loaded.ENGINE, *getattr(loaded, "VARIANTS", ()))
