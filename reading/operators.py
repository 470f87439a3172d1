"""Operators on values: arithmetic, comparisons and choices of columns, numbers and constants."""

from __future__ import annotations

import ast
import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

from ..spec.expression import (
    Agg,
    Arith,
    ArithOp,
    Call,
    Col,
    Compare,
    Expr,
    IsIn,
    IsMissing,
    Lit,
    Neg,
    Not,
    aggregations,
    case,
    chain,
    substitute,
)
from ..spec.kinds import KindError, kind
from ..spec.parser import ARITHMETIC, COMPARISONS, LARGEST
from ..spec.ranges import value_range
from ..spec.schema import Kind, Schema
from ..spec.vocabulary import ROW_FUNCTIONS
from ..spec.workload import Output
from .meaning import is_condition, negate
from .rows import (
    Aggregated,
    Joined,
    Loaded,
    Rows,
    Sorted,
    Windowed,
    aggregate,
    combine,
    conditions,
    find_inner_rows,
    made_columns,
    rename,
    sort,
    widen,
    window,
    with_columns,
)
from .trees import restrict
from .values import Called, Const, Items, Scalar, Series, Unknown, UnreadError, Value

_PYTHON: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda x, y: x + y,
    ast.Sub: lambda x, y: x - y,
    ast.Mult: lambda x, y: x * y,
    ast.Div: lambda x, y: x / y,
    ast.FloorDiv: lambda x, y: x // y,
    ast.Mod: lambda x, y: x % y,
    ast.Pow: lambda x, y: x**y if abs(y) < 100 else float(x) ** y,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: lambda x, y: x == y,
    ast.NotEq: lambda x, y: x != y,
    ast.Lt: lambda x, y: x < y,
    ast.LtE: lambda x, y: x <= y,
    ast.Gt: lambda x, y: x > y,
    ast.GtE: lambda x, y: x >= y,
    ast.In: lambda x, y: x in y,
    ast.NotIn: lambda x, y: x not in y,
    ast.Is: lambda x, y: x is y,
    ast.IsNot: lambda x, y: x is not y,
}
LONGEST = 1000  # items of a constant that repetition may make
WHAT = {
    "Frame": "a frame",
    "Grouped": "groups",
    "CodeFunction": "a function",
    "Library": "a function of a library",
    "Items": "a list",
    "Mapping": "a dict",
    "Part": "an accessor",
}


def describe(value: Value) -> str:
    """Return what a value is, for messages."""
    return WHAT.get(type(value).__name__, "this value")


def literal(value: object, node: ast.AST) -> Expr:
    """Return a constant as an expression."""
    if isinstance(value, float) and not math.isfinite(value):
        if math.isnan(value):
            return Lit(None)
        raise UnreadError(node, "an infinity cannot be written as a constant")
    if isinstance(value, bool | float | str | dt.date) or value is None:
        return Lit(value)
    if isinstance(value, int) and abs(value) < LARGEST:
        return Lit(value) if value >= 0 else Neg(Lit(-value))
    raise UnreadError(node, "this constant has no counterpart in a workload")


def to_expr(value: Value, node: ast.AST) -> Expr:
    """Return a value as an expression over its rows."""
    match value:
        case Series(expr=expr) | Scalar(expr=expr):
            return expr
        case Const(found):
            return literal(found, node)
        case Unknown(why=why) | Called(why=why):
            raise UnreadError(node, why)
    raise UnreadError(node, f"{describe(value)} is used as a column; name one column")


@dataclass(slots=True)
class Aligned:
    """Rows with the columns of several values, and the keys of their aggregations."""

    rows: Rows
    exprs: tuple[Expr, ...]
    keys: tuple[str, ...] | None
    like: Series | None

    def make(self, expr: Expr) -> Series | Scalar:
        """Return a value of the aligned rows."""
        if self.like is None:
            return Scalar(self.rows, expr, self.keys or ())
        return replace(self.like, rows=self.rows, expr=expr, keys=self.keys)


def align(node: ast.AST, *values: Value) -> Aligned:
    """Return values on common rows; UnreadError where they are not of the same rows."""
    found: Aligned | None = None
    for value in values:
        found = _add(node, found, value)
    if found is None or found.rows is None:
        raise UnreadError(node, "this has no column")
    return found


