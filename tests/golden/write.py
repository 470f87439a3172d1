"""Writes the golden programs anew: `make golden`, then review the diff."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dfbench.engines import engines, find
from dfbench.engines.base import Resources
from dfbench.errors import Unsupported
from dfbench.spec.reading import generated_schema, read
from dfbench.spec.workload import Generated, Workload

HERE = Path(__file__).parent
# Data without missing values, and with: the care that a program takes is part of what is reviewed.
NULLS = {"": 0, "-missing": 5}
# Those that read in their own way within the query; the others read as they load.
SCANS = ("pandas/scan", "polars/scan", "duckdb/scan", "dask/scan")


def programs() -> Iterator[tuple[Path, str]]:
    """Give the path and the text of every golden program; what cannot be said is its reason."""
    for name in ("groupby", "apply"):
        workload = read(name)
        for suffix, nulls in NULLS.items():
            yield from _of(workload, suffix, nulls)


def _of(workload: Workload, suffix: str, nulls: int) -> Iterator[tuple[Path, str]]:
    assert isinstance(workload.dataset, Generated)
    schema = generated_schema(Generated(workload.dataset.generator, 1_000_000, nulls=nulls))
    for engine in (*engines().values(), *map(find, SCANS)):
        folder = HERE / engine.name.replace("/", "-").replace("+", "-")
        for query in workload.queries:
            try:
                text = engine.write(query, schema, Resources(threads=2)).text
            except Unsupported as reason:
                text = f'"""{engine.name} cannot say {query.name}: {reason}"""\n'
            yield folder / f"{query.name}{suffix}.py", text


def main() -> None:
    """Write every program, and remove those that nothing writes any more."""
    written = dict(programs())
    for path in {*HERE.glob("*/*.py"), *written}:
        if path in written:
            path.parent.mkdir(exist_ok=True)
            path.write_text(written[path])
        else:
            path.unlink()


if __name__ == "__main__":
    main()
