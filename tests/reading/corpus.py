"""Snippets of pandas code, what is read of each, and whether pandas answers the same.

A file of `snippets/` has snippets that begin with `## name`; `expected/` has the queries or the
sentences of each. `python -m tests.reading.corpus` rewrites these; review the difference.
"""

from __future__ import annotations

import contextlib
import functools
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from dfbench.comparison.oracle import EXACT, SQL, choose_oracle
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import find
from dfbench.engines.base import Resources
from dfbench.engines.interactive import load_program
from dfbench.engines.writing.program import skip_formatting
from dfbench.errors import Unsupported
from dfbench.reading import read_code
from dfbench.reading.model import Reading, Source
from dfbench.spec.reader import check_columns, read_text
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Query, Workload
from dfbench.verification.agreement import Expected, compare_answer

from tests.support.folders import work_in_empty_folder

HERE = Path(__file__).parent
START = "import pandas as pd\nimport numpy as np\ndf = pd.read_parquet('sales.parquet')\n"
START_DAY = np.datetime64("2024-01-30", "us")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of code, and the file that it is kept in."""

    topic: str
    name: str
    code: str

    @property
    def text(self) -> str:
        """Return the whole script."""
        return self.code if "import pandas" in self.code else START + self.code


def sales() -> pa.Table:
    """Return a small frame with every kind of column, and missing values in some."""
    n = 24
    return pa.table(
        {
            "shop": [None if i % 11 == 5 else "abcd"[i * i % 4] for i in range(n)],
            "city": [("Rome", "Oslo", "Bonn")[i % 3] for i in range(n)],
            "day": pa.array(
                np.datetime64("2024-01-30", "us") + np.arange(n) * np.timedelta64(31, "h")
            ),
            "qty": [i * 7 % 10 + 1 for i in range(n)],
            "price": [None if i % 7 == 3 else round(1.5 + i * 1.25, 2) for i in range(n)],
            "cost": [round(0.5 + (i * 37 % 24) * 0.75, 2) for i in range(n)],
            "code": [i % 5 for i in range(n)],
            "name": [f"Item {i % 6} x" for i in range(n)],
            "active": [i % 3 == 0 for i in range(n)],
            "mail": [f"u{i}@{'ab'[i % 2]}.org" for i in range(n)],
        }
    )


def shops() -> pa.Table:
    """Return a table to join: a row for each shop but one."""
    return pa.table(
        {"shop": ["a", "b", "x"], "region": ["N", "S", "N"], "size": [3, 5, 8], "city": list("uvw")}
    )


def towns() -> pa.Table:
    """Return another table to join: a row for each city of the sales but one."""
    return pa.table({"city": ["Rome", "Oslo", "Lima"], "country": list("INP")})


TABLES = {"shops": shops, "towns": towns}


def snippets() -> Iterator[Snippet]:
    """Yield all snippets."""
    for path in sorted((HERE / "snippets").glob("*.txt")):
        for part in re.split(r"^## ", path.read_text(), flags=re.MULTILINE)[1:]:
            name, _, code = part.partition("\n")
            yield Snippet(path.stem, name.strip(), code.strip("\n") + "\n")


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """Work in a folder that has the files that snippets read."""
    with work_in_empty_folder() as folder:
        pq.write_table(sales(), folder / "sales.parquet")
        for name, make in TABLES.items():
            pq.write_table(make(), folder / f"{name}.parquet")
        yield folder


def read(snippet: Snippet) -> Reading:
    """Read a snippet."""
    return read_code(Source("code.py", snippet.text))


def describe(reading: Reading, snippet: Snippet) -> str:
    """Return the queries that were read, and the sentences on what was not."""
    lines = reading.workload.partition("queries:\n")[2].splitlines()
    shown = [line.removeprefix("  ") for line in lines if not line.startswith("  # ")]
    before = snippet.text.count("\n") - snippet.code.count("\n")
    notes = [
        f"! {one.line - before}:{one.column}: {one.text}"
        for one in reading.remarks
        if one.kind == "unread"
    ]
    return "\n".join([*shown, *notes]) + "\n"


def differs(snippet: Snippet, reading: Reading) -> str:
    """Return how pandas' answer to the last value read differs from the oracle's; empty if not."""
    known = known_schema()
    workload = read_workload(reading.workload, known)
    made = {one.name for one in reading.frames if one.variable}
    for answer in reading.answers:
        if answer.frame in made:  # its rows are given
            continue
        query = workload.query(answer.query)
        assert isinstance(query, Query)
        theirs = ask(query, known)
        names = theirs.column_names
        value = lay_down(run(snippet, answer.expression), names)
        mine = as_table(value, names, answer.filled)
        if mine.num_columns != theirs.num_columns:
            return f"{answer.query}: {mine.column_names} instead of {theirs.column_names}"
        named = mine.rename_columns(theirs.column_names)
        verdict = compare_answer(Expected(theirs), named, query, known.rows)
        if not verdict.agrees:
            return f"{answer.query}: {verdict.reason} {verdict.rows}"
    return ""


def known_schema() -> Schema:
    """Return the columns of the sales, and of the tables to join."""
    sales = read_schema(Path("sales.parquet"))
    tables = tuple((name, read_schema(Path(f"{name}.parquet"))) for name in TABLES)
    return Schema(sales.columns, sales.rows, tables)


@functools.cache
def read_workload(text: str, known: Schema) -> Workload:
    """Return the workload of a snippet, which both its values and its programs are of."""
    return check_columns(read_text(text, "w.yaml", Path.cwd()), known)


@functools.cache
def ask(query: Query, schema: Schema, *given: str) -> pa.Table:
    """Return the oracle's answer; the values and the programs of a snippet have the same.

    `given` are the files of the tables, where they are not those of the snippets.
    """
    engine = EXACT if choose_oracle(query) == SQL else find(choose_oracle(query))
    with skip_formatting():
        try:
            program = engine.write(query, schema, Resources(1))
        except Unsupported:  # DuckDB has no exponentially weighted mean
            program = find("polars").write(query, schema, Resources(1))
    module = load_program(program)  # type: ignore[arg-type]
    files = given or ("sales.parquet", *(f"{name}.parquet" for name in query.tables))
    if hasattr(module, "start"):
        module.started = module.start()
    data = module.load(*files)
    return module.rows(
        module.query(*data) if isinstance(data, tuple) and len(files) > 1 else module.query(data)
    )


def run(snippet: Snippet, expression: str) -> Any:
    """Run a snippet in pandas with its own defaults, and return the value of an expression."""
    names: dict[str, Any] = {}
    plain = pd.option_context("future.infer_string", False)
    with plain, warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        exec(snippet.text, names)
        return eval(expression, names)


def lay_down(value: Any, names: list[str]) -> Any:
    """Return a series with a number for each name as a row of them."""
    if isinstance(value, pd.Series) and sorted(map(str, value.index)) == sorted(names):
        return value.rename(str)[names].to_frame().T.infer_objects()
    return value


def as_table(value: Any, names: Sequence[str] = (), filled: float | None = None) -> pa.Table:
    """Return pandas' value as a table: its index as columns, unless it is the default one.

    `names` are the query's columns; `filled` is in the cells of a wide table without rows.
    """
    if isinstance(value, np.ndarray | list | pd.api.extensions.ExtensionArray):
        value = pd.Series(value)
    if isinstance(value, pd.Series):
        value = value.to_frame("value" if value.name is None else value.name)
    if not isinstance(value, pd.DataFrame):
        return pa.table({"value": pa.array([None if pd.isna(value) else value], from_pandas=True)})
    if wide := [name for name in value.columns.names if name is not None]:
        laid = [name for name in value.columns if name in names]
        value = value.set_index(laid) if value.index.names == [None] else value
        value = value.stack(wide, future_stack=True).dropna(how="all")
        value = value if filled is None else value[(value != filled).to_numpy().ravel()]
        value = value.to_frame("value") if isinstance(value, pd.Series) else value
    levels = [value.index.get_level_values(n) for n in range(value.index.nlevels)]
    index = [one for n, one in enumerate(levels) if not any(map(one.identical, levels[:n]))]
    every = len(names) == value.index.nlevels + value.shape[1]  # as the worker has it
    parts = [level.to_series().array for level in index if every or level.name is not None]
    parts += [value.iloc[:, n].array for n in range(value.shape[1])]
    names = [f"column {n}" for n in range(len(parts))]
    arrays = [pa.array(_plain(part), from_pandas=True) for part in parts]
    return pa.Table.from_arrays(arrays, names=names)


def _plain(values: Any) -> Any:
    series = pd.Series(values)
    if isinstance(series.dtype, pd.PeriodDtype):
        return series.dt.to_timestamp()
    if isinstance(getattr(series.dtype, "categories", series).dtype, pd.IntervalDtype):
        return series.astype(object).map(str, na_action="ignore")
    if isinstance(series.dtype, pd.CategoricalDtype):
        return series.astype(object)
    return series


def write() -> None:
    """Rewrite what is expected of each snippet, and print what is not read or differs."""
    (HERE / "expected").mkdir(exist_ok=True)
    texts: dict[str, list[str]] = {}
    unread = total = 0
    with data_folder():
        for snippet in snippets():
            total += 1
            reading = read(snippet)
            texts.setdefault(snippet.topic, []).append(
                f"## {snippet.name}\n{describe(reading, snippet)}"
            )
            notes = [one for one in reading.remarks if one.kind == "unread"]
            unread += bool(notes)
            if notes and snippet.topic != "refused":
                print(f"{snippet.topic}/{snippet.name}: {notes[0].text}")
            if reading.workload and (how := differs_safely(snippet, reading)):
                print(f"DIFFERS {snippet.topic}/{snippet.name}: {how}\n{reading.workload}")
    for topic, parts in texts.items():
        (HERE / "expected" / f"{topic}.txt").write_text("\n".join(parts))
    print(f"{total} snippets, {total - unread} read whole")


def differs_safely(snippet: Snippet, reading: Reading) -> str:
    """Return the difference, or what was raised on the way."""
    try:
        return differs(snippet, reading)
    except Exception as error:  # noqa: BLE001 - shown to the one who writes snippets
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    write()
