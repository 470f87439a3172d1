"""Trying a program on a frame at hand, in this very process: for notebooks, never for timing."""

from __future__ import annotations

import linecache
import tempfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from ..spec.workload import Query
from .base import Engine, Program


def run(engine: Engine, query: Query, frame: Any, **tables: Any) -> Any:  # noqa: ANN401 - any engine's own types
    """Answer a query on a pandas, polars or Arrow frame, in the engine's own form.

    `tables` are the further frames that it joins, by name. The program is the one that `write`
    gives for the frames' schema; its load reads them from Parquet files in a temporary folder.
    """
    from ..datasets.parquet_schema import read_schema  # noqa: PLC0415 - Arrow, which writing never needs

    with tempfile.TemporaryDirectory(prefix="dfbench-") as folder:
        path = Path(folder) / "frame.parquet"
        _store(frame, path)
        others = {name: Path(folder) / f"table-{name}.parquet" for name in tables}
        for name, other in others.items():
            _store(tables[name], other)
        beside = tuple((name, read_schema(other)) for name, other in others.items())
        module = load_program(engine.write(query, replace(read_schema(path), tables=beside)))
        if hasattr(module, "start"):
            module.started = module.start()  # type: ignore[attr-defined]
        join = query.steps[0].join
        joined = [str(others[join.table])] if join else []
        data = module.load(str(path), *joined)
        spread = joined and isinstance(data, tuple)
        return module.query(*data) if spread else module.query(data)


def load_program(program: Program) -> ModuleType:
    """Execute a program's text as a module; tracebacks show its lines."""
    name = f"<{program.engine} program {program.sha}>"
    lines = program.text.splitlines(keepends=True)
    linecache.cache[name] = (len(program.text), None, lines, name)
    module = ModuleType(f"dfbench_program_{program.sha}")
    exec(compile(program.text, name, "exec"), module.__dict__)
    return module


def _store(frame: Any, path: Path) -> None:  # noqa: ANN401 - pandas, polars or Arrow
    import pyarrow as pa  # noqa: PLC0415 - only this needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    if isinstance(frame, pa.Table):
        table = frame
    elif hasattr(frame, "to_arrow"):
        table = frame.to_arrow()
    else:
        table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table, path)
