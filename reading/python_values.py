"""Functions of Python: lists, dicts, lengths, conversions and tests of types."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, cast

from ..spec.expression import Agg, Arith, Col, Compare, Expr, IsMissing, Lit, build_case
from . import alignment, operators
from .accessors import count_text
from .aggregation import count_groups
from .calls import CodeCall, Method, to_python
from .columns import convert, look_up, read_missing, to_text
from .meaning import can_miss, negate
from .patterns import has_match
from .rows import Loaded, root_of
from .values import (
    CodeFunction,
    Const,
    Frame,
    Grouped,
    Items,
    Library,
    Mapping,
    Part,
    Scalar,
    Series,
    UnreadError,
    Value,
)


def find_identity_mistake(value: Series, *, none: bool) -> str:
    """Return why `x is None`, or `x is np.nan`, is false of a column's missing values, or empty."""
    expr, origin = value.rows.inline(value.expr), root_of(value.rows).origin
    if not isinstance(expr, Col) or not can_miss(expr, value.rows.schema):
        return ""
    kind = operators.read_kind(expr, value.rows)
    if kind not in {"string", None}:
        return "a missing number or time is another object each time"
    if kind is None or not isinstance(origin, Loaded) or origin.csv != none:
        return ""
    return "missing values of a CSV file are NaN" if none else "missing texts are None here"


def read_length(call: CodeCall) -> Value:
    """Read `len`: of rows, of a text, or of a constant."""
    value = call.require("x")
    match value:
        case Frame(rows=rows, scope=scope):
            return Scalar(rows, Agg("size", ()), scope)
        case Series(element=True):
            found = alignment.align(call.node, value)
            return found.make(operators.call_word(call.node, "len", found.exprs[0]))
        case Series():
            return Scalar(value.rows, Agg("size", ()), value.scope)
        case Part("parts", Series() as inner, (None, None)):
            found = alignment.align(call.node, inner)
            return found.make(operators.call_word(call.node, "count_words", found.exprs[0]))
        case Part("parts", Series() as inner, (str() as sign, None)):
            found = alignment.align(call.node, inner)
            return found.make(Arith("+", count_text(found.exprs[0], sign), Lit(1)))
        case Grouped():
            return count_groups(call.node, value)
        case Const(found):
            return Const(len(found))
        case Items(values):
            return Const(len(values))
    raise call.fail("the length of this is not read")


def read_conversion(call: CodeCall) -> Value:
    """Read `int(x)`, `float(x)` and `str(x)`."""
    value = call.require("x")
    name = call.name.rpartition(".")[2]
    if isinstance(value, Const):
        try:
            return Const({"int": int, "float": float, "str": str, "bool": bool}[name](value.value))
        except (TypeError, ValueError) as error:
            raise call.fail(f"Python raises here: {error}") from None
    if isinstance(value, Part) and value.kind == "match" and name == "bool":
        return has_match(call.node, value)
    if isinstance(value, Scalar) and name in {"int", "float"}:
        return value
    return to_text(call.node, value) if name == "str" else convert(call.node, value, name)


def read_extreme(call: CodeCall) -> Value:
    """Read Python's `min` and `max` of a column, or of several values."""
    values = call.read_items("*")
    word_of = call.name.rpartition(".")[2].removesuffix("imum")
    if len(values) == 1:
        match values[0]:
            case Series() as column:
                known = call.name.startswith("builtins.") and column.rows.schema
                if known and can_miss(column.expr, known):
                    raise call.fail(f"Python's {word_of} may answer NaN: write .{word_of}()")
                return operators.reduce(column, word_of)
            case Const(list() | tuple() as found):
                return Const({"min": min, "max": max}[word_of](found))
            case Items(inner):
                values = list(inner)
    if all(isinstance(one, Const) for one in values):
        constants = [one.value for one in values if isinstance(one, Const)]
        return Const({"min": min, "max": max}[word_of](constants))
    aligned = alignment.align(call.node, *values)
    exprs = [operators.number(expr, aligned.rows) for expr in aligned.exprs]
    own = call.name.startswith("builtins.")
    if own and any(can_miss(one, aligned.rows.schema) for one in exprs[1:]):
        return aligned.make(_compare_in_turn(word_of, exprs))
    return aligned.make(operators.call_word(call.node, word_of, *exprs))


def _compare_in_turn(word: str, exprs: list[Expr]) -> Expr:
    """Return Python's `min` or `max`: another value only where it compares so; NaN never does."""
    made, *others = exprs
    for other in others:
        made = build_case(((Compare("<" if word == "min" else ">", other, made), other),), made)
    return made


