"""Methods of columns."""

from __future__ import annotations

import ast
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

from ..spec.expression import (
    Agg,
    Arith,
    Call,
    Case,
    Col,
    Compare,
    Expr,
    IsMissing,
    Lit,
    Neg,
    build_case,
)
from ..spec.schema import Kind
from . import alignment, operators
from .alignment import make_literal
from .assignment import assign_column, operate
from .called import call_on_column
from .calls import CodeCall
from .categories import as_plain, find_category
from .category_columns import as_category, convert_to, keep_category, map_categories
from .date_texts import write_period_text
from .frames import fill
from .meaning import can_miss, negate
from .members import read_members
from .operators import number, read_kind
from .rows import Loaded, Rows, list_tables, root_of
from .selection import require_column
from .spread import spread_groups
from .values import (
    CodeFunction,
    Const,
    Frame,
    Library,
    Mapping,
    Part,
    Scalar,
    Series,
    UnreadError,
    Value,
    read_parameters,
    take_column,
)
from .windows import fill_gaps

OPERATORS: dict[str, ast.operator] = {
    "add": ast.Add(),
    "sub": ast.Sub(),
    "subtract": ast.Sub(),
    "mul": ast.Mult(),
    "multiply": ast.Mult(),
    "div": ast.Div(),
    "divide": ast.Div(),
    "truediv": ast.Div(),
    "floordiv": ast.FloorDiv(),
    "mod": ast.Mod(),
    "pow": ast.Pow(),
}
COMPARISONS: dict[str, ast.cmpop] = {
    "eq": ast.Eq(),
    "ne": ast.NotEq(),
    "lt": ast.Lt(),
    "le": ast.LtE(),
    "gt": ast.Gt(),
    "ge": ast.GtE(),
}
LEFT = "texts that replace has no number for stay texts in pandas, and are missing here"
WHOLE = {"int", "int8", "int16", "int32", "int64", "Int64", "integer"}
FLOATS = {"float", "float32", "float64"}


def make_word_reader(word: str) -> Callable[[CodeCall, Value], Value]:
    """Return what reads a function of single values that the language has."""

    def read(call: CodeCall, owner: Value) -> Value:
        found = alignment.align(call.node, owner)
        return found.make(operators.call_word(call.node, word, number(found.exprs[0], found.rows)))

    return read


def look_up(
    node: ast.AST,
    column: Series,
    table: dict[object, object],
    default: Value = Const(None),  # noqa: B008
) -> Series:
    """Return what a constant dict has for each value, else the default."""
    found = alignment.align(node, column)
    subject, rest = found.exprs[0], alignment.to_expr(default, node)
    pairs = [(make_literal(key, node), make_literal(value, node)) for key, value in table.items()]
    if _is_table(read_kind(subject, found.rows), pairs, rest):
        flat = (part for pair in pairs for part in pair)
        return cast("Series", found.make(Call("map", (subject, rest, *flat))))
    branches = tuple((_compare_equal(subject, key), value) for key, value in pairs)
    return cast("Series", found.make(build_case(branches, rest) if branches else rest))


def _is_table(kind: Kind | None, pairs: Sequence[tuple[Expr, Expr]], rest: Expr) -> bool:
    """Return whether `map` says it: texts or integers, for values of one kind."""
    wanted = {"string": str, "int": int}.get(kind or "")
    given = [*(value for _, value in pairs), *([] if rest == Lit(None) else [rest])]
    types = {type(value.value) if isinstance(value, Lit) else None for value in given}
    keys = {type(key.value) if isinstance(key, Lit) else None for key, _ in pairs}
    return keys == {wanted} and len(types) == 1 and types < {str, int, float}


def _compare_equal(subject: Expr, wanted: Expr) -> Expr:
    return IsMissing(subject) if wanted == Lit(None) else Compare("==", subject, wanted)


def read_reduction(word: str) -> Callable[[CodeCall, Series], Scalar]:
    """Return what reads an aggregation of a column."""

    def read(call: CodeCall, column: Series) -> Scalar:
        call.read_constant("axis")
        call.read_constant("numeric_only")
        if not call.read_constant("skipna", True):
            raise call.fail("aggregations of a workload skip missing values; leave skipna out")
        if call.read_constant("min_count", 0) not in {0, -1}:
            raise call.fail("sum with min_count is not read")
        return operators.reduce(column, word)

    return read


ONE_MODE = "mode is read as mode()[0], the smallest of the most frequent values"


def read_modes(_call: CodeCall, column: Series) -> Part:
    """Read `mode()`, of which the first is taken: the smallest of equally frequent values."""
    return Part("modes", column)


def read_mode(node: ast.AST, owner: Value, index: Value) -> Scalar:
    """Read `mode()[0]`."""
    if not isinstance(index, Const) or index.value != 0:
        raise UnreadError(node, ONE_MODE)
    return operators.reduce(cast("Series", cast("Part", owner).owner), "mode")


