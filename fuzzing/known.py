"""Bugs of the engines' libraries, told in docs/engine-bugs.md: found again, they are no news."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from ..checking.evaluation import evaluate
from ..spec.expression import Agg, Expr, columns, walk
from ..spec.workload import Query, RowFunction


@dataclass(frozen=True, slots=True)
class Known:
    """An engine's bug: the name of its section in the docs, and the cases that meet it."""

    engine: str
    name: str
    meets: Callable[[Query, pa.Table], bool]


def _nothing_left(query: Query, frame: pa.Table) -> bool:
    if query.where is None:
        return False
    return not any(evaluate(query.where, row) is True for row in frame.to_pylist())


def nodes(query: Query) -> list[Expr]:
    """Give every part of a query's expressions."""
    outputs = (*query.derive, *query.aggregate, *query.transform)
    roots = [query.where, query.having, *(output.expression for output in outputs)]
    return [node for root in roots if root is not None for node in walk(root)]


def _leads_beyond(query: Query, frame: pa.Table) -> bool:
    leads = [node for node in nodes(query) if isinstance(node, Agg) and node.function == "lead"]
    return bool(leads) and (query.group_by != () or frame.num_rows < MOST_STEPS)


def _sums_infinities(query: Query, frame: pa.Table) -> bool:
    sums = [n for n in nodes(query) if isinstance(n, Agg) and n.function == "cumsum"]
    rows = frame.to_pylist()
    for output in query.derive:
        for row in rows:
            row[output.name] = evaluate(output.expression, row)
    values = (evaluate(node.arguments[0], row) for node in sums for row in rows)
    return any(isinstance(value, float) and math.isinf(value) for value in values)


def _extremes_of_large(query: Query, frame: pa.Table) -> bool:  # noqa: ARG001 - of any frame
    if query.group_by:
        return False
    extremes = [n for n in nodes(query) if isinstance(n, Agg) and n.function in {"min", "max"}]
    return any("e" in columns(node) for node in extremes)


def _counts_zeros(query: Query, frame: pa.Table) -> bool:  # noqa: ARG001 - of any frame
    return any(isinstance(n, Agg) and n.function == "n_unique" for n in nodes(query)) and (
        "w" in query.reads
    )


def _calls_on_large(query: Query, frame: pa.Table) -> bool:  # noqa: ARG001 - of any frame
    return isinstance(query.apply, RowFunction) and "e" in query.apply.columns


MOST_STEPS = 4
KNOWN = (
    Known("datatable", "groups of no rows", _nothing_left),
    Known("datatable", "shift beyond the end", _leads_beyond),
    Known("dask", "n_unique of two zeros", _counts_zeros),
    *(
        Known(engine, "large integers in a row of floats", _calls_on_large)
        for engine in ("pandas", "dask", "modin")
    ),
    Known("dask", "extremes beside empty partitions", _extremes_of_large),
    *(
        Known(engine, "cumsum after an infinity", _sums_infinities)
        for engine in ("pandas", "pandas+numba", "dask", "modin")
    ),
)


def known(engine: str, query: Query, frame: pa.Table) -> Known | None:
    """Give the known bug that a case meets, if there is one."""
    found = (one for one in KNOWN if one.engine == engine.partition("/")[0])
    return next((one for one in found if one.meets(query, frame)), None)
