"""Trying a program on a frame at hand: for notebooks, never for timing.

It runs in this very process, or in one of its own where workers have to import it: they would not
find it here, and might run a person's script again.
"""

from __future__ import annotations

import linecache
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..errors import DataError, DfbenchError
from ..spec.workload import Query, Tasks
from . import alone
from .base import Described, Engine, Program, Resources

if TYPE_CHECKING:
    import pyarrow

# The method that makes an Arrow table of a frame, in the order in which they are looked for.
TO_ARROW = ("to_arrow", "to_arrow_table", "toArrow")


def run(engine: Engine, query: Query | Tasks, frame: object, **tables: object) -> Any:  # noqa: ANN401 - any engine's own types
    """Answer a query on a frame, in the engine's own form.

    `tables` are the further frames that it joins, by name. The program is the one that `write`
    gives for the frames' schema; its load reads them from Parquet files in a temporary folder.
    """
    if isinstance(query, Tasks):
        raise DataError(f"{query.name} asks for tasks, which read no frame; use `dfbench.compare`")
    from ..datasets.parquet_schema import read_schema  # noqa: PLC0415 - Arrow, which writing never needs

    with tempfile.TemporaryDirectory(prefix="dfbench-") as folder:
        path = Path(folder) / "frame.parquet"
        _store("the frame", frame, path)
        others = {name: Path(folder) / f"table-{name}.parquet" for name in tables}
        for name, other in others.items():
            _store(name, tables[name], other)
        beside = tuple((name, read_schema(other)) for name, other in others.items())
        program = engine.write(query, replace(read_schema(path), tables=beside))
        paths = [str(path), *(str(others[name]) for name in query.tables)]
        if isinstance(engine, Described) and engine.info.imports_program:
            return _answer_alone(program, engine.environment(Resources()), paths)
        return alone.compute_answer(load_program(program), paths[0], paths[1:])


def load_program(program: Program) -> ModuleType:
    """Execute a program's text as a module; tracebacks show its lines."""
    name = f"<{program.engine} program {program.sha}>"
    lines = program.text.splitlines(keepends=True)
    linecache.cache[name] = (len(program.text), None, lines, name)
    module = ModuleType(f"dfbench_program_{program.sha}")
    exec(compile(program.text, name, "exec"), module.__dict__)
    return module


def _answer_alone(program: Program, environment: Mapping[str, str], paths: list[str]) -> Any:  # noqa: ANN401 - any engine's own types
    """Run a program in a process of its own, which ends with all that it started."""
    folder = Path(paths[0]).parent
    file, answer = folder / f"dfbench_program_{program.sha}.py", folder / "answer"
    file.write_text(program.text, encoding="utf-8")
    method = multiprocessing.get_start_method(allow_none=True) or ""
    searched = os.pathsep.join(str(Path(path).absolute()) for path in sys.path)
    process = subprocess.Popen(
        [sys.executable, "-P", alone.__file__, method, str(file), str(answer), *paths],
        env={**os.environ, **environment, "PYTHONPATH": searched},
        start_new_session=True,
    )
    try:
        status = process.wait()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    if not answer.exists():
        raise DfbenchError(f"the program ended with status {status} before it answered")
    found, failed = pickle.loads(answer.read_bytes())
    if failed is None:
        return found
    error, text = failed
    raise error from DfbenchError(f"the traceback of the program:\n{text}")


def _store(name: str, frame: object, path: Path) -> None:
    """Write a frame as Parquet; DataError where it is none, or its values fit no columns."""
    import pyarrow as pa  # noqa: PLC0415 - only this needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        pq.write_table(_to_arrow(name, frame), path)
    except (pa.ArrowException, ValueError, TypeError) as error:
        message = " ".join(str(error).split())
        raise DataError(f"{name} cannot be written as an Arrow table: {message}") from error


def _to_arrow(name: str, frame: Any) -> pyarrow.Table:  # noqa: ANN401 - any library's own types
    """Return a frame, a Series, a list of dicts or a dict of lists as an Arrow table."""
    import pyarrow as pa  # noqa: PLC0415

    if type(frame).__name__ == "LazyFrame":
        frame = frame.collect()
    elif hasattr(frame, "compute"):  # Dask
        frame = frame.compute()
    elif type(frame).__module__.startswith("modin."):
        frame = frame.modin.to_pandas()
    if type(frame).__name__ == "Series":
        frame = _to_frame(name, frame)
    if isinstance(frame, list | tuple) and all(isinstance(row, Mapping) for row in frame):
        return pa.Table.from_pylist(list(frame))
    for method in TO_ARROW:
        if hasattr(frame, method):
            return getattr(frame, method)()
    if type(frame).__module__.startswith("pandas."):
        return pa.Table.from_pandas(frame, preserve_index=False)
    if isinstance(frame, Mapping) or hasattr(frame, "__arrow_c_stream__"):
        return pa.table(frame)
    raise DataError(
        f"{name} is of type {type(frame).__name__}; give a frame of pandas, Polars, Arrow, DuckDB, "
        "Dask, Modin or datatable, a list of dicts, or a dict of lists"
    )


def _to_frame(name: str, series: Any) -> Any:  # noqa: ANN401 - any library's own types
    if not series.name:
        raise DataError(f"{name} is a Series without a name; name it as the query's column")
    return series.to_frame()