def write_mapped(node: ast.Call, name: str) -> ast.ListComp | None:
    """Return `map(function, values)` as a comprehension; None where it is no such call."""
    match node.args:
        case [function, values] if name == "builtins.map":
            call = ast.Call(function, [ast.Name("each of them")], [])
            turn = ast.comprehension(ast.Name("each of them", ast.Store()), values, [], 0)
            made = ast.ListComp(call, [turn])
            for one in (made, call, *call.args, turn.target):
                ast.copy_location(one, node)
            return made
    return None


_LISTS: dict[str, Callable[..., Any]] = {
    "list": list,
    "tuple": tuple,
    "sorted": sorted,
    "range": range,
    "set": set,
}


def read_list(call: CodeCall) -> Value:
    """Read `list`, `tuple`, `sorted` and `range` of constants, and `list` of rows' labels."""
    match call.read_items("*"):
        case [Part("rows" | "paths") as part]:
            return part
    values = [to_python(one, call.node, "an argument") for one in call.read_items("*")]
    name = call.name.rpartition(".")[2]
    made = _LISTS[name]
    if name == "range" and any(isinstance(one, int) and abs(one) > 10_000 for one in values):
        raise call.fail("a range of this many numbers is not read")
    try:
        return Const(list(made(*values)) if name != "tuple" else tuple(*values))
    except TypeError as error:
        raise call.fail(f"Python raises here: {error}") from None


def read_dict(call: CodeCall) -> Value:
    """Read `dict(a=…)` and `dict(zip(…))`."""
    pairs = [*call.take_extra().items()]
    values = call.read_items("*")
    if values:
        found = to_python(values[0], call.node, "an argument")
        pairs += [(key, Const(value)) for key, value in dict(found).items()]
    if all(isinstance(value, Const) for _, value in pairs):
        return Const({key: value.value for key, value in pairs if isinstance(value, Const)})
    return Mapping(tuple(pairs))


def read_zip(call: CodeCall) -> Value:
    """Read `zip` and `enumerate` of constant lists."""
    lists = [to_python(one, call.node, "an argument") for one in call.read_items("*")]
    made = enumerate(*lists) if call.name.endswith("enumerate") else zip(*lists, strict=False)
    return Const(list(made))


def read_is_missing(call: CodeCall) -> Value:
    """Read `pd.isna(x)` and `np.isnan(x)`."""
    value = call.require("x")
    if isinstance(value, Const):
        return Const(value.value is None)
    if "not" in call.name:
        call.name = "notna"
    else:
        call.name = "isna"
    return read_missing(call, value)


def read_is_text(call: CodeCall) -> Value:
    """Read `isinstance(x, str)` of a column whose kind is known."""
    return is_of_type(call.node, call.require("x"), call.require("y"))


def read_type(call: CodeCall) -> Part:
    """Read `type(x)`, which is compared."""
    return Part("type", call.require("x"))


TYPES = {"str": "string", "int": "int", "float": "float", "bool": "bool"}


def is_of_type(node: ast.AST, value: Value, kind: Value) -> Value:
    """Return whether a value of a row is of a type of Python: a missing text is a float."""
    names = {one.name.rpartition(".")[2] for one in _read_libraries(kind)}
    if not isinstance(value, Series) or not names:
        raise UnreadError(node, "a type is read of a value of a row")
    known = operators.read_kind(value.expr, value.rows)
    if known is None:
        raise UnreadError(node, "the type of this column is not known: give --data")
    there = any(TYPES.get(name) == known for name in names)
    if not can_miss(value.expr, value.rows.schema) or known == "float":
        return Const(there)
    if known != "string":
        raise UnreadError(node, "whole numbers beside missing ones are floats; test with isna")
    if there == ("float" in names):
        return Const(there)
    test = IsMissing(value.expr)
    return value.with_expr(negate(test) if there else test)


def _read_libraries(value: Value) -> list[Library]:
    found = value.values if isinstance(value, Items) else (value,)
    return [one for one in found if isinstance(one, Library)]


def read_text_method(call: CodeCall, text: Const) -> Value:
    """Read a method of a constant text."""
    given = call.read_items("*")
    if call.name == "join" and any(isinstance(one, Series) for one in given):
        raise call.fail("texts of several rows are not joined; the nearest are nunique and first")
    if call.name == "format" and any(isinstance(one, Series) for one in given):
        return _format_texts(call, text.value, given)
    values = [to_python(one, call.node, "an argument") for one in call.read_items("*")]
    keywords = {
        name: to_python(one, call.node, "an argument") for name, one in call.take_extra().items()
    }
    try:
        return Const(getattr(text.value, call.name)(*values, **keywords))
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise call.fail(f"Python raises here: {error}") from None


