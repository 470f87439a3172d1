"""Known bugs of the engines' libraries (docs/engine-bugs.md), which the fuzz does not report again.

Each matches only the query and rows of its bug, so that it hides nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ...spec.expression import Agg, Col, Expr, Lit, walk
from ...spec.workload import Query, RowFunction
from ...verification.evaluation import evaluate, filter_rows, group_rows
from ...verification.python_answers import see_steps
from .frames import Tables

LARGEST = 2**53  # beyond it, a float has no neighbour that is a whole number
PARTITIONS = 8  # of the programs that the fuzz asks Dask for: four for each of two threads


@dataclass(frozen=True, slots=True)
class Met:
    """A query over the rows that it sees, `given` of them, and the groups that `where` leaves."""

    query: Query
    tables: Tables
    given: int
    groups: list[list[dict[str, Any]]]

    @property
    def rows(self) -> int:
        """Return how many rows are left."""
        return sum(map(len, self.groups))

    def list_aggregations(self, *functions: str) -> Iterator[Agg]:
        """Yield the aggregations of these names."""
        outputs = (*self.query.aggregate, *self.query.transform)
        for output in outputs:
            for node in walk(output.expression):
                if isinstance(node, Agg) and node.function in functions:
                    yield node

    def list_values(self, node: Expr) -> Iterator[list[Any]]:
        """Yield the values of each group, missing ones left out."""
        for group in self.groups:
            found = (evaluate(node, row) for row in group)
            yield [value for value in found if value is not None]


@dataclass(frozen=True, slots=True)
class Known:
    """An engine's bug: the name of its section in the docs, and the cases that meet it."""

    engine: str
    name: str
    meets: Callable[[Met], bool]


def _leads_beyond(met: Met) -> bool:
    steps = [node.arguments[1] for node in met.list_aggregations("lead") if len(node.arguments) > 1]
    numbers = (step.value for step in steps if isinstance(step, Lit))
    beyond = any(isinstance(number, int) and number > met.rows for number in numbers)
    return beyond and not met.query.group_by


def _sums_after_infinities(met: Met) -> bool:
    sums = met.list_aggregations("cumsum")
    runs = (values for node in sums for values in met.list_values(node.arguments[0]))
    return any(any(map(_is_infinite, values[:-1])) for values in runs)


# How many times larger a value is than all after it, where pandas' windows of those lose digits.
LOSES = {"rolling_std": 1e3, "rolling_mean": 1e6, "rolling_sum": 1e6}


def _meets_large_values(met: Met) -> bool:
    windows = [(node, LOSES[node.function]) for node in met.list_aggregations(*LOSES)]
    runs = ((vs, times) for node, times in windows for vs in met.list_values(node.arguments[0]))
    ordered = bool(met.query.order_by)
    return any(
        _exceeds_later(sorted(values, key=abs, reverse=True) if ordered else values, times)
        for values, times in runs
    )


def _exceeds_later(values: list[Any], times: float) -> bool:
    """Return whether a value is so many times larger than each one after it."""
    most = [abs(v) for v in values if not _is_infinite(v)]
    later = most[1:]
    return any(most[at] > times * max(later[at:]) for at in range(len(later)))


def _sums_infinities(met: Met) -> bool:
    sums = met.list_aggregations("sum", "mean") if met.query.group_by else ()
    return any(
        any(map(_is_infinite, vs[:-1])) for n in sums for vs in met.list_values(n.arguments[0])
    )


def _counts_two_zeros(met: Met) -> bool:
    if met.query.group_by:
        return False
    counted = (
        v for node in met.list_aggregations("n_unique") for v in met.list_values(node.arguments[0])
    )
    return any(map(_are_two_zeros, counted))


def _has_two_zeros_as_keys(met: Met) -> bool:
    rows = [row for group in met.groups for row in group]
    return any(_are_two_zeros([row[key] for row in rows]) for key in met.query.group_by)


def _sorts_two_zeros(met: Met) -> bool:
    rows = [row for group in met.groups for row in group]
    names = {key.name for key in (*met.query.order_by, *met.query.sort)}
    return any(_are_two_zeros([row.get(name) for row in rows]) for name in names)


def _are_two_zeros(values: list[Any]) -> bool:
    return {"0.0", "-0.0"} <= set(map(repr, values))


def _sums_opposite_infinities(met: Met) -> bool:
    nodes = met.list_aggregations("sum", "mean")
    summed = (set(values) for node in nodes for values in met.list_values(node.arguments[0]))
    return any({math.inf, -math.inf} <= values for values in summed)


def _sums_all_opposite_infinities(met: Met) -> bool:
    return not met.query.group_by and _sums_opposite_infinities(met)


def _weighs_one_row(met: Met) -> bool:
    return met.rows == 1 and any(met.list_aggregations("ewm_mean"))


def _has_large_extremes(met: Met) -> bool:
    """Return whether an extreme is no float, and a partition may be empty."""
    if met.query.group_by or (met.query.where is None and met.given >= PARTITIONS):
        return False
    extremes = (
        v
        for node in met.list_aggregations("min", "max")
        for v in met.list_values(node.arguments[0])
    )
    return any(_is_large(value) for values in extremes for value in values)


def _calls_on_large(met: Met) -> bool:
    """Return whether a row that a function is called on has a large integer."""
    if not isinstance(met.query.apply, RowFunction) or met.query.apply.source is None:
        return False
    read = met.query.apply.columns
    return any(_is_large(row[name]) for group in met.groups for row in group for name in read)


