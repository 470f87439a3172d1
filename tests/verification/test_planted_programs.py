"""Programs of a person's own that are wrong in the ways in which programs are: each is found."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.comparison.oracle import EXACT
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import find
from dfbench.engines.base import Engine
from dfbench.engines.interactive import load_program
from dfbench.engines.own_program import OwnEngine
from dfbench.spec.reader import read_text
from dfbench.spec.workload import OwnProgram, Query
from dfbench.verification.agreement import Expected, compare_answer
from dfbench.verification.differences import CheckResult
from dfbench.verification.rounding import find_possibilities

ROWS = 2000
QUESTIONS = {
    "spread": "{group_by: k, aggregate: {o: var(x)}}",
    "total": "{group_by: k, aggregate: {s: sum(x), m: mean(x)}}",
    "big": "{group_by: g, aggregate: {b: sum(big)}}",
    "days": "{group_by: d, aggregate: {n: size()}}",
    "ends": "{group_by: g, aggregate: {lo: min(x), hi: max(x)}}",
    "ordered": "{group_by: g, aggregate: {n: sum(y)}, sort: [-n, g]}",
    "top": "{group_by: g, aggregate: {n: sum(big)}, sort: -n, limit: 5}",
    "zeros": "{group_by: k, aggregate: {z: sum(v), a: mean(v)}}",
    "texts": "{group_by: s, aggregate: {n: size()}}",
    "ranked": "{transform: {r: rank(v)}}",
    "rounded": "{transform: {r: round(y)}}",
    "turned": "{group_by: g, aggregate: {f: first(i), l: last(i)}}",
    "middle": "{group_by: g, aggregate: {m: median(big), q: 'quantile(big, 0.9)'}}",
    "kept": "{where: v > 1, select: [i, v]}",
    "before": "{transform: {p: lag(i)}}",
}
SUMS = "t.groupby('k', dropna=False).agg(s=('x', 'sum'), m=('x', 'mean')).reset_index()"
PLANTED = {
    "a variance by squares": (
        "spread",
        ("g = t.assign(q=t.x * t.x).groupby('k', dropna=False)\n"
        "n, s, q = g['x'].count(), g['x'].sum(), g['q'].sum()\n"
        "return ((q - s * s / n) / (n - 1)).rename('o').reset_index()"),
    ),
    "a variance of the population": (
        "spread",
        "return t.groupby('k', dropna=False)['x'].var(ddof=0).rename('o').reset_index()",
    ),
    "sums in float32": (
        "total",
        f"t = t.assign(x=t.x.astype('float32'))\nreturn {SUMS}.astype({{'s': 'float64'}})",
    ),
    "an error of 1e-9": ("total", f"return {SUMS}.assign(m=lambda f: f.m * (1 + 1e-9))"),
    "no group of the missing key": ("total", f"return {SUMS.replace(', dropna=False', '')}"),
    "a row twice": ("total", f"a = {SUMS}\nreturn pd.concat([a, a[:1]], ignore_index=True)"),
    "integers that wrap at 32 bits": (
        "big",
        ("a = t.groupby('g')['big'].sum().astype('int32').astype('int64')\n"
        "return a.rename('b').reset_index()"),
    ),
    "integers off by one": (
        "big", "return (t.groupby('g')['big'].sum() + 1).rename('b').reset_index()",
    ),
    "a day later": (
        "days",
        ("a = t.groupby('d', dropna=False).size().rename('n').reset_index()\n"
        "return a.assign(d=pd.to_datetime(a.d) + pd.Timedelta(days=1))"),
    ),
    "columns in each other's place": (
        "ends", "return t.groupby('g').agg(lo=('x', 'max'), hi=('x', 'min')).reset_index()",
    ),
    "rows in ascending order": (
        "ordered",
        "return t.groupby('g')['y'].sum().rename('n').reset_index().sort_values(['n', 'g'])",
    ),
    "ties by the other end of the next key": (
        "ordered",
        ("a = t.groupby('g')['y'].sum().rename('n').reset_index()\n"
        "return a.sort_values(['n', 'g'], ascending=False)"),
    ),
    "the second to the sixth": (
        "top",
        ("a = t.groupby('g')['big'].sum().rename('n').reset_index()\n"
        "return a.sort_values('n', ascending=False)[1:6]"),
    ),
    "a row too few": (
        "top",
        ("a = t.groupby('g')['big'].sum().rename('n').reset_index()\n"
        "return a.sort_values('n', ascending=False)[:4]"),
    ),
    "missing for 0": (
        "zeros",
        ("g = t.groupby('k', dropna=False)['v']\n"
        "return pd.DataFrame({'z': g.sum(min_count=1), 'a': g.mean()}).reset_index()"),
    ),
    "0 for missing": (
        "zeros",
        ("g = t.groupby('k', dropna=False)['v']\n"
        "return pd.DataFrame({'z': g.sum(), 'a': g.mean().fillna(0)}).reset_index()"),
    ),
    "spaces cut from texts": (
        "texts",
        ("t = t.assign(s=t.s.str.strip())\n"
        "return t.groupby('s', dropna=False).size().rename('n').reset_index()"),
    ),
    "small letters": (
        "texts",
        ("t = t.assign(s=t.s.str.lower())\n"
        "return t.groupby('s', dropna=False).size().rename('n').reset_index()"),
    ),
    "an empty text for missing": (
        "texts",
        ("t = t.assign(s=t.s.fillna(''))\n"
        "return t.groupby('s').size().rename('n').reset_index()"),
    ),
    "ranks without gaps": ("ranked", "return pd.DataFrame({'r': t.v.rank(method='dense')})"),
    "halves up": ("rounded", "return pd.DataFrame({'r': np.floor(t.y + 0.5)})"),
    "the last for the first": (
        "turned", "return t.groupby('g').agg(f=('i', 'last'), l=('i', 'first')).reset_index()",
    ),
    "the lower of the middle two": (
        "middle",
        ("g = t.groupby('g')['big']\n"
        "a = {'m': g.quantile(0.5, interpolation='lower'), 'q': g.quantile(0.9)}\n"
        "return pd.DataFrame(a).reset_index()"),
    ),
    "the nearest of a quantile": (
        "middle",
        ("g = t.groupby('g')['big']\n"
        "a = {'m': g.median(), 'q': g.quantile(0.9, interpolation='nearest')}\n"
        "return pd.DataFrame(a).reset_index()"),
    ),
    "the edge too": ("kept", "return t[t.v >= 1][['i', 'v']]"),
    "the row after": ("before", "return pd.DataFrame({'p': t.i.shift(-1)})"),
}  # fmt: skip

RIGHT = {
    "an Arrow table of dictionaries": (
        "polars", "texts",
        ("a = t.group_by('s').agg(n=pl.len())\n"
        "return a.with_columns(pl.col('s').cast(pl.Categorical)).to_arrow()"),
    ),
    "days as milliseconds": (
        "polars", "days",
        "return t.group_by(pl.col('d').cast(pl.Datetime('ms'))).agg(n=pl.len().cast(pl.Int8))",
    ),
    "chunks in another order": (
        "polars", "kept",
        "f = t.filter(pl.col('v') > 1).select('v', 'i')\nreturn pl.concat([f[500:], f[:500]])",
    ),
    "decimals for integers": (
        "pandas", "big",
        ("a = pa.Table.from_pandas(t.groupby('g')['big'].sum().rename('b').reset_index())\n"
        "return a.set_column(1, 'b', a['b'].cast(pa.decimal128(38, 0)))"),
    ),
    "a frame of another library": (
        "pandas", "texts", "return pl.from_pandas(t[['s']]).group_by('s').agg(n=pl.len())",
    ),
    "categories, and rows in another order": (
        "pandas", "total",
        f"a = {SUMS}\nreturn a.assign(k=a.k.astype('category')).sample(frac=1, random_state=1)",
    ),
    "a deviation in two passes over shuffled rows": (
        "pandas", "spread",
        ("t = t.sample(frac=1, random_state=2)\n"
        "m = t.groupby('k', dropna=False)['x'].transform('mean')\n"
        "g = t.assign(q=(t.x - m) ** 2).groupby('k', dropna=False)\n"
        "return (g['q'].sum() / (g['x'].count() - 1)).rename('o').reset_index()"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of means far from 0, gaps, ties, halves, large integers and texts alike."""
    draw = random.Random(900001)
    keys = [draw.choice(["a", "B", "b", "c ", "c", None]) for _ in range(ROWS)]
    start = dt.date(2024, 2, 26)
    columns = {
        "i": range(ROWS),
        "k": keys,
        "x": [None if draw.random() < 0.05 else draw.gauss(1e6, 1.0) for _ in keys],
        "y": [draw.choice([-1.5, -0.5, 0.5, 1.5, 2.5, 3.5]) for _ in keys],
        "v": [None if key == "B" else draw.choice([0, 1, 2, 3]) for key in keys],
        "big": [draw.randrange(2**40, 2**53) for _ in keys],
        "d": [start + dt.timedelta(days=draw.randrange(40)) for _ in keys],
        "s": [draw.choice(["x", "x ", "X", "straße", None, ""]) for _ in keys],
        "g": [draw.randrange(200) for _ in keys],
    }
    path = tmp_path_factory.mktemp("planted") / "frame.parquet"
    pq.write_table(pa.table({name: list(values) for name, values in columns.items()}), path)
    return path