def read_most_frequent(_call: CodeCall, part: Part) -> Scalar:
    """Read `value_counts().idxmax()` of a group."""
    return operators.reduce(cast("Series", part.owner), "mode")


def read_spread(call: CodeCall, column: Series) -> Scalar:
    """Read `std` and `var`."""
    call.read_constant("axis")
    call.read_constant("skipna")
    return spread(call, column, call.name, call.read_constant("ddof", 1))


def spread(call: CodeCall, column: Series, word: str, ddof: object) -> Scalar:
    """Return a standard deviation or variance of a sample (ddof 1) or a population (0)."""
    found = operators.reduce(column, word)
    if ddof == 1:
        return found
    if ddof != 0:
        raise call.fail(f"{word} is read with ddof=0 or ddof=1")
    return replace(found, expr=scale_to_population(found.expr))


def scale_to_population(sample: Expr) -> Expr:
    """Return the spread of a population, made of that of a sample."""
    n = Agg("count", cast("Agg", sample).arguments)
    share: Expr = Arith("/", Arith("-", n, Lit(1)), n)
    if cast("Agg", sample).function == "std":
        share = Call("sqrt", (share,))
    return Case(((Compare("==", n, Lit(1)), Lit(0.0)),), Arith("*", sample, share))


def read_quantile(call: CodeCall, column: Series) -> Value:
    """Read `quantile(q)`, also of several."""
    share = call.read_constant("q", 0.5)
    if isinstance(share, list | tuple) and not column.scope:
        if not share or not all(isinstance(one, int | float) for one in share):
            raise call.fail("quantile is read with numbers")
        pairs = [(one, operators.reduce(column, "quantile", Lit(float(one)))) for one in share]
        return Part("totals", Mapping(tuple(pairs)))
    if isinstance(share, bool) or not isinstance(share, int | float):
        raise call.fail("quantile is read with one number")
    if call.read_constant("interpolation", "linear") != "linear":
        raise call.fail("quantile is read with linear interpolation only")
    return operators.reduce(column, "quantile", Lit(share))


def read_operator(call: CodeCall, column: Value) -> Value:
    """Read `add`, `sub`, `mul` and the like."""
    if call.has("fill_value"):
        raise call.fail(f"{call.name} with fill_value is not read; call fillna first")
    by_rows = call.read_constant("axis", "columns") in {0, "index"}
    other = call.require("other")
    if isinstance(column, Frame):
        if isinstance(other, Series) and not by_rows:
            raise call.fail(f"{call.name} of a frame and a series is read with axis=0")
        return operate(call.node, OPERATORS[call.name], column, other, by_rows=by_rows)
    if call.name in COMPARISONS:
        return operators.compare(call.node, COMPARISONS[call.name], column, other)
    return operators.read_binary(call.node, OPERATORS[call.name], column, other)


def read_round(call: CodeCall, column: Value) -> Value:
    """Read `round(decimals)`."""
    places = call.read_constant("decimals", 0)
    found = alignment.align(call.node, column)
    settings = (make_literal(places, call.node),) if places else ()
    value = number(found.exprs[0], found.rows)
    return found.make(operators.call_word(call.node, "round", value, *settings))


def read_python_round(call: CodeCall, value: Value) -> Value:
    """Read `round(value, decimals)`; of one row's value, Python rounds what the decimals show."""
    if isinstance(value, Series) and value.element and call.read_constant("decimals", 0):
        text = "Python rounds 54.85 to 54.9, and columns to 54.8; write .round on the column"
        call.reader.note(call.node, text)
    return read_round(call, value)


def read_clip(call: CodeCall, column: Value) -> Value:
    """Read `clip(lower, upper)`."""
    call.read_constant("axis")
    low, high = call.read_value("lower"), call.read_value("upper")
    found = column
    for word, bound in (("max", low), ("min", high)):
        if not (isinstance(bound, Const) and bound.value is None):
            sides = alignment.align(call.node, found, bound)
            found = sides.make(operators.call_word(call.node, word, *sides.exprs))
    return found


def read_fillna(call: CodeCall, column: Series) -> Value:
    """Read `fillna(value)`."""
    if call.has("method") and not call.has("value"):
        method = call.read_constant("method")
        return fill_gaps(column, method)
    value = call.require("value")
    if not can_miss(column.expr, column.rows.schema):
        return column
    return fill(call.node, column, value)


def read_missing(call: CodeCall, column: Value) -> Value:
    """Read `isna` and `notna`."""
    found = alignment.align(call.node, column)
    test = IsMissing(found.exprs[0])
    return found.make(negate(test) if call.name.startswith("not") else test)


