"""Windows: what a value is among the rows around it, in the rows' order."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import cast

from ..spec.expression import Agg, Arith, Compare, Expr, IsMissing, Lit, build_case
from . import operators
from .alignment import materialize
from .calls import CodeCall, Method
from .categories import find_category
from .meaning import can_miss
from .operators import number
from .values import Part, Series, Value

NUMERIC = {"cumsum", "cummin", "cummax", "rank", "diff", "pct_change", "ewm_mean"}
ROLLED = ("sum", "mean", "min", "max", "std", "median", "count")
NUMERIC |= {f"rolling_{name}" for name in ROLLED}


def find_window(column: Series, function: str, *settings: Expr, name: object = None) -> Series:
    """Return a function of the rows around each row, in the rows' order."""
    column = materialize(column)
    expr = column.expr
    if function in NUMERIC:
        expr = number(expr, column.rows)
    label = column.name if name is None else cast("str", name)
    made = Agg(function, (expr, *settings))
    return replace(column, expr=made, keys=column.scope, name=label)


def read_shift(call: CodeCall, column: Series) -> Value:
    """Read `shift(n)`."""
    if call.has("freq") or call.has("fill_value"):
        raise call.fail("shift is read with a number of rows only")
    return shift_rows(call, column, call.read_constant("periods", 1))


def shift_rows(call: CodeCall, column: Series, n: object) -> Series:
    """Return the values n rows before, or after if n is negative."""
    if not isinstance(n, int) or isinstance(n, bool) or n == 0:
        raise call.fail("shift is read with a number of rows other than 0")
    settings = () if abs(n) == 1 else (Lit(abs(n)),)
    return find_window(column, "lag" if n > 0 else "lead", *settings)


def read_diff(call: CodeCall, column: Series) -> Value:
    """Read `diff(n)`."""
    call.read_constant("axis")
    column = materialize(column)
    before = shift_rows(call, column, call.read_constant("periods", 1))
    return operators.read_binary(call.node, ast.Sub(), column, before)


def read_change(call: CodeCall, column: Series) -> Value:
    """Read `pct_change(n)`, which fills missing values first, unless told not to."""
    if call.read_constant("fill_method", "pad") not in {None, "pad", "ffill"}:
        raise call.fail("pct_change is read with fill_method=None or 'ffill'")
    if "fill_method" not in call.given or call.has("fill_method"):
        column = fill_gaps(column, "ffill")
    n = call.read_constant("periods", 1)
    if not isinstance(n, int) or n < 1:
        raise call.fail("pct_change is read with a number of rows of 1 or more")
    return find_window(column, "pct_change", *(() if n == 1 else (Lit(n),)))


def read_cumulation(call: CodeCall, column: Series) -> Value:
    """Read `cumsum`, `cummin` and `cummax`."""
    call.read_constant("axis")
    call.read_constant("skipna")
    call.read_constant("numeric_only")
    return find_window(column, call.name)


def read_fill(call: CodeCall, column: Series) -> Value:
    """Read `ffill` and `bfill`."""
    call.read_constant("axis")
    return fill_gaps(column, call.name)


def fill_gaps(column: Series, method: str) -> Series:
    """Return a column with the value before or after where it is missing."""
    word = {"pad": "ffill", "backfill": "bfill"}.get(method, method)
    return find_window(column, word) if can_miss(column.expr, column.rows.schema) else column


def read_rolling(call: CodeCall, column: Value) -> Part:
    """Read `rolling(n)`: the last n rows up to each row."""
    window, least = call.read_constant("window"), call.read_constant("min_periods")
    if not isinstance(window, int) or isinstance(window, bool) or window < 1:
        raise call.fail("rolling is read with a number of rows")
    if call.read_constant("center", False) or call.read_constant("closed", "right") != "right":
        raise call.fail("rolling is read over the last rows up to each row: leave center out")
    if least is not None and not 1 <= least <= window:
        raise call.fail("rolling is read with min_periods from 1 to the number of rows")
    return Part("rolling", column, (Lit(window), *(() if least is None else (Lit(least),))))


def read_rolled(call: CodeCall, part: Part) -> Value:
    """Read an aggregation of `rolling(n)`."""
    call.read_constant("ddof")
    column, name = materialize(cast("Series", part.owner)), call.name
    if name == "count":  # pandas sums ones and zeros: the first rows have too few of them
        ones = build_case(((IsMissing(column.expr), Lit(0)),), Lit(1))
        column, name = column.with_expr(ones), "sum"
    return find_window(column, f"rolling_{name}", *part.details)


