"""Functions: a def becomes the tree that Python's own evaluation agrees with, or says why not."""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from dfbench.spec.document import Origin, Position
from dfbench.spec.expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    Expr,
    IsIn,
    IsMissing,
    Let,
    Lit,
    Neg,
    Not,
)
from dfbench.spec.group_functions import parse_whole
from dfbench.spec.python_syntax import ExpressionError
from dfbench.spec.row_functions import (
    group_function,
    parse_definition,
    parse_row_function,
    parse_task_function,
)
from dfbench.spec.workload import RowFunction

ARITHMETIC = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "**": lambda a, b: a**b,
}
COMPARE = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
CALLS = {
    "abs": abs,
    "sqrt": math.sqrt,
    "floor": math.floor,
    "round": round,
    "min": min,
    "max": max,
    "lower": str.lower,
    "len": len,
    "contains": lambda text, part: part in text,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "upper": str.upper,
    "strip": str.strip,
    "replace": str.replace,
    "zfill": str.zfill,
    "count_words": lambda text: len(text.split()),
    "split": lambda text, separator, place: text.split(separator)[place],
    "slice": lambda text, start, end: text[start:end],
    "days": lambda later, earlier: (later - earlier).days,
    "year": lambda day: day.year,
    "weekday": lambda day: day.weekday(),
    "map": lambda value, default, *pairs: dict(zip(pairs[::2], pairs[1::2], strict=True)).get(
        value, default
    ),
    "concat": lambda *texts: "".join(texts),
    "text": str,
    "integer": int,
    "number": float,
    "month": lambda day: day.month,
    "offset": lambda day, count, unit: day + dt.timedelta(**{unit: count}),
}


def value(node: Expr, row: Mapping[str, Any]) -> Any:
    match node:
        case Col(name):
            return row[name]
        case Lit(constant):
            return constant
        case Arith(op, left, right):
            return ARITHMETIC[op](value(left, row), value(right, row))
        case Neg(operand):
            return -value(operand, row)
        case Not(operand):
            return not value(operand, row)
        case IsMissing(operand):
            return value(operand, row) is None
        case Compare(op, left, right):
            return COMPARE[op](value(left, row), value(right, row))
        case IsIn(operand, members):
            return value(operand, row) in [member.value for member in members]
        case Bool("and", operands):
            return all(value(operand, row) for operand in operands)
        case Bool("or", operands):
            return any(value(operand, row) for operand in operands)
        case Call(function, arguments):
            return CALLS[function](*(value(argument, row) for argument in arguments))
        case Case(branches, otherwise):
            for test, result in branches:
                if value(test, row):
                    return value(result, row)
            return value(otherwise, row)
        case Let(name, given, body):
            return value(body, {**row, name: value(given, row)})


def read(source: str) -> RowFunction:
    origin = Origin("w.yaml", source)
    return parse_row_function(source, "y", lambda offset: Position(origin, offset)).function