def _add(node: ast.AST, found: Aligned | None, value: Value) -> Aligned:
    expr = to_expr(value, node)
    if not isinstance(value, Series | Scalar):
        return _with(found, expr)
    if found is not None and found.rows is not None and isinstance(value, Series):
        value = separate(found.rows, value)
        expr = value.expr
    keys = value.keys
    rows, like = value.rows, value if isinstance(value, Series) else None
    if found is None or found.rows is None:
        before = () if found is None else found.exprs
        return Aligned(rows, (*before, expr), keys, like)
    numbers = like is None and found.like is None and keys != found.keys
    if numbers and (shared := _spread(found, value)):
        found, rows, expr = shared
        return Aligned(rows, (*found.exprs, expr), found.keys, None)
    if keys is not None and found.keys is not None and keys != found.keys:
        value = materialize(Series(rows, expr, None, keys))
        rows, expr, keys = value.rows, value.expr, None
    common = find_common_rows(found.rows, rows)
    if common is None and (shared := _share_rows(found, value) or _spread(found, value)):
        found, rows, expr = shared
        common, keys = rows, found.keys
    if common is None:
        message = "these values are of different rows; make them of one frame"
        raise UnreadError(node, f"{message}, or merge the frames by their keys")
    return Aligned(
        common,
        (*found.exprs, expr),
        found.keys if keys is None else keys,
        _name_of(found.like, like),
    )


def _share_rows(found: Aligned, value: Series | Scalar) -> tuple[Aligned, Rows, Expr] | None:
    """Return aggregations of some of the rows as ones of all, in which the others do not count."""
    exprs, expr = found.exprs, value.expr
    base = find_shared_rows(found.rows, value.rows)
    if base is None:
        return None
    if found.like is not None or isinstance(value, Series):
        base = found.rows if found.like is not None else value.rows
    if found.like is None:
        exprs = tuple(one for one in (relax(e, found.rows, base) for e in exprs) if one is not None)
    if isinstance(value, Scalar):
        relaxed = relax(expr, value.rows, base)
        if relaxed is None:
            return None
        expr = relaxed
    if len(exprs) < len(found.exprs) or (found.like is not None and isinstance(value, Series)):
        return None
    return replace(found, rows=base, exprs=exprs), base, expr


def _spread(found: Aligned, value: Series | Scalar) -> tuple[Aligned, Rows, Expr] | None:
    """Return a number of all rows beside values of their groups."""
    total = value if isinstance(value, Scalar) else as_total(value)
    if total is not None and (isinstance(value, Series) or total.keys == ()):
        made = put_total(found.rows, total, found.keys or ())
        if made:
            return replace(found, rows=made[0]), *made
    if found.like is None and found.keys == () and value.keys != ():
        rows, exprs = value.rows, []
        for expr in found.exprs:
            if aggregations(expr):
                made = put_total(rows, Scalar(found.rows, expr), value.keys or ())
                if made is None:
                    return None
                rows, expr = made  # noqa: PLW2901 - the number, as a column of the groups' rows
            exprs.append(expr)
        return replace(found, rows=rows, exprs=tuple(exprs), keys=value.keys), rows, value.expr
    return None


def as_total(column: Series) -> Scalar | None:
    """Return an answer of groups as a number of each group of their rows; None where it is none."""
    rows = column.rows
    if isinstance(rows.origin, Sorted) and not (rows.where or rows.derived):
        rows = rows.origin.rows
    match rows:
        case Rows(Aggregated(below, keys, outputs), where=()):
            values = {one.name: one.expression for one in outputs}
            return Scalar(below, substitute(column.rows.inline(column.expr), values), keys)
    return None


def put_total(target: Rows, total: Scalar, keys: tuple[str, ...] = ()) -> tuple[Rows, Expr] | None:
    """Return rows of groups with a number of all rows that the groups are made of, and it.

    `keys` are those of the groups where the target is their rows.
    """
    name = find_free_name(target, "total")
    match target.origin:
        case Aggregated(below, by, outputs) if {*total.keys} < {*by}:
            made = put_total(below, total, by)
            if made is None:
                return None
            rows = aggregate(made[0], by, (*outputs, Output(name, made[1])))
        case Sorted(below, order):
            made = put_total(below, total)
            if made is None:
                return None
            rows, name = sort(made[0], order), cast("Col", made[1]).name
        case _ if keys:
            name = find_free_name(total.rows, "total")
            wide = widen(target, total.rows, total.keys, Output(name, total.expr))
            return (wide, Agg("max", (Col(name),))) if wide else None
        case _:
            return None
    derived = tuple(one for one in target.derived if one.name not in {o.name for o in rows.derived})
    return with_columns(replace(rows, where=target.where), derived), Col(name)


def find_shared_rows(one: Rows, other: Rows) -> Rows | None:
    """Return the rows of one origin that both have before their own conditions."""
    if one.origin != other.origin:
        return None
    return replace(one, where=tuple(test for test in one.where if test in other.where))


