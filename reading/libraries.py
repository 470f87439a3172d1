"""Functions of pandas, NumPy, math and Python."""

from __future__ import annotations

import ast
import datetime as dt
import math
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from ..spec.bins import label_edges
from ..spec.expression import Agg, Arith, Col, Compare, Expr, Lit, build_case, build_chain
from ..spec.expression import Call as Word
from ..spec.workload import SortKey
from . import alignment, operators
from .accessors import read_truncated
from .calls import CodeCall, Method, to_python
from .categories import Category, as_categories
from .category_columns import read_categorical, read_dtype
from .columns import make_word_reader, read_python_round, read_round, spread
from .date_texts import guess_format
from .files import READERS, join_paths, list_paths, read_file, read_folder
from .meaning import can_miss
from .merges import LISTED, merge_frames
from .merges import read_merge as read_frame_merge
from .numpy_functions import read_array, read_correlation, read_range
from .operators import number
from .patterns import PATTERNS
from .periods import check_period
from .python_values import (
    read_conversion,
    read_dict,
    read_extreme,
    read_is_missing,
    read_is_text,
    read_length,
    read_list,
    read_type,
    read_zip,
)
from .reshape import read_melted, read_numbered_bins, read_quantile_cut
from .rows import Loaded, Rows, list_tables, sort
from .series import as_frame, read_unique
from .stacked import join_columns, read_concat
from .values import (
    Const,
    Frame,
    Items,
    Mapping,
    Part,
    RowLabels,
    Scalar,
    Series,
    Value,
)
from .wide import read_crosstab, read_pivot_table

_NAN = ("numpy.nan", "numpy.NaN", "numpy.NAN", "pandas.NA", "pandas.NaT", "math.nan")
CONSTANTS: dict[str, object] = {
    **dict.fromkeys(_NAN),
    **dict.fromkeys(("numpy.inf", "math.inf"), math.inf),
    "math.pi": math.pi,
    "numpy.pi": math.pi,
    "math.e": math.e,
    "numpy.e": math.e,
}
WORDS = {
    **{name: name for name in ("sqrt", "log", "log10", "exp", "floor", "ceil", "log2", "log1p")},
    **{name: name for name in ("expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh", "radians")},
    "degrees": "degrees",
    "fabs": "abs",
    "absolute": "abs",
    "abs": "abs",
    "sign": "sign",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "asin": "asin",
    "acos": "acos",
    "atan": "atan",
    "deg2rad": "radians",
    "rad2deg": "degrees",
}
TWO_WORDS = {"arctan2": "atan2", "atan2": "atan2", "hypot": "hypot"}
REDUCTIONS = {
    **{name: name for name in ("sum", "mean", "min", "max", "median", "any", "all")},
    "amin": "min",
    "amax": "max",
    "nansum": "sum",
    "nanmean": "mean",
    "nanmin": "min",
    "nanmax": "max",
    "nanmedian": "median",
}


def read_where(call: CodeCall) -> Value:
    """Read `np.where(condition, x, y)`."""
    test, then, other = (alignment.place(call.require(name)) for name in ("condition", "x", "y"))
    return operators.choose(call.node, test, then, other)


def read_select(call: CodeCall) -> Value:
    """Read `np.select(conditions, choices, default)`."""
    tests, values = (call.read_items(name) for name in ("condlist", "choicelist"))
    if len(tests) != len(values):
        raise call.fail("np.select needs as many choices as conditions")
    made: Value = call.read_value("default") if "default" in call.given else Const(0)
    for test, value in reversed(list(zip(tests, values, strict=True))):
        sides = (alignment.place(one) for one in (test, value, made))
        made = operators.choose(call.node, *sides)
    return made


