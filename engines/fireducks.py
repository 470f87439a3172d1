"""FireDucks: pandas' words, gathered and compiled before they run."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from ..errors import Unsupported
from ..spec.expression import Agg, Cast, Col, Expr, list_children, rebuild
from ..spec.schema import Schema
from ..spec.workload import Query
from .adapter import Adapter, Pass
from .base import Resources
from .info import FRAMES, FUNCTIONS, NEWEST, EngineInfo, EnginePlace
from .pandas.queries import PandasSteps
from .pandas.sequence import write_steps
from .writing.passes.join import Inputs
from .writing.passes.widen import widen_beside_floats
from .writing.program import Parts
from .writing.properties import NARROW
from .writing.quote import quote


def _widen_sums(query: Query, rows: Schema) -> Query:
    """Widen what is summed: FireDucks keeps a sum in its column's width, where pandas does not."""

    def widen_integers(node: Expr) -> Expr:
        match node:
            case Agg("sum", (Col(name) as column,)) if name in rows and rows[name].arrow in NARROW:
                return Agg("sum", (Cast(column, "int64"),))
            case _:
                return rebuild(node, tuple(map(widen_integers, list_children(node))))

    outputs = tuple(replace(o, expression=widen_integers(o.expression)) for o in query.aggregate)
    return replace(query, aggregate=outputs)


IMPORTS = """\
import fireducks.pandas as pd
import numpy as np
import pyarrow as pa
"""


@dataclass(frozen=True, slots=True)
class FireDucks(Adapter):
    """Writes pandas over FireDucks' frames; `_evaluate` is the call that finishes the answer."""

    passes: tuple[Pass, ...] = (widen_beside_floats, _widen_sums)

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:  # noqa: ARG002
        """Write the steps of the query as statements of pandas."""
        query, rows = inputs.query, inputs.rows
        if query.apply:
            raise Unsupported(query.name, "FireDucks runs user-defined functions in pandas")
        missing = any(_has_missing(table.query, table.data) for table in inputs.list_tables())
        if not inputs.data.rows or missing or (not query.select and _has_missing(query, rows)):
            why = "FireDucks distinguishes NaN from null, so its answers differ from pandas'"
            raise Unsupported("missing values" if inputs.data.rows else "no rows", why)
        first = PandasSteps(query, rows, joinings=inputs.joinings)
        return Parts(
            imports=IMPORTS,
            load=inputs.load(_write_read),
            query=write_steps(first, inputs.later, "return ANSWER._evaluate()"),
            rows="return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)",
        )


def _has_missing(query: Query, rows: Schema) -> bool:
    return any(rows[name].missing for name in query.reads)


def _write_read(query: Query, _: Schema) -> ast.expr:
    return quote("pd.read_parquet(path, columns=n)._evaluate()", n=list(query.reads))


ENGINE = FireDucks(
    EngineInfo(
        "fireducks",
        ("fireducks", "pandas", "pyarrow"),
        work=FRAMES - FUNCTIONS,
        place=EnginePlace.ELSEWHERE,
        pins=(NEWEST,),
        threads=("OMP_NUM_THREADS",),
        downgrades="pandas to 2.3",
    )
)
write, run = ENGINE.write, ENGINE.run
