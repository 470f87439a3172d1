"""Operators on values: arithmetic, comparisons and choices of columns, numbers and constants."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Literal

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
    build_case,
    build_chain,
)
from ..spec.kinds import KindError, find_kind
from ..spec.parser import ARITHMETIC, COMPARISONS
from ..spec.ranges import find_range
from ..spec.schema import Kind, Schema
from ..spec.vocabulary import ROW_FUNCTIONS
from .alignment import Aligned, align, make_literal, materialize
from .categories import NO_NUMBERS, compare_categories, find_category
from .meaning import can_miss, is_condition, negate
from .rows import Loaded, Rows, root_of
from .values import Array, Const, Items, Scalar, Series, UnreadError, Value

MOST_MEMBERS = 5_000  # of a constant list
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
OF_CATEGORIES = {"count", "n_unique", "first", "last", "mode"}
ALWAYS, NEVER = (Compare(op, Lit(0), Lit(0)) for op in ("==", "!="))
NUMBERS = {"int", "float", "decimal"}
LONGEST = 1000  # items of a constant that repetition may make


def read_kind(expr: Expr, rows: Rows) -> Kind | None:
    """Return the kind of an expression's values; None where it is not known."""
    if rows.schema is None:
        return "bool" if is_condition(expr, None) else _find_shape(expr)
    try:
        return find_kind(expr, rows.schema)
    except (KindError, KeyError):
        return None


def _find_shape(expr: Expr) -> Kind | None:
    match expr:
        case Lit(str()):
            return "string"
        case Lit(int() | float()) | Arith() | Neg():
            return "float"
        case Call(name, _) if name in {"lower", "upper", "strip", "slice", "replace", "concat"}:
            return "string"
    return None


def read_binary(node: ast.AST, op: ast.operator, left: Value, right: Value) -> Value:
    """Return arithmetic, or `&` and `|` of conditions."""
    if isinstance(left, Const) and isinstance(right, Const):
        return _fold(node, op, left.value, right.value)
    match op:
        case ast.BitAnd() | ast.BitOr():
            for side in (left, right):
                _refuse_bits(node, side)
            return combine_conditions(
                node, "and" if isinstance(op, ast.BitAnd) else "or", left, right
            )
    if isinstance(left, Const | Items) and isinstance(right, Const | Items):
        raise UnreadError(node, "this operator of lists is not read")
    if isinstance(right, Const) and isinstance(right.value, dt.timedelta):
        if isinstance(op, ast.Div):
            return _measure(node, left, right.value)
        return _move(node, op, left, right.value)
    found = align(node, left, right)
    if type(op) not in ARITHMETIC:
        raise UnreadError(node, "this operator of columns is not read")
    if flags := _combine_flags(op, (left, right), found):
        return found.make(flags)
    one, other = found.exprs
    return found.make(read_arithmetic(node, ARITHMETIC[type(op)], one, other, found.rows))


def add_up(node: ast.AST, values: tuple[Value, ...]) -> Value:
    """Return Python's `sum` of several values, which counts conditions."""
    found = align(node, *values)
    made, *others = found.exprs
    for one in others:
        made = read_arithmetic(node, "+", made, one, found.rows)
    return found.make(made)


def _combine_flags(op: ast.operator, sides: tuple[Value, Value], found: Aligned) -> Expr | None:
    """Return the condition that pandas adds or multiplies columns of conditions to."""
    words: dict[type[ast.operator], Literal["and", "or"]] = {ast.Add: "or", ast.Mult: "and"}
    rows, schema = found.rows, found.rows.schema
    alone = any(isinstance(side, Series) and side.element for side in sides)
    if type(op) not in words or alone or any(can_miss(one, schema) for one in found.exprs):
        return None
    conditions = all(read_kind(one, rows) == "bool" for one in found.exprs)
    return build_chain(words[type(op)], *found.exprs) if conditions else None


def _refuse_bits(node: ast.AST, value: Value) -> None:
    """Raise UnreadError for a column of numbers, of which pandas combines the bits."""
    if isinstance(value, Series | Scalar) and read_kind(value.expr, value.rows) in NUMBERS:
        raise UnreadError(node, "&, | and ~ of numbers work on their bits; compare them first")


def is_span(expr: Expr, rows: Rows) -> bool:
    """Return whether an expression is a difference of two times."""
    match expr:
        case Arith("-", left, right):
            return {"date", "timestamp"} >= {read_kind(left, rows), read_kind(right, rows)}
    return False


