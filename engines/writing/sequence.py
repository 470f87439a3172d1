"""The steps of a query in a row: what each sees of the one before it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...spec.expression import Agg, Call, Case, Col, Expr, list_columns
from ...spec.joins import SUFFIX, expand_join, join_tables
from ...spec.kinds import find_kind
from ...spec.order import Order, join_order, order_after
from ...spec.schema import Column, Schema
from ...spec.vocabulary import CHOOSING, ROW_FUNCTIONS, WINDOWS
from ...spec.workload import Query
from .joins import Joining, list_joinings
from .properties import NARROW, collect_output_facts, collect_row_facts

# Numbers of rows, of characters and of parts of dates, which a library may keep narrow.
COUNTS = {
    *("count", "size", "n_unique"),
    *(name for name, window in WINDOWS.items() if window.gives == "int"),
    *(n for n, f in ROW_FUNCTIONS.items() if f.gives == "int" and f.takes != "castable"),
}
# Stands for sums of unsigned integers, which a later step may widen: below zero, they wrap.
UNSIGNED = "uint32"


@dataclass(frozen=True, slots=True)
class StepQuery:
    """One step as a query of its own, the rows that its clauses see, and the joins before them."""

    query: Query
    rows: Schema
    joinings: tuple[Joining, ...] = ()


def expand_steps(query: Query, data: Schema, counts: str = "int64") -> tuple[StepQuery, ...]:
    """Return a query's steps, each with the schema of the rows that its clauses see.

    `counts` is the type in which a library has numbers of rows.
    """
    found: list[StepQuery] = []
    order = Order()
    steps, kept = query.steps, _choose_columns(query.steps, data)
    names = {"data", *(step_name(place) for place in range(1, len(steps)))}
    for step in steps:
        seen, rows = expand_join(step, data)
        seen = seen if found or kept is None else replace(seen, select=kept)
        rows = replace(rows, ordered=join_order(step, order).defined)
        order = order_after(step, order)
        if len(found) + 1 < len(steps):
            stable = step.keeps_rows and rows.ordered and bool(step.sort)
            seen = replace(seen, stable=stable, passed=True)
        found.append(StepQuery(seen, rows, list_joinings(seen, data, names)))
        if len(found) < len(steps):
            data = replace(answer_schema(seen, rows, counts), tables=data.tables)
    return tuple(found)


STEP = "step_"


def step_name(place: int) -> str:
    """Return the name of a step's answer in a program."""
    return f"{STEP}{place}"


def is_step_name(frame: str) -> bool:
    """Return whether a frame is a step's answer, and has no column but those of the answer."""
    return frame.startswith(STEP)


def answer_schema(query: Query, rows: Schema, counts: str = "int64") -> Schema:
    """Return the columns of an answer, as the next step sees them; it may have no rows."""
    facts = collect_row_facts(query, rows)
    answer = collect_output_facts(query, facts).data
    outputs = {o.name: o.expression for o in (*query.aggregate, *query.transform)}
    narrow = tuple(
        _cast_output(column, outputs.get(column.name), facts.data, counts)
        for column in answer.columns
    )
    single = bool(query.aggregate) and not query.group_by
    cut = query.where or query.having or query.limit is not None or query.extreme or query.gaps
    return Schema(narrow, rows.rows if (single or not cut) else 0, computed=True)


def _cast_output(column: Column, made: Expr | None, rows: Schema, counts: str) -> Column:
    """Return an output in the type that it has where that is no wider than its source."""
    match made:
        case Agg("sum" | "cumsum" | "rolling_sum", (argument, *_)) if _is_unsigned(argument, rows):
            return replace(column, arrow=UNSIGNED)
        case Agg("sum", (argument,)) if column.kind == "int":
            return replace(column, arrow=_find_narrow(argument, rows) or column.arrow)
        case Agg(function) | Call(function) if function in COUNTS:
            return replace(column, arrow=counts)
        case None:
            return column
    chosen = [rows[name] for name in _list_chosen(made)]
    types = [one.arrow for one in chosen if one.kind == column.kind]
    return replace(column, arrow=max(types, key=NARROW.__contains__, default=column.arrow))


def _list_chosen(node: Expr) -> list[str]:
    """Return the columns of which a value is one as it is."""
    match node:
        case Col(name):
            return [name]
        case Case(branches, otherwise):
            values = (*(value for _, value in branches), otherwise)
        case Agg(function, values) | Call(function, values) if function in CHOOSING:
            pass
        case _:
            return []
    return [name for value in values for name in _list_chosen(value)]


def _find_narrow(argument: Expr, rows: Schema) -> str:
    """Return the type in which pandas leaves a sum of a group that fits into it; or nothing."""
    types = (rows[name].arrow for name in list_columns(argument))
    return next((arrow for arrow in types if arrow in NARROW), "")


def _is_unsigned(argument: Expr, rows: Schema) -> bool:
    """Return whether a library may sum integers without a sign, and so have none below zero."""
    return find_kind(argument, rows) == "int" and any(
        rows[name].arrow.startswith("uint") for name in list_columns(argument)
    )


def _choose_columns(steps: tuple[Query, ...], data: Schema) -> tuple[str, ...] | None:
    """Return what the later steps need of the first one's rows; None where that is all of them."""
    if len(steps) == 1 or not (steps[0].asks_for_rows and steps[0].whole):
        return None
    needed: set[str] | None = None  # of all columns
    for step in reversed(steps[1:]):
        is_whole = step.asks_for_rows and step.whole
        if not is_whole:
            needed = set(step.reads)
        elif needed is not None:
            needed |= {*step.reads, *(key.name for key in step.sort)}
        if needed is not None and step.joins:
            # A table's column has another name only if the rows have one of its name.
            needed |= {name.removesuffix(SUFFIX) for name in needed}
            needed |= {name for join in step.joins for name in join.left_columns}
    if needed is None:
        return None
    first = steps[0]
    rows = join_tables(data, first.joins)
    derived = [output.name for output in first.derive]
    read = {*needed, *replace(first, select=()).reads, *(key.name for key in first.sort)}
    read |= set(list_columns(first.having)) if first.having else set()
    return (*(name for name in rows.names if name in read), *derived)
