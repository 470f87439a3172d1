"""Kinds and missing values of expressions: no care where none is needed, and none left out."""

from __future__ import annotations

import pytest
from dfbench.spec.calls import Context
from dfbench.spec.expression import Expr
from dfbench.spec.kinds import MOMENTS, KindError, _Kinds, extend_schema, find_kind, may_be_missing
from dfbench.spec.parser import parse, parse_expression
from dfbench.spec.schema import Column, Kind, Schema
from dfbench.spec.workload import Output, Query

SCHEMA = Schema(
    (
        Column("i", "int", "int32"),
        Column("f", "float", "double"),
        Column("n", "int", "int64", nulls=True),
        Column("s", "string", "string"),
        Column("c", "bool", "bool"),
        Column("t", "timestamp", "timestamp[us]"),
        Column("z", "timestamp", "timestamp[us, tz=Europe/Berlin]"),
        Column("y", "date", "date32[day]"),
        Column("d", "decimal", "decimal128(9, 2)"),
    ),
    10,
)

KINDS = {
    "i + 1": "int",
    "i + f": "float",
    "i / 2": "float",
    "i // 2": "int",
    "i % 2.0": "float",
    "i ** 2": "int",
    "i ** i": "float",
    "d + i": "decimal",
    "-n": "int",
    "i > f": "bool",
    "s == 'a'": "bool",
    "i is None": "bool",
    "not (i in (1, 2))": "bool",
    "1 if c else 2.5": "float",
    "1 if c else None": "int",
    "'a' if c else s": "string",
    "sqrt(i)": "float",
    "abs(i)": "int",
    "min(i, f)": "float",
    "len(lower(s))": "int",
    "map(s, {a: 1}, 0.5)": "float",
    "coalesce(i, f, 0)": "float",
    "clip(i, 0, 2)": "int",
    "sign(f)": "float",
    "s + '!'": "string",
    "split(s, ',')[0]": "string",
    "concat(s, s)": "string",
    "matches(s, 'x')": "bool",
    "text(i)": "string",
    "integer(s)": "int",
    "number(c)": "float",
    "'a' in s": "bool",
    "year(t)": "int",
    "sum(i)": "int",
    "sum(i > 2)": "int",
    "mean(i)": "float",
    "max(s)": "string",
    "first(t)": "timestamp",
    "n_unique(s)": "int",
    "size()": "int",
    "any(i > 1)": "bool",
    "max(i) - min(f)": "float",
}


@pytest.mark.parametrize("text", KINDS)
def test_each_expression_has_its_kind(text: str) -> None:
    assert find_kind(parse_expression(text), SCHEMA) == KINDS[text]