def relax(expr: Expr, rows: Rows, base: Rows) -> Expr | None:
    """Return aggregations of rows over others, of which they are a part; None where it is not."""
    if rows.origin != base.origin or not set(base.where) <= set(rows.where):
        return None
    tests = tuple(rows.inline(test) for test in rows.where if test not in base.where)
    inlined = rows.inline(expr)
    if not tests:
        return inlined
    return restrict(inlined, tests[0] if len(tests) == 1 else chain("and", *tests))


def _with(found: Aligned | None, expr: Expr) -> Aligned:
    if found is None:
        return Aligned(cast("Rows", None), (expr,), None, None)
    return replace(found, exprs=(*found.exprs, expr))


def _name_of(one: Series | None, other: Series | None) -> Series | None:
    if one is None or other is None:
        return one or other
    return one if one.name == other.name else replace(one, name=None)


def separate(beside: Rows, value: Series) -> Series:
    """Return an answer of groups whose columns have other names than those of other rows."""
    if beside == value.rows:
        return value
    there, mine = (
        {one.name: one.expression for one in made_columns(rows)} for rows in (beside, value.rows)
    )
    shared = [
        name
        for name, expr in mine.items()
        if there.get(name, expr) is not expr and there[name] != expr
    ]
    if not shared:
        return value
    taken = names_in(beside) | names_in(value.rows)
    names = {name: _fresh(name, taken) for name in shared}
    rows = rename(value.rows, names)
    if rows is None:
        return value
    expr = substitute(value.expr, {old: Col(new) for old, new in names.items()})
    return replace(value, rows=rows, expr=expr)


def find_common_rows(one: Rows, other: Rows) -> Rows | None:
    """Return the rows of two values with the columns of both; None where they differ."""
    if conditions(one) != conditions(other):
        return None
    return combine(one, other) or combine(other, one)


def materialize(column: Series, name: str | None = None) -> Series:
    """Return a column whose values of groups are computed in a step of their own."""
    if column.keys is None:
        return column
    fresh = find_free_name(column.rows, name or label_name(column.name))
    rows = window(column.rows, column.keys, (Output(fresh, column.expr),))
    return replace(column, rows=rows, expr=Col(fresh), keys=None)


def label_name(label: object, default: str = "value") -> str:
    """Return a name for a column of a label."""
    if isinstance(label, tuple):
        return "_".join(str(part) for part in label if part != "") or default
    return label if isinstance(label, str) and label else default


def find_free_name(rows: Rows, wanted: str) -> str:
    """Return a name that no column of rows has."""
    return _fresh(wanted, names_in(rows))


