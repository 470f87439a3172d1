"""Pools: the user's Python function, called on parts of the work by processes or threads.

All are one program with another pool in it; `serial` has none, and is what Python itself answers.
"""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass
from functools import partial

from ..errors import Unsupported
from ..spec.schema import Schema
from ..spec.workload import GroupFunction, Query, RowFunction, Tasks
from . import interactive
from .base import Program, Resources
from .pandas.queries import STRINGS, PandasSteps
from .writing import tasks as task_programs
from .writing.program import Parts, assemble, fill
from .writing.quote import literal, quote
from .writing.user_functions import (
    each_row,
    group_loop,
    inputs_missing,
    own,
    wants_none,
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


@dataclass(frozen=True, slots=True)
class Pool:
    """One way to call a function on many things.

    `frames` are the statements that put the answers of `parts` into `done`, `calls` those that
    return the answers of all tasks; WORKERS stands for the number of workers, and `everyone` for it
    where nothing is said.
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
class Pooled:
    """Writes the user's function over rows, groups or tasks, with one pool or none."""

    name: str

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        library = self.name.split("/")[0]
        own = (library,) if library in {"joblib", "loky"} else ()
        return (*own, "pandas", "numpy", "pyarrow")

    @property
    def pool(self) -> Pool:
        """Return the pool, or none."""
        return POOLS.get(self.name, SERIAL)

    def environment(self, resources: Resources) -> dict[str, str]:
        """Return each worker one thread: BLAS would start as many as there are cores in each."""
        if self.pool is SERIAL:
            return {}
        cores = {"LOKY_MAX_CPU_COUNT": str(resources.threads)} if resources.threads else {}
        return {**dict.fromkeys(ONE_THREAD, "1"), **cores}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write the user's function, and the pool that calls it."""
        if isinstance(query, Tasks):
            return self._tasks(query, resources)
        function = query.apply
        if function is None:
            raise Unsupported(query.name, "a pool calls functions, and this query has none")
        mine = own(function)
        applied = _apply(query, data)
        body = self._body(query, data, resources)
        strings = any(data[name].kind == "string" for name in query.reads)
        numpy = ("import numpy as np",) if "np." in body + applied else ()
        lines = [self.pool.imports, "import os" if "os." in self._chunks(resources) else ""]
        parts = Parts(
            imports="\n".join([*lines, *numpy, *mine.imports, PANDAS]),
            before="\n".join(
                [
                    STRINGS if strings and not resources.since("pandas", 3) else "",
                    self._chunks(resources),
                ]
            ),
            own=mine.source,
            after=applied,
            load=fill(
                "return pd.read_parquet(path, columns=NAMES)", NAMES=literal(list(query.reads))
            ),
            query=body,
            rows="return pa.Table.from_pandas(answer, preserve_index=False)",
        )
        return assemble(self.name, query, parts)

    def _body(self, query: Query, data: Schema, resources: Resources) -> str:
        steps = PandasSteps(query, data)
        lines = steps.prepared(query.derive)
        answer = quote("apply(data)")
        if self.pool is not SERIAL:
            split = _by_rows(query) if isinstance(query.apply, RowFunction) else _by_groups(steps)
            lines += [*split, self._filled(self.pool.frames, resources)]
            answer = quote("pd.concat(done)")
        if isinstance(query.apply, RowFunction):
            answer = quote("pd.DataFrame(c)", c={query.apply.output: answer})
        *more, last = steps.finished(answer)
        return "\n".join([*lines, *more, f"return {last}"])

    def _tasks(self, query: Tasks, resources: Resources) -> Program:
        mine = own(query)
        calls = task_programs.Calls(query)
        body = self._filled(self.pool.calls, resources).replace("FUNCTION", mine.name)
        chunks = self._chunks(resources) if "CHUNKS" in body else ""
        rows = task_programs.rows(query)
        numpy = ("import numpy as np",) if "np." in rows else ()
        lines = [self.pool.imports, "import os" if "os." in chunks else ""]
        parts = Parts(
            imports="\n".join([*lines, *numpy, *mine.imports, "import pyarrow as pa"]),
            before=chunks,
            own=mine.source,
            load=calls.load(),
            query=body,
            rows=rows,
            path="",
        )
        return assemble(self.name, query, parts)

    def _chunks(self, resources: Resources) -> str:
        if self.pool is SERIAL:
            return ""
        if resources.threads is None:
            return fill(CHUNKS, NUMBER=quote("n * os.cpu_count()", n=PARTS_PER_WORKER))
        return fill(CHUNKS, NUMBER=literal(PARTS_PER_WORKER * resources.threads))

    def _filled(self, statements: str, resources: Resources) -> str:
        workers = str(resources.threads) if resources.threads else self.pool.everyone
        return statements.replace("WORKERS", workers)


PANDAS = "import pandas as pd\nimport pyarrow as pa"


def _apply(query: Query, data: Schema) -> str:
    match query.apply:
        case RowFunction() as function:
            return _function(
                "Call the function on each row of a part of the frame.",
                _row_lines(query, function, data),
            )
        case GroupFunction():
            return _function(
                "Call the function on each group of a part of the frame.",
                group_loop(query, PandasSteps(query, data).options, "part"),
            )
        case None:
            raise AssertionError(query.name)


def _function(about: str, body: str) -> str:
    return f'def apply(part):\n    """{about}"""\n{textwrap.indent(body, "    ")}\n'


ROWS = """\
    PREPARED
    values = []
    try:
        values.extend(CALLS)
    except Exception as error:
        # What comes back from another process does not show which row it was.
        failed = PART.iloc[len(values)]
        inputs = ", ".join(f"{name}={value}" for name, value in failed.items())
        error.add_note(f"row {failed.name}: {inputs}")
        raise
    return RESULT
"""


def _row_lines(query: Query, function: RowFunction, data: Schema) -> str:
    """Write the loop over a part's rows: those with every input, unless it asks for all."""
    skipped = inputs_missing(query, data)
    frame, prepared = "part", ""
    result = quote("pd.Series(values, index=part.index)")
    if skipped:
        frame = "complete"
        prepared = fill("complete = part.dropna(subset=S)", S=literal(list(skipped)))
        result = quote("pd.Series(values, index=complete.index).reindex(part.index)")
    elif wants_none(function):
        prepared = "part = part.astype(object).where(part.notna(), None)"
    call, variable, rows = each_row(function, frame)
    loop = ast.comprehension(variable, rows, [], is_async=0)
    calls = ast.unparse(ast.GeneratorExp(call, [loop])).removeprefix("(").removesuffix(")")
    return fill(
        ROWS.replace("CALLS", calls),
        PREPARED=prepared,
        PART=quote(frame),
        RESULT=result,
    )


def _by_rows(query: Query) -> list[str]:
    last = "len(data) or 1" if query.where else "len(data)"
    return [
        "size = len(data) // CHUNKS + 1",
        f"parts = [data[i : i + size] for i in range(0, {last}, size)]",
    ]


def _by_groups(steps: PandasSteps) -> list[str]:
    """Write the split into parts that hold whole groups."""
    groups = quote("data.groupby(k, **o).ngroup()", k=steps.key, o=steps.options)
    return [
        fill("number = GROUPS", GROUPS=groups),
        "parts = [part for _, part in data.groupby(number % CHUNKS)]",
    ]


ENGINE = Pooled("serial")
VARIANTS = tuple(Pooled(name) for name in POOLS)
write = ENGINE.write
run = partial(interactive.run, ENGINE)
