"""Random group functions through every engine that lowers them, against NumPy itself.

`python -m tests.fuzz.groups 2000` tells the disagreements of so many functions.
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import find
from dfbench.engines.base import Program
from dfbench.engines.interactive import load_program
from dfbench.engines.interactive import run as answered
from dfbench.errors import Unsupported
from dfbench.spec.document import Origin, Position
from dfbench.spec.row_functions import group_function
from dfbench.spec.workload import Query

ENGINES = ("pandas/native", "polars/native", "duckdb", "dask/native")
FLOATS = [-7.25, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.5, 3.0, 9.75]
REDUCTIONS = ["sum", "mean", "min", "max", "std", "var"]
NUMPY = ["np.sum", "np.median", "np.ptp", "np.nanmean", "np.nanstd", "np.nansum", "np.nanmax"]


def table(*, missing: bool, rows: int = 60, seed: int = 1) -> pa.Table:
    """Make the frame: keys k, integers i, floats f and g; a group of one row, one of no values."""
    draw = random.Random(seed)

    def column(values: list, kind: pa.DataType) -> pa.Array:
        holes = (draw.random() < 0.2 if missing else False for _ in range(rows))
        return pa.array([None if hole else draw.choice(values) for hole in holes], kind)

    columns = {
        "k": pa.array([0, *(1 + n % 5 for n in range(rows - 1))]),
        "i": column(list(range(-5, 10)), pa.int64()),
        "f": column(FLOATS, pa.float64()),
        "g": column(FLOATS, pa.float64()),
    }
    made = pa.table(columns)
    if not missing:
        return made
    empty = [None if row["k"] == 3 else row["f"] for row in made.to_pylist()]
    return made.set_column(2, "f", pa.array(empty, pa.float64()))


def functions(seed: int) -> Iterator[str]:
    """Write defs of group functions without end."""
    draw = random.Random(seed)
    plain = Drawn(draw)
    known = Drawn(draw, ("centre",), ("away",))
    while True:
        lines = [f"    centre = {plain.single(1)}", f"    away = {plain.array(2)}"]
        if draw.random() < 0.3:
            lines.append(f"    if {known.single(1)} > {known.single(1)}:")
            lines.append(f"        return {known.single(2)}")
        lines.append(f"    return {known.single(3)}")
        yield "\n".join(["def fuzzed(i, f, g):", *lines, ""])


@dataclass(frozen=True, slots=True)
class Drawn:
    """Draws expressions over the columns and over names that the def has given."""

    draw: random.Random
    singles: tuple[str, ...] = ()
    arrays: tuple[str, ...] = ()

    def array(self, depth: int) -> str:
        """Draw an expression with a value for each row."""
        if depth == 0 or self.draw.random() < 0.2:
            return self.draw.choice(["i", "f", "g", *self.arrays])
        one, operator = self.array(depth - 1), self.draw.choice("+-*")
        match self.draw.randrange(6):
            case 0:
                than = self.draw.choice([0, 1, 2.5])
                return f"np.where({one} > {than}, {self.array(depth - 1)}, {one})"
            case 1:
                return f"{self.draw.choice(['np.sqrt', 'np.abs'])}({one})"
            case 2:
                return f"({one}) ** 2"
            case 3:
                return f"({one} {operator} {self.single(depth - 1)})"
            case _:
                return f"({one} {self.draw.choice('+-*/')} {self.array(depth - 1)})"

    def single(self, depth: int) -> str:
        """Draw an expression with one value."""
        if depth == 0 or (self.singles and self.draw.random() < 0.1):
            return self.draw.choice(["2", "0.5", "-3", *self.singles])
        array = self.array(depth - 1)
        match self.draw.randrange(7):
            case 0:
                return f"{self.draw.choice(NUMPY)}({array})"
            case 1:
                return f"len({self.draw.choice('ifg')})"
            case 2:
                return f"({array}).std(ddof=1)"
            case 3:
                return f"({array} > {self.draw.choice([0, 1])}).sum()"
            case 4:
                other = self.single(depth - 1)
                return f"({self.single(depth - 1)} {self.draw.choice('+-*/')} {other})"
            case _:
                return f"({array}).{self.draw.choice(REDUCTIONS)}()"


def query(source: str, *outputs: str) -> Query:
    """Return the query of a def."""
    names = outputs or ("y",)
    function = group_function(source, names, lambda at: Position(Origin("w.yaml", source), at))
    return Query("q", "", group_by=("k",), apply=function)


def right(source: str, frame: pa.Table) -> dict:
    """Return NumPy's own answer for each key; None where Python raises."""
    names: dict = {"np": np, "math": math}
    exec(source, names)
    (function,) = (f for f in names.values() if getattr(f, "__module__", 0) is None)
    keys = frame["k"].to_numpy()
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for key in sorted(set(keys.tolist())):
            part = frame.filter(pa.array(keys == key))
            arrays = [part[name].to_pandas().to_numpy() for name in _parameters(function)]
            found[key] = function(*arrays)
    return found


def _parameters(function: FunctionType) -> list[str]:
    code = function.__code__
    return list(code.co_varnames[: code.co_argcount])


def compared(engine: str, asked: Query, frame: pa.Table, wanted: dict) -> list:
    """Return the keys whose values differ, with both."""
    found = answered(find(engine), asked, frame)
    names = asked.outputs[1:]
    rows = load_program(_program(engine, asked, frame)).rows(found).to_pylist()
    got = {row["k"]: tuple(row[name] for name in names) for row in rows}
    expected = {k: v if isinstance(v, tuple) else (v,) for k, v in wanted.items()}
    return [
        (key, expected[key], got.get(key))
        for key in expected
        if key not in got or not all(map(_same, expected[key], got[key]))
    ]


def _program(engine: str, asked: Query, frame: pa.Table) -> Program:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.parquet"
        pq.write_table(frame, path)
        return find(engine).write(asked, read_schema(path))


def _same(one: float | None, other: float | None) -> bool:
    missing = [x is None or math.isnan(x) for x in (one, other)]
    if any(missing):
        return all(missing)
    return math.isclose(one, other, rel_tol=1e-7, abs_tol=1e-7)


def main() -> None:
    count, differ, said = int(sys.argv[1]), 0, 0
    for number, source in zip(range(count), functions(int(([*sys.argv, "0"])[2])), strict=False):
        frame = table(missing=bool(number % 2), seed=number // 50)
        asked, wanted = query(source), right(source, frame)
        for engine in ENGINES:
            try:
                bad = compared(engine, asked, frame, wanted)
                said += 1
            except Unsupported as error:
                bad = [] if number > 20 else sys.stdout.write(f"{engine}: {error}\n") and []
            except Exception as error:  # noqa: BLE001
                bad = [repr(error)[:300]]
            if bad:
                differ += 1
                sys.stdout.write(f"{engine}, frame {number}\n{source}{bad[:3]}\n\n")
                sys.stdout.flush()
    sys.stdout.write(f"{count} functions, {said} said, {differ} disagree\n")


if __name__ == "__main__":
    main()