def _fresh(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def names_in(rows: Rows) -> set[str]:
    """Return all names of columns that are known to be in rows."""
    names = {output.name for output in rows.derived}
    if rows.schema is not None:
        names |= {*rows.schema.names}
    match rows.origin:
        case Loaded(seen=seen) | Joined(seen=seen):
            names |= seen
        case Aggregated(_, keys, outputs) | Windowed(_, keys, outputs):
            names |= {*keys, *(output.name for output in outputs)}
    below = find_inner_rows(rows)
    return names | names_in(below) if below else names


def kind_of(expr: Expr, rows: Rows) -> Kind | None:
    """Return the kind of an expression's values; None where it is not known."""
    if rows.schema is None:
        return "bool" if is_condition(expr, None) else _shape(expr)
    try:
        return kind(expr, rows.schema)
    except (KindError, KeyError):
        return None


def _shape(expr: Expr) -> Kind | None:
    match expr:
        case Lit(str()):
            return "string"
        case Lit(int() | float()) | Arith() | Neg():
            return "float"
        case Call(name, _) if name in {"lower", "upper", "strip", "slice", "replace", "concat"}:
            return "string"
    return None


def binary(node: ast.AST, op: ast.operator, left: Value, right: Value) -> Value:
    """Return arithmetic, or `&` and `|` of conditions."""
    if isinstance(left, Const) and isinstance(right, Const):
        return _fold(node, op, left.value, right.value)
    match op:
        case ast.BitAnd() | ast.BitOr():
            return combine_conditions(
                node, "and" if isinstance(op, ast.BitAnd) else "or", left, right
            )
    if isinstance(left, Const | Items) and isinstance(right, Const | Items):
        raise UnreadError(node, "this operator of lists is not read")
    if isinstance(right, Const) and isinstance(right.value, dt.timedelta):
        return _move(node, op, left, right.value)
    found = align(node, left, right)
    if type(op) not in ARITHMETIC:
        raise UnreadError(node, "this operator of columns is not read")
    one, other = found.exprs
    return found.make(arithmetic(node, ARITHMETIC[type(op)], one, other, found.rows))


def _move(node: ast.AST, op: ast.operator, value: Value, span: dt.timedelta) -> Value:
    """Return a time so much later, or earlier."""
    found = align(node, value)
    if not isinstance(op, ast.Add | ast.Sub) or span.microseconds:
        raise UnreadError(node, "a span of time is read as added to a time, or taken from it")
    count = int(span.total_seconds())
    unit, size = "seconds", 1
    for one, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if count % length == 0:
            unit, size = one, length
            break
    signed = Lit(count // size if isinstance(op, ast.Add) else -count // size)
    return found.make(word(node, "offset", found.exprs[0], signed, Lit(unit)))


def arithmetic(node: ast.AST, op: ArithOp, left: Expr, right: Expr, rows: Rows) -> Expr:
    """Return arithmetic with pandas' meaning."""
    kinds = [kind_of(side, rows) for side in (left, right)]
    times = {"date", "timestamp"}
    if op == "-" and times >= {*kinds}:
        return Arith("-", *align_kinds((left, right), rows))  # (x - y).dt.days is read of it
    if "string" in kinds and op == "+":
        return word(node, "concat", left, right)
    if {"date", "timestamp"} & {*kinds}:
        raise UnreadError(node, "arithmetic of times is not read; write (x - y).dt.days")
    left, right = (number(side, rows) for side in (left, right))
    if op == "//" and not _is_nonzero(right, rows.schema):
        # pandas' quotient of a zero divisor is an infinity, the language's is missing
        plainly = Arith("//", left, right)
        return case(((Compare("==", right, Lit(0)), Arith("/", left, right)),), plainly)
    return Arith(op, left, right)


def _is_nonzero(expr: Expr, schema: Schema | None) -> bool:
    match expr:
        case Lit(value) | Neg(Lit(value)):
            return bool(value)
    return schema is not None and not value_range(expr, schema).has_zero


def number(expr: Expr, rows: Rows) -> Expr:
    """Return a condition as 1 and 0, and any other value as it is."""
    if kind_of(expr, rows) == "bool":
        return case(((expr, Lit(1)),), Lit(0))
    return expr


def word(node: ast.AST, name: str, *arguments: Expr) -> Expr:
    """Return a call of a row function, where the language has it."""
    if name not in ROW_FUNCTIONS:
        raise UnreadError(node, f"the workload language has no {name}")
    return Call(name, arguments)


def _fold(node: ast.AST, op: ast.operator, left: object, right: object) -> Value:
    if isinstance(left, list | str | tuple) or isinstance(right, list | str | tuple):
        sizes = [len(one) if isinstance(one, list | str | tuple) else 1 for one in (left, right)]
        if isinstance(op, ast.Mult) and sum(sizes) > LONGEST:
            raise UnreadError(node, "this constant is too long")
    try:
        return Const(_PYTHON[type(op)](left, right))
    except KeyError:
        raise UnreadError(node, "this operator of constants is not read") from None
    except (TypeError, ValueError, ArithmeticError) as error:
        raise UnreadError(node, f"Python raises here: {error}") from None


def combine_conditions(node: ast.AST, op: str, *values: Value) -> Value:
    """Return `and` or `or` of conditions."""
    found = align(node, *values)
    tests = tuple(truth(node, expr, found.rows) for expr in found.exprs)
    return found.make(chain("and" if op == "and" else "or", *tests))


def truth(node: ast.AST, expr: Expr, rows: Rows) -> Expr:
    """Return Python's truth of a value as a condition."""
    match kind_of(expr, rows):
        case "bool":
            return expr
        case "int" | "float" | "decimal":
            return Compare("!=", expr, Lit(0))
        case "string":
            return Compare("!=", expr, Lit(""))
        case None:
            return expr
    raise UnreadError(node, "the truth of this value is not read; compare it with a constant")


def invert(node: ast.AST, value: Value) -> Value:
    """Return `~` or `not` of a condition."""
    if isinstance(value, Const):
        return Const(not value.value)
    found = align(node, value)
    return found.make(negate(truth(node, found.exprs[0], found.rows)))


def negate_value(node: ast.AST, value: Value) -> Value:
    """Return `-x`."""
    if isinstance(value, Const):
        try:
            return Const(-value.value)
        except TypeError:
            raise UnreadError(node, "'-' of this constant is not read") from None
    found = align(node, value)
    return found.make(Neg(number(found.exprs[0], found.rows)))


def compare(node: ast.AST, op: ast.cmpop, left: Value, right: Value) -> Value:
    """Return one comparison."""
    if isinstance(left, Const) and isinstance(right, Const):
        try:
            return Const(_COMPARE[type(op)](left.value, right.value))
        except TypeError as error:
            raise UnreadError(node, f"Python raises here: {error}") from None
    match op:
        case ast.Is() | ast.IsNot():
            if isinstance(right, Const) and right.value is None:
                found = align(node, left)
                test = IsMissing(found.exprs[0])
                return found.make(negate(test) if isinstance(op, ast.IsNot) else test)
            raise UnreadError(node, "'is' is read with None only; compare with '=='")
        case ast.In() | ast.NotIn():
            made = read_membership(node, left, right)
            return invert(node, made) if isinstance(op, ast.NotIn) else made
    found = align(node, left, right)
    one, other = align_kinds(found.exprs, found.rows)
    return found.make(Compare(COMPARISONS[type(op)], one, other))


def align_kinds(exprs: tuple[Expr, ...], rows: Rows) -> tuple[Expr, Expr]:
    """Return two sides of a comparison with a text beside a time read as a time."""
    one, other = exprs
    kinds = kind_of(one, rows), kind_of(other, rows)
    return _as_time(one, kinds[1]), _as_time(other, kinds[0])


def _as_time(expr: Expr, beside: Kind | None) -> Expr:
    match expr, beside:
        case Lit(str(given)), "date" | "timestamp":
            try:
                moment = dt.datetime.fromisoformat(given)
            except ValueError:
                return expr
            return Lit(moment.date() if beside == "date" else moment)
        case Lit(dt.datetime() as given), "date" if given.time() == dt.time():
            return Lit(given.date())
    return expr


def read_membership(node: ast.AST, left: Value, right: Value) -> Value:
    """Return `x in (1, 2)`, or `'a' in text`."""
    if isinstance(left, Const) and isinstance(left.value, str):
        found = align(node, right)
        return found.make(word(node, "contains", found.exprs[0], Lit(left.value)))
    found = align(node, left)
    return found.make(is_in(node, found.exprs[0], right, found.rows))


def is_in(node: ast.AST, expr: Expr, values: Value, rows: Rows) -> Expr:
    """Return whether a value is one of a constant list; missing is in no list."""
    members = values.value if isinstance(values, Const) else None
    if isinstance(members, dict):
        members = list(members)
    if not isinstance(members, list | tuple | set | range):
        raise UnreadError(node, "isin is read with a list of constants; merge joins other frames")
    if not members:
        return Compare("!=", Lit(0), Lit(0))
    known = sorted(members, key=repr) if isinstance(members, set) else list(members)
    beside = kind_of(expr, rows)
    exprs = [_as_time(literal(one, node), beside) for one in known]
    literals = tuple(_constant(one) for one in exprs)
    if any(one.value is None for one in literals):
        present = tuple(one for one in literals if one.value is not None)
        missing = IsMissing(expr)
        return chain("or", missing, IsIn(expr, present)) if present else missing
    return IsIn(expr, literals)


def _constant(expr: Expr) -> Lit:
    match expr:
        case Neg(Lit(int() | float() as value)):
            return Lit(-value)
        case Lit() as found:
            return found
    raise AssertionError(expr)


def choose(node: ast.AST, test: Value, then: Value, other: Value) -> Value:
    """Return one of two values, row by row."""
    if isinstance(test, Const):
        return then if test.value else other
    found = align(node, test, then, other)
    condition, yes, no = found.exprs
    condition = truth(node, condition, found.rows)
    kinds = {kind_of(yes, found.rows), kind_of(no, found.rows)}
    if "bool" in kinds and kinds & {"int", "float"}:
        yes, no = number(yes, found.rows), number(no, found.rows)
    # What is missing has no type: `float(x) if isinstance(x, str) else x`.
    if condition == IsMissing(yes):
        yes = Lit(None)
    if condition == Not(IsMissing(no)):
        no = Lit(None)
    return found.make(case(((condition, yes),), no))


def reduce(column: Series, function: str, *settings: Expr) -> Scalar:
    """Return an aggregation of a column, over its groups or the whole frame."""
    column = materialize(column)
    made = aggregation(column.expr, function, column.rows, *settings)
    return Scalar(column.rows, made, column.scope)


def aggregation(expr: Expr, function: str, rows: Rows, *settings: Expr) -> Expr:
    """Return an aggregation of an expression; conditions are counted as numbers where needed."""
    if function in {"mean", "std", "var", "median", "quantile", "min", "max", "corr"}:
        expr = number(expr, rows)
    return Agg(function, (expr, *settings))
