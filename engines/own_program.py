"""A program that a person wrote, as an engine: their text as it stands, and what runs it.

A function gets the frame that one of dfbench's engines loads. Its answer is finished in the timed
call and becomes an Arrow table afterwards. A whole module is run as it is.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..errors import Unsupported
from ..spec.expression import Agg, Col
from ..spec.schema import Schema
from ..spec.workload import Output, OwnProgram, Query, Tasks
from .base import Program, Resources, Wrapper
from .writing.program import format_code, hash_meaning
from .writing.statements import choose_copies

# How an answer is finished: a library may return before its work is done.
FINISH = {
    "pandas": "answer",
    "polars": "answer.collect() if isinstance(answer, pl.LazyFrame) else answer",
    "dask": 'answer.compute() if hasattr(answer, "compute") else answer',
    "modin": "execute(answer) or answer",
    "datatable": 'hasattr(answer, "materialize") and answer.materialize() or answer',
    "duckdb": 'answer.to_arrow_table() if hasattr(answer, "to_arrow_table") else answer',
}
PANDAS_ROWS = """
def rows(answer):
    if isinstance(answer, pandas.Series):
        answer = answer.to_frame(answer.name or OUTPUT)
    elif hasattr(answer, "__arrow_c_stream__") and not isinstance(answer, pandas.DataFrame):
        return pa.table(answer)
    elif not isinstance(answer, pandas.DataFrame):
        answer = pandas.DataFrame({OUTPUT: [answer]})
    named = any(name is not None for name in answer.index.names)
    return pa.Table.from_pandas(answer.reset_index(drop=not named), preserve_index=False)
"""
# Whoever asks SQL often ends in a frame of pandas, Polars or Arrow, or in one number.
TABLE_ROWS = """
def rows(answer):
    if hasattr(answer, "reset_index"):
        named = any(name is not None for name in answer.index.names)
        return answer.reset_index(drop=not named)
    if isinstance(answer, bool | int | float | str):
        return pa.table({OUTPUT: [answer]})
    return answer.to_arrow() if hasattr(answer, "to_arrow") else answer
"""
ROWS = {
    "pandas": f"import pandas\nimport pyarrow as pa\n{PANDAS_ROWS}",
    "dask": f"import pandas\nimport pyarrow as pa\n{PANDAS_ROWS}",
    "modin": "import pandas\nimport pyarrow as pa\nfrom modin.utils import execute\n"
    + PANDAS_ROWS.replace(
        "def rows(answer):",
        'def rows(answer):\n    if hasattr(answer, "modin"):\n'
        "        answer = answer.modin.to_pandas()",
    ),
    "polars": """
import polars as pl
def rows(answer):
    if isinstance(answer, pl.Series):
        answer = answer.to_frame(answer.name or OUTPUT)
    elif not isinstance(answer, pl.DataFrame):
        is_table = hasattr(answer, "__arrow_c_stream__")
        answer = pl.DataFrame(answer if is_table else {OUTPUT: [answer]})
    return answer.to_arrow()
""",
    "datatable": f"import pyarrow as pa\n{TABLE_ROWS}",
    "duckdb": f"import pyarrow as pa\n{TABLE_ROWS}",
}
DIVISION = "# What follows was added by dfbench: it loads the data, and returns the answer's rows."


@dataclass(frozen=True, slots=True)
class OwnEngine(Wrapper):
    """An engine that runs a person's own program; `engine` loads the frame of a function."""

    own: OwnProgram

    @property
    def name(self) -> str:
        """Return the name that the person gave the program."""
        return self.own.name

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Return the person's text, with what loads its data; Unsupported where it has none."""
        if isinstance(query, Tasks):
            raise Unsupported(query.name, "a program of your own answers queries, not tasks")
        if self.own.whole:
            return Program(self.name, self.own.source, hash_meaning(self.own.source))
        function = self._find_function(query)
        added = format_code(self._write_frame(query, data, resources, function))
        text = f"{self.own.source.rstrip()}\n\n\n{DIVISION}\n{added}"
        copies = choose_copies(ast.parse(self.own.source).body)
        return Program(
            self.name, text, hash_meaning(text), copies if self.own.engine == "pandas" else ""
        )

    def _find_function(self, query: Query) -> str:
        """Return what a query calls: what was named, the function of its name, or `query`."""
        named = self.own.function or query.name
        if named in self.own.functions:
            return named
        if "query" in self.own.functions:
            return "query"
        if len(self.own.functions) == 1:
            return self.own.functions[0]
        why = f"{self.own.path.name} has no function {query.name!r} and none named 'query'"
        raise Unsupported(query.name, why)

    def _write_frame(self, query: Query, data: Schema, resources: Resources, function: str) -> str:
        if tables := query.tables:
            why = "a function gets one frame; write load(path, other), query and rows for a join"
            raise Unsupported(f"a join with {tables[0]}", why)
        loading = self.engine.write(_read_columns(query), data, resources).text
        kept = [node for node in ast.parse(loading).body if not _is_left_out(node)]
        rows = ROWS[self.own.engine].replace("OUTPUT", repr(query.outputs[-1]))
        finished = FINISH[self.own.engine]
        parts = [
            "\n".join(ast.get_source_segment(loading, node) or "" for node in kept),
            f"answer_query = {function}",
            f"def query(data):\n    answer = answer_query(data)\n    return {finished}",
            rows,
        ]
        return "\n\n\n".join(parts)


def _read_columns(query: Query) -> Query:
    """Return a query that reads the same columns, and that every engine supports."""
    counts = (Agg("count", (Col(name),)) for name in query.reads)
    outputs = tuple(Output(f"n{number}", count) for number, count in enumerate(counts))
    size = (Output("n", Agg("size", ())),)
    return Query(query.name, query.question, aggregate=outputs or size)


def _is_left_out(node: ast.stmt) -> bool:
    """Return whether a statement of the loading program is its own: a docstring, its query."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.If():
            return True
        case ast.FunctionDef(name=name):
            return name not in {"load", "start"}
        case _:
            return False