WRONG = {
    "i + s": (4, "'+' needs a number, and this is text; write number(…)"),
    "clip(i, 0.5, 2)": (5, "clip of an integer needs whole bounds; write number(…)"),
    "map(s, {1: 2})": (8, "map mixes text and a number; write the number in quotes"),
    "coalesce(i, s)": (12, "coalesce mixes a number and text; write number(…)"),
    "text(f)": (
        5,
        "text needs an integer, a date or text, and this is a number; write text(integer(…))",
    ),
    "c * 2": (0, "'*' needs a number, and this is a condition; write 1 if … else 0"),
    "t > date('2024-01-31')": (4, f"'>' mixes a time and a date{MOMENTS}"),
    "t > '2024-01-31'": (
        4,
        "'>' mixes a time and text; write timestamp('2024-01-31 12:30:00')",
    ),
    "z > '2024-01-31'": (
        4,
        "'>' mixes a time and text; write timestamp('2024-01-31 12:30:00+00:00')",
    ),
    "y in ('2024-01-31',)": (6, "'in' mixes a date and text; write date('2024-01-31')"),
    "s > t": (4, "'>' mixes text and a time; write parse(…, '%Y-%m-%d %H:%M:%S')"),
    "days(y - s)": (9, "days needs a date, and this is text; write parse(…, '%Y-%m-%d')"),
    "hour(s)": (
        5,
        "hour needs a time, and this is text; write parse(…, '%Y-%m-%d %H:%M:%S')",
    ),
    "lower(y)": (6, "lower needs text, and this is a date; write text(…)"),
    "len(t)": (4, "len needs text, and this is a time; write format(…, '%Y-%m-%d')"),
    "t >= 2024": (
        5,
        "'>=' mixes a time and a number; write year(…), or timestamp('2024-01-31 12:30:00')",
    ),
    "coalesce(y, 0)": (12, "coalesce mixes a date and a number"),
    "i == '5'": (5, "'==' mixes a number and text; write the number without quotes"),
    "i == 'five'": (5, "'==' mixes a number and text"),
    "c == 1": (5, "'==' mixes a condition and a number; write 1 if … else 0"),
    "i > s": (4, "'>' mixes a number and text; write number(…)"),
    "s in ('a', 1)": (11, "'in' mixes text and a number; write the number in quotes"),
    "i and c": (0, "'and' needs a condition, and this is a number"),
    "not s": (4, "'not' needs a condition, and this is text"),
    "1 if i else 2": (5, "'if' needs a condition, and this is a number"),
    "1 if c else s": (12, "'if' mixes a number and text; write the number in quotes"),
    "lower(i)": (6, "lower needs text, and this is a number; write text(…)"),
    "sqrt(s)": (5, "sqrt needs a number, and this is text; write number(…)"),
    "min(i, s)": (7, "min mixes a number and text; write number(…)"),
    "mean(t)": (5, "mean needs a number, and this is a time"),
    "max(c)": (4, "max needs something with an order, and this is a condition"),
}


@pytest.mark.parametrize("text", WRONG)
def test_a_value_of_the_wrong_kind_is_named(text: str) -> None:
    parsed = parse(text, Context.TRANSFORM)
    with pytest.raises(KindError) as error:
        find_kind(parsed.expression, SCHEMA)
    assert (parsed.find_offset(error.value.node), str(error.value)) == WRONG[text]


def test_each_part_of_an_expression_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    find, looked = _Kinds._find, []

    def count(kinds: _Kinds, node: Expr) -> Kind:
        looked.append(node)
        return find(kinds, node)

    monkeypatch.setattr(_Kinds, "_find", count)
    assert find_kind(parse_expression(" + ".join(["i"] * 25)), SCHEMA) == "int"
    assert len(looked) == 25 + 24


def test_an_unknown_column_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        find_kind(parse_expression("nothing + 1"), SCHEMA)


MISSING = {
    "i": False,
    "n": True,
    "i + n": True,
    "i / 2": False,
    "i / f": True,
    "1 / i": False,
    "0 / i": True,
    "i // 2": False,
    "i // i": True,
    "i % -3": False,
    "i % 0": True,
    "i ** 2": False,
    "f ** 0.5": True,
    "1 / i - 1 / f": True,
    "log(abs(i)) * 0": True,
    "sqrt(i)": True,
    "sqrt(abs(i))": False,
    "sqrt(i ** 2 + 1)": False,
    "log(i)": True,
    "exp(i)": False,
    "n > 1": True,
    "n is None": False,
    "n in (1, 2)": True,
    "1 if n > 1 else 2": False,
    "1 if i > 1 else None": True,
    "n if i > 1 else 2": True,
    "min(i, n)": True,
    "sum(n)": False,
    "count(n)": False,
    "size()": False,
    "mean(i)": False,
    "mean(n)": True,
    "std(i)": True,
    "corr(i, f)": True,
    "max(i) - min(f)": False,
    "first(n)": True,
}


@pytest.mark.parametrize("text", MISSING)
def test_whether_a_value_may_be_missing(text: str) -> None:
    assert may_be_missing(parse_expression(text), SCHEMA) is MISSING[text]


def test_derived_columns_join_the_schema() -> None:
    derive = (Output("x", parse_expression("i / f")), Output("y", parse_expression("x > 1")))
    query = Query("q", "", derive=derive)
    schema = extend_schema(SCHEMA, query)
    assert schema["x"] == Column("x", "float", "double", nulls=True, nans=True)
    assert schema["y"].kind == "bool"
    assert schema.rows == SCHEMA.rows
