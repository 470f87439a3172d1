"""A script's values by pandas and by the oracle: where they differ."""

from __future__ import annotations

import ast
import contextlib
import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from dfbench.datasets.dataset import Dataset, make_dataset
from dfbench.errors import DfbenchError
from dfbench.reading import DataFile, read_code
from dfbench.reading.model import Answer, Reading, Source
from dfbench.spec.reader import check_columns, read_text
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Query
from dfbench.verification.agreement import Expected, compare_answer

from tests.reading import corpus

READERS = ("read_csv", "read_parquet", "read_table", "read_feather")


def compare_script(
    source: Source, data: Sequence[DataFile], folder: Path
) -> Iterator[tuple[Answer, str]]:
    """Yield the values that are read of a script, and how pandas' differ; nothing where not."""
    reading = read_code(source, data)
    answers = list_answers(reading, data)
    if not answers:
        return
    workload = read_text(reading.workload, "w.yaml", folder)
    dataset = make_dataset(workload.dataset, folder / "cache")
    tables = tuple((name, table.schema) for name, table in dataset.tables)
    known = Schema(dataset.schema.columns, dataset.schema.rows, tables)
    workload = check_columns(workload, known)
    values = run_script(source.text, answers, data)
    noted = {one.line for one in reading.remarks if one.kind == "note"}
    for answer, value in values.items():
        query = workload.query(answer.query)
        assert isinstance(query, Query)
        how = _compare(answer, value, query, dataset, known)
        yield answer, f"{how} - a note says so" if how and answer.line in noted else how


def list_answers(reading: Reading, data: Sequence[DataFile]) -> list[Answer]:
    """Return the answers of files that are there; of the turns of a loop, only the last."""
    made = {one.name for one in reading.frames if one.variable} - {one.name for one in data}
    last = {(one.line, one.expression): one for one in reading.answers if one.frame not in made}
    return list(last.values())


def run_script(text: str, answers: Sequence[Answer], data: Sequence[DataFile]) -> dict[Answer, Any]:
    """Run a script by pandas, and return the values of answers, or what was raised instead.

    What raises is passed over, as a person does who runs the cells of a notebook.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    found: dict[Answer, Any] = {}
    with _run_quietly(data):
        for node in ast.parse(text).body:
            here = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            made = [answer for answer in answers if answer.line in here]
            raised = _try(partial(exec, compile(ast.Module([node], []), "script", "exec"), names))
            for answer in made:
                own = raised if answer.expression.isidentifier() else None
                value = _try(partial(eval, answer.expression, names)) if own is None else own
                found[answer] = _copy(value)
    return found


def _try(run: Callable[[], Any]) -> Any:
    """Return what runs to its end, or else what it raises."""
    try:
        return run()
    except Exception as error:  # noqa: BLE001 - any error of a script is a finding
        return error


def _copy(value: Any) -> Any:
    return value.copy() if hasattr(value, "copy") else value


@contextlib.contextmanager
def _run_quietly(data: Sequence[DataFile]) -> Iterator[None]:
    """Run with pandas' own defaults, and the files that are given in the place of a script's."""
    paths = {one.path.name: one.path for one in data}
    own = {name: getattr(pd, name) for name in READERS}

    def redirect(name: str) -> Any:
        def read(path: Any, *arguments: Any, **options: Any) -> Any:
            return own[name](paths.get(Path(str(path)).name, path), *arguments, **options)

        return read

    try:
        for name in READERS:
            setattr(pd, name, redirect(name))
        plain = pd.option_context("future.infer_string", False)
        with plain, warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, function in own.items():
            setattr(pd, name, function)


def _compare(answer: Answer, value: Any, query: Query, dataset: Dataset, known: Schema) -> str:
    if isinstance(value, Exception):
        return f"pandas raises {type(value).__name__}: {value}"
    try:
        theirs = corpus.ask(query, known, str(dataset.path), *map(str, dataset.find_joins(query)))
        laid = corpus.lay_down(value, theirs.column_names)
        mine = corpus.as_table(laid, theirs.column_names, answer.filled)
        if mine.num_columns < theirs.num_columns:
            return f"{mine.num_columns} columns instead of {theirs.column_names}"
        # an index that the query does not have is left out, as the worker does
        mine = mine.select(range(mine.num_columns - theirs.num_columns, mine.num_columns))
        named = mine.rename_columns(theirs.column_names)
        verdict = compare_answer(Expected(theirs), named, query, known.rows)
    except (DfbenchError, pa.ArrowInvalid, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return "" if verdict.agrees else f"{verdict.reason} {verdict.rows}"