def _measure(node: ast.AST, value: Value, span: dt.timedelta) -> Value:
    """Return how many spans a difference of times is: `(a - b) / pd.Timedelta(days=1)`."""
    found = align(node, value)
    match found.exprs[0]:
        case Arith("-", left, right) as expr if is_span(expr, found.rows) and span:
            count = call_word(node, "seconds", left, right)
            return found.make(Arith("/", count, Lit(span.total_seconds())))
    raise UnreadError(node, "this is read of a difference of two times")


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
    return found.make(call_word(node, "offset", found.exprs[0], signed, Lit(unit)))


def read_arithmetic(node: ast.AST, op: ArithOp, left: Expr, right: Expr, rows: Rows) -> Expr:
    """Return arithmetic with pandas' meaning."""
    if find_category(left) or find_category(right):
        raise UnreadError(node, NO_NUMBERS)
    kinds = [read_kind(side, rows) for side in (left, right)]
    times = {"date", "timestamp"}
    if op == "-" and times >= {*kinds}:
        return Arith("-", *align_kinds((left, right), rows))  # (x - y).dt.days is read of it
    if "string" in kinds and op == "+":
        return call_word(node, "concat", left, right)
    if {"date", "timestamp"} & {*kinds}:
        raise UnreadError(node, "arithmetic of times is not read; write (x - y).dt.days")
    left, right = (number(side, rows) for side in (left, right))
    if op == "//" and not _is_nonzero(right, rows.schema):
        # pandas' quotient of a zero divisor is an infinity, the language's is missing
        plainly = Arith("//", left, right)
        return build_case(((Compare("==", right, Lit(0)), Arith("/", left, right)),), plainly)
    return Arith(op, left, right)


def _is_nonzero(expr: Expr, schema: Schema | None) -> bool:
    match expr:
        case Lit(value) | Neg(Lit(value)):
            return bool(value)
    return schema is not None and not find_range(expr, schema).has_zero


def number(expr: Expr, rows: Rows) -> Expr:
    """Return a condition as 1 and 0, and any other value as it is."""
    if read_kind(expr, rows) == "bool":
        return build_case(((expr, Lit(1)),), Lit(0))
    return expr


def call_word(node: ast.AST, name: str, *arguments: Expr) -> Expr:
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
        function = _PYTHON[type(op)]
        if isinstance(left, Array) or isinstance(right, Array):
            return Const(Array(map(function, *_pair(left, right))))
        return Const(function(left, right))
    except KeyError:
        raise UnreadError(node, "this operator of constants is not read") from None
    except (TypeError, ValueError, ArithmeticError) as error:
        raise UnreadError(node, f"Python raises here: {error}") from None


def _pair(left: object, right: object) -> tuple[Sequence[object], Sequence[object]]:
    """Return constants of which one is an array as two of its length; ValueError for others."""
    one, other = (x if isinstance(x, list | tuple) else None for x in (left, right))
    one, other = one or [left] * len(other or ()), other or [right] * len(one or ())
    if len(one) != len(other):
        raise ValueError("operands could not be broadcast together")
    return one, other


def combine_conditions(node: ast.AST, op: str, *values: Value) -> Value:
    """Return `and` or `or` of conditions."""
    found = align(node, *values)
    tests = tuple(read_truth(node, expr, found.rows) for expr in found.exprs)
    return found.make(build_chain("and" if op == "and" else "or", *tests))


def choose_first(node: ast.AST, op: str, *values: Value) -> Value:
    """Return Python's `x or y` and `x and y`: of values that are no conditions, one of them."""
    found = align(node, *values)
    rows, exprs = found.rows, found.exprs
    kinds = {read_kind(one, rows) for one in exprs}
    if kinds <= {"bool", None}:
        return combine_conditions(node, op, *values)
    *before, made = (number(one, rows) for one in exprs) if kinds & NUMBERS else exprs
    for expr in reversed(before):
        if read_kind(expr, rows) == "string" and can_miss(expr, rows.schema):
            raise UnreadError(node, f"'{op}' of texts that may be missing is not read; fill them")
        yes, no = (expr, made) if op == "or" else (made, expr)
        made = build_case(((read_truth(node, expr, rows), yes),), no)
    return found.make(made)


