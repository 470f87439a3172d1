"""`isin` of the values that other rows have: the groups that are kept, or the first of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..spec.expression import Agg, Col, Compare, Expr, IsMissing, Lit, build_case, substitute
from ..spec.expression import build_chain as chain
from ..spec.workload import Output, SortKey
from . import alignment, operators
from .alignment import materialize
from .calls import CodeCall
from .meaning import can_miss, negate
from .rows import (
    Aggregated,
    Distinct,
    Limited,
    Rows,
    Sorted,
    add_windows,
    find_free_name,
    list_conditions,
)
from .spread import list_own_tests, list_present, spread_groups
from .trees import restrict
from .values import Part, Scalar, Series, Value

OTHER = "isin is read with a list, or with values of this column in the same rows; merge others"
LABELS = {"index", "keys"}
TIES = "of groups with equal values, the first ones by their keys are taken, and pandas may differ"
FIRST = "isin of the first groups is read of all rows that they are made of"


@dataclass(frozen=True, slots=True)
class _Members:
    """The groups of a key that tests keep: all, or the first n in an order."""

    rows: Rows
    key: str
    tests: tuple[Expr, ...] = ()
    n: int | None = None
    by: tuple[tuple[Expr, bool], ...] = ()


def read_isin(call: CodeCall, column: Value) -> Value:
    """Read `isin` of a constant list, or of values that other rows have."""
    values = call.require("values")
    if isinstance(values, Series) or (isinstance(values, Part) and values.kind in LABELS):
        return read_members(call, column, values)
    found = alignment.align(call.node, column)
    return found.make(operators.is_in(call.node, found.exprs[0], values, found.rows))


def _take_column(call: CodeCall, value: Value) -> Series:
    """Return a column, or that of the labels of an index."""
    match value:
        case Series():
            return materialize(value)
        case Part("keys", Series() as column):
            return materialize(column)
        case Part("index", Series() as column) if len(column.index) == 1:
            column = materialize(column)
            ((label, key),) = column.index.items()
            return Series(column.rows, Col(key), label)
    raise call.fail(OTHER)


def read_members(call: CodeCall, owner: Value, others: Value) -> Series:
    """Return whether each value of a column is one that other rows have."""
    column, values = _take_column(call, owner), _take_column(call, others)
    found = _find_members(values)
    if found is None or column.scope or column.expr != Col(found.key):
        raise call.fail(OTHER)
    rows, test = _write_members(call, column.rows, found)
    return replace(column, rows=rows, expr=test, name=None)


def _find_members(values: Series) -> _Members | None:
    """Return the groups that values are the keys of; None where they are no keys of groups."""
    rows, n = _take_limit(values.rows)
    tests: tuple[Expr, ...] = ()
    order: tuple[tuple[Expr, bool], ...] = ()
    match values.rows.inline(values.expr):
        case Col(key):
            pass
        case _:
            return None
    while True:
        tests += tuple(map(rows.inline, rows.where))
        match rows.origin:
            case Sorted(below, by):
                order += tuple((rows.inline(Col(one.name)), one.descending) for one in by)
                rows = below
            case Aggregated(below, (one,), outputs) if one == key:
                made = {output.name: output.expression for output in outputs}
                tests = tuple(substitute(rows.inline(test), made) for test in tests)
                order = _order_before(key, tuple((rows.inline(one), down) for one, down in order))
                order = tuple((substitute(one, made), down) for one, down in order)
                return _Members(below, key, tests, n, order if n is not None else ())
            case Distinct(below, _) if not tests and n is None:
                return _Members(below, key)
            case _:
                return _Members(values.rows, key) if n is None else None


def _take_limit(rows: Rows) -> tuple[Rows, int | None]:
    """Return the rows of which these are the first, and how many they are."""
    match rows.origin:
        case Limited(below, n) if not rows.where:
            return below, n
    return rows, None


def _order_before(key: str, order: tuple[tuple[Expr, bool], ...]) -> tuple[tuple[Expr, bool], ...]:
    """Return what groups are sorted by before their key, which no two have in common."""
    places = [place for place, pair in enumerate(order) if pair == (Col(key), False)]
    return order[: places[0]] if places else order


def _write_members(call: CodeCall, rows: Rows, found: _Members) -> tuple[Rows, Expr]:
    """Return rows with what tells their members, and the condition on them."""
    total = Scalar(found.rows, Lit(1), (found.key,))
    own = list_own_tests(rows, total)
    where = tuple(test for test in found.rows.where if test not in own)
    base = replace(found.rows, where=where)
    tests = _list_tests(call, found, own, rows)
    wanted = {"kept": _join(tests)} if tests else {}
    if found.n is None:
        rows, names = _spread(call, rows, replace(found, rows=base), wanted)
        return rows, Col(names["kept"])
    if list_conditions(rows) - list_conditions(base) - list_present(total):
        raise call.fail(FIRST)
    call.reader.note(call.node, TIES)
    for place, (expr, _) in enumerate(found.by):
        wanted[f"total {place}"] = _restrict(call, base, expr, own)
    wanted["row"] = Agg("cumsum", (Lit(1),))
    rows, names = _spread(call, rows, replace(found, rows=base), wanted)
    return _count_places(rows, found, names)


def _count_places(rows: Rows, found: _Members, names: dict[str, str]) -> tuple[Rows, Expr]:
    """Return rows with the place of each row's group among those that are kept, and the test."""
    kept = (Col(names["kept"]),) if "kept" in names else ()
    first = _join((*kept, Compare("==", Col(names["row"]), Lit(1))))
    by = [SortKey(names[f"total {n}"], down) for n, (_, down) in enumerate(found.by)]
    order = (*by, SortKey(found.key), SortKey(names["row"]))
    count = Agg("cumsum", (build_case(((first, Lit(1)),), Lit(0)),))
    place = find_free_name(rows, "place")
    rows = add_windows(rows, (), (Output(place, count),), order)
    return rows, _join((*kept, Compare("<=", Col(place), Lit(found.n))))


