"""Random expressions and aggregates through the oracle's SQL, against plain Python.

`python -m tests.fuzz.oracle 5000` prints the disagreements of so many queries.
"""

from __future__ import annotations

import decimal
import math
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from dfbench.comparison.oracle import EXACT
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines.interactive import load_program
from dfbench.engines.writing.program import skip_formatting
from dfbench.spec.expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    Expr,
    IsMissing,
    Lit,
    Neg,
    Not,
)
from dfbench.spec.schema import Schema
from dfbench.spec.unparse import write_text
from dfbench.spec.workload import Output, Query
from dfbench.testing.fuzz.expectations import remove_signs
from dfbench.verification.agreement import Expected, compare_answer
from dfbench.verification.evaluation import answer_query
from dfbench.verification.rounding import find_possibilities

COLUMNS: dict[str, tuple[pa.DataType, tuple[Any, ...]]] = {
    "a": (pa.int64(), (-7, -3, -1, 0, 1, 2, 5, 12, None)),
    "n": (pa.int8(), (127, -128, -5, 0, 3)),
    "big": (pa.int64(), (2**63 - 1, -(2**63), 2**62 + 1, 2**53 + 1, -(2**53) - 1, 3, -1, 0)),
    "m": (pa.int64(), (2**63 - 1, 2**62, -(2**62), 10**18, 7, None)),
    "x": (pa.float64(), (-2.5, 0.5, 1.5, 2.675, 1.005, 0.1, -0.3, 7.25, 3.0, None, math.nan)),
    "y": (pa.float64(), (1e17, -3e16, math.inf, -math.inf, 1e-20, 0.0, -0.0, 3.5, -3.0)),
}
INTEGERS, FLOATS = ("a", "n", "big", "m"), ("x", "y")
KEYS = 4
ROWS = 40


@dataclass(frozen=True, slots=True)
class Grower:
    """Grows trees of integers alone, or of numbers of modest size."""

    draw: random.Random

    def integer(self, depth: int) -> Expr:
        """Grow an integer of any size."""
        if depth <= 0 or self.draw.random() < 0.2:
            leaf = Col(self.draw.choice(INTEGERS))
            return leaf if self.draw.random() < 0.75 else Lit(self.draw.choice((1, 2, 3, 7, 10)))
        left, right = self.integer(depth - 1), self.integer(depth - 1)
        match self.draw.randrange(11):
            case 0 | 1 | 2 | 3:
                return Arith(self.draw.choice(("+", "-", "*")), left, right)
            case 4 | 5 | 6:
                return Arith(self.draw.choice(("//", "%")), left, right)
            case 7:
                return Neg(left)
            case 8:
                return Call(self.draw.choice(("abs", "floor", "ceil", "round")), (left,))
            case 9:
                return Arith("**", left, Lit(self.draw.choice((1, 2, 3))))
            case _:
                return Case(((self.condition(left, right), left),), right)

    def number(self, depth: int) -> Expr:
        """Grow a number of integers below 8 bits and floats."""
        if depth <= 0 or self.draw.random() < 0.2:
            leaf = Col(self.draw.choice(("a", "n", *FLOATS, *FLOATS)))
            return leaf if self.draw.random() < 0.75 else Lit(self.draw.choice((1, 3, 0.5, 0.1)))
        left, right = self.number(depth - 1), self.number(depth - 1)
        match self.draw.randrange(12):
            case 0 | 1 | 2:
                return Arith(self.draw.choice(("+", "-", "*")), left, right)
            case 3:  # the sign of a zero that is computed is each library's own
                return Arith("/", left, self.number(0))
            case 4 | 5 | 6:
                return Arith(self.draw.choice(("//", "%")), left, right)
            case 7:
                return Neg(left)
            case 8:
                usual = ("abs", "floor", "ceil", "round", "sqrt", "exp", "log", "log10")
                return Call(self.draw.choice(usual), (left,))
            case 9:
                return Call("round", (left, Lit(self.draw.choice((0, 1, 2)))))
            case 10:
                return Call(self.draw.choice(("min", "max")), (left, right))
            case _:
                return Case(((self.condition(left, right), left),), right)

    def finite(self) -> Expr:
        """Grow a column without infinities: between one and a number there is no quantile."""
        return Col(self.draw.choice(("a", "n", "x")))

    def condition(self, left: Expr, right: Expr) -> Expr:
        """Grow a condition on two values."""
        compared = Compare(self.draw.choice(("==", "!=", "<", "<=", ">", ">=")), left, right)
        other = self.draw.choice((Compare(">", Col("a"), Lit(1)), IsMissing(Col("x"))))
        return self.draw.choice(
            (compared, compared, Not(compared), Bool("or", (compared, other)), other)
        )

    def output(self) -> Expr:
        """Grow an aggregation, or arithmetic of two."""
        one = self.aggregation()
        if self.draw.random() < 0.6:
            return one
        other = self.aggregation()
        return Arith(self.draw.choice(("+", "-", "*", "/", "//", "%")), one, other)

    def aggregation(self) -> Expr:
        """Grow an aggregation."""
        integers = self.draw.random() < 0.5
        value = self.integer(1) if integers else self.number(1)
        match self.draw.randrange(8):
            case 0 | 1:
                return Agg("sum", (value,))
            case 2:
                return Agg(self.draw.choice(("min", "max", "first", "last")), (value,))
            case 3:
                return Agg(self.draw.choice(("mean", "median")), (self.finite(),))
            case 4:
                return Agg(self.draw.choice(("std", "var")), (self.number(0),))
            case 5:
                return Agg(self.draw.choice(("count", "n_unique")), (self.integer(1),))
            case 6:
                return Agg("quantile", (self.finite(), Lit(self.draw.choice((0, 0.25, 0.9, 1)))))
            case _:
                return Agg("sum", (self.condition(value, Lit(1)),))

    def query(self) -> Query:
        """Grow a query of rows or of groups, with one output."""
        if self.draw.random() < 0.5:
            grow = self.integer if self.draw.random() < 0.5 else self.number
            value = grow(self.draw.choice((1, 2, 3)))
            return Query("q", "", transform=(Output("out", value),))
        return Query("q", "", group_by=("k",), aggregate=(Output("out", self.output()),))


