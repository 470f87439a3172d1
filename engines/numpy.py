"""pandas with NumPy's `where` and `select`: a row function as whole columns at once."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial

from ..errors import Unsupported
from ..spec.expression import Expr, Lit
from ..spec.schema import Schema
from ..spec.workload import Query, RowFunction
from .adapter import Adapter, Pass
from .base import Resources
from .info import MIB, EngineInfo, Work
from .pandas.expressions import SeriesWriter, series
from .pandas.queries import IMPORTS, ROWS, PandasSteps, string_option, write_reading
from .writing.passes.join import Inputs, single_frame
from .writing.passes.widen import widen_beside_floats
from .writing.program import Parts
from .writing.properties import row_facts
from .writing.quote import quote
from .writing.steps import hoist
from .writing.user_functions import skip_missing


@dataclass(frozen=True, slots=True)
class NumPy(Adapter):
    """Writes row functions as vectorised pandas and NumPy."""

    passes: tuple[Pass, ...] = (single_frame, widen_beside_floats)

    def parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write the row function's tree as expressions over columns."""
        query, data = inputs.query, inputs.data
        function = query.apply
        if not isinstance(function, RowFunction):
            raise Unsupported(query.name, "supports row functions only; use pandas")
        if function.body is None:
            raise Unsupported(function.name, function.opaque)
        return Parts(
            imports=IMPORTS,
            before=string_option(query, data, resources),
            load=inputs.load(partial(write_reading, vectorised=True)),
            query="\n".join(_statements(query, function, function.body, data)),
            rows=ROWS,
        )


def _statements(query: Query, function: RowFunction, body: Expr, data: Schema) -> list[str]:
    """Write the named intermediates as variables, then the answer."""
    steps = PandasSteps(query, data)
    lines = steps.prepare(query.derive)
    facts = row_facts(query, data)
    nothing = facts.kind(body) not in {"int", "float", "decimal"}
    writer = replace(series("data", query, data), facts=facts, nothing=nothing)
    named, last = hoist(skip_missing(query, data, body))
    for local in named:
        lines.append(f"{local.name} = {ast.unparse(writer.as_series(local.expression))}")
        writer = writer.binding(local.name)
    answer = quote("pd.DataFrame(c)", c={function.output: _value(last, writer)})
    *more, end = steps.finish(answer)
    return [*lines, *more, f"return {end}"]


def _value(node: Expr, writer: SeriesWriter) -> ast.expr:
    if isinstance(node, Lit):
        # One value for every row needs their index.
        return quote("pd.Series(v, index=data.index)", v=writer.value(node))
    return writer.value(node)


ENGINE = NumPy(
    EngineInfo(
        "pandas+numpy",
        ("pandas", "numpy", "pyarrow"),
        work=frozenset({Work.ROW_FUNCTION}),
        startup_memory=48 * MIB,
    )
)
write, run = ENGINE.write, ENGINE.run
