"""The expected answers, by Python's own evaluation, and which queries are fair."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from ...engines.writing.properties import Facts, collect_output_facts
from ...engines.writing.sequence import expand_steps
from ...spec.choices import list_choices
from ...spec.expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Col,
    Compare,
    Expr,
    IsIn,
    Lit,
    Neg,
    Not,
    list_children,
    list_columns,
    walk,
)
from ...spec.kinds import KindError, extend_schema, find_kind
from ...spec.schema import Schema
from ...spec.vocabulary import ROLLING
from ...spec.workload import Output, Query, RowFunction
from ...verification.agreement import derive_requirements
from ...verification.answers import compare_answers, open_answer
from ...verification.choices import settle_choices
from ...verification.differences import CheckResult
from ...verification.evaluation import answer_query, evaluate, filter_rows, group_rows
from ...verification.python_answers import answer_steps, build_column, see_steps
from .frames import Tables

# Beyond it a float has no neighbour that is a whole number: pandas holds integers with gaps so.
LARGEST = 2**53
# So much larger than their spread, numbers leave it too few digits to be compared by.
FAR = 1e5


def answer_rows(query: Query, tables: Tables) -> list[dict[str, Any]]:
    """Return the oracle's rows."""
    return answer_steps(query, tables.frame, tables.beside)[1]


def check_agreement(query: Query, tables: Tables, path: Path) -> CheckResult:
    """Compare an engine's answer, an Arrow file, with the oracle's rows."""
    # Which rows a limit keeps is judged on all of them.
    free = {f"{output.name} values": output for output in list_choices(query)}
    lists = (Output(n, Agg("values", list_children(o.expression))) for n, o in free.items())
    whole = replace(query, limit=None, aggregate=(*query.aggregate, *lists))
    over, right = answer_steps(whole, tables.frame, tables.beside)
    over, answer = replace(over, limit=query.limit), open_answer(path)
    columns = {n: build_column([row[n] for row in right], answer.schema, n) for n in over.outputs}
    asked = derive_requirements(over, tables.frame.num_rows)
    choices = {output.name: name for name, output in free.items()}
    expected = settle_choices(pa.table(columns), answer, asked.keys, choices)
    return compare_answers(remove_signs(expected), remove_signs(answer), asked)


def remove_signs(table: pa.Table) -> pa.Table:
    """Drop the sign of infinities: it may be that of a zero, which integers do not have."""
    for place, name in enumerate(table.column_names):
        values = table[name]
        if not pa.types.is_floating(values.type):
            continue
        cells = [
            math.inf if isinstance(v, float) and math.isinf(v) else v for v in values.to_pylist()
        ]
        table = table.set_column(place, name, pa.array(cells, values.type))
    return table


def is_fair(query: Query, tables: Tables, schema: Schema) -> bool:
    """Return whether the language says what the answer is, to the last digit that engines have.

    Not where integers leave 53 bits, where infinities are divided with a remainder, or where a
    float decides by its last bits.
    """
    try:
        for step in expand_steps(query, schema):
            _check_kinds(step.query, step.rows)
        steps = see_steps(query, tables.frame, tables.beside)
        return all(_is_fair_step(asked, rows) for asked, rows in steps)
    except (OverflowError, TypeError, KeyError, KindError):
        return False


def _is_fair_step(query: Query, rows: list[dict[str, Any]]) -> bool:
    kept = _derive_rows(query, rows)
    body = query.apply.body if isinstance(query.apply, RowFunction) else None
    if body is not None and _reads_days_twice(query, body):
        return False
    if body is not None and any(map(_is_of_none, walk(body))):
        return False
    groups = group_rows(query.group_by, filter_rows(query, rows))
    if any(_cancels(node, group) for node in _list_spreads(query) for group in groups):
        return False
    if any(_is_near_whole(x, y) for x, y in _list_quotients(query, rows, kept)):
        return False
    if not all(_is_sound(node, kept) for node in _list_roots(query)):
        return False
    # Engines compute the groups and rows that a clause then leaves out, too.
    whole = answer_query(replace(query, having=None, sort=(), limit=None), rows)
    return _is_modest(whole) and not _ties(replace(query, limit=None), rows)


def _check_kinds(query: Query, schema: Schema) -> None:
    """Raise KindError where a clause is not of the kind it must be."""
    if query.where is not None and find_kind(query.where, schema) != "bool":
        raise KindError(query.where, "where needs a condition")
    rows = extend_schema(schema, query)
    for node in _list_roots(replace(query, where=None, derive=())):
        find_kind(node, rows)
    answer = collect_output_facts(query, Facts(rows))
    if query.having is not None and answer.find_kind(query.having) != "bool":
        raise KindError(query.having, "having needs a condition")
    for key in query.sort:
        answer.find_kind(Col(key.name))
    for name in query.group_by:
        find_kind(Col(name), rows)