def read_cut(call: CodeCall) -> Value:
    """Read `pd.cut(column, bins, labels)`."""
    bins, labels = call.read_constant("bins"), call.read_constant("labels")
    right, lowest = call.read_constant("right", True), call.read_constant("include_lowest", False)
    if isinstance(bins, int) and right is True:
        return read_numbered_bins(call, "bins", bins)
    if not isinstance(bins, list | tuple):
        raise call.fail("pd.cut is read with a list, or a number, of bins")
    if labels is None and not lowest:
        labels = label_edges(bins, right=right)
    if labels is None:
        raise call.fail("pd.cut with include_lowest makes other intervals; give labels")
    numbered, ordered = labels is False, call.read_constant("ordered", True)
    if numbered:
        labels = list(range(len(bins) - 1))
    if len(labels) != len(bins) - 1:
        raise call.fail("pd.cut needs one label less than bins")
    found = alignment.align(call.node, call.require("x"))
    subject = found.exprs[0]
    branches = []
    for number_of, (low, high, label) in enumerate(zip(bins, bins[1:], labels, strict=False)):
        inside = _compare_within(call, subject, low, high, right, lowest and number_of == 0)
        branches.append((inside, alignment.make_literal(label, call.node)))
    made = build_case(tuple(branches), Lit(None))
    if numbered:
        return found.make(made)
    return found.make(as_categories(made, Category(tuple(labels), ordered=ordered)))


def _compare_within(  # noqa: PLR0913 - a bin and how its edges count
    call: CodeCall, subject: Expr, low: float, high: float, right: bool, lowest: bool
) -> Expr:
    ops = (">=" if lowest or not right else ">", "<=" if right else "<")
    tests = [
        Compare(op, subject, alignment.make_literal(edge, call.node))  # type: ignore[arg-type]
        for op, edge in zip(ops, (low, high), strict=True)
        if not (isinstance(edge, float) and math.isinf(edge))
    ]
    if not tests:
        return Compare("==", subject, subject)
    return tests[0] if len(tests) == 1 else build_chain("and", *tests)


def read_to_datetime(call: CodeCall) -> Value:
    """Read `pd.to_datetime`: of times themselves, of texts, or of a constant."""
    value = call.require("arg")
    call.read_constant("errors")
    call.read_constant("infer_datetime_format")
    call.read_constant("dayfirst")
    pattern = call.read_constant("format")
    if isinstance(value, Const):
        return Const(_read_moment(call, value.value))
    found = alignment.align(call.node, value)
    known = operators.read_kind(found.exprs[0], found.rows)
    if known in {"date", "timestamp", None}:
        return value
    pattern = pattern or _guess_format(call, found.rows.inline(found.exprs[0]), found.rows)
    return found.make(operators.call_word(call.node, "parse", found.exprs[0], Lit(pattern)))


def read_time_index(call: CodeCall) -> Part:
    """Read `pd.DatetimeIndex(column)`, of which the parts of the times are taken."""
    return Part("keys", read_to_datetime(call))


def _guess_format(call: CodeCall, expr: Expr, rows: Rows) -> str:
    """Return the format that pandas guesses from the first text of a file's column.

    Where rows were left out or sorted, any text may be the first: all have to be of one format.
    """
    texts = call.reader.find_first_texts(rows, expr.name) if isinstance(expr, Col) else []
    if isinstance(rows.origin, Loaded) and not rows.where:
        texts = texts[:1]
    form = guess_format(texts, dayfirst=bool(call.read_constant("dayfirst")))
    if form is None or list_tables(rows):
        raise call.fail("pd.to_datetime of texts is read with a format, or of a file's: --data")
    return form


def _read_moment(call: CodeCall, text: object) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(str(text))
    except ValueError:
        raise call.fail(f"{text!r} is not a time that can be read") from None


def _start_of(parts: list[Value]) -> tuple[Series, str] | None:
    """Return the time and the unit of `datetime(x.year, x.month, 1)`; None where it is none."""
    words = ("year", "month", "day")
    for count, unit in ((2, "month"), (3, "day")):
        exprs = [one.expr for one in parts[:count] if isinstance(one, Series)]
        rest = [one.value for one in parts[count:] if isinstance(one, Const)]
        match exprs:
            case [Word("year", (time,)), *_] if len(parts) == 3 and rest == [1] * (3 - count):
                if exprs == [Word(word, (time,)) for word in words[:count]]:
                    return cast("Series", parts[0]).with_expr(time), unit
    return None


