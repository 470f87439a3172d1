"""pandas with NumPy's `where` and `select`: a row function as whole columns at once."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial

from ..errors import Unsupported
from ..spec.expression import Expr, Lit
from ..spec.schema import Schema
from ..spec.workload import Query, RowFunction, Tasks
from . import interactive
from .base import Program, Resources
from .pandas.expressions import Series, series
from .pandas.queries import STRINGS, PandasSteps, reading
from .writing.passes.widen import widened
from .writing.program import Parts, assemble, fill
from .writing.properties import of_rows
from .writing.quote import quote
from .writing.steps import hoisted
from .writing.tasks import of_frame
from .writing.user_functions import skipping


@dataclass(frozen=True, slots=True)
class NumPy:
    """Writes row functions as vectorised pandas and NumPy."""

    name: str = "pandas+numpy"

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        return ("pandas", "numpy", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:  # noqa: ARG002
        """Return nothing: element by element, NumPy runs on one thread."""
        return {}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write the row function's tree as expressions over columns."""
        query = widened(of_frame(query), data, gaps=False)
        function = query.apply
        if not isinstance(function, RowFunction):
            raise Unsupported(query.name, "this is for row functions; the engine pandas says it")
        if function.body is None:
            raise Unsupported(function.name, function.opaque)
        body = "\n".join(_statements(query, function, function.body, data))
        strings = any(data[name].kind == "string" for name in query.reads)
        numpy = "import numpy as np\n" if "np." in body else ""
        parts = Parts(
            imports=f"{numpy}import pandas as pd\nimport pyarrow as pa",
            before=STRINGS if strings and not resources.since("pandas", 3) else "",
            load=fill("return FRAME", FRAME=reading(query, data, vectorised=True)),
            query=body,
            rows="return pa.Table.from_pandas(answer, preserve_index=False)",
        )
        return assemble(self.name, query, parts)


def _statements(query: Query, function: RowFunction, body: Expr, data: Schema) -> list[str]:
    """Write the named intermediates as variables, then the answer."""
    steps = PandasSteps(query, data)
    lines = steps.prepared(query.derive)
    facts = of_rows(query, data)
    nothing = facts.kind(body) not in {"int", "float", "decimal"}
    writer = replace(series("data", query, data), facts=facts, nothing=nothing)
    named, last = hoisted(skipping(query, data, body))
    for local in named:
        lines.append(f"{local.name} = {ast.unparse(writer.column(local.expression))}")
        writer = writer.binding(local.name)
    answer = quote("pd.DataFrame(c)", c={function.output: _value(last, writer)})
    *more, end = steps.finished(answer)
    return [*lines, *more, f"return {end}"]


def _value(node: Expr, writer: Series) -> ast.expr:
    if isinstance(node, Lit):
        # One value for every row needs their index.
        return quote("pd.Series(v, index=data.index)", v=writer.value(node))
    return writer.value(node)


ENGINE = NumPy()
VARIANTS = ()
write = ENGINE.write
run = partial(interactive.run, ENGINE)