def read_between(call: CodeCall, column: Value) -> Value:
    """Read `between(left, right)`."""
    inclusive = call.read_constant("inclusive", "both")
    left, right = call.require("left"), call.require("right")
    low = ast.GtE() if inclusive in {"both", "left"} else ast.Gt()
    high = ast.LtE() if inclusive in {"both", "right"} else ast.Lt()
    return operators.combine_conditions(
        call.node,
        "and",
        operators.compare(call.node, low, column, left),
        operators.compare(call.node, high, column, right),
    )


def read_astype(call: CodeCall, column: Series) -> Value:
    """Read `astype(type)`."""
    kind = call.require("dtype")
    if call.read_constant("errors", "raise") != "raise":
        raise call.fail("astype with errors='ignore' may change nothing; leave errors out")
    if isinstance(kind, Part) and kind.kind == "dtype":
        return convert_to(alignment.materialize(column), kind)
    name = (
        kind.name.rpartition(".")[2] if isinstance(kind, Library) else call.read_constant("dtype")
    )
    return convert(call.node, column, str(name))


def convert(node: ast.AST, column: Value, name: str) -> Value:
    """Return a column in another type, as far as its values change."""
    if name == "category" and isinstance(column, Series):
        return as_category(alignment.materialize(column))
    found = alignment.align(node, column)
    expr = as_plain(found.exprs[0])
    known = read_kind(expr, found.rows)
    if name in FLOATS or name in WHOLE:
        if known == "string":
            word = "number" if name in FLOATS else "integer"
            return found.make(operators.call_word(node, word, expr))
        value = number(expr, found.rows)
        if name in FLOATS or known in {"int", "bool"}:
            return found.make(value)
        return found.make(operators.call_word(node, "integer", value))
    if name in {"str", "string", "object"}:
        if name == "object" or (known == "string" and found.rows.schema is None):
            return found.make(expr)
        category = find_category(found.exprs[0])
        if category and name == "str" and (known == "string" or category.labels):
            text = expr if known == "string" else operators.call_word(node, "text", expr)
            return found.make(Call("coalesce", (text, Lit("nan"))))
        if can_miss(expr, found.rows.schema):
            raise UnreadError(node, "astype(str) of missing values gives 'nan'; fill them first")
        if period := write_period_text(node, expr):
            return found.make(period)
        text = expr if known == "string" else operators.call_word(node, "text", expr)
        return found.make(text)
    if name == "bool" and known in {"bool", "int"}:
        return found.make(operators.read_truth(node, expr, found.rows))
    if name.startswith("datetime64") and known in {"date", "timestamp", None}:
        return column
    raise UnreadError(node, f"astype({name!r}) is not read")


def to_text(node: ast.AST, value: Value) -> Value:
    """Return what `str` gives for each value; of a CSV file, NaN is missing, and its text "nan"."""
    found = alignment.align(node, value)
    expr = found.exprs[0]
    known, of_file = read_kind(expr, found.rows), isinstance(found.rows.inline(expr), Col)
    origin = root_of(found.rows).origin
    of_file &= isinstance(origin, Loaded) and origin.csv and not list_tables(found.rows)
    if not of_file or known not in {"string", None}:
        return convert(node, value, "str")
    if not can_miss(expr, found.rows.schema):
        return convert(node, value, "str")
    text = expr if known else operators.call_word(node, "text", expr)
    return found.make(Call("coalesce", (text, Lit("nan"))))


def read_map(call: CodeCall, column: Series) -> Value:
    """Read `map(dict)` and `map(function)`."""
    argument = call.read_value("arg") if call.has("arg") else call.read_value("func")
    call.read_constant("na_action")
    match argument:
        case Const(dict() as table):
            return map_categories(look_up(call.node, column, table), column, table)
        case Series():
            return map_groups(call, column, argument)
    return apply_function(call, column, argument)


def map_groups(call: CodeCall, column: Series, table: Series) -> Series:
    """Return for each row the answer of its group: `df["k"].map(groups.mean())`."""
    return look_up_groups(call.node, column, table)


def look_up_groups(node: ast.AST, column: Series, table: Series) -> Series:
    """Return the answer of the group that each value names: `answer[value]`."""
    column, total = alignment.materialize(column), alignment.as_total(table)
    found = None
    own = (*map(Col, column.scope), column.expr)
    if total is not None and own == tuple(map(Col, total.keys)):
        found = spread_groups(column.rows, total, alignment.label_name(table.name))
    if found is None:
        near = "the nearest is merge on its index"
        raise UnreadError(node, f"map of a series is read of groups of this column; {near}")
    rows, expr, keys = found
    if can_miss(column.expr, column.rows.schema):
        expr = build_case(((IsMissing(column.expr), Lit(None)),), expr)
    return replace(column, rows=rows, expr=expr, keys=keys)