def read_timestamp(call: CodeCall) -> Value:
    """Read `pd.Timestamp('2024-01-31')` and `datetime(2024, 1, 31)`."""
    if start := _start_of(call.read_items("*")):
        return read_truncated(call.node, *start)
    values = [to_python(one, call.node, "a part of a time") for one in call.read_items("*")]
    if len(values) == 1:
        return Const(_read_moment(call, values[0]))
    try:
        return Const(dt.datetime(*values))
    except (TypeError, ValueError) as error:
        raise call.fail(f"Python raises here: {error}") from None


def read_span_of_time(call: CodeCall) -> Const:
    """Read `timedelta(days=1)` and `pd.Timedelta('1 day')`, as a span of whole seconds."""
    values = [to_python(one, call.node, "a span of time") for one in call.read_items("*")]
    given = {
        name: to_python(one, call.node, "a span of time") for name, one in call.take_extra().items()
    }
    try:
        match values:
            case [str(text)]:
                count, _, unit = text.partition(" ")
                return Const(dt.timedelta(**{f"{unit.rstrip('s')}s": int(count)}))
            case [int(count), str(unit)]:
                return Const(dt.timedelta(**{SPANS.get(unit, unit): count}))
        return Const(dt.timedelta(*values, **given))
    except (TypeError, ValueError):
        raise call.fail("a span of time is read as timedelta(days=1) or '1 day'") from None


