"""Pools: the user's Python function, called on parts of the work by processes or threads.

All are one program with another pool in it; `serial` has none, and is what Python itself answers.
"""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass, replace

from ..errors import Unsupported
from ..spec.schema import Schema
from ..spec.workload import GroupFunction, Query, RowFunction, Tasks
from .adapter import Adapter
from .base import Resources
from .info import FUNCTIONS, EngineInfo, Work
from .pandas.queries import ROWS, PandasSteps
from .pandas.reading import write_string_option
from .writing.passes.join import Inputs, join_single_frame
from .writing.program import Parts, fill
from .writing.quote import quote, write_literal
from .writing.tasks import Calls, write_columns
from .writing.user_functions import (
    group_loop,
    list_missing_inputs,
    make_own,
    wants_none,
    write_row_loop,
)

PARTS_PER_WORKER = 4  # enough to even out, few enough that sending costs little
ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)
CHUNKS = """\
# Four parts for each worker: enough to even out, few enough that sending costs little.
CHUNKS = NUMBER
"""


IMPORTS = """\
import numpy as np
import os
import pandas as pd
import pyarrow as pa
"""


@dataclass(frozen=True, slots=True)
class Pool:
    """One way to call a function on many things.

    `frames` are the statements that put the answers of `parts` into `done`, `calls` those that
    return the answers of all tasks; WORKERS stands for the number of workers, and `everyone` for it
    where the resources leave it open.
    """

    imports: str
    frames: str
    calls: str
    everyone: str = ""


POOLS = {
    "multiprocessing": Pool(
        "import multiprocessing",
        "with multiprocessing.Pool(WORKERS) as pool:\n    done = pool.map(apply, parts)",
        "with multiprocessing.Pool(WORKERS) as pool:\n"
        "    return pool.starmap(FUNCTION, data, chunksize=len(data) // CHUNKS + 1)",
    ),
    "futures-process": Pool(
        "from concurrent.futures import ProcessPoolExecutor",
        "with ProcessPoolExecutor(WORKERS) as pool:\n    done = list(pool.map(apply, parts))",
        "with ProcessPoolExecutor(WORKERS) as pool:\n    size = len(data) // CHUNKS + 1\n"
        "    return list(pool.map(FUNCTION, *zip(*data), chunksize=size))",
    ),
    "futures-thread": Pool(
        "from concurrent.futures import ThreadPoolExecutor",
        "with ThreadPoolExecutor(WORKERS) as pool:\n    done = list(pool.map(apply, parts))",
        "with ThreadPoolExecutor(WORKERS) as pool:\n"
        "    return list(pool.map(FUNCTION, *zip(*data)))",
    ),
    "joblib": Pool(
        "from joblib import Parallel, delayed",
        "done = Parallel(n_jobs=WORKERS)(delayed(apply)(part) for part in parts)",
        "return Parallel(n_jobs=WORKERS)(delayed(FUNCTION)(*call) for call in data)",
        everyone="-1",
    ),
    "joblib/threads": Pool(
        "from joblib import Parallel, delayed",
        "done = Parallel(n_jobs=WORKERS, prefer='threads')(delayed(apply)(part) for part in parts)",
        "return Parallel(n_jobs=WORKERS, prefer='threads')(\n"
        "    delayed(FUNCTION)(*call) for call in data\n)",
        everyone="-1",
    ),
    "loky": Pool(
        "from loky import get_reusable_executor",
        "done = list(get_reusable_executor(WORKERS).map(apply, parts))",
        "size = len(data) // CHUNKS + 1\n"
        "return list(get_reusable_executor(WORKERS).map(FUNCTION, *zip(*data), chunksize=size))",
    ),
}
SERIAL = Pool("", "", "return [FUNCTION(*call) for call in data]")


@dataclass(frozen=True, slots=True)
class Pooled(Adapter):
    """Writes the user's function over rows, groups or tasks, with one pool or none."""

    pool: Pool = SERIAL

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write the user's function, and the pool that calls it on parts of the frame."""
        query, data = inputs.query, inputs.data
        function = query.apply
        if function is None:
            raise Unsupported(query.name, "a pool only calls functions, and this query has none")
        join_single_frame(query, data)
        inputs.refuse_steps("a pool calls one function")
        strings = write_string_option(inputs, resources)
        return Parts(
            imports=f"{self.pool.imports}\n{IMPORTS}",
            before=f"{strings}\n{self._write_chunks(resources)}",
            own=make_own(function),
            after=_apply(query, data),
            load=fill(
                "return pd.read_parquet(path, columns=NAMES)",
                NAMES=write_literal(list(query.reads)),
            ),
            query=self._write_body(query, data, resources),
            rows=ROWS,
        )

    def write_tasks(self, tasks: Tasks, resources: Resources) -> Parts:
        """Write the user's function, and the pool that calls it on each task."""
        mine = make_own(tasks)
        body = self._fill(self.pool.calls, resources).replace("FUNCTION", mine.name)
        return Parts(
            imports=f"{self.pool.imports}\n{IMPORTS}",
            before=self._write_chunks(resources) if "CHUNKS" in body else "",
            own=mine,
            load=Calls(tasks).load(),
            query=body,
            rows=write_columns(tasks),
        )

    def _write_body(self, query: Query, data: Schema, resources: Resources) -> str:
        steps = PandasSteps(query, data)
        lines = steps.prepare(query.derive)
        answer = quote("apply(data)")
        if self.pool is not SERIAL:
            rows = isinstance(query.apply, RowFunction)
            split = _by_rows(query, data) if rows else _by_groups(steps)
            lines += [*split, self._fill(self.pool.frames, resources)]
            answer = quote("pd.concat(done)")
        if isinstance(query.apply, RowFunction):
            answer = quote("a.to_frame(n)", a=answer, n=query.apply.output)
        *more, last = steps.finish(answer)
        return "\n".join([*lines, *more, f"return {last}"])

    def _write_chunks(self, resources: Resources) -> str:
        if self.pool is SERIAL:
            return ""
        if resources.threads is None:
            return fill(CHUNKS, NUMBER=quote("n * os.cpu_count()", n=PARTS_PER_WORKER))
        return fill(CHUNKS, NUMBER=write_literal(PARTS_PER_WORKER * resources.threads))

    def _fill(self, statements: str, resources: Resources) -> str:
        workers = str(resources.threads) if resources.threads else self.pool.everyone
        return statements.replace("WORKERS", workers)