def read_truth(node: ast.AST, expr: Expr, rows: Rows) -> Expr:
    """Return Python's truth of a value as a condition."""
    match read_kind(expr, rows):
        case "bool":
            return expr
        case "int" | "float" | "decimal":
            return Compare("!=", expr, Lit(0))
        case "string":
            if can_miss(expr, rows.schema) and not _is_of_csv(expr, rows):
                raise UnreadError(node, "the truth of a missing text is not known: fill them first")
            return Compare("!=", expr, Lit(""))
        case None:
            return expr
    raise UnreadError(node, "the truth of this value is not read; compare it with a constant")


def _is_of_csv(expr: Expr, rows: Rows) -> bool:
    """Return whether texts are those of a CSV file, whose missing ones are NaN, which is true."""
    origin = root_of(rows).origin
    return isinstance(origin, Loaded) and origin.csv and isinstance(rows.inline(expr), Col)


def invert(node: ast.AST, value: Value) -> Value:
    """Return `~` or `not` of a condition."""
    if isinstance(value, Const):
        return Const(not value.value)
    found = align(node, value)
    return found.make(negate(read_truth(node, found.exprs[0], found.rows)))


def invert_bits(node: ast.AST, value: Value) -> Value:
    """Return `~` of a condition."""
    if isinstance(value, Const) and isinstance(value.value, int):
        return Const(~value.value)
    _refuse_bits(node, value)
    return invert(node, value)


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
        if isinstance(left.value, Array) or isinstance(right.value, Array):
            raise UnreadError(node, "an array of constants is not compared here")
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
    for side, beside in ((left, right), (right, left)):
        if (
            isinstance(beside, Const)
            and beside.value is None
            and isinstance(op, ast.Eq | ast.NotEq)
        ):
            return _compare_missing(op, side)
    found = align(node, left, right)
    one, other = align_kinds(found.exprs, found.rows)
    sign = COMPARISONS[type(op)]
    return found.make(compare_categories(sign, one, other) or Compare(sign, one, other))


def _compare_missing(op: ast.cmpop, value: Value) -> Value:
    """Return a comparison with NaN: no value is equal to it."""
    found = align(ast.Pass(), value)
    return found.make(NEVER if isinstance(op, ast.Eq) else ALWAYS)


def align_kinds(exprs: tuple[Expr, ...], rows: Rows) -> tuple[Expr, Expr]:
    """Return two sides of a comparison with a text beside a time read as a time."""
    one, other = exprs
    kinds = read_kind(one, rows), read_kind(other, rows)
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
        return found.make(call_word(node, "contains", found.exprs[0], Lit(left.value)))
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
        return NEVER
    if len(members) > MOST_MEMBERS:  # a workload's expressions have at most 20,000 characters
        message = f"a list of {len(members):,} values is not read: save it as a file, and merge"
        raise UnreadError(node, message)
    known = sorted(members, key=repr) if isinstance(members, set) else list(members)
    beside = read_kind(expr, rows)
    exprs = [_as_time(make_literal(one, node), beside) for one in known]
    literals = tuple(_read_constant(one) for one in exprs)
    if any(one.value is None for one in literals):
        present = tuple(one for one in literals if one.value is not None)
        missing = IsMissing(expr)
        return build_chain("or", missing, IsIn(expr, present)) if present else missing
    return IsIn(expr, literals)


def _read_constant(expr: Expr) -> Lit:
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
    condition = read_truth(node, condition, found.rows)
    kinds = {read_kind(yes, found.rows), read_kind(no, found.rows)}
    if "bool" in kinds and kinds & {"int", "float"}:
        yes, no = number(yes, found.rows), number(no, found.rows)
    # What is missing has no type: `float(x) if isinstance(x, str) else x`.
    if condition == IsMissing(yes):
        yes = Lit(None)
    if condition == Not(IsMissing(no)):
        no = Lit(None)
    return found.make(build_case(((condition, yes),), no))


def reduce(column: Series, function: str, *settings: Expr) -> Scalar:
    """Return an aggregation of a column, over its groups or the whole frame."""
    column = materialize(column)
    made = read_aggregation(column.expr, function, column.rows, *settings)
    return Scalar(column.rows, made, column.scope)


def read_aggregation(expr: Expr, function: str, rows: Rows, *settings: Expr) -> Expr:
    """Return an aggregation of an expression; conditions are counted as numbers where needed.

    Raises KindError for what pandas does not compute of categories.
    """
    if function not in OF_CATEGORIES and find_category(expr):
        raise KindError(expr, NO_NUMBERS)
    if function in {"mean", "std", "var", "median", "quantile", "min", "max", "corr"}:
        expr = number(expr, rows)
    return Agg(function, (expr, *settings))
