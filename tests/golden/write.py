"""Writes the golden programs: `make golden`, then review the diff.

An engine's programs stand in its folder in full. A mechanical variant is one file in its base's
folder, and programs for missing values are `missing.diff`: see `diffs.py`. What an engine does not
support is in `UNSUPPORTED.txt`, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from dfbench.engines import find, list_own_infos
from dfbench.testing.conformance.golden import Golden, write_golden

from tests.golden.diffs import apply_diff, diff_text, join_diffs, split_diffs

HERE = Path(__file__).parent
UNSUPPORTED = HERE / "UNSUPPORTED.txt"
TWIN = "-missing"
# Engines that scan write programs of their own; the other ones read as they load.
SCANS = ("pandas/scan", "polars/scan", "duckdb/scan", "dask/scan")
# Their programs are the base's but for a few lines.
BASES = {
    "polars/in-memory": "polars",
    "polars/streaming": "polars",
    "polars/gpu": "polars",
    "dask/distributed": "dask",
    "dask/partitions": "dask",
    "dask/scan": "dask",
    "modin/dask": "modin",
    "modin/mpi": "modin",
    "multiprocessing": "joblib",
    "futures-process": "joblib",
    "futures-thread": "joblib",
    "joblib/threads": "joblib",
    "loky": "joblib",
    "pandas/scan": "pandas",
    "pandas/apply": "pandas",
    "pandas/object": "pandas",
    "pandas/category": "pandas",
    "polars/categorical": "polars",
    "duckdb/enum": "duckdb",
    "modin/apply": "modin",
}


def names() -> list[str]:
    """Return the engines that have golden programs, whatever a workload has registered."""
    return [*(one.name for one in list_own_infos()), *SCANS]


def golden_files(engine: str) -> dict[Path, str]:
    """Return the text of each golden file of an engine by its path."""
    programs, base = _programs(engine), BASES.get(engine)
    if base:
        path, diffs = _variant_path(engine), _variant_diffs(engine, _programs(base))
        return {path: join_diffs(base, engine, diffs)}
    folder = HERE / _slug(engine)
    files = {
        folder / f"{name}.py": text
        for name, text in programs.items()
        if TWIN not in name
    }
    twins = _twin_diffs(programs)
    missing = join_diffs(engine, f"{engine}, missing values", twins)
    return {**files, **({folder / "missing.diff": missing} if twins else {})}


def unsupported() -> str:
    """Return what each engine refuses, and why."""
    return "\n".join(text for name in names() for text in _refusals(name))


def reviewed_programs(engine: str) -> dict[str, str]:
    """Return an engine's programs by name, in full, from the golden files."""
    base = BASES.get(engine)
    if base:
        before, diffs = (
            reviewed_programs(base),
            split_diffs(_variant_path(engine).read_text()),
        )
        return {
            name: apply_diff(_base_text(before, name, base, engine), diff)
            for name, diff in diffs.items()
        }
    folder = HERE / _slug(engine)
    plain = {path.stem: path.read_text() for path in folder.glob("*.py")}
    missing = folder / "missing.diff"
    twins = split_diffs(missing.read_text()) if missing.exists() else {}
    return plain | {
        name: apply_diff(plain[name.removesuffix(TWIN)], diff)
        for name, diff in twins.items()
    }


def main() -> None:
    """Write every golden file, and remove those that nothing writes."""
    written = {
        path: text for name in names() for path, text in golden_files(name).items()
    }
    for path, text in {**written, UNSUPPORTED: unsupported()}.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    for path in golden_paths() - {*written, UNSUPPORTED}:
        path.unlink()


def golden_paths() -> set[Path]:
    """Return the golden files that exist."""
    return {UNSUPPORTED, *HERE.glob("*/*.py"), *HERE.glob("*/*.diff")}


@cache
def _golden(engine: str) -> Golden:
    return write_golden(find(engine))


def _programs(engine: str) -> dict[str, str]:
    return {
        file.removesuffix(".py"): text
        for file, text in _golden(engine).programs.items()
    }


def _variant_path(engine: str) -> Path:
    return HERE / _slug(BASES[engine]) / f"{_slug(engine)}.diff"


def _variant_diffs(engine: str, base: dict[str, str]) -> dict[str, str]:
    return {
        name: diff_text(_base_text(base, name, BASES[engine], engine), text)
        for name, text in _programs(engine).items()
    }


def _twin_diffs(programs: dict[str, str]) -> dict[str, str]:
    return {
        name: diff_text(programs[name.removesuffix(TWIN)], text)
        for name, text in programs.items()
        if name.endswith(TWIN)
    }


def _base_text(programs: dict[str, str], name: str, base: str, engine: str) -> str:
    """Return the base's program of a name, with the engine in its title; nothing without one."""
    text = programs.get(name) or programs.get(name.removesuffix(TWIN), "")
    return text.replace(f' - {base}"""', f' - {engine}"""', 1)


def _refusals(engine: str) -> Iterator[str]:
    """Yield a paragraph for each reason: the engine, the reason, and the programs' names."""
    reasons: dict[str, list[str]] = {}
    for name, reason in _golden(engine).refused.items():
        asked = name.removesuffix(TWIN).removeprefix("join-")
        reasons.setdefault(reason.removeprefix(f"{asked}: "), []).append(name)
    for reason, programs in reasons.items():
        yield f"{engine}: {reason}\n    {' '.join(programs)}\n"


def _slug(engine: str) -> str:
    return engine.replace("/", "-").replace("+", "-")


if __name__ == "__main__":
    main()
