"""What every engine has to answer alike: small frames, and a query for each line of the language.

A case is a query in the workload language and the frame it is asked of; the expected answer is the
plain-Python oracle's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa

from dfbench.spec.reading import read_text
from dfbench.spec.workload import Query

NAN = float("nan")

PLAIN = pa.table(
    {
        "k": ["a", "b", "a", "c", "b", "a", "c", "a"],
        "g": [1, 2, 1, 3, 2, 2, 3, 1],
        "x": [1, -7, 3, 4, 0, 2, -2, 9],
        "y": [2, 3, -3, 5, 7, -1, 4, 2],
        "z": [0.5, 1.5, -2.5, 3.25, 2.5, 10.0, -0.125, 7.5],
        "w": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0],
        "t": ["Lima", "Oslo", "Lima", "Rome", "oslo", "Bern", "Rome", "Lima"],
        "b": [True, False, True, True, False, False, True, True],
        "d": [dt.date(2024, 1, day) for day in (31, 2, 3, 4, 5, 6, 7, 8)],
    }
)

# Every group has something special: `a` a missing measure, `n` nothing but missing ones, `s` one row
# only, `c` no variance, `o` ordinary values; and the missing key is a group of its own.
MISSING = pa.table(
    {
        "k": ["a", "a", "a", "n", "n", "s", "c", "c", "c", None, None, "o", "o", "o", "o", "o"],
        "g": [1, 1, None, 2, 2, 3, 1, 1, None, 4, None, 5, 5, 5, 5, 5],
        "x": [1, None, 3, None, None, 4, 5, 5, 5, 7, -7, 1, 2, 3, 4, 6],
        "y": [2, 2, None, 1, 2, 3, 4, 6, 5, None, 2, 3, 1, 0, -4, 2],
        "z": [0.5, None, 2.5, None, None, -1.5, 2.0, 2.0, 2.0, 9.0, None, 1.0, -2.0, 4.5, 8.0, 1.5],
        "w": [1.0, NAN, 3.0, NAN, NAN, 4.0, 0.0, 1.0, 2.0, 5.0, NAN, 6.0, 7.0, NAN, 9.0, 3.0],
        "t": ["x", None, "X y", None, "", "é", "x", "x", "z", "q", None, "a", "b", "b", "a", "c"],
        "b": [True, None, False, None, None, True, False, False, False] + [True] * 7,
        "d": [None, *[dt.date(2023, 12, day) for day in range(17, 32)]],
    }
)
EMPTY = MISSING.slice(0, 0)
ONE = MISSING.slice(5, 1)
FRAMES = {"plain": PLAIN, "missing": MISSING, "empty": EMPTY, "one": ONE}

AGGREGATIONS = (
    "sum mean min max count n_unique std var median first last any all".split()  # noqa: SIM905
)
TRUTH = {"any", "all"}

QUERIES = {
    **{
        name: f"{{group_by: k, aggregate: {{out: {name}({'b' if name in TRUTH else 'z'})}}}}"
        for name in AGGREGATIONS
    },
    **{
        f"{name}_int": f"{{group_by: k, aggregate: {{out: {name}(x)}}}}"
        for name in AGGREGATIONS
        if name not in TRUTH
    },
    **{
        f"{name}_nan": f"{{group_by: k, aggregate: {{out: {name}(w)}}}}"
        for name in AGGREGATIONS
        if name not in TRUTH
    },
    "size": "{group_by: k, aggregate: {out: size()}}",
    "sum_and_size": "{group_by: [k, g], aggregate: {out: sum(z), rows: size()}}",
    "quantile": "{group_by: k, aggregate: {out: 'quantile(z, 0.9)'}}",
    "quantile_and_sum": "{group_by: k, aggregate: {out: 'quantile(z, 0.25)', total: sum(x)}}",
    "corr": "{group_by: k, aggregate: {out: 'corr(x, y)'}}",
    "corr_floats": "{group_by: k, aggregate: {out: 'corr(z, y)'}}",
    "corr_squared": "{group_by: [k, g], aggregate: {out: 'corr(x, y) ** 2'}}",
    "n_unique_text": "{group_by: g, aggregate: {out: n_unique(t)}}",
    "min_text": "{group_by: g, aggregate: {low: min(t), high: max(t)}}",
    "date_keys": "{group_by: d, aggregate: {out: sum(x)}}",
    "bool_key": "{group_by: b, aggregate: {out: sum(x), rows: size()}}",
    "several_keys": "{group_by: [k, g, t], aggregate: {out: sum(x), mean: mean(z)}}",
    "same_function": "{group_by: k, aggregate: {x: mean(x), y: mean(y), z: mean(z)}}",
    "over_aggregations": "{group_by: k, aggregate: {out: max(x) - min(y), share: sum(x) / size()}}",
    "of_expression": "{group_by: k, aggregate: {out: sum(x * y), mean: mean(z + 1)}}",
    "where": "{where: x > 1, group_by: k, aggregate: {out: sum(z), rows: size()}}",
    "where_and": "{where: x > 0 and not y > 2, group_by: k, aggregate: {rows: size()}}",
    "where_or": "{where: x < 0 or z >= 2.5, group_by: k, aggregate: {rows: size()}}",
    "where_not_equal": "{where: x != 5, group_by: k, aggregate: {rows: size()}}",
    "where_not": "{where: not (x == 5 or y < 2), group_by: k, aggregate: {rows: size()}}",
    "where_chain": "{where: -3 < x <= 4, group_by: k, aggregate: {rows: size()}}",
    "where_text": "{where: t == 'x' or t == 'Lima', group_by: k, aggregate: {rows: size()}}",
    "where_in": "{where: 'x in (1, 4, -7)', group_by: k, aggregate: {rows: size()}}",
    "where_not_in": "{where: 'x not in (1, 4)', group_by: k, aggregate: {rows: size()}}",
    "where_missing": "{where: z is None, group_by: k, aggregate: {rows: size()}}",
    "where_present": "{where: w is not None, group_by: k, aggregate: {out: sum(w)}}",
    "where_nan": "{where: w > 1, group_by: k, aggregate: {rows: size()}}",
    "where_bool": "{where: b, group_by: k, aggregate: {rows: size()}}",
    "where_nothing": "{where: x > 1000, group_by: k, aggregate: {out: sum(x)}}",
    "derive": "{derive: {r: x / 4}, group_by: k, aggregate: {out: sum(r)}}",
    "derive_twice": "{derive: {r: x * 2, s: r + y}, group_by: k, aggregate: {out: sum(s)}}",
    "derive_case": "{derive: {c: '1 if x > 2 else 0'}, group_by: c, aggregate: {rows: size()}}",
    "derive_cases": (
        "{derive: {c: \"'high' if x > 3 else 'mid' if x > 1 else 'low'\"},"
        " group_by: c, aggregate: {rows: size()}}"
    ),
    "divide": "{derive: {r: x / y}, group_by: k, aggregate: {out: max(r), n: count(r)}}",
    "floor_divide": "{derive: {r: x // y}, group_by: k, aggregate: {out: sum(r), n: count(r)}}",
    "modulo": "{derive: {r: x % y}, group_by: k, aggregate: {out: sum(r), n: count(r)}}",
    "modulo_constant": "{derive: {r: x % 3}, group_by: r, aggregate: {rows: size()}}",
    "floor_constant": "{derive: {r: x // 3}, group_by: r, aggregate: {rows: size()}}",
    "power": "{derive: {r: -x ** 2}, group_by: k, aggregate: {out: sum(r)}}",
    "negative": "{derive: {r: -(x - y)}, group_by: k, aggregate: {out: sum(r)}}",
    "roots": "{derive: {r: sqrt(z)}, group_by: k, aggregate: {out: sum(r), n: count(r)}}",
    "rounds": "{derive: {r: round(z)}, group_by: r, aggregate: {rows: size()}}",
    "functions": (
        "{derive: {r: 'abs(z) + exp(x / 10)', s: floor(z), u: ceil(z)},"
        " group_by: k, aggregate: {r: sum(r), s: sum(s), u: sum(u)}}"
    ),
    "row_extremes": "{derive: {r: 'max(x, y)'}, group_by: k, aggregate: {out: sum(r), n: count(r)}}",
    "largest": "{group_by: k, largest: {column: z, n: 2, as: top}}",
    "smallest": "{group_by: k, smallest: {column: x, n: 1, as: low}}",
    "largest_where": "{where: z is not None, group_by: [k, g], largest: {column: z, n: 2, as: top}}",
    "largest_all": "{largest: {column: z, n: 3, as: top}}",
    "having": "{group_by: k, aggregate: {out: sum(x)}, having: out > 4}",
    "having_nan": "{group_by: k, aggregate: {out: mean(w)}, having: out > 2}",
    "having_corr": "{group_by: k, aggregate: {out: 'corr(x, y)'}, having: out > -2}",
    "sort": "{group_by: k, aggregate: {out: mean(z)}, sort: [out, k]}",
    "sort_descending": "{group_by: k, aggregate: {out: sum(x)}, sort: [-out, k], limit: 3}",
    "limit": "{group_by: k, aggregate: {out: sum(z)}, sort: k, limit: 2}",
    "whole": "{aggregate: {out: sum(x), mean: mean(z), rows: size(), n: n_unique(t)}}",
    "whole_spread": "{aggregate: {out: std(z), mid: median(w), q: 'quantile(z, 0.1)', r: 'corr(x, y)'}}",
    "whole_over": "{aggregate: {out: max(x) - min(y)}}",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A query and the name of its frame."""

    name: str
    frame: str
    text: str

    def query(self) -> Query:
        """Read the query as a workload's."""
        return _read(self.text)


@cache
def _read(text: str) -> Query:
    workload = (
        "workload: conformance\ndataset: {files: frame.parquet}\nqueries:\n"
        f"  asked: {text}\nengines: [pandas]\n"
    )
    (query,) = read_text(workload, "conformance.yaml", Path()).queries
    return query


CASES = tuple(
    Case(f"{name}-{frame}", frame, text) for name, text in QUERIES.items() for frame in FRAMES
)