def _restrict(call: CodeCall, rows: Rows, expr: Expr, own: tuple[Expr, ...]) -> Expr:
    """Return an aggregation of the rows that meet conditions."""
    if not own:
        return expr
    made = restrict(rows.inline(expr), rows.inline(_join(own)))
    if made is None:
        raise call.fail(OTHER)
    return made


def _list_tests(
    call: CodeCall, found: _Members, own: tuple[Expr, ...], rows: Rows
) -> tuple[Expr, ...]:
    """Return when a group is a member: it has a row, its tests hold, its key is not missing."""
    tests = [_restrict(call, found.rows, test, own) for test in found.tests]
    if own:
        tests.insert(0, Agg("any", (found.rows.inline(_join(own)),)))
    if can_miss(Col(found.key), rows.schema):
        tests.append(negate(IsMissing(Col(found.key))))
    if not tests and found.n is None:
        tests.append(Compare(">", Agg("size", ()), Lit(0)))
    return tuple(tests)


def _join(tests: tuple[Expr, ...]) -> Expr:
    return chain("and", *tests) if tests[1:] else tests[0]


def _spread(
    call: CodeCall, rows: Rows, found: _Members, wanted: dict[str, Expr]
) -> tuple[Rows, dict[str, str]]:
    """Return rows with values of each row's group, and the names that these have."""
    names: dict[str, str] = {}
    outputs: list[Output] = []
    for label, expr in wanted.items():
        names[label] = find_free_name(rows, label.removesuffix(" 0").replace(" ", "_"))
        made = spread_groups(rows, Scalar(found.rows, expr, (found.key,)), names[label])
        match made:
            case None:
                raise call.fail(OTHER)
            case rows, Col(name), None:
                names[label] = name
            case rows, value, _:
                outputs.append(Output(names[label], value))
    return (add_windows(rows, (found.key,), tuple(outputs)) if outputs else rows), names
