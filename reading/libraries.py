"""Functions of pandas, NumPy, math and Python."""

from __future__ import annotations

import ast
import datetime as dt
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from ..spec.expression import Agg, Arith, Col, Compare, Expr, IsMissing, Lit
from ..spec.parser import case, chain
from . import operators
from .calls import Call, Method, plain
from .columns import as_frame, convert, look_up, read_missing, read_round, row_word, spread
from .frames import assign_column, slice_rows
from .meaning import can_miss, negate
from .merges import merge_frames
from .model import LoadedFrame
from .operators import number
from .periods import check_period
from .values import (
    Column,
    Const,
    Frame,
    Items,
    Library,
    Mapping,
    Part,
    Scalar,
    Value,
)
from .wide import read_pivot_table

READERS = ("read_csv", "read_parquet", "read_table", "read_feather")
# Options of read_csv that change nothing in what a workload reads, or that its reader finds out.
READ_SILENTLY = {"low_memory", "engine", "encoding", "memory_map", "parse_dates", "dtype_backend"}
READ_SILENTLY |= {"infer_datetime_format", "cache_dates", "path", "filepath_or_buffer"}
_NAN = ("numpy.nan", "numpy.NaN", "numpy.NAN", "pandas.NA", "pandas.NaT", "math.nan")
CONSTANTS: dict[str, object] = {
    **dict.fromkeys(_NAN),
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


def read_file(call: Call) -> Frame:
    """Read `pd.read_csv(…)` and the like."""
    path = call.constant("path") if call.has("path") else call.constant("filepath_or_buffer")
    if not isinstance(path, str):
        raise call.fail("the file's path must be a constant text")
    node = call.node
    options = tuple((one.arg or "", ast.unparse(one.value)) for one in node.keywords)
    reader = call.name.removeprefix("pd.")
    end = node.end_lineno or node.lineno
    found = LoadedFrame(_table_name(path), path, reader, options, node.lineno, end)
    frame = call.reader.load(found)
    frame = _choose_columns(call, frame)
    call.used |= READ_SILENTLY | {"dtype"}
    _check_types(call)
    if call.has("nrows"):
        frame = slice_rows(node, frame, slice(None, call.constant("nrows")))
    if call.has("index_col"):
        raise call.fail("index_col is not read; call set_index afterwards")
    return frame


def _check_types(call: Call) -> None:
    kinds = call.given.get("dtype")
    if kinds is None:
        return
    names = kinds.value if isinstance(kinds, Const) else None
    given = list(names.values()) if isinstance(names, dict) else [names]
    if any(name in {"str", "string", "object"} for name in given):
        raise call.fail("dtype of text is not read; a workload reads digits as numbers")


def _choose_columns(call: Call, frame: Frame) -> Frame:
    labels = call.names("usecols") or call.names("columns")
    if not labels:
        return frame
    if not all(isinstance(label, str) for label in labels):
        raise call.fail("usecols is read with the names of columns")
    if frame.complete:
        labels = [label for label in frame.columns if label in labels]
    for label in labels:
        call.reader.need(call.node, frame, label)
    return replace(frame, columns={label: label for label in labels}, complete=True)


def _table_name(path: str) -> str:
    stem = path.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    word = "".join(sign if sign.isalnum() and sign.isascii() else "_" for sign in stem).strip("_")
    return word if word and word[0].isalpha() else f"data_{word}".rstrip("_")


def read_where(call: Call) -> Value:
    """Read `np.where(condition, x, y)`."""
    test, then, other = (call.need(name) for name in ("condition", "x", "y"))
    return operators.choose(call.node, test, then, other)


def read_select(call: Call) -> Value:
    """Read `np.select(conditions, choices, default)`."""
    tests, values = (_items(call, name) for name in ("condlist", "choicelist"))
    if len(tests) != len(values):
        raise call.fail("np.select needs as many choices as conditions")
    made: Value = call.value("default") if "default" in call.given else Const(0)
    for test, value in reversed(list(zip(tests, values, strict=True))):
        made = operators.choose(call.node, test, value, made)
    return made


def _items(call: Call, name: str) -> list[Value]:
    match call.need(name):
        case Items(values):
            return list(values)
        case Const(list() | tuple() as values):
            return [Const(one) for one in values]
    raise call.fail(f"{call.name} is read with a list of {name}")


def read_cut(call: Call) -> Value:
    """Read `pd.cut(column, bins, labels)`."""
    bins, labels = call.constant("bins"), call.constant("labels")
    right, lowest = call.constant("right", True), call.constant("include_lowest", False)
    if not isinstance(bins, list | tuple):
        raise call.fail("pd.cut is read with a list of bins")
    if labels is None:
        raise call.fail("pd.cut without labels makes intervals; give labels, or labels=False")
    if labels is False:
        labels = list(range(len(bins) - 1))
    if len(labels) != len(bins) - 1:
        raise call.fail("pd.cut needs one label less than bins")
    found = operators.align(call.node, call.need("x"))
    subject = found.exprs[0]
    branches = []
    for number_of, (low, high, label) in enumerate(zip(bins, bins[1:], labels, strict=False)):
        inside = _within(call, subject, low, high, right, lowest and number_of == 0)
        branches.append((inside, operators.literal(label, call.node)))
    made = case(tuple(branches), Lit(None))
    call.reader.categories.add(made)
    return found.make(made)


def _within(  # noqa: PLR0913 - a bin and how its edges count
    call: Call, subject: Expr, low: float, high: float, right: bool, lowest: bool
) -> Expr:
    ops = (">=" if lowest or not right else ">", "<=" if right else "<")
    tests = [
        Compare(op, subject, operators.literal(edge, call.node))  # type: ignore[arg-type]
        for op, edge in zip(ops, (low, high), strict=True)
        if not (isinstance(edge, float) and math.isinf(edge))
    ]
    if not tests:
        return Compare("==", subject, subject)
    return tests[0] if len(tests) == 1 else chain("and", *tests)


def read_to_datetime(call: Call) -> Value:
    """Read `pd.to_datetime`: of times themselves, of texts, or of a constant."""
    value = call.need("arg")
    call.constant("errors")
    call.constant("infer_datetime_format")
    pattern = call.constant("format")
    if isinstance(value, Const):
        return Const(_moment(call, value.value))
    found = operators.align(call.node, value)
    known = operators.kind_of(found.exprs[0], found.rows)
    if known in {"date", "timestamp", None}:
        return value
    if pattern is None:
        raise call.fail("pd.to_datetime of texts is read with a format")
    return found.make(operators.word(call.node, "parse", found.exprs[0], Lit(pattern)))


def _moment(call: Call, text: object) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(str(text))
    except ValueError:
        raise call.fail(f"{text!r} is not a time that can be read") from None


def read_timestamp(call: Call) -> Const:
    """Read `pd.Timestamp('2024-01-31')` and `datetime(2024, 1, 31)`."""
    values = [plain(one, call.node, "a part of a time") for one in _items(call, "*")]
    if len(values) == 1:
        return Const(_moment(call, values[0]))
    try:
        return Const(dt.datetime(*values))
    except (TypeError, ValueError) as error:
        raise call.fail(f"Python raises here: {error}") from None


def read_span_of_time(call: Call) -> Const:
    """Read `timedelta(days=1)` and `pd.Timedelta('1 day')`, as a span of whole seconds."""
    values = [plain(one, call.node, "a span of time") for one in _items(call, "*")]
    given = {name: plain(one, call.node, "a span of time") for name, one in call.extra.items()}
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


def read_to_numeric(call: Call) -> Value:
    """Read `pd.to_numeric`."""
    value = call.need("arg")
    call.constant("downcast")
    found = operators.align(call.node, value)
    if operators.kind_of(found.exprs[0], found.rows) in {"int", "float", "decimal"}:
        return value
    if call.constant("errors", "raise") != "coerce":
        raise call.fail("pd.to_numeric is read with errors='coerce'")
    return found.make(operators.word(call.node, "number", found.exprs[0]))


def read_series(call: Call) -> Value:
    """Read `pd.Series({…})` of a group's numbers, and of one value for each name."""
    data = call.need("data")
    index = call.constant("index")
    match data:
        case Mapping():
            return data
        case Items(values) if index is not None and len(index) == len(values):
            return Mapping(tuple(zip(index, values, strict=True)))
        case Column():
            return data
    raise call.fail("pd.Series is read of a dict of numbers that a function of groups returns")


def read_frame(call: Call) -> Value:
    """Read `pd.DataFrame({name: column})` of columns of the same rows."""
    data = call.need("data")
    match data:
        case Mapping(pairs):
            return _beside(call, list(pairs))
        case Frame():
            return data
        case Column():
            return as_frame(call.node, data)
    raise call.fail("pd.DataFrame is read of a dict of columns; save listed data to a file")


def _beside(call: Call, pairs: list[tuple[object, Value]]) -> Frame:
    columns = [value for _, value in pairs if isinstance(value, Column)]
    if not columns:
        raise call.fail("a frame is read if it is made of columns")
    first = operators.materialize(columns[0])
    rows = first.rows
    for column in columns[1:]:
        made = operators.common_rows(rows, operators.materialize(column).rows)
        if made is None:
            raise call.fail("these columns are of different rows; merge their frames")
        rows = made
    frame = Frame(rows, {}, index=first.index)
    for label, value in pairs:
        frame = assign_column(call.node, frame, cast("str", label), value)
    return frame


def read_concat(call: Call) -> Value:
    """Read `pd.concat([…], axis=1)` of series of the same rows."""
    parts = _items(call, "objs")
    keys = call.names("keys")
    call.constant("ignore_index")
    if call.constant("axis", 0) not in {1, "columns"}:
        raise call.fail("pd.concat of rows is not read; name several files: files: data/*.parquet")
    pairs: list[tuple[object, Value]] = []
    for number_of, part in enumerate(parts):
        match part:
            case Column():
                label = keys[number_of] if keys else part.name
                pairs.append((label if label is not None else number_of, part))
            case Frame(complete=True):
                pairs += [
                    (label, Column(part.rows, operators.to_expr(one, call.node), index=part.index))
                    for label, one in _columns_of(part)
                ]
            case _:
                raise call.fail("pd.concat is read of series of the same rows")
    return _beside(call, pairs)


def _columns_of(frame: Frame) -> list[tuple[object, Value]]:
    return [(label, Column(frame.rows, Col(name))) for label, name in frame.columns.items()]


def read_merge(call: Call) -> Value:
    """Read `pd.merge(left, right, …)`."""
    left, right = call.need("left"), call.need("right")
    if not isinstance(left, Frame) or not isinstance(right, Frame):
        raise call.fail("merge is read of two frames")
    return merge_frames(call, left, right)


def read_grouper(call: Call) -> Value:
    """Read `pd.Grouper(key, freq)`."""
    key, unit = call.constant("key"), call.constant("freq")
    if key is None:
        raise call.fail("pd.Grouper is read with a key")
    return Part("grouper", Const(key), (key, check_period(call, unit)))


def read_pair(call: Call) -> Value:
    """Read `pd.NamedAgg(column, aggfunc)`."""
    return Items((call.need("column"), call.need("aggfunc")))


def read_pivot(call: Call) -> Value:
    """Read `pd.pivot_table(frame, …)`."""
    frame = call.need("data")
    if not isinstance(frame, Frame):
        raise call.fail("pivot_table is read of a frame")
    return read_pivot_table(call, frame)


def read_crosstab(call: Call) -> Value:
    """Read `pd.crosstab`, which makes a wide table."""
    message = "a wide table is not read; the nearest is groupby([a, b]).size(), one row a group"
    raise call.fail(message)


def of_argument(read: Callable[[Call, Value], Value]) -> Callable[[Call], Value]:
    """Return what reads a function as the method of its argument."""

    def read_function(call: Call) -> Value:
        return read(call, call.need("x"))

    return read_function


def word(name: str) -> Callable[[Call], Value]:
    """Return what reads a function of one number, of a constant too."""

    def read(call: Call) -> Value:
        value = call.need("x")
        if isinstance(value, Const):
            return _constant_word(call, name, value.value)
        return row_word(name)(call, value)

    return read


def _constant_word(call: Call, name: str, value: object) -> Const:
    function: Callable[..., Any] = getattr(math, {"abs": "fabs"}.get(name, name))
    try:
        return Const(function(value))
    except (TypeError, ValueError, OverflowError) as error:
        raise call.fail(f"Python raises here: {error}") from None


def two_words(name: str) -> Callable[[Call], Value]:
    """Return what reads a function of two numbers."""

    def read(call: Call) -> Value:
        found = operators.align(call.node, call.need("x"), call.need("y"))
        return found.make(operators.word(call.node, name, *found.exprs))

    return read


def read_power(call: Call) -> Value:
    """Read `np.power(x, y)`."""
    return operators.binary(call.node, ast.Pow(), call.need("x"), call.need("y"))


def read_square(call: Call) -> Value:
    """Read `np.square(x)`."""
    return operators.binary(call.node, ast.Pow(), call.need("x"), Const(2))


def reduce_argument(name: str) -> Callable[[Call], Value]:
    """Return what reads `np.sum(column)` and the like."""

    def read(call: Call) -> Value:
        value = call.need("a")
        call.constant("axis")
        if not isinstance(value, Column):
            raise call.fail(f"{call.name} is read of a column")
        return operators.reduce(value, name)

    return read


def read_spread(call: Call) -> Value:
    """Read `np.std` and `np.var` of a column: the population's unless ddof=1."""
    value = call.need("a")
    if not isinstance(value, Column):
        raise call.fail(f"{call.name} is read of a column")
    name = call.name.rpartition(".")[2].removeprefix("nan")
    return spread(call, value, name, call.constant("ddof", 0))


def read_average(call: Call) -> Value:
    """Read `np.average(x, weights=w)`."""
    values = call.need("a")
    if not call.has("weights"):
        return reduce_argument("mean")(call)
    found = operators.align(call.node, values, call.value("weights"))
    rows = found.rows
    if any(can_miss(expr, rows.schema) for expr in found.exprs) and rows.schema is not None:
        raise call.fail("np.average does not skip missing values; drop them first")
    value, weight = (number(expr, rows) for expr in found.exprs)
    made = Arith("/", Agg("sum", (Arith("*", value, weight),)), Agg("sum", (weight,)))
    scope = found.like.scope if found.like else ()
    return Scalar(rows, made, scope)


def read_percentile(call: Call) -> Value:
    """Read `np.percentile(x, 90)` and `np.quantile(x, 0.9)`."""
    value, share = call.need("a"), call.constant("q")
    if not isinstance(value, Column) or not isinstance(share, int | float):
        raise call.fail(f"{call.name} is read of a column, with one number")
    part = share / 100 if "percentile" in call.name else share
    found = operators.reduce(value, "quantile", Lit(part))
    value = operators.materialize(value)
    if not can_miss(value.expr, value.rows.schema):
        return found
    # NumPy's answer is missing if a value is
    some = Compare("<", Agg("count", (value.expr,)), Agg("size", ()))
    return replace(found, expr=case(((some, Lit(None)),), found.expr))


def read_extreme(call: Call) -> Value:
    """Read Python's `min` and `max` of a column, or of several values."""
    values = _items(call, "*")
    word_of = call.name.rpartition(".")[2].removesuffix("imum")
    if len(values) == 1:
        match values[0]:
            case Column() as column:
                return operators.reduce(column, word_of)
            case Const(list() | tuple() as found):
                return Const({"min": min, "max": max}[word_of](found))
            case Items(inner):
                values = list(inner)
    if all(isinstance(one, Const) for one in values):
        constants = [one.value for one in values if isinstance(one, Const)]
        return Const({"min": min, "max": max}[word_of](constants))
    aligned = operators.align(call.node, *values)
    exprs = (number(expr, aligned.rows) for expr in aligned.exprs)
    return aligned.make(operators.word(call.node, word_of, *exprs))


def read_length(call: Call) -> Value:
    """Read `len`: of rows, of a text, or of a constant."""
    value = call.need("x")
    match value:
        case Frame(rows=rows, scope=scope):
            return Scalar(rows, Agg("size", ()), scope)
        case Column(element=True):
            found = operators.align(call.node, value)
            return found.make(operators.word(call.node, "len", found.exprs[0]))
        case Column():
            return Scalar(value.rows, Agg("size", ()), value.scope)
        case Part("parts", Column() as inner, (None,)):
            found = operators.align(call.node, inner)
            return found.make(operators.word(call.node, "count_words", found.exprs[0]))
        case Const(found):
            return Const(len(found))
        case Items(values):
            return Const(len(values))
    raise call.fail("the length of this is not read")


def read_conversion(call: Call) -> Value:
    """Read `int(x)`, `float(x)` and `str(x)`."""
    value = call.need("x")
    name = call.name.rpartition(".")[2]
    if isinstance(value, Const):
        try:
            return Const({"int": int, "float": float, "str": str, "bool": bool}[name](value.value))
        except (TypeError, ValueError) as error:
            raise call.fail(f"Python raises here: {error}") from None
    if isinstance(value, Scalar) and name in {"int", "float"}:
        return value
    return convert(call.node, value, name)


_LISTS: dict[str, Callable[..., Any]] = {
    "list": list,
    "tuple": tuple,
    "sorted": sorted,
    "range": range,
    "set": set,
}


def read_list(call: Call) -> Value:
    """Read `list`, `tuple`, `sorted` and `range` of constants."""
    values = [plain(one, call.node, "an argument") for one in _items(call, "*")]
    name = call.name.rpartition(".")[2]
    made = _LISTS[name]
    if name == "range" and any(isinstance(one, int) and abs(one) > 10_000 for one in values):
        raise call.fail("a range of so many numbers is not read")
    try:
        return Const(list(made(*values)) if name != "tuple" else tuple(*values))
    except TypeError as error:
        raise call.fail(f"Python raises here: {error}") from None


def read_dict(call: Call) -> Value:
    """Read `dict(a=…)` and `dict(zip(…))`."""
    pairs = [*call.extra.items()]
    values = _items(call, "*")
    if values:
        found = plain(values[0], call.node, "an argument")
        pairs += [(key, Const(value)) for key, value in dict(found).items()]
    if all(isinstance(value, Const) for _, value in pairs):
        return Const({key: value.value for key, value in pairs if isinstance(value, Const)})
    return Mapping(tuple(pairs))


def read_zip(call: Call) -> Value:
    """Read `zip` and `enumerate` of constant lists."""
    lists = [plain(one, call.node, "an argument") for one in _items(call, "*")]
    made = enumerate(*lists) if call.name.endswith("enumerate") else zip(*lists, strict=False)
    return Const(list(made))


def read_is_missing(call: Call) -> Value:
    """Read `pd.isna(x)` and `np.isnan(x)`."""
    value = call.need("x")
    if isinstance(value, Const):
        return Const(value.value is None)
    if "not" in call.name:
        call.name = "notna"
    else:
        call.name = "isna"
    return read_missing(call, value)


def read_is_text(call: Call) -> Value:
    """Read `isinstance(x, str)` of a column whose kind is known."""
    value, kind = call.need("x"), call.need("y")
    names = [one.name.rpartition(".")[2] for one in _libraries(kind)]
    if not isinstance(value, Column) or not names:
        raise call.fail("isinstance is read of a value of a row")
    known = operators.kind_of(value.expr, value.rows)
    wanted = {"str": "string", "int": "int", "float": "float", "bool": "bool"}
    if known is None:
        raise call.fail("the type of this column is not known: give --data")
    matches = any(wanted.get(name) == known for name in names)
    if not matches or not can_miss(value.expr, value.rows.schema):
        return Const(matches)
    return value.with_expr(negate(IsMissing(value.expr)))


def _libraries(value: Value) -> list[Library]:
    found = value.values if isinstance(value, Items) else (value,)
    return [one for one in found if isinstance(one, Library)]


def read_text_method(call: Call, text: Const) -> Const:
    """Read a method of a constant text."""
    values = [plain(one, call.node, "an argument") for one in _items(call, "*")]
    keywords = {name: plain(one, call.node, "an argument") for name, one in call.extra.items()}
    try:
        return Const(getattr(text.value, call.name)(*values, **keywords))
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise call.fail(f"Python raises here: {error}") from None


CONSTANT_TEXT = {
    name: Method(read_text_method, "* **")
    for name in ("join", "lower", "upper", "strip", "replace", "format", "split", "startswith")
}


def read_dict_method(call: Call, found: Const) -> Value:
    """Read `items()`, `keys()`, `values()` and `get()` of a constant dict."""
    given = _items(call, "*")
    if call.name == "get" and given and isinstance(given[0], Column):
        default = given[1] if len(given) > 1 else Const(None)
        return look_up(call.node, given[0], found.value, default)
    values = [plain(one, call.node, "an argument") for one in given]
    made = getattr(found.value, call.name)(*values)
    return Const(made if call.name == "get" else list(made))


CONSTANT_DICT = {name: Method(read_dict_method, "*") for name in ("items", "keys", "values", "get")}
_MERGE = "left right how on left_on right_on left_index right_index sort suffixes copy indicator"
LIBRARIES: dict[str, Method] = {
    **{
        f"pd.{name}": Method(read_file, "path sep delimiter usecols columns nrows index_col dtype")
        for name in READERS
    },
    **{f"np.{name}": Method(word(to), "x") for name, to in WORDS.items()},
    **{f"math.{name}": Method(word(to), "x") for name, to in WORDS.items()},
    **{f"np.{name}": Method(two_words(to), "x y") for name, to in TWO_WORDS.items()},
    **{f"math.{name}": Method(two_words(to), "x y") for name, to in TWO_WORDS.items()},
    **{f"np.{name}": Method(reduce_argument(to), "a axis") for name, to in REDUCTIONS.items()},
    **{f"np.{name}": Method(read_spread, "a axis dtype out ddof") for name in ("std", "var")},
    **{f"np.{name}": Method(read_spread, "a axis dtype out ddof") for name in ("nanstd", "nanvar")},
    **{f"np.{name}": Method(read_extreme, "*") for name in ("minimum", "maximum")},
    **{f"builtins.{name}": Method(read_extreme, "*") for name in ("min", "max")},
    **{f"pd.{name}": Method(read_is_missing, "x") for name in ("isna", "isnull", "notna")},
    "pd.notnull": Method(read_is_missing, "x"),
    "np.isnan": Method(read_is_missing, "x"),
    "math.isnan": Method(read_is_missing, "x"),
    "np.where": Method(read_where, "condition x y"),
    "np.select": Method(read_select, "condlist choicelist default"),
    "np.average": Method(read_average, "a axis weights"),
    "np.percentile": Method(read_percentile, "a q"),
    "np.quantile": Method(read_percentile, "a q"),
    "np.power": Method(read_power, "x y"),
    "math.pow": Method(read_power, "x y"),
    "np.square": Method(read_square, "x"),
    "np.round": Method(of_argument(read_round), "x decimals"),
    "builtins.round": Method(of_argument(read_round), "x decimals"),
    "pd.cut": Method(read_cut, "x bins right labels retbins precision include_lowest"),
    "pd.to_datetime": Method(read_to_datetime, "arg errors dayfirst yearfirst utc format exact"),
    "pd.to_numeric": Method(read_to_numeric, "arg errors downcast"),
    "pd.Timestamp": Method(read_timestamp, "*"),
    "datetime.timedelta": Method(read_span_of_time, "* **"),
    "pd.Timedelta": Method(read_span_of_time, "* **"),
    "datetime.datetime": Method(read_timestamp, "*"),
    "datetime.date": Method(read_timestamp, "*"),
    "pd.Series": Method(read_series, "data index dtype name copy"),
    "pd.DataFrame": Method(read_frame, "data index columns dtype copy"),
    "pd.concat": Method(read_concat, "objs axis join ignore_index keys levels names"),
    "pd.merge": Method(read_merge, f"{_MERGE} validate"),
    "pd.Grouper": Method(read_grouper, "key level freq"),
    "pd.NamedAgg": Method(read_pair, "column aggfunc"),
    "pd.pivot_table": Method(
        read_pivot,
        "data values index columns aggfunc fill_value margins dropna margins_name observed",
    ),
    "pd.crosstab": Method(
        read_crosstab, "index columns values rownames colnames aggfunc margins margins_name"
    ),
    "builtins.len": Method(read_length, "x"),
    "builtins.sum": Method(reduce_argument("sum"), "a"),
    "builtins.abs": Method(word("abs"), "x"),
    "builtins.any": Method(reduce_argument("any"), "a"),
    "builtins.all": Method(reduce_argument("all"), "a"),
    **{
        f"builtins.{name}": Method(read_conversion, "x") for name in ("int", "float", "str", "bool")
    },
    **{
        f"builtins.{name}": Method(read_list, "*")
        for name in ("list", "tuple", "sorted", "range", "set")
    },
    "builtins.dict": Method(read_dict, "* **"),
    "builtins.zip": Method(read_zip, "*"),
    "builtins.enumerate": Method(read_zip, "*"),
    "builtins.isinstance": Method(read_is_text, "x y"),
}
