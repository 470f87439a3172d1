"""How an engine is asked: adapters that write the program an expert of each library would write.

Adding an engine is one file beside this one and one line in `REGISTRY`; others register an object
with `name`, `distributions`, `environment` and `write` under the entry point `dfbench.engines`.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import cache
from importlib import import_module, metadata

from ..errors import EngineError
from .base import Engine
from .scan import SCAN, scanning
from .versions import Versioned, versioned

REGISTRY = {
    "pandas": "pandas",
    "pandas+numpy": "numpy",
    "pandas+numba": "numba",
    "polars": "polars",
    "dask": "dask",
    "modin": "modin",
    "datatable": "datatable",
    "duckdb": "duckdb",
    "chdb": "chdb",
    "narwhals": "narwhals",
    "ibis": "ibis",
    "datafusion": "datafusion",
    "daft": "daft",
    "pyspark": "pyspark",
    "fireducks": "fireducks",
    "cudf": "cudf",
    "serial": "pools",
    "numba": "numba.tasks",
    "ray": "ray",
}

# Asked where a workload names none: one way for each library.
FRAMES = ("pandas", "pandas+numba", "polars", "dask", "modin", "datatable", "duckdb")
# What some call the way that an engine takes by itself: its plain name is that way's only one.
DEFAULTS = {"modin/ray": "modin", "polars/streaming": "polars", "dask/threads": "dask"}
POOLS = ("serial", "multiprocessing", "futures-process", "joblib", "loky", "numba")


def find(name: str) -> Engine:
    """Return the engine of a name, variant, version and all (`polars/in-memory@1.30`).

    EngineError names the nearest one that it knows.
    """
    base, at, asked = name.partition("@")
    return versioned(_find(base), asked) if at else _find(base)


def _find(name: str) -> Engine:
    if name.endswith(SCAN):
        return scanning(_find(name.removesuffix(SCAN)))
    known = engines()
    if plain := DEFAULTS.get(name):
        raise EngineError(f"{name} is what {plain} does by default: write {plain}")
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        mend = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        message = f"{name!r} is no engine that dfbench knows; {mend}"
        raise EngineError(message)
    return known[name]


@cache
def engines() -> dict[str, Engine]:
    """Return every engine by name, each followed by its variants; others' come last."""
    own = [engine for module in REGISTRY.values() for engine in _family(module)]
    others = [entry.load() for entry in metadata.entry_points(group="dfbench.engines")]
    return {engine.name: engine for engine in [*own, *others]}


def usual(names: Sequence[str]) -> tuple[str, ...]:
    """Return those of some engines that are installed; EngineError where none is."""
    here = tuple(name for name in names if not missing(find(name)))
    if not here:
        raise EngineError(
            f"none of {', '.join(names)} is installed; `pip install 'dataframe-bench[engines]'` "
            "adds all"
        )
    return here


def versions(engine: Engine) -> dict[str, str]:
    """Return the installed versions of an engine's distributions; a missing one is left out."""
    found = {}
    for name in engine.distributions:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def missing(engine: Engine) -> tuple[str, ...]:
    """Return the distributions that an engine needs and this interpreter does not have."""
    return tuple(name for name in engine.distributions if name not in versions(engine))


def install_command(engine: Engine) -> str:
    """Return the command that adds an engine to this environment."""
    if isinstance(engine, Versioned):
        return f"dfbench env make {engine.name}"
    return f"pip install {' '.join(missing(engine))}"


def _family(module: str) -> tuple[Engine, ...]:
    loaded = import_module(f".{module}", __name__)
    return (loaded.ENGINE, *loaded.VARIANTS)