def _joins_repeated_keys(met: Met) -> bool:
    if not met.query.joins or met.tables.other is None:
        return False
    names = [name for join in met.query.joins for name in join.right_columns]
    keys = [tuple(row.values()) for row in met.tables.other.select(names).to_pylist()]
    there = [key for key in keys if None not in key]
    return len(set(there)) < len(there)


def _has_texts_of_no_letter(met: Met) -> bool:
    """Return whether a column is of empty texts alone, as a whole, filtered, or as it is joined."""
    frame, other = met.tables.frame, met.tables.other
    joined = [set(column.to_pylist()) for column in other.itercolumns()] if other else []
    read = [name for name in met.query.reads if name in frame.column_names]
    whole = [set(frame[name].to_pylist()) for name in read]
    kept = [{row[name] for group in met.groups for row in group} for name in read]
    alone = any(values - {None} == {""} for values in (*joined, *whole, *kept))
    return alone or any("" in values for values in joined)


def _reads_smallest_integers(met: Met) -> bool:
    """Return whether a column that is read, or joined on, has the smallest integer of its width."""
    columns = ((table[name], name) for table in met.tables for name in table.column_names)
    joined = (name for join in met.query.joins for name in (*join.on, *join.right_on))
    names = {*met.query.reads, *joined}
    read = [c for c, name in columns if name in names and pa.types.is_signed_integer(c.type)]
    return any(-(2 ** (c.type.bit_width - 1)) in c.to_pylist() for c in read)


def _makes_columns_of_no_rows(met: Met) -> bool:
    """Return whether nothing is left of some rows: Modin's columns are lost, or its types."""
    query = met.query
    made = bool(query.transform or query.derive or query.apply) or len(query.group_by) > 1
    asof = (met.tables.beside[join.table] for join in query.joins if join.how == "asof")
    if any(table.num_rows == 0 for table in asof):
        return True
    return met.rows == 0 and (made or met.given > 0 or bool(query.joins))


def _reads_one_of_several_keys(met: Met) -> bool:
    """Return whether a quantile is asked for, and a value of one of several keys is."""
    keys = met.query.group_by
    read = met.list_aggregations("quantile", "sum", "mean", "min", "max", "first", "last", "count")
    keyed = any(isinstance(a, Col) and a.name in keys for node in read for a in node.arguments)
    return keyed and len(keys) > 1 and any(met.list_aggregations("quantile"))


def _has_texts_of_unmatched_rows(met: Met) -> bool:
    """Return whether a join adds rows of the table that lack the frame's texts or times."""
    if not any(join.how in {"outer", "right"} for join in met.query.joins):
        return False
    tests = (pa.types.is_string, pa.types.is_temporal)
    texts = {f.name for f in met.tables.frame.schema if any(test(f.type) for test in tests)}
    return not texts.isdisjoint(met.query.reads)


def _calls_on_days_beside_times(met: Met) -> bool:
    if not isinstance(met.query.apply, RowFunction) or met.query.apply.source is None:
        return False
    types = {field.name: field.type for field in met.tables.frame.schema}
    days = any(pa.types.is_date(types[n]) for n in met.query.apply.columns if n in types)
    return days and any(pa.types.is_timestamp(types[n]) for n in met.query.reads if n in types)


def _is_infinite(value: object) -> bool:
    return isinstance(value, float) and math.isinf(value)


def _is_large(value: object) -> bool:
    return isinstance(value, int) and abs(value) > LARGEST


KNOWN = (
    Known("datatable", "shift beyond the end", _leads_beyond),
    Known("datatable", "joins with repeated keys", _joins_repeated_keys),
    Known("datatable", "texts without a letter", _has_texts_of_no_letter),
    Known("datatable", "smallest integers", _reads_smallest_integers),
    Known("modin", "columns of no rows", _makes_columns_of_no_rows),
    Known("modin", "values of one of several keys", _reads_one_of_several_keys),
    Known("modin", "texts of unmatched rows", _has_texts_of_unmatched_rows),
    Known("modin", "ewm_mean of one row", _weighs_one_row),
    Known("dask", "n_unique of two zeros", _counts_two_zeros),
    Known("dask", "groups of two zeros", _has_two_zeros_as_keys),
    Known("datatable", "groups of two zeros", _has_two_zeros_as_keys),
    Known("datatable", "order of two zeros", _sorts_two_zeros),
    *(
        Known(engine, "large integers in a row of floats", _calls_on_large)
        for engine in ("pandas", "dask", "modin")
    ),
    Known("pandas+numba", "sums behind an infinity", _sums_infinities),
    Known("dask", "sums of opposite infinities", _sums_opposite_infinities),
    Known("modin", "sums of opposite infinities", _sums_all_opposite_infinities),
    Known("dask", "days beside times in a row", _calls_on_days_beside_times),
    Known("dask", "extremes beside empty partitions", _has_large_extremes),
    *(
        Known(engine, "cumsum after an infinity", _sums_after_infinities)
        for engine in ("pandas", "dask", "modin")
    ),
    *(
        Known(engine, "windows behind large values", _meets_large_values)
        for engine in ("pandas", "dask", "modin")
    ),
)


def find_known_bug(engine: str, query: Query, tables: Tables) -> Known | None:
    """Return the known bug that a case meets, if there is one."""
    found = [one for one in KNOWN if one.engine == engine.partition("/")[0]]
    if not found:
        return None
    for step, rows in see_steps(query, tables.frame, tables.beside):
        kept = filter_rows(step, rows)
        met = Met(step, tables, len(rows), group_rows(step.group_by, kept) if kept else [])
        if bug := next((one for one in found if one.meets(met)), None):
            return bug
    return None
