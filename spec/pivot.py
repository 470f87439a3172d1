"""Pivots: an answer with a column for each value of a column, and how the clause is read.

A cell is the aggregation of its rows, also where there are none: a pivot is an aggregation whose
arguments are missing in the rows of other cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .document import Fields, Log, Node, TextNode
from .expression import Agg, Case, Col, Compare, Expr, Lit, Not, Value, list_children, rebuild
from .fields import Section
from .quantities import parse_number
from .schema import Kind, Schema
from .vocabulary import AGGREGATIONS
from .workload import Output, Pivot, Query

MOST_COLUMNS = 1000
# What a column is named after.
NAMING: tuple[Kind, ...] = ("string", "int", "bool", "date")
NAMES = "texts, integers, conditions or days"


def expand_pivot(pivot: Pivot) -> tuple[Output, ...]:
    """Return the aggregation of each column."""
    return tuple(
        Output(name_column(value), _check_within(pivot.cell, _is_value(pivot.column, value)))
        for value in pivot.values
    )


def _is_value(column: str, value: Value) -> Expr:
    match value:
        case True:
            return Col(column)
        case False:
            return Not(Col(column))
        case _:
            return Compare("==", Col(column), Lit(value))


def read_plain(query: Query) -> Agg | None:
    """Return what is in the cells, where it is one aggregation of a column as it is, or of rows.

    None also where a pass has rewritten it, or columns are named after other than their values.
    """
    pivot = query.pivot
    if pivot is None or query.aggregate != expand_pivot(pivot):
        return None
    whole = all(
        isinstance(value, str | int) and not isinstance(value, bool) for value in pivot.values
    )
    match pivot.cell:
        case Agg("size", ()) | Agg(_, (Col(),)) as agg if whole:
            return agg
    return None


def name_column(value: Value) -> str:
    """Return the name of a value's column: the value as a workload has it."""
    match value:
        case bool():
            return str(value).lower()
        case dt.date():
            return value.isoformat()
        case _:
            return str(value)


def _check_within(node: Expr, condition: Expr) -> Expr:
    """Write the aggregations of an expression over the rows of a condition alone."""
    match node:
        case Agg("size"):
            return Agg("sum", (condition,))
        case Agg(function, arguments):
            most = AGGREGATIONS[function].most or len(arguments)
            kept = (Case(((condition, part),), Lit(None)) for part in arguments[:most])
            return Agg(function, (*kept, *arguments[most:]))
        case _:
            return rebuild(
                node, tuple(_check_within(part, condition) for part in list_children(node))
            )


@dataclass(frozen=True, slots=True)
class ColumnsReader:
    """Reads `columns`: a name, or a name with the values that get columns."""

    log: Log
    given: Section
    schema: Schema | None
    index: tuple[str, ...]

    def read(self) -> tuple[TextNode, tuple[Value, ...]] | None:
        """Return the column's name and the values, none where they are not known yet."""
        match self.given.values.get("columns"):
            case Fields(_, ((name, node),)):
                listed: Node | None = node
            case Fields(place, _):
                self.log.add(place, "columns has one column: {product: [apples, pears]}")
                return None
            case _:
                found = self.given.parse_scalar("columns", "the name of a column")
                if found is None:
                    return None
                name, listed = found, None
        if not self._is_column(name):
            return None
        values = self._learn_values(name) if listed is None else self._read_listed(name, listed)
        sound = self._is_few(name, values) and self._are_names(name, values)
        return (name, tuple(value for _, value in values)) if sound else None

    def _is_column(self, name: TextNode) -> bool:
        known = self.schema and name.text in self.schema
        if name.text in self.index:
            self.log.add(
                name.place, f"{name.text!r} is in the index already; choose another column"
            )
            return False
        if self.schema and known and self.schema[name.text].kind not in NAMING:
            kind = self.schema[name.text].kind
            message = f"{name.text!r} is a {kind}, and columns are named after {NAMES}"
            self.log.add(name.place, f"{message}; derive one, such as with bins or text")
            return False
        return True

    def _read_listed(self, name: TextNode, node: Node) -> list[tuple[TextNode, Value]]:
        given = Section(self.log, node.place, "columns", {name.text: node})
        kind = self.schema[name.text].kind if self.schema and name.text in self.schema else None
        return [(value, self._find_value(value, kind)) for value in given.parse_names(name.text)]

    def _find_value(self, node: TextNode, kind: Kind | None) -> Value:
        """Return a listed value in the kind of the column, or as it is written."""
        number = parse_number(node.text) if node.plain else None
        if kind in {None, "int"} and isinstance(number, int):
            return number
        if kind in {None, "bool"} and node.plain and node.text.lower() in {"true", "false"}:
            return node.text.lower() == "true"
        if kind == "date":
            try:
                return dt.date.fromisoformat(node.text)
            except ValueError:
                pass
        if kind not in {None, "string"}:
            self.log.add(node.place, f"{node.text!r} is not a value of a column of the kind {kind}")
        return node.text

    def _learn_values(self, name: TextNode) -> list[tuple[TextNode, Value]]:
        known = self.schema[name.text].values if self.schema and name.text in self.schema else None
        return [(name, value) for value in known or ()]

    def _is_few(self, name: TextNode, values: Sequence[tuple[TextNode, Value]]) -> bool:
        if len(values) <= MOST_COLUMNS:
            return True
        what = f"pivot would make more than {MOST_COLUMNS:,} columns, one for each value"
        mend = f"list those that you need: columns: {{{name.text}: [a, b]}}"
        self.log.add(values[0][0].place, f"{what} of {name.text!r}; {mend}")
        return False

    def _are_names(self, name: TextNode, values: Sequence[tuple[TextNode, Value]]) -> bool:
        refused = [
            (node, name_column(value))
            for node, value in values
            if not name_column(value) or name_column(value) in self.index
        ]
        for node, text in refused:
            message = f"a column cannot be named {text!r} here"
            self.log.add(node.place, f"{message}; list the other values of {name.text!r}")
        return not refused


def find_unknown(queries: Iterable[Query]) -> tuple[str, ...]:
    """Return the columns of pivots whose values are not known."""
    pivots = (step.pivot for query in queries for step in query.steps)
    return tuple(pivot.column for pivot in pivots if pivot and not pivot.values)


def report_unknown(log: Log, query: Query, clauses: Node) -> None:
    """Report a pivot whose columns are not known once the data is."""
    for name in find_unknown([query]):
        places = [node.place for node in _find_columns(clauses) if node.text == name]
        why = f"the values of {name!r} are not known before the query runs"
        mend = f"list them: columns: {{{name}: [a, b]}}"
        log.add(next(iter(places), clauses.place), f"{why}; {mend}")


def _find_columns(node: Node) -> Iterator[TextNode]:
    """Yield the columns of the pivots of a query's clauses."""
    steps = node.get("steps") if isinstance(node, Fields) else None
    for clauses in (node, *getattr(steps, "nodes", ())):
        pivot = clauses.get("pivot") if isinstance(clauses, Fields) else None
        columns = pivot.get("columns") if isinstance(pivot, Fields) else None
        if isinstance(columns, TextNode):
            yield columns
