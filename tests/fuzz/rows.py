"""Random row functions through every engine that lowers them, against Python's own evaluation.

`python -m tests.fuzz.rows 5000` tells the disagreements of so many functions.
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from dfbench.engines import find
from dfbench.engines.base import Resources
from dfbench.engines.writing import program
from dfbench.errors import Unsupported
from dfbench.spec.bins import Bins, write_bins
from dfbench.spec.expression import (
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
    list_columns,
    walk,
)
from dfbench.spec.kinds import KindError, find_kind
from dfbench.spec.schema import Column, Schema
from dfbench.spec.workload import Query, RowFunction
from dfbench.verification.agreement import derive_requirements
from dfbench.verification.answers import compare_answers
from dfbench.verification.evaluation import apply_row

ENGINES = ("polars", "pandas+numpy", "duckdb", "datatable")
COMPILED = ("pandas+numba",)
INTEGERS = [-7, -3, -2, -1, 0, 1, 2, 3, 5, 9]
FLOATS = [-7.25, -3.0, -2.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.5, 3.0, 9.75]
TEXTS = ["", "a", "ab", "B", "id001", "xab"]
LARGEST = 2**50  # beyond it integers with missing values are no longer whole in pandas


class Frame(StrEnum):
    """What the columns hold: numbers of both signs and zero, missing values too, or neither."""

    WHOLE = "whole"
    GAPS = "gaps"
    NATURAL = "natural"

    def numbers(self, values: list) -> list:
        return [value for value in values if value > 0] if self is Frame.NATURAL else values


def table(frame: Frame, rows: int = 60, seed: int = 1) -> pa.Table:
    """Make the frame: integers i and j (of 32 bits), floats f and g, a text s."""
    draw = random.Random(seed)

    def column(values: Sequence[object], *, holes: bool = False) -> list[object]:
        missing = holes and frame is Frame.GAPS
        return [
            None if missing and draw.random() < 0.2 else draw.choice(values) for _ in range(rows)
        ]

    integers, floats = frame.numbers(INTEGERS), frame.numbers(FLOATS)
    return pa.table(
        {
            "i": pa.array(column(integers, holes=True), pa.int64()),
            "j": pa.array(column(integers), pa.int32()),
            "f": pa.array(column(floats), pa.float64()),
            "g": pa.array(column(floats, holes=True), pa.float64()),
            "s": pa.array(column(TEXTS, holes=True), pa.string()),
        }
    )


def schema(frame: Frame, rows: int = 60) -> Schema:
    """Return what programs are written for; the ends are of all values that may be drawn."""
    missing = frame is Frame.GAPS
    integers, floats = ((min(v), max(v)) for v in map(frame.numbers, (INTEGERS, FLOATS)))
    return Schema(
        (
            Column("i", "int", "int64", missing, False, *integers),
            Column("j", "int", "int32", False, False, *integers),
            Column("f", "float", "double", False, False, *floats),
            Column("g", "float", "double", missing, False, *floats),
            Column("s", "string", "string", nulls=missing),
        ),
        rows,
    )


@dataclass(slots=True)
class Grower:
    """Grows random trees."""

    draw: random.Random
    names: int = 0

    def function(self) -> Expr:
        kinds = ("number", "number", "number", "text")
        return self.case(self.draw.choice(kinds), 3)

    def case(self, what: str, depth: int, names: tuple[str, ...] = ()) -> Expr:
        roll = self.draw.random()
        if what == "number" and depth > 1 and roll < 0.2:
            self.names += 1
            name = f"step_{self.names}"
            value = self.number(depth - 1, names)
            return Let(name, value, self.case(what, depth - 1, (*names, name)))
        if roll < 0.8:
            branches = tuple(
                (self.condition(depth - 1, names), self.value(what, depth - 1, names))
                for _ in range(self.draw.choice((1, 1, 2, 3)))
            )
            return Case(branches, self.value(what, depth - 1, names))
        return self.value(what, depth, names)

    def value(self, what: str, depth: int, names: tuple[str, ...]) -> Expr:
        return self.number(depth, names) if what == "number" else self.text()

    def number(self, depth: int, names: tuple[str, ...]) -> Expr:
        if depth <= 0 or self.draw.random() < 0.25:
            leaf = self.draw.random()
            if names and leaf < 0.35:
                return Col(self.draw.choice(names))
            if leaf < 0.75:
                return Col(self.draw.choice("ijfg"))
            return Lit(self.draw.choice([*INTEGERS[4:], 0.5, 2.5]))
        inner = [self.number(depth - 1, names) for _ in range(2)]
        match self.draw.randrange(16):
            case 14:
                return self.told()
            case 15:
                return self.shaped(inner)
            case 0 | 1 | 2 | 3 | 4 | 5:
                return Arith(self.draw.choice(("+", "-", "*", "-", "*")), *inner)
            case 6 | 7 | 8:
                return Arith(self.draw.choice(("/", "//", "%")), *inner)
            case 9:
                return Arith("**", inner[0], Lit(self.draw.choice((0, 1, 2, 3))))
            case 10:
                return Neg(inner[0])
            case 11:
                return Call(
                    self.draw.choice(("abs", "sqrt", "floor", "ceil", "round")), (inner[0],)
                )
            case 12:
                return Call(self.draw.choice(("min", "max")), tuple(inner))
            case _:
                return self.case("number", depth - 1, names)

    def told(self) -> Expr:
        """Grow a number that a text tells."""
        name = self.draw.choice(("len", "count_words", "integer", "map"))
        table = tuple(map(Lit, ("a", 1, "id001", 2)))
        return Call(name, (self.text(), *((Lit(0), *table) if name == "map" else ())))

    def shaped(self, inner: list[Expr]) -> Expr:
        match self.draw.randrange(5):
            case 0:
                return Call("clip", (inner[0], Lit(-1), Lit(self.draw.choice((0, 3)))))
            case 1:
                return Call(self.draw.choice(("atan", "tanh", "sign", "radians")), (inner[0],))
            case 2:
                return Call("hypot", tuple(inner))
            case 3:
                return Call("coalesce", (*inner, Lit(1)))
            case _:
                return Call("map", (Col(self.draw.choice("ij")), Lit(0.5), Lit(1), Lit(2.5)))

    def text(self, depth: int = 2) -> Expr:
        if depth == 0 or self.draw.random() < 0.4:
            constant = self.draw.random() < 0.3 and depth == 2
            return Lit(self.draw.choice(TEXTS[1:])) if constant else Col("s")
        inner = self.text(depth - 1)
        if isinstance(inner, Lit):
            return inner
        match self.draw.randrange(6):
            case 5:
                edges = (-2, 0, self.draw.choice((1, 9)))
                bins = Bins(Col("j"), edges, ("low", "high"))
                return Call("coalesce", (write_bins(bins, [*map(Lit, edges)]), Lit("beyond")))
            case 0:
                return Call(self.draw.choice(("lower", "upper", "strip")), (inner,))
            case 1:
                return Call("replace", (inner, Lit("a"), Lit("zz")))
            case 2:
                return Call("split", (inner, Lit("a"), Lit(self.draw.choice((0, -1)))))
            case 3:
                return Call("slice", (inner, *map(Lit, self.draw.choice(((0, 2), (-2, None))))))
            case _:
                return Call("concat", (inner, Lit("-"), Call("text", (Col("j"),))))

    def condition(self, depth: int, names: tuple[str, ...]) -> Expr:
        match self.draw.randrange(13):
            case 0 | 1 | 2 | 3:
                op = self.draw.choice(("==", "!=", "<", "<=", ">", ">="))
                return Compare(op, self.number(depth - 1, names), self.number(depth - 1, names))
            case 4:
                low, x, high = (self.number(depth - 1, names) for _ in range(3))
                return Bool("and", (Compare("<=", low, x), Compare("<", x, high)))
            case 5 | 6:
                parts = tuple(self.condition(depth - 1, names) for _ in range(2))
                return Bool(self.draw.choice(("and", "or")), parts)
            case 7:
                return Not(self.condition(depth - 1, names))
            case 8:
                values = tuple(map(Lit, self.draw.sample(INTEGERS, 3)))
                return IsIn(Col(self.draw.choice("ij")), values)
            case 9:
                return Compare(self.draw.choice(("==", "!=")), Col("s"), Lit("ab"))
            case 10:
                return IsIn(Col("s"), (Lit("a"), Lit("id001")))
            case 11:
                name = self.draw.choice(("starts_with", "contains", "ends_with", "matches"))
                return Call(name, (self.text(1), Lit("a")))
            case _:
                return Compare(">", Call("len", (Col("s"),)), Lit(1))


@dataclass(frozen=True, slots=True)
class Functions:
    """Functions that read some column, have a kind, and stay within exact integers."""

    frame: Frame
    grower: Grower
    rows: list[dict]
    found: list[tuple[RowFunction, pa.Table]] = field(default_factory=list)

    def first(self, count: int) -> list[tuple[RowFunction, pa.Table]]:
        """Return so many of them with Python's answers: those before, and others if needed."""
        while len(self.found) < count:
            body = self.grower.function()
            function = RowFunction("f", "y", body, columns=list_columns(body))
            if values := _answer_soundly(function, body, self.rows, self.frame):
                self.found.append((function, pa.table({"y": values})))
        return self.found[:count]