def read_expanding(call: CodeCall, column: Value) -> Part:
    """Read `expanding()`: all rows up to each row."""
    if call.read_constant("min_periods", 1) != 1:
        raise call.fail("expanding is read with min_periods=1")
    return Part("expanding", column)


def read_expanded(call: CodeCall, part: Part) -> Series:
    """Read an aggregation of `expanding()`."""
    column = materialize(cast("Series", part.owner))
    value = number(column.expr, column.rows)
    missing = can_miss(value, column.rows.schema)
    if call.name in {"min", "max"}:
        return fill_gaps(materialize(find_window(column, f"cum{call.name}")), "ffill")
    test = IsMissing(value)
    n = Agg("cumsum", (build_case(((test, Lit(0)),), Lit(1)) if missing else Lit(1),))
    total = Agg("cumsum", (build_case(((test, Lit(0)),), value) if missing else value,))
    spelled: dict[str, Expr] = {"sum": total, "count": n, "mean": Arith("/", total, n)}
    made = spelled[call.name]
    if missing and call.name != "count":
        made = build_case(((Compare("==", n, Lit(0)), Lit(None)),), made)
    return replace(column, expr=made, keys=column.scope)


def read_ewm(call: CodeCall, column: Value) -> Part:
    """Read `ewm(span=n)`, and the same in other words: com, alpha."""
    given = [name for name in ("com", "span", "alpha") if call.has(name)]
    if (
        len(given) != 1
        or not call.read_constant("adjust", True)
        or call.read_constant("ignore_na", False)
    ):
        raise call.fail("ewm is read with one of span, com and alpha, and adjust=True")
    if call.read_constant("min_periods", 0) not in {0, 1}:
        raise call.fail("ewm is read without min_periods")
    value = call.read_constant(given[0])
    span = {"span": value, "com": 2 * value + 1, "alpha": 2 / value - 1}[given[0]]
    return Part("ewm", column, (Lit(span),))


def read_weighted(_call: CodeCall, part: Part) -> Series:
    """Read `mean()` of `ewm(span=n)`; a missing value has the mean before it."""
    column = cast("Series", part.owner)
    made = materialize(find_window(column, "ewm_mean", *part.details))
    return fill_gaps(made, "ffill")


def read_rank(call: CodeCall, column: Series) -> Value:
    """Read `rank`."""
    call.read_constant("axis")
    call.read_constant("numeric_only")
    if call.read_constant("na_option", "keep") != "keep":
        raise call.fail("rank is read with na_option='keep'")
    column = materialize(column)
    method, ascending = (
        call.read_constant("method", "average"),
        call.read_constant("ascending", True),
    )
    category = find_category(column.expr)
    if category is not None and not category.is_natural:
        raise call.fail("rank of categories is by their order; map them to numbers first")
    expr = number(column.expr, column.rows)
    if method not in {"min", "max", "average", "dense", "first"}:
        raise call.fail(f"rank with method={method!r} is not read")
    settings = (Lit(method), *(() if ascending else (Lit(True),)))
    made: Expr = Agg("rank", (expr, *(() if settings == (Lit("min"),) else settings)))
    if call.read_constant("pct", False):
        count = Agg("n_unique" if method == "dense" else "count", (expr,))
        made = Arith("/", made, count)
    return replace(column, expr=made, keys=column.scope)


ROLLING_METHODS = {name: Method(read_rolled, "ddof") for name in ROLLED}
EXPANDING_METHODS = {name: Method(read_expanded) for name in ("sum", "mean", "min", "max", "count")}
EWM_METHODS = {"mean": Method(read_weighted)}
WINDOW_METHODS = {
    "shift": Method(read_shift, "periods freq axis fill_value"),
    "diff": Method(read_diff, "periods"),
    "pct_change": Method(read_change, "periods fill_method limit freq"),
    **{name: Method(read_cumulation, "axis skipna") for name in ("cumsum", "cummin", "cummax")},
    **{name: Method(read_fill, "axis inplace limit") for name in ("ffill", "bfill", "pad")},
    "rolling": Method(read_rolling, "window min_periods center win_type on axis closed"),
    "expanding": Method(read_expanding, "min_periods axis"),
    "ewm": Method(read_ewm, "com span halflife alpha min_periods adjust ignore_na"),
    "rank": Method(read_rank, "axis method numeric_only na_option ascending pct"),
}
