"""The programs of the values that are read of snippets: each runs twice, and has to agree."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
from dfbench.engines import find
from dfbench.engines.base import Program
from dfbench.engines.writing.program import skip_formatting
from dfbench.engines.your_code import YourCode
from dfbench.errors import Unsupported
from dfbench.execution.worker import copy_frames
from dfbench.reading.model import Reading
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Query
from dfbench.verification.agreement import Expected, compare_answer

from tests.reading import corpus
from tests.reading.corpus import Snippet


def answer_twice(program: Program, query: Query) -> Iterator[pa.Table]:
    """Yield the rows of a program's answer to the data that it has loaded, as the worker does."""
    module: dict[str, Any] = {"__name__": "program"}
    exec(program.text, module)
    loaded = module["load"](*(f"{name}.parquet" for name in ("sales", *query.tables)))
    data = loaded if isinstance(loaded, tuple) else (loaded,)
    for _ in range(2):
        with pd.option_context("future.infer_string", False):
            yield module["rows"](module["query"](*copy_frames(data, program.copies)))


def differs(reading: Reading, known: Schema) -> Iterator[str]:
    """Yield how a program's answers differ from the oracle's."""
    workload = corpus.read_workload(reading.workload, known)
    for query in workload.queries:
        try:
            program = YourCode(find("pandas"), reading).write(query, known)
        except Unsupported as reason:
            yield f"{query.name}: {reason}"
            continue
        tables = list(answer_twice(program, query))
        with contextlib.suppress(Unsupported):  # a def that only Python can call has no such oracle
            expected = Expected(corpus.ask(query, known))
            for table in tables:
                verdict = compare_answer(expected, table, query, known.rows)
                if not verdict.agrees:
                    yield f"{query.name}: {verdict.reason} {verdict.rows[:2]}"


def check_programs(readings: dict[Snippet, Reading]) -> dict[str, str]:
    """Return how the program of a value differs, by the snippet's name."""
    known = corpus.known_schema()
    found: dict[str, str] = {}
    with skip_formatting(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        for snippet, reading in readings.items():
            try:
                for how in differs(reading, known) if reading.workload else ():
                    found[snippet.name] = how
            except Exception as error:  # noqa: BLE001 - any error of a program is a finding
                found[snippet.name] = f"{type(error).__name__}: {error}"
    return found