def join_texts(node: ast.AST, parts: Sequence[Value]) -> Value:
    """Return texts one behind the other, constants as Python writes them."""
    found: Value = Const("")
    for part in parts:
        text = Const(str(part.value)) if isinstance(part, Const) else part
        if isinstance(found, Const) and isinstance(text, Const):
            found = Const(found.value + text.value)
        elif isinstance(found, Const) and found.value == "":
            found = text
        else:
            found = operators.read_binary(node, ast.Add(), found, text)
    return found


def _format_texts(call: CodeCall, form: str, given: list[Value]) -> Value:
    """Return `'{}-{}'.format(x, y)` of values of a row."""
    pieces = form.split("{}")
    if len(pieces) != len(given) + 1 or any(sign in "".join(pieces) for sign in "{}"):
        raise call.fail("format of values of a row is read with {} for each")
    texts = [one if isinstance(one, Const) else to_text(call.node, one) for one in given]
    parts: list[Value] = [Const(pieces[0])]
    for text, piece in zip(texts, pieces[1:], strict=True):
        parts += [text, Const(piece)]
    return join_texts(call.node, parts)


CONSTANT_TEXT = {
    name: Method(read_text_method, "* **")
    for name in ("join", "lower", "upper", "strip", "replace", "format", "split", "startswith")
}


def read_list_method(call: CodeCall, found: Const) -> Const:
    """Read a method of a constant list, such as the names of a frame's columns."""
    given = call.read_items("*")
    match call.name, given:
        case "map", [Part("method", Const(str() as sign), ("join",))]:
            return Const([sign.join(one) for one in found.value])
        case "map", [CodeFunction() as function]:
            made = [call.enter(function, Const(x)) for x in found.value]
            return Const([to_python(one, call.node, "a name") for one in made])
        case "get_level_values" | "droplevel", [Const(int() as level)]:
            return Const([_take_level(one, call.name, level) for one in found.value])
        case "tolist" | "to_list" | "ravel" | "to_flat_index" | "copy", []:
            return Const(list(found.value))
        case "drop" | "difference", [Const(gone)]:
            left = [
                one
                for one in found.value
                if one not in (gone if isinstance(gone, list) else [gone])
            ]
            return Const(sorted(left) if call.name == "difference" else left)
        case "index", [Const(one)] if one in found.value:
            return Const(found.value.index(one))
    raise call.fail(f"{call.name} of a list is read with constants only")


def _take_level(label: Any, method: str, level: int) -> Any:  # noqa: ANN401 - a column's name
    parts = label if isinstance(label, tuple) else (label,)
    if method == "get_level_values":
        return parts[level]
    rest = tuple(one for place, one in enumerate(parts) if place != level % len(parts))
    return rest[0] if len(rest) == 1 else rest


CONSTANT_LIST = {
    name: Method(read_list_method, "*")
    for name in (
        *("map", "get_level_values", "droplevel", "tolist", "to_list", "ravel"),
        *("to_flat_index", "copy", "drop", "difference", "index"),
    )
}
LIST_ATTRIBUTES: dict[str, Callable[..., Value]] = {
    "values": lambda _node, owner: owner,
    "str": lambda _node, owner: Part("labels", owner),
}


def read_label_method(call: CodeCall, part: Part) -> Const:
    """Read `df.columns.str.lower()` and the like."""
    values = [to_python(one, call.node, "an argument") for one in call.read_items("*")]
    if to_python(call.given.get("regex", Const(False)), call.node, "regex"):
        raise call.fail("replace with a regular expression is not read")
    call.used.add("regex")
    found = cast("Const", part.owner).value
    return Const([getattr(one, call.name)(*values) for one in found])


LABELS = {
    name: Method(read_label_method, "* regex")
    for name in ("lower", "upper", "strip", "title", "capitalize", "replace")
}


def read_dict_method(call: CodeCall, found: Const) -> Value:
    """Read `items()`, `keys()`, `values()` and `get()` of a constant dict."""
    given = call.read_items("*")
    if call.name == "get" and given and isinstance(given[0], Series):
        default = given[1] if len(given) > 1 else Const(None)
        return look_up(call.node, given[0], found.value, default)
    values = [to_python(one, call.node, "an argument") for one in given]
    made = getattr(found.value, call.name)(*values)
    return Const(made if call.name == "get" else list(made))


CONSTANT_DICT = {name: Method(read_dict_method, "*") for name in ("items", "keys", "values", "get")}