def table(seed: int) -> pa.Table:
    """Draw a frame of every column."""
    draw = random.Random(seed)
    values = {
        name: pa.array([draw.choice(domain) for _ in range(ROWS)], arrow)
        for name, (arrow, domain) in COLUMNS.items()
    }
    return pa.table({"k": [draw.randrange(KEYS) for _ in range(ROWS)], **values})


@dataclass(slots=True)
class Held:
    """What came of the queries: disagreements, and how many the oracle refused and why."""

    asked: int = 0
    wrong: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Oracle:
    """The oracle's programs over one connection, which holds one table."""

    connection: duckdb.DuckDBPyConnection
    schema: Schema

    @classmethod
    def of(cls, frame: pa.Table, folder: Path) -> Oracle:
        """Load a table as the oracle's program of a query that reads all columns does."""
        path = folder / "data.parquet"
        pq.write_table(frame, path)
        counts = (Output(f"n{name}", Agg("count", (Col(name),))) for name in COLUMNS)
        query = Query("q", "", group_by=("k",), aggregate=tuple(counts))
        schema = read_schema(path)
        return cls(load_program(EXACT.write(query, schema)).load(str(path)), schema)

    def answer(self, query: Query) -> pa.Table:
        """Return the answer of the oracle's program."""
        with skip_formatting():
            program = load_program(EXACT.write(query, self.schema))
        return remove_signs(program.rows(program.query(self.connection)))

    def expected(self, query: Query) -> Expected:
        """Return the answer with its bounds, as a comparison has it."""
        found = find_possibilities(query, self.schema)
        return Expected(
            self.answer(found.query),
            found.errors,
            found.mixed,
            lambda: tuple(map(self.answer, found.variants)),
        )


def queries(seed: int) -> Iterator[Query]:
    """Yield queries without end; the same for the same seed."""
    grower = Grower(random.Random(seed))
    while True:
        yield grower.query()


def hold(count: int, seed: int, folder: Path) -> Held:
    """Compare so many of the oracle's answers with those of plain Python."""
    frame, held = table(seed), Held()
    oracle, rows = Oracle.of(frame, folder), frame.to_pylist()
    for query in queries(seed):
        if held.asked == count:
            return held
        right = python_answer(query, rows)
        if right is None:
            continue
        held.asked += 1
        try:
            verdict = compare_answer(oracle.expected(query), right, query, len(rows))
        except duckdb.Error as error:
            held.refused[str(error).partition("\n")[0][:60]] += 1
            continue
        if not verdict.agrees:
            (output,) = (*query.aggregate, *query.transform)
            held.wrong.append(
                f"{write_text(output.expression)}: {verdict.reason} {verdict.rows[:4]}"
            )
    raise AssertionError(seed)


def python_answer(query: Query, rows: list[dict[str, Any]]) -> pa.Table | None:
    """Return Python's answer; None where it has integers that DuckDB cannot hold."""
    try:
        answer = answer_query(query, rows)
    except (OverflowError, decimal.InvalidOperation):
        return None
    columns = {name: column([row[name] for row in answer]) for name in query.outputs}
    return None if None in columns.values() else remove_signs(pa.table(columns))


def column(values: list[Any]) -> pa.Array | None:
    """Return values as a column; None where an integer is too large even for a decimal."""
    there = [value for value in values if value is not None]
    if any(isinstance(value, float) for value in there):
        return pa.array([None if v is None else float(v) for v in values], pa.float64())
    if any(abs(value) >= 2**100 for value in there):
        return None
    if all(-(2**63) <= value < 2**63 for value in there):
        return pa.array(values, pa.int64())
    exact = [None if value is None else decimal.Decimal(value) for value in values]
    return pa.array(exact, pa.decimal128(38, 0))


def main(count: int) -> None:
    """Print what disagrees, in frames of 500 queries each."""
    asked, refused = 0, Counter[str]()
    for seed in range(-(-count // 500)):
        with tempfile.TemporaryDirectory() as folder:
            held = hold(min(500, count - asked), seed, Path(folder))
        asked, refused = asked + held.asked, refused + held.refused
        for line in held.wrong:
            sys.stdout.write(f"seed {seed}: {line}\n")
    sys.stdout.write(f"{asked} queries; refused: {dict(refused)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