@cache
def functions(seed: int, frame: Frame) -> Functions:
    """Return the functions of a seed: each engine is asked the same ones."""
    return Functions(frame, Grower(random.Random(seed)), table(frame).to_pylist())


def _answer_soundly(function: RowFunction, body: Expr, rows: list[dict], frame: Frame) -> list[Any]:
    if not function.columns or any(_is_constant(n) or _is_endless(n) for n in walk(body)):
        return []
    try:
        find_kind(body, schema(frame))
        values = [apply_row(function, row) for row in rows]
    except (KindError, TypeError, OverflowError):
        return []
    numbers = [v for v in values if isinstance(v, int | float)]
    return values if all(math.isinf(v) or abs(v) < LARGEST for v in numbers) else []


def _is_constant(node: Expr) -> bool:
    """Return whether arithmetic has constants alone: nobody writes `1 // 0` for a column."""
    match node:
        case Arith() | Neg() | Call() | Compare() | Bool() | Not() | IsMissing():
            return not any(isinstance(part, Col) for part in walk(node))
        case Let(_, value, body):
            return not list_columns(value) or isinstance(body, Lit)
        case _:
            return False


def _is_endless(node: Expr) -> bool:
    """Return whether an infinity may be divided with a remainder: engines differ, as C does."""
    match node:
        case Arith("//" | "%"):
            return any(isinstance(part, Arith) and part.op == "/" for part in walk(node))
        case Let(_, value, _):
            return any(isinstance(part, Arith) and part.op == "/" for part in walk(value))
        case _:
            return False