DEFS = {
    "the article's": 'def f(x):\n    return 2 * x["A"] if x["B"] % 2 == 0 else x["A"]',
    "attributes": "def f(x):\n    return x.A + x.B",
    "early returns": "def f(x):\n    if x.A > 2:\n        return 1\n    elif x.B < 0:\n"
    "        return math.pi\n    return x.A",
    "both branches": "def f(x):\n    if x.A > 2:\n        return 1\n    else:\n        return 2",
    "an intermediate": 'def f(x):\n    """Say."""\n    r = x.A / (abs(x.B) + 1)\n'
    "    if r > 2:\n        return math.sqrt(r)\n    return -r",
    "a name given again": "def f(x):\n    y = x.A + 1\n    y = y * 2\n    y += x.B\n    return y",
    "a name like a column": "def f(x):\n    A = x.A\n    B = x.A + 1\n    return A * B - x.B",
    "a name given in branches": "def f(x):\n    if x.A > 1:\n        y = 1\n    elif x.A < -1:\n"
    "        y = x.B\n    else:\n        y = 3\n    return y * 2",
    "a name changed in a branch": "def f(x):\n    y = 0\n    if x.A > 1:\n        y = x.B\n"
    "    return y - 1",
    "steps in a branch": "def f(x):\n    y = 1\n    if x.A > 1:\n        z = x.B * 2\n"
    "        y = z + 1\n    return y",
    "branches in turn": "def f(x):\n    y = 0\n    if x.A > 1:\n        y += 1\n"
    "    if x.B > 1:\n        y += 2\n    return y",
    "a nested branch": "def f(x):\n    if x.A > 0:\n        if x.B > 0:\n            return 1\n"
    "        y = 5\n    else:\n        y = 6\n    return y",
    "texts": 'def f(x):\n    s = x["s"].lower()\n    if s.startswith("a") or "q" in s:\n'
    "        return len(s)\n    return 0 if s in ('b', 'c') else 9",
    "parts of texts": 'def f(x):\n    whole = x["s"].upper() + "-" + str(x.A)\n'
    "    head = whole.split('-')[0].replace('A', 'zz').strip()\n"
    "    return f'{head}:{x.B}/{len(whole.split())}' + whole[-2:].zfill(4)",
    "parts from either end": "def f(x):\n    s = x['s'] + '.' + str(x.A) + '.z'\n"
    "    tail = s.rsplit('.', 1)[-1] + s.rsplit(None, 1)[-1]\n"
    "    return s.split('.', 2)[1] + s.rsplit('.')[0] + tail",
    "a day": "def f(x):\n    return (x.d - x.e).days * 100 + x.d.year + x.e.weekday()",
    "a constant day": "import datetime\ndef f(x):\n"
    "    return (x.d - datetime.date(2024, 1, 31)).days + (x.d > datetime.date(2024, 2, 9))",
    "a later day": "import datetime\ndef f(x):\n"
    "    return (x.d + datetime.timedelta(days=30)).month",
    "parts with a name": "def f(x):\n    parts = x['s'].split('b')\n    n = len(x.s.split())\n"
    "    return parts[-1].lower() + parts[0] + str(n)",
    "a table": "def f(x):\n    return {'Ab': 1, 'c': 2}.get(x.s, 0) + {0: 5}.get(x.A, 7)",
    "a named table": "def f(x):\n    d = {'Ab': 1}\n    y = d.get(x.s, 0)\n"
    "    return y + d.get('c', 4)",
    "a loop over constants": "def f(x):\n    y = x.B\n    n = 5\n    for n in (1, 2, 3):\n"
    "        y += x.A * n\n    return y * n",
    "a search by a loop": "def f(x):\n    for i in range(0, 9, 4):\n        if x.A < i:\n"
    "            return i\n    return -1",
    "numbers in texts": "def f(x):\n    return int(str(x.A)[-1]) + float(x.B) * int(2.7)",
    "modules": "import math\ndef f(x):\n    return np.minimum(x.A, x.B) + math.floor(x.A / 2)",
    "chains": "def f(x):\n    return -1 <= x.A < x.B and not x.A == 3",
}
ROWS = [
    {"A": a, "B": b, "s": s, "d": dt.date(2024, 2, 9 + a), "e": dt.date(2023, 1, 9 + b)}
    for a in (-3, 0, 1, 2, 7)
    for b in (-2, 0, 3)
    for s in ("Ab", "c", "Q")
]


class Row(dict):
    __getattr__ = dict.__getitem__


class Numpy:
    minimum = staticmethod(min)


@pytest.mark.parametrize("name", DEFS)
def test_the_tree_of_a_def_gives_what_python_gives(name: str) -> None:
    function = read(DEFS[name])
    assert function.body is not None, function.opaque
    space = {"math": math, "np": Numpy}
    exec(DEFS[name], space)
    assert [value(function.body, row) for row in ROWS] == [space["f"](Row(row)) for row in ROWS]


def test_intermediates_keep_their_names() -> None:
    body = read(DEFS["an intermediate"]).body
    assert isinstance(body, Let)
    assert body.name == "r"


def test_an_if_chain_becomes_one_flat_case() -> None:
    body = read(DEFS["early returns"]).body
    assert isinstance(body, Case)
    assert len(body.branches) == 2


def test_the_source_stays_as_it_was_written() -> None:
    source = 'def f(x):  # the row\n\n    return x["B"] + x.A   # odd   spaces\n'
    function = read(source)
    assert function.source == source
    assert function.columns == ("B", "A")
    assert function.parameter == "x"


