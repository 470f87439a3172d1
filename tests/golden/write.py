"""Writes the golden programs anew: `make golden`, then review the diff.

`q1.py` is the program for data without missing values; `q1-missing.py` stands beside it only where
missing values make a difference, so that the care a program takes is plain to see. What an engine
cannot say is in `UNSUPPORTED.txt`, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dfbench.engines import engines, find
from dfbench.engines.base import Engine, Resources
from dfbench.errors import Unsupported
from dfbench.spec.generated import generated_schema
from dfbench.spec.reading import read
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Generated, Query

HERE = Path(__file__).parent
UNSUPPORTED = HERE / "UNSUPPORTED.txt"
# Those that read in their own way within the query; the others read as they load.
SCANS = ("pandas/scan", "polars/scan", "duckdb/scan", "dask/scan")


def programs() -> dict[Path, str]:
    """Give the text of every golden file by its path."""
    written: dict[Path, str] = {}
    refused = []
    for engine in (*engines().values(), *map(find, SCANS)):
        for query, plain, missing in _queries():
            try:
                written |= dict(_both(engine, query, plain, missing))
            except Unsupported as reason:
                refused.append(f"{engine.name} {query.name}: {reason}\n")
    return {**written, UNSUPPORTED: "".join(refused)}


def _queries() -> Iterator[tuple[Query, Schema, Schema]]:
    for name in ("groupby", "apply"):
        workload = read(name)
        assert isinstance(workload.dataset, Generated)
        made = workload.dataset.generator
        schemas = (
            generated_schema(Generated(made, 1_000_000, nulls=n)) for n in (0, 5)
        )
        plain, missing = schemas
        for query in workload.queries:
            yield query, plain, missing


def _both(
    engine: Engine, query: Query, plain: Schema, missing: Schema
) -> Iterator[tuple[Path, str]]:
    folder = HERE / engine.name.replace("/", "-").replace("+", "-")
    text, careful = (
        engine.write(query, s, Resources(threads=2)).text for s in (plain, missing)
    )
    yield folder / f"{query.name}.py", text
    if careful != text:
        yield folder / f"{query.name}-missing.py", careful


def main() -> None:
    """Write every program, and remove those that nothing writes any more."""
    written = programs()
    for path in {*HERE.glob("*/*.py"), *written}:
        if path in written:
            path.parent.mkdir(exist_ok=True)
            path.write_text(written[path])
        else:
            path.unlink()


if __name__ == "__main__":
    main()