@dataclass(frozen=True, slots=True)
class Disagreement:
    engine: str
    body: Expr
    said: str
    text: str

    def __str__(self) -> str:
        return f"{self.engine}: {self.said}\n{self.body}\n{self.text}"


def disagreements(
    engine: str, count: int, seed: int = 0, frame: Frame = Frame.WHOLE
) -> tuple[list[Disagreement], int]:
    """Return the functions on which an engine's answer is not Python's, and how many it can say."""
    found, said = [], 0
    data, made = schema(frame), table(frame)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.parquet"
        pq.write_table(made, path)
        for function, expected in functions(seed, frame).first(count):
            query = Query("q", "", apply=function)
            try:
                program = find(engine).write(query, data, Resources(1))
            except Unsupported:
                continue
            said += 1
            verdict = _verdict(program.text, str(path), expected, query)
            if verdict:
                text = program.text.partition("def load")[2]
                found.append(Disagreement(engine, function.body, verdict, text))
    return found, said


def _verdict(text: str, path: str, expected: pa.Table, query: Query) -> str:
    module: dict = {"__name__": "program"}
    try:
        exec(compile(text, "program", "exec"), module)
        answer = module["rows"](module["query"](module["load"](path)))
    except Exception as error:  # noqa: BLE001 - whatever an engine raises is a disagreement
        return repr(error)
    verdict = compare_answers(_unsigned(expected), _unsigned(answer), derive_requirements(query))
    return "" if verdict.agrees else f"{verdict.reason} {verdict.rows}"


def _unsigned(answer: pa.Table) -> pa.Table:
    """Drop the sign of infinities: it is that of a zero, which integers do not have."""
    if not pa.types.is_floating(answer["y"].type):
        return answer
    values = [
        None if v is None else abs(v) if math.isinf(v) else v for v in answer["y"].to_pylist()
    ]
    return pa.table({"y": pa.array(values, pa.float64())})


def unformatted() -> None:
    """Leave the formatting out: it is most of the time, and changes no meaning."""
    program.format_code = lambda text: text


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    chosen = sys.argv[2].split(",") if len(sys.argv) > 2 else ENGINES
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    unformatted()
    bad = 0
    for engine in chosen:
        for frame in Frame:
            found, said = disagreements(engine, count // len(Frame), seed, frame)
            bad += len(found)
            sys.stdout.write(
                f"{engine}, {frame} numbers: {said} functions said, {len(found)} disagree\n"
            )
            for one in found[:3]:
                sys.stdout.write(f"{one}\n")
    sys.exit(bool(bad))


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore")
    main()