def _derive_rows(query: Query, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all rows with the derived columns, whatever `where` says of them."""
    return filter_rows(replace(query, where=None), rows)


def _list_roots(query: Query) -> Iterator[Expr]:
    if query.where is not None:
        yield query.where
    for output in (*query.derive, *query.aggregate, *query.transform):
        yield output.expression
    if isinstance(query.apply, RowFunction) and query.apply.body is not None:
        yield query.apply.body


def _is_sound(root: Expr, rows: list[dict[str, Any]]) -> bool:
    if any(_is_constant(node) for node in walk(root)) or isinstance(root, Lit):
        return False
    if any(_is_endless(node, rows) for node in walk(root)):
        return False
    return all(
        _is_plain(node, row)
        for node in walk(root)
        if isinstance(node, (Arith, Neg, Call)) and not _ranges(node)
        for row in rows
    )


def _ranges(node: Expr) -> bool:
    return any(isinstance(part, Agg) for part in walk(node))


def _reads_days_twice(query: Query, body: Expr) -> bool:
    """Return whether a function of rows reads days that other clauses read: pandas has one type."""
    others = [output.expression for output in query.derive]
    others += [query.where] if query.where is not None else []
    return "d" in list_columns(body) and "d" in list_columns(*others)


def _is_of_none(node: Expr) -> bool:
    """Return whether None is reckoned with, which Python itself refuses."""
    reckons = isinstance(node, (Arith, Neg, Call, Compare))
    below = (part for child in list_children(node) for part in walk(child))
    return reckons and any(part == Lit(None) for part in below)


def _is_constant(node: Expr) -> bool:
    """Return whether something is worked out of constants alone: nobody writes `1 // 0`."""
    if isinstance(node, Agg):
        return bool(node.arguments) and not list_columns(node.arguments[0])
    if not isinstance(node, (Arith, Neg, Call, Compare, Bool, Not, IsIn)):
        return False
    return not any(isinstance(part, (Col, Agg)) for part in walk(node))


def _is_endless(node: Expr, rows: list[dict[str, Any]]) -> bool:
    """Return whether a group has an infinity in a remainder, a spread, a quantile or a window.

    pandas takes an infinity of a window as missing. Between an infinity and a number, each
    library's quantile is another.
    """
    unsure = {"std", "var", "corr", "median", "quantile", *ROLLING}
    if isinstance(node, Agg) and node.function in unsure:
        return any(_is_infinite(evaluate(x, row)) for x in node.arguments for row in rows)
    if not (isinstance(node, Arith) and node.op in {"//", "%", "**"} and _ranges(node)):
        return False
    return any(_is_infinite(row[name]) for name in list_columns(node) for row in rows)


def _list_spreads(query: Query) -> Iterator[Agg]:
    nodes = (node for root in _list_roots(query) for node in walk(root))
    return (
        n
        for n in nodes
        if isinstance(n, Agg) and n.function in {"std", "var", "corr", "rolling_std"}
    )


def _cancels(node: Agg, group: list[dict[str, Any]]) -> bool:
    """Return whether numbers lie so far from zero that their spread is lost in a float's digits."""
    for argument in node.arguments[: 1 if node.function == "rolling_std" else 2]:
        values: list[Any] = [v for row in group if (v := evaluate(argument, row)) is not None]
        spread = max(values, default=0) - min(values, default=0)
        # The mean of equal fractions may be another number.
        exact = spread == 0 and all(value == value // 1 for value in values)
        if not exact and FAR * spread < max(map(abs, values), default=0):
            return True
    return False


def _list_quotients(
    query: Query, rows: list[dict[str, Any]], kept: list[dict[str, Any]]
) -> Iterator[tuple[Any, Any]]:
    """Return what is divided by what with a remainder, in each row or group."""
    alone = replace(query, having=None, sort=(), limit=None)
    of_groups = (*query.aggregate, *query.transform)
    for root in _list_roots(query):
        for node in walk(root):
            match node:
                case Arith("//" | "%", left, right) if any(root is o.expression for o in of_groups):
                    sides = Output("left side", left), Output("right side", right)
                    asked = (
                        replace(alone, transform=sides)
                        if query.transform
                        else replace(alone, aggregate=sides)
                    )
                    answer = answer_query(asked, rows)
                    yield from ((row["left side"], row["right side"]) for row in answer)
                case Arith("//" | "%", left, right):
                    yield from ((evaluate(left, row), evaluate(right, row)) for row in kept)


def _is_near_whole(x: Any, y: Any) -> bool:  # noqa: ANN401 - whatever the sides are
    """Return whether a float's last digit decides: 20 // (5 / 17) is 67 or 68."""
    if not (isinstance(x, float) or isinstance(y, float)) or None in {x, y} or not y:
        return False
    quotient = x / y
    if not math.isfinite(quotient):
        return False
    near = math.isclose(quotient, round(quotient), rel_tol=1e-9)
    return x // y != math.floor(quotient) or (near and (quotient != round(quotient) or x % y != 0))


def _is_plain(node: Expr, row: Mapping[str, Any]) -> bool:
    value = evaluate(node, row)
    if isinstance(value, int | float) and abs(value) >= LARGEST and not math.isinf(value):
        return False
    match node:
        case Arith("//" | "%" | "**", left, right):
            return not any(_is_infinite(evaluate(side, row)) for side in (left, right))
        case Call("floor" | "ceil" | "round" | "sqrt" | "min" | "max" | "abs"):
            return not any(_is_infinite(evaluate(part, row)) for part in list_children(node))
    return True


def _is_infinite(value: object) -> bool:
    return isinstance(value, float) and math.isinf(value)


def _ties(query: Query, rows: list[dict[str, Any]]) -> bool:
    """Return whether the order hangs on the last digits of floats, which are each engine's own."""
    answer = answer_query(query, rows) if query.sort else []
    for place, key in enumerate(query.sort):
        last = place == len(query.sort) - 1
        values = sorted(row[key.name] for row in answer if isinstance(row[key.name], float))
        for low, high in itertools.pairwise(values):
            if math.isclose(low, high, rel_tol=1e-9, abs_tol=1e-9) and not (last and low == high):
                return True
    return False


def _is_modest(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether outputs are of a size that every engine can hold."""
    numbers = [v for row in rows for v in row.values() if isinstance(v, int | float)]
    return all(abs(value) < 2**62 or isinstance(value, float) for value in numbers)