def _apply(query: Query, data: Schema) -> str:
    match query.apply:
        case RowFunction() as function:
            return _write_function(
                "Call the function on each row of a part of the frame.",
                _write_row_lines(query, function, data),
            )
        case GroupFunction():
            return _write_function(
                "Call the function on each group of a part of the frame.",
                group_loop(query, data, PandasSteps(query, data).options, "part"),
            )
        case None:
            raise AssertionError(query.name)


def _write_function(about: str, body: str) -> str:
    return f'def apply(part):\n    """{about}"""\n{textwrap.indent(body, "    ")}\n'


EACH_ROW = """\
    PREPARED
    values = []
    try:
        values.extend(CALLS)
    except Exception as error:
        # A traceback does not show which row it was.
        failed = PART.iloc[len(values)]
        inputs = ", ".join(f"{name}={value}" for name, value in failed.items())
        error.add_note(f"row {failed.name}: {inputs}")
        raise
    return RESULT
"""


def _write_row_lines(query: Query, function: RowFunction, data: Schema) -> str:
    """Write the loop over a part's rows: those with every input, unless it asks for all."""
    skipped = list_missing_inputs(query, data)
    frame, prepared = "part", ""
    result = quote("pd.Series(values, index=part.index)")
    if skipped:
        frame = "complete"
        prepared = fill("complete = part.dropna(subset=S)", S=write_literal(list(skipped)))
        result = quote("pd.Series(values, index=complete.index).reindex(part.index)")
    elif wants_none(function):
        prepared = "part = part.astype(object).where(part.notna(), None)"
    call, variable, rows = write_row_loop(function, frame)
    loop = ast.comprehension(variable, rows, [], is_async=0)
    calls = ast.unparse(ast.GeneratorExp(call, [loop])).removeprefix("(").removesuffix(")")
    return fill(
        EACH_ROW.replace("CALLS", calls),
        PREPARED=prepared,
        PART=quote(frame),
        RESULT=result,
    )


def _by_rows(query: Query, data: Schema) -> list[str]:
    parts = "[data[i : i + size] for i in range(0, len(data), size)]"
    return [
        "size = len(data) // CHUNKS + 1",
        f"parts = {parts}{_keep_one(query, data)}",
    ]


def _by_groups(steps: PandasSteps) -> list[str]:
    """Write the split into parts that hold whole groups."""
    groups = quote("data.groupby(k, **o).ngroup()", k=steps.key, o=steps.options)
    parts = "[part for _, part in data.groupby(number % CHUNKS)]"
    return [
        fill("number = GROUPS", GROUPS=groups),
        f"parts = {parts}{_keep_one(steps.query, steps.data)}",
    ]


def _keep_one(query: Query, data: Schema) -> str:
    """Write that no rows are a part, too, where there may be none."""
    return " or [data]" if query.where or not data.rows else ""


SERIAL_INFO = EngineInfo(
    "serial", ("pandas", "numpy", "pyarrow"), work=FUNCTIONS | {Work.TASK}, default_for=Work.TASK
)
# Those that a workload of tasks is given to where it names none.
DEFAULTS = {"multiprocessing", "futures-process", "joblib", "loky"}
THREADS = {"futures-thread", "joblib/threads"}
# Distributions of their own; the other pools are Python's.
LIBRARIES = {"joblib", "loky"}


def _describe_pool(name: str) -> EngineInfo:
    library = name.partition("/")[0]
    return replace(
        SERIAL_INFO,
        name=name,
        requirements=(*({library} & LIBRARIES), *SERIAL_INFO.requirements),
        default_for=Work.TASK if name in DEFAULTS else None,
        threads=("LOKY_MAX_CPU_COUNT",),
        # Each worker gets one thread: BLAS would start as many as there are cores in each.
        environment=dict.fromkeys(ONE_THREAD, "1"),
        imports_program=name not in THREADS,
    )


ENGINE = Pooled(SERIAL_INFO)
VARIANTS = tuple(Pooled(_describe_pool(name), pool=pool) for name, pool in POOLS.items())
write, run = ENGINE.write, ENGINE.run
