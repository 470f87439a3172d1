"""FireDucks: pandas' words, gathered and compiled before they run."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial

from ..errors import Unsupported
from ..spec.expression import Agg, Call, Col, Expr, children
from ..spec.schema import Schema
from ..spec.workload import Query, Tasks
from . import interactive
from .base import Program, Resources
from .pandas.queries import PandasSteps
from .writing.passes.join import joining
from .writing.passes.widen import WIDE, widened
from .writing.program import Parts, assemble, fill
from .writing.properties import NARROW
from .writing.quote import quote
from .writing.steps import rebuilt


@dataclass(frozen=True, slots=True)
class FireDucks:
    """Writes pandas over FireDucks' frames; `_evaluate` is the call that finishes the answer."""

    name: str = "fireducks"

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        return ("fireducks", "pandas", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:
        """Return the number of threads."""
        return {"OMP_NUM_THREADS": str(resources.threads)} if resources.threads else {}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: ARG002, B008
    ) -> Program:
        """Write the steps of the query as statements of pandas."""
        query, rows, met = joining(query, data)
        query = _summed_wide(widened(query, rows, gaps=False), rows)
        if query.apply:
            raise Unsupported(query.name, "the user's functions are pandas' own work there")
        sides = met.sides() if met else ((query, rows),)
        missing = any(schema[name].missing for side, schema in sides for name in side.reads)
        if not data.rows or missing or (not query.select and _misses(query, rows)):
            why = "FireDucks tells NaN from null, and answers otherwise than pandas where either is"
            raise Unsupported("missing values" if data.rows else "no rows", why)
        statements = PandasSteps(query, rows, met=met).body("return ANSWER._evaluate()")
        numpy = "import numpy as np\n" if "np." in statements else ""
        parts = Parts(
            imports=f"{numpy}import fireducks.pandas as pd\nimport pyarrow as pa",
            load=met.loads(_read) if met else fill("return FRAME", FRAME=_read(query, data)),
            query=statements,
            rows="return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)",
            path=met.paths if met else "path",
            data=met.frames if met else "data",
        )
        return assemble(self.name, query, parts)


def _summed_wide(query: Query, rows: Schema) -> Query:
    """Widen what is summed: FireDucks keeps a sum in its column's width, where pandas does not."""

    def wide(node: Expr) -> Expr:
        match node:
            case Agg("sum", (Col(name) as column,)) if name in rows and rows[name].arrow in NARROW:
                return Agg("sum", (Call(WIDE, (column,)),))
            case _:
                return rebuilt(node, tuple(map(wide, children(node))))

    outputs = tuple(replace(o, expression=wide(o.expression)) for o in query.aggregate)
    return replace(query, aggregate=outputs)


def _misses(query: Query, rows: Schema) -> bool:
    return any(rows[name].missing for name in query.reads)


def _read(query: Query, _: Schema) -> ast.expr:
    return quote("pd.read_parquet(path, columns=n)._evaluate()", n=list(query.reads))


ENGINE = FireDucks()
VARIANTS: tuple[FireDucks, ...] = ()
write = ENGINE.write
run = partial(interactive.run, ENGINE)