SPANS = {"D": "days", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def read_to_numeric(call: CodeCall) -> Value:
    """Read `pd.to_numeric`."""
    value = call.require("arg")
    call.read_constant("downcast")
    found = alignment.align(call.node, value)
    if operators.read_kind(found.exprs[0], found.rows) in {"int", "float", "decimal"}:
        return value
    if call.read_constant("errors", "raise") not in {"coerce", "raise"}:
        raise call.fail("pd.to_numeric is read with errors='coerce', or without errors")
    return found.make(operators.call_word(call.node, "number", found.exprs[0]))


def read_series(call: CodeCall) -> Value:
    """Read `pd.Series({…})` of a group's numbers, and of one value for each name."""
    data = call.require("data")
    index = call.read_constant("index")
    match data:
        case Mapping():
            return data
        case Items(values) if index is not None and len(index) == len(values):
            return Mapping(tuple(zip(index, values, strict=True)))
        case Series():
            return replace(data, placed=False, labels=RowLabels(data.rows)) if data.placed else data
    raise call.fail("pd.Series is read of a dict of numbers that a function of groups returns")


def read_frame(call: CodeCall) -> Value:
    """Read `pd.DataFrame({name: column})` of columns of the same rows."""
    data = call.read_value("data")
    match data:
        case Const(dict() as table) if _is_listed(call, table):
            return Part(LISTED, data)
        case Const(None) if not call.given:
            return Part("no columns", data)
        case Mapping(pairs):
            return join_columns(call, list(pairs))
        case Frame():
            return data
        case Series():
            return as_frame(call.node, data)
    raise call.fail("pd.DataFrame is read of a dict of columns; save listed data to a file")


def _is_listed(call: CodeCall, table: dict[object, object]) -> bool:
    """Return whether a dict has lists of one length, the columns of a frame."""
    lists = [one for one in table.values() if isinstance(one, list | tuple)]
    same = len({len(one) for one in lists}) == 1
    return same and len(lists) == len(table) and {*call.given} == {"data"}


def read_dummies(call: CodeCall) -> Frame:
    """Read `pd.get_dummies(frame, columns=[…])`: its other columns stay as they are."""
    frame, labels = call.require("data"), call.read_names("columns")
    for name in ("drop_first", "prefix", "dtype", "dummy_na", "prefix_sep"):
        call.read_constant(name)
    if not isinstance(frame, Frame) or not labels:
        raise call.fail("pd.get_dummies is read of a frame and columns, whose others are kept")
    why = "columns of pd.get_dummies are not read; the nearest is df['a'] == 'value'"
    kept = {label: name for label, name in frame.columns.items() if label not in labels}
    made = replace(frame, columns=kept, dropped=frame.dropped | {*map(str, labels)})
    return made.without("columns of values", why)


def read_merge(call: CodeCall) -> Value:
    """Read `pd.merge(left, right, …)`."""
    left, right = call.require("left"), call.require("right")
    if isinstance(left, Frame) and isinstance(right, Part):
        return read_frame_merge(call, left)
    if not isinstance(left, Frame) or not isinstance(right, Frame):
        raise call.fail("merge is read of two frames")
    return merge_frames(call, left, right)


def read_grouper(call: CodeCall) -> Value:
    """Read `pd.Grouper(key, freq)`."""
    key, unit = call.read_constant("key"), call.read_constant("freq")
    return Part("grouper", Const(key), (key, check_period(call, unit)))


def read_pair(call: CodeCall) -> Value:
    """Read `pd.NamedAgg(column, aggfunc)`."""
    return Items((call.require("column"), call.require("aggfunc")))


def read_pivot(call: CodeCall) -> Value:
    """Read `pd.pivot_table(frame, …)`."""
    frame = call.require("data")
    if not isinstance(frame, Frame):
        raise call.fail("pivot_table is read of a frame")
    return read_pivot_table(call, frame)


def of_argument(read: Callable[[CodeCall, Value], Value]) -> Callable[[CodeCall], Value]:
    """Return what reads a function as the method of its argument."""

    def read_function(call: CodeCall) -> Value:
        return read(call, call.require("x"))

    return read_function


def write_word(name: str) -> Callable[[CodeCall], Value]:
    """Return what reads a function of one number, of a constant too."""

    def read(call: CodeCall) -> Value:
        value = call.require("x")
        if isinstance(value, Const):
            return _read_constant_word(call, name, value.value)
        return make_word_reader(name)(call, value)

    return read


def _read_constant_word(call: CodeCall, name: str, value: object) -> Const:
    function: Callable[..., Any] = getattr(math, {"abs": "fabs"}.get(name, name))
    try:
        return Const(function(value))
    except (TypeError, ValueError, OverflowError) as error:
        raise call.fail(f"Python raises here: {error}") from None


def read_two_numbers(name: str) -> Callable[[CodeCall], Value]:
    """Return what reads a function of two numbers."""

    def read(call: CodeCall) -> Value:
        found = alignment.align(call.node, call.require("x"), call.require("y"))
        return found.make(operators.call_word(call.node, name, *found.exprs))

    return read


def read_is_finite(call: CodeCall) -> Value:
    """Read `np.isfinite(x)`: a number that is neither missing nor infinite."""
    found = alignment.align(call.node, call.require("x"))
    size = operators.call_word(call.node, "abs", number(found.exprs[0], found.rows))
    return found.make(Compare("<=", size, Lit(sys.float_info.max)))


def read_sorted_values(call: CodeCall) -> Value:
    """Read `np.unique(column)`: its distinct values, sorted."""
    column = call.require("ar")
    if not isinstance(column, Series):
        raise call.fail("np.unique is read of a column")
    found = read_unique(call, column)
    by = SortKey(cast("Col", found.expr).name)
    return replace(found, rows=sort(found.rows, (by,)), placed=True)


def read_power(call: CodeCall) -> Value:
    """Read `np.power(x, y)`."""
    return operators.read_binary(call.node, ast.Pow(), call.require("x"), call.require("y"))


def read_square(call: CodeCall) -> Value:
    """Read `np.square(x)`."""
    return operators.read_binary(call.node, ast.Pow(), call.require("x"), Const(2))


def reduce_argument(name: str) -> Callable[[CodeCall], Value]:
    """Return what reads `np.sum(column)` and the like."""

    def read(call: CodeCall) -> Value:
        value = call.require("a")
        call.read_constant("axis")
        if isinstance(value, Items) and name == "sum":
            return operators.add_up(call.node, value.values)
        if not isinstance(value, Series):
            raise call.fail(f"{call.name} is read of a column")
        return operators.reduce(value, name)

    return read


def read_spread(call: CodeCall) -> Value:
    """Read `np.std` and `np.var` of a column: the population's unless ddof=1."""
    value = call.require("a")
    if not isinstance(value, Series):
        raise call.fail(f"{call.name} is read of a column")
    name = call.name.rpartition(".")[2].removeprefix("nan")
    return spread(call, value, name, call.read_constant("ddof", 0))


def read_average(call: CodeCall) -> Value:
    """Read `np.average(x, weights=w)`."""
    values = call.require("a")
    if not call.has("weights"):
        return reduce_argument("mean")(call)
    found = alignment.align(call.node, *map(alignment.place, (values, call.read_value("weights"))))
    rows = found.rows
    if any(can_miss(expr, rows.schema) for expr in found.exprs) and rows.schema is not None:
        raise call.fail("np.average does not skip missing values; drop them first")
    value, weight = (number(expr, rows) for expr in found.exprs)
    made = Arith("/", Agg("sum", (Arith("*", value, weight),)), Agg("sum", (weight,)))
    scope = found.like.scope if found.like else ()
    return Scalar(rows, made, scope)


def read_percentile(call: CodeCall) -> Value:
    """Read `np.percentile(x, 90)` and `np.quantile(x, 0.9)`."""
    value, share = call.require("a"), call.read_constant("q")
    if not isinstance(value, Series) or not isinstance(share, int | float):
        raise call.fail(f"{call.name} is read of a column, with one number")
    part = share / 100 if "percentile" in call.name else share
    return _miss_if_any(operators.reduce(value, "quantile", Lit(part)), value)


def reduce_whole(name: str) -> Callable[[CodeCall], Value]:
    """Return what reads `np.median(x)` and Python's `sum(x)`, which leave no missing value out."""

    def read(call: CodeCall) -> Value:
        found, value = reduce_argument(name)(call), call.require("a")
        return _miss_if_any(found, value) if isinstance(value, Series) else found

    return read


def _miss_if_any(found: Value, value: Series) -> Value:
    """Return a number of a column as NumPy has it: missing if a value is."""
    value = alignment.materialize(value)
    if not (isinstance(found, Scalar) and can_miss(value.expr, value.rows.schema)):
        return found
    some = Compare("<", Agg("count", (value.expr,)), Agg("size", ()))
    return replace(found, expr=build_case(((some, Lit(None)),), found.expr))


MELT = "id_vars value_vars var_name value_name col_level ignore_index"
_MERGE = "left right how on left_on right_on left_index right_index sort suffixes copy indicator"
LIBRARIES: dict[str, Method] = {
    **{
        f"pd.{name}": Method(read_file, "path sep delimiter usecols columns nrows index_col dtype")
        for name in READERS
    },
    **{f"np.{name}": Method(write_word(to), "x") for name, to in WORDS.items()},
    **{f"math.{name}": Method(write_word(to), "x") for name, to in WORDS.items()},
    **{f"np.{name}": Method(read_two_numbers(to), "x y") for name, to in TWO_WORDS.items()},
    **{f"math.{name}": Method(read_two_numbers(to), "x y") for name, to in TWO_WORDS.items()},
    **{f"np.{name}": Method(reduce_argument(to), "a axis") for name, to in REDUCTIONS.items()},
    **{f"np.{name}": Method(read_spread, "a axis dtype out ddof") for name in ("std", "var")},
    **{f"np.{name}": Method(read_spread, "a axis dtype out ddof") for name in ("nanstd", "nanvar")},
    **{f"np.{name}": Method(read_extreme, "*") for name in ("minimum", "maximum")},
    **{f"builtins.{name}": Method(read_extreme, "*") for name in ("min", "max")},
    **{f"pd.{name}": Method(read_is_missing, "x") for name in ("isna", "isnull", "notna")},
    "pd.notnull": Method(read_is_missing, "x"),
    "np.isnan": Method(read_is_missing, "x"),
    "np.isfinite": Method(read_is_finite, "x"),
    "math.isnan": Method(read_is_missing, "x"),
    "np.where": Method(read_where, "condition x y"),
    "np.corrcoef": Method(read_correlation, "x y"),
    "np.arange": Method(read_range, "*"),
    "np.array": Method(read_array, "object"),
    "np.select": Method(read_select, "condlist choicelist default"),
    "np.unique": Method(read_sorted_values, "ar"),
    "np.median": Method(reduce_whole("median"), "a axis"),
    "np.average": Method(read_average, "a axis weights"),
    "np.percentile": Method(read_percentile, "a q"),
    "np.quantile": Method(read_percentile, "a q"),
    "np.power": Method(read_power, "x y"),
    "math.pow": Method(read_power, "x y"),
    "np.square": Method(read_square, "x"),
    "np.round": Method(of_argument(read_round), "x decimals"),
    "builtins.round": Method(of_argument(read_python_round), "x decimals"),
    "pd.cut": Method(
        read_cut, "x bins right labels retbins precision include_lowest duplicates ordered"
    ),
    "pd.Categorical": Method(read_categorical, "values categories ordered dtype"),
    **{
        f"pd.{path}CategoricalDtype": Method(read_dtype, "categories ordered")
        for path in ("", "api.types.")
    },
    "pd.qcut": Method(read_quantile_cut, "x q labels retbins precision duplicates"),
    "pd.to_datetime": Method(read_to_datetime, "arg errors dayfirst yearfirst utc format exact"),
    "pd.DatetimeIndex": Method(read_time_index, "arg"),
    "pd.to_numeric": Method(read_to_numeric, "arg errors downcast"),
    "pd.Timestamp": Method(read_timestamp, "*"),
    "datetime.timedelta": Method(read_span_of_time, "* **"),
    "pd.Timedelta": Method(read_span_of_time, "* **"),
    "np.timedelta64": Method(read_span_of_time, "*"),
    "datetime.datetime": Method(read_timestamp, "*"),
    "datetime.date": Method(read_timestamp, "*"),
    "pd.Series": Method(read_series, "data index dtype name copy"),
    "pd.DataFrame": Method(read_frame, "data index columns dtype copy"),
    "pd.get_dummies": Method(
        read_dummies, "data prefix prefix_sep dummy_na columns sparse drop_first dtype"
    ),
    "pd.melt": Method(read_melted, f"frame {MELT}"),
    "pd.concat": Method(
        read_concat, "objs axis join ignore_index keys levels names verify_integrity sort copy"
    ),
    "pd.merge": Method(read_merge, f"{_MERGE} validate"),
    "pd.Grouper": Method(read_grouper, "key level freq"),
    "pd.NamedAgg": Method(read_pair, "column aggfunc"),
    "pd.pivot_table": Method(
        read_pivot,
        "data values index columns aggfunc fill_value margins dropna margins_name observed",
    ),
    "pd.crosstab": Method(
        read_crosstab,
        "index columns values rownames colnames aggfunc margins margins_name dropna normalize",
    ),
    "builtins.len": Method(read_length, "x"),
    "builtins.sum": Method(reduce_whole("sum"), "a"),
    "builtins.abs": Method(write_word("abs"), "x"),
    "builtins.any": Method(reduce_argument("any"), "a"),
    "builtins.all": Method(reduce_argument("all"), "a"),
    **{
        f"builtins.{name}": Method(read_conversion, "x") for name in ("int", "float", "str", "bool")
    },
    **{
        f"builtins.{name}": Method(read_list, "*")
        for name in ("list", "tuple", "sorted", "range", "set")
    },
    **{f"glob.{name}": Method(list_paths, "pathname") for name in ("glob", "iglob")},
    "os.path.join": Method(join_paths, "*"),
    "pathlib.Path": Method(read_folder, "path"),
    "builtins.dict": Method(read_dict, "* **"),
    "builtins.zip": Method(read_zip, "*"),
    "builtins.enumerate": Method(read_zip, "*"),
    "builtins.type": Method(read_type, "x"),
    **PATTERNS,
    "builtins.isinstance": Method(read_is_text, "x y"),
}
