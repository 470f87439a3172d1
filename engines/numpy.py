"""pandas with NumPy's `where` and `select`: a row function as whole columns at once."""

from __future__ import annotations

from ..errors import Unsupported
from ..spec.schema import Schema
from ..spec.workload import Query, RowFunction
from .info import MIB, EngineInfo, Work
from .pandas import Pandas
from .writing.passes.join import join_single_frame
from .writing.passes.widen import widen_beside_floats
from .writing.user_functions import as_expression


def _require_row_function(query: Query, _: Schema) -> Query:
    """Return the query; Unsupported for any other than a row function."""
    if not isinstance(query.apply, RowFunction):
        raise Unsupported(query.name, "supports row functions only; use pandas")
    return query


ENGINE = Pandas(
    EngineInfo(
        "pandas+numpy",
        ("pandas", "numpy", "pyarrow"),
        work=frozenset({Work.ROW_FUNCTION}),
        startup_memory=48 * MIB,
    ),
    (join_single_frame, _require_row_function, as_expression, widen_beside_floats),
)
write, run = ENGINE.write, ENGINE.run