@pytest.mark.parametrize("name", PLANTED)
def test_a_wrong_program_is_found(path: Path, name: str) -> None:
    question, body = PLANTED[name]
    verdict = judge(path, question, write_own(question, body, "pandas"))
    assert not verdict.agrees
    assert verdict.reason


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_program_of_another_kind_is_accepted(path: Path, name: str) -> None:
    engine, question, body = RIGHT[name]
    verdict = judge(path, question, write_own(question, body, engine))
    assert verdict.agrees, verdict.reason


def write_own(question: str, body: str, engine: str) -> OwnEngine:
    """Return a person's own program of one function, which gets an engine's frame."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    imports = "import numpy as np\nimport pandas as pd\nimport polars as pl\nimport pyarrow as pa\n"
    source = f"{imports}\n\ndef {question}(t):\n{lines}\n"
    own = OwnProgram("mine", Path("mine.py"), source, (question,), engine=engine)
    return OwnEngine(find(engine), own)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_right_program_is_accepted(path: Path, question: str) -> None:
    verdict = judge(path, question, find("pandas"))
    assert verdict.agrees, verdict.reason


def judge(path: Path, question: str, engine: Engine) -> CheckResult:
    """Return what the checker says of an engine's answer to a question."""
    text = f"workload: w\ndataset: {{files: {path}}}\n"
    text += f"queries: {{{question}: {QUESTIONS[question]}}}\n"
    (query,) = read_text(text, "w.yaml", path.parent).queries
    schema = read_schema(path)

    def answer(asked: Query, by: Engine) -> pa.Table:
        module = load_program(by.write(asked, schema))
        return module.rows(module.query(module.load(str(path))))

    found = find_possibilities(query, schema)
    expected = Expected(answer(found.query, EXACT), found.errors, found.mixed)
    return compare_answer(expected, answer(query, engine), query, ROWS)