def apply_function(call: CodeCall, column: Series, function: Value) -> Value:
    """Return what a function makes of each value."""
    element = replace(column, element=True, expr=as_plain(column.expr))
    match function:
        case CodeFunction():
            try:
                made = call.enter(function, element)
            except UnreadError as why:
                return call_on_column(call, column, function, why)
        case Library():
            made = call.reader.call_library(call.node, function.name, element)
        case _:
            raise call.fail(f"{call.name} is read with a function of this code, or a dict")
    match made:
        case Series():
            made = replace(made, element=False, name=column.name, index=column.index)
            return map_categories(made, column)
        case Const():
            return column.with_expr(make_literal(made.value, call.node))
    raise call.fail("a function of a value is read if it returns one value")


def read_apply(call: CodeCall, column: Series) -> Value:
    """Read `apply(function)`."""
    call.read_constant("convert_dtype")
    return apply_function(call, column, call.read_value("func"))


def read_replace(call: CodeCall, column: Series) -> Value:
    """Read `replace({old: new})` and `replace(old, new)`."""
    if call.read_constant("regex", False):
        raise call.fail("replace with a regular expression is not read")
    values = call.read_value("to_replace")
    if isinstance(values, Series | Part):
        test = read_members(call, column, values)
        other = call.require("value")
        return keep_category(operators.choose(call.node, test, other, column), column)
    old = call.read_constant("to_replace")
    pairs = old if isinstance(old, dict) else None
    if pairs is None:
        new = call.read_constant("value")
        olds = old if isinstance(old, list | tuple) else [old]
        news = new if isinstance(new, list | tuple) else [new] * len(olds)
        pairs = dict(zip(olds, news, strict=True))
    found = alignment.align(call.node, column)
    subject, rows = found.exprs[0], found.rows
    pairs = {key: value for key, value in pairs.items() if _may_equal(subject, rows, key)}
    if not pairs:
        return column
    rest = as_plain(found.exprs[0])
    texts = all(isinstance(key, str) for key in pairs)
    both = len(pairs) == 2 and all(isinstance(key, bool) for key in pairs)
    if both and read_kind(subject, rows) == "bool" and not can_miss(subject, rows.schema):
        yes, no = (make_literal(pairs[key], call.node) for key in (True, False))
        return found.make(build_case(((subject, yes),), no))
    if texts and all(isinstance(value, int | float) for value in pairs.values()):
        call.reader.note(call.node, LEFT)  # texts and numbers have no common type
        rest = Lit(None)
    branches = tuple(
        (
            _is_infinite(found.exprs[0], key)
            or _compare_equal(found.exprs[0], make_literal(key, call.node)),
            make_literal(value, call.node),
        )
        for key, value in pairs.items()
    )
    return map_categories(found.make(build_case(branches, rest)), column)


def _may_equal(expr: Expr, rows: Rows, value: object) -> bool:
    """Return whether a column may have a constant: texts are no numbers, and no times."""
    kind = read_kind(expr, rows)
    if value is None:
        return can_miss(expr, rows.schema)
    if isinstance(value, bool):
        return kind in {"bool", None}
    return kind is None or isinstance(value, str) == (kind == "string")


def _is_infinite(subject: Expr, wanted: object) -> Expr | None:
    """Return whether a value is the infinity that is wanted; None where that is another value."""
    if not isinstance(wanted, float) or not math.isinf(wanted):
        return None
    if wanted > 0:
        return Compare(">", subject, Lit(sys.float_info.max))
    return Compare("<", subject, Neg(Lit(sys.float_info.max)))


def read_replace_all(call: CodeCall, frame: Frame) -> Frame:
    """Read `replace({old: new})` of each column of a frame, or of some: `{"a": {old: new}}`."""
    table = call.read_constant("to_replace")
    nested = isinstance(table, dict) and any(isinstance(one, dict) for one in table.values())
    if not nested:
        frame.require_whole(call.node, "replace of all columns needs to know them: give --data")
    for label in list(table) if nested else list(frame.columns):
        name = require_column(call.node, frame, label)
        column = take_column(frame, label, name)
        own = Const(table[label] if nested else table)
        made = read_replace(replace(call, given={**call.given, "to_replace": own}), column)
        frame = assign_column(call.node, frame, label, made)
    call.used |= {"to_replace", "value", "regex"}
    return frame


def read_where(call: CodeCall, column: Series) -> Value:
    """Read `where(condition, other)` and `mask`."""
    test, other = call.require("cond"), call.read_value("other")
    if isinstance(test, CodeFunction):
        names = read_parameters(test)
        test = call.reader.enter(call.node, test, {names[0]: column})
    sides = (column, other) if call.name == "where" else (other, column)
    return keep_category(operators.choose(call.node, test, *sides), column)