OPAQUE = {
    "def f(x):\n    for i in x.A:\n        pass\n    return x.A": "2:5: 'for' cannot be",
    "def f(x):\n    for n in (1, 2):\n        n += x.A\n    return n": "3:9: 'n' is assigned again",
    "def f(x):\n    return foo(x.A)": "2:12: only functions of the workload language",
    "def f(x):\n    return sqrt(x.A)": "2:12: only functions of the workload language",
    "def f(x):\n    return math.gamma(x.A)": "2:12: only functions of the workload language",
    "def f(x):\n    y = x.A\n    return y + z": "3:16: 'z' is not assigned on every path",
    "def f(x):\n    if x.A > 1:\n        y = 1\n    return y": "2:5: 'y' is not assigned",
    "def f(x):\n    a, b = 1, 2\n    return x.A": "2:5: 'assign' cannot be translated",
    "def f(x):\n    return [x.A][0]": "2:12: write a column by its name alone",
    "from numpy import abs\ndef f(x):\n    return abs(x.A)": "1:1: 'abs' is imported with",
    "def f(x):\n    return datetime.date(x.A, 1, 1)": "2:12: date with these arguments",
    "def f(x):\n    t = x.s\n    parts = t.split(',')\n    t = 'b'\n    return parts[0]": (
        "3:13: columns have no methods"
    ),
    "def f(x):\n    return x.s.split('.', 1)[1]": "2:12: only functions of the workload",
    "def f(x):\n    return x.s.rsplit('.', 1)[0]": "2:12: only functions of the workload",
    "def f(x):\n    return x.s.split()": "2:12: only functions of the workload",
    # Since Python 3.12, the parts of an f-string have places of their own.
    "def f(x):\n    return f'{x.A:.2f}'": (
        f"2:{14 if sys.version_info >= (3, 12) else 12}: a format in an f-string cannot"
    ),
}


@pytest.mark.parametrize("source", OPAQUE)
def test_what_the_tree_cannot_say_is_opaque_and_says_where(source: str) -> None:
    function = read(source)
    assert function.body is None
    assert function.opaque.startswith(f"w.yaml:{OPAQUE[source]}")
    assert function.source == source


def test_too_many_ways_through_a_def_are_opaque() -> None:
    ways = "".join(f"    if x.A > {i}:\n        z = 1\n        y += z\n" for i in range(20))
    assert (
        "too many paths through the function"
        in read(f"def f(x):\n    y = 0\n{ways}    return y\n").opaque
    )


LARGE = {
    "steps": "def f(x):\n    y = x.A\n" + "    y = y + 1\n" * 1000 + "    return y\n",
    "branches": "def f(x):\n    if x.A == 1:\n        return 1\n"
    + "".join(f"    elif x.A == {i}:\n        return 1\n" for i in range(500)),
    "terms": "def f(x):\n    return x.A" + " + 1" * 900 + "\n",
}


@pytest.mark.parametrize("name", LARGE)
def test_a_def_too_large_for_a_tree_is_opaque(name: str) -> None:
    function = read(LARGE[name])
    assert "too long or nested too deeply" in function.opaque
    assert function.columns == ("A",)


REFUSED = {
    "def f(x, y):\n    return 1": (0, "a row function takes one argument, the row; f takes 2"),
    "def f():\n    return 1": (0, "a row function takes one argument, the row; f takes 0"),
    "def f(*x):\n    return 1": (7, "'x' must be an ordinary positional argument"),
    "def f(x):\n    return (x.A": (21, "not Python: '(' was never closed"),
    "def f(x):\n    x.A": (0, "f returns nothing"),
    "def f(x):\n    return x.get('A')": (21, 'read the columns by name: x["A"] or x.A'),
    "def f(x):\n    return sum(x)": (25, 'read the columns by name: x["A"] or x.A'),
    "@jit\ndef f(x):\n    return 1": (1, "leave decorators out; each engine adds its own"),
    "k = 2\ndef f(x):\n    return k": (0, "only imports are allowed besides the def"),
    "import math": (0, "expected a def"),
}


@pytest.mark.parametrize("source", REFUSED)
def test_a_def_that_can_never_work_is_a_mistake(source: str) -> None:
    with pytest.raises(ExpressionError) as error:
        read(source)
    first = error.value.slips[0]
    assert (first.offset, first.message) == REFUSED[source]


def test_a_group_function_names_columns_and_outputs() -> None:
    source = "def f(v1, v3):\n    return v1.sum(), v3.max()\n"
    place = partial(Position, Origin("w.yaml", source))
    function = group_function(source, ("a", "b"), place)
    assert function.parameters == ("v1", "v3")
    assert function.body == (
        parse_whole(Agg("sum", (Col("v1"),))),
        parse_whole(Agg("max", (Col("v3"),))),
    )
    with pytest.raises(ExpressionError, match="returns 2 values, but 'as' names 1"):
        group_function(source, ("a",), place)


def test_a_task_needs_a_value_for_each_argument_but_the_seed() -> None:
    source = "def walk(steps, seed, step=1):\n    return steps\n"
    assert parse_task_function(source, {"steps": 1}).name == "walk"
    with pytest.raises(ExpressionError, match="argument 'steps' has no value"):
        parse_task_function(source, {})


def test_a_def_inside_a_def_may_return_for_itself() -> None:
    source = "def f(x):\n    def g():\n        return 1\n    g()\n"
    with pytest.raises(ExpressionError, match="f returns nothing"):
        read(source)
    assert parse_definition(source).name == "f"
