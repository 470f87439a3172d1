"""A stranger's files: every type, odd names and odd shapes, in every engine against the oracle."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.datasets.dataset import make_dataset
from dfbench.engines import find
from dfbench.engines.base import Resources
from dfbench.engines.writing.program import skip_formatting
from dfbench.errors import Unsupported
from dfbench.execution.warm_process import WarmProcess
from dfbench.spec.reader import read_text
from dfbench.testing.conformance.answers import start_process
from dfbench.verification.agreement import derive_requirements
from dfbench.verification.answers import compare_answers
from dfbench.verification.evaluation import answer_query

ENGINES = ("pandas", "pandas+numba", "polars", "duckdb", "dask", "datatable")
LARGE = 5 * 2**53
DAYS = [dt.date(2024, 2, day) for day in (5, 2, 3, 3, 28, 1, 9, 4)]
TIMES = [dt.datetime(2024, 2, day, 3, 4, 5) for day in (5, 2, 3, 3, 28, 1, 9, 4)]
ZONED = [time.replace(tzinfo=dt.UTC) for time in TIMES]
TEXTS = ["b", "a", "é", "", "z", "z", "a'b", "😀"]
FLOATS = [0.5, -1.5, 2.0, 0.25, 0.25, 8.0, 0.0, -3.0]
TYPES = {
    "int8": (pa.int8(), [3, -100, 127, 5, 5, -7, 0, 9]),
    "int16": (pa.int16(), [3, -100, 2**15 - 1, 5, 5, -7, 0, 9]),
    "int32": (pa.int32(), [3, -100, 2**31 - 1, 2**31 - 1, 5, -7, 0, 9]),
    "int64": (pa.int64(), [3, -100, LARGE + 1, LARGE + 3, 5, -7, 0, 9]),
    "uint8": (pa.uint8(), [3, 200, 255, 5, 5, 7, 0, 9]),
    "uint16": (pa.uint16(), [3, 200, 2**16 - 1, 5, 5, 7, 0, 9]),
    "uint32": (pa.uint32(), [3, 200, 2**32 - 1, 2**32 - 1, 5, 7, 0, 9]),
    "uint64": (pa.uint64(), [3, 200, LARGE + 1, LARGE + 3, 5, 7, 0, 9]),
    "uint64-huge": (pa.uint64(), [3, 200, 2**64 - 1, 2**63 + 1, 5, 7, 0, 9]),
    "float16": (pa.float16(), FLOATS),
    "float32": (pa.float32(), FLOATS),
    "float64": (pa.float64(), FLOATS),
    "bool": (pa.bool_(), [True, False, True, True, False, True, False, True]),
    "string": (pa.string(), TEXTS),
    "large_string": (pa.large_string(), TEXTS),
    "string_view": (pa.string_view(), TEXTS),
    "dictionary": (pa.dictionary(pa.int8(), pa.string()), TEXTS),
    "date32": (pa.date32(), DAYS),
    "date64": (pa.date64(), DAYS),
    "timestamp-s": (pa.timestamp("s"), TIMES),
    "timestamp-ns": (pa.timestamp("ns"), TIMES),
    "timestamp-utc": (pa.timestamp("us", "UTC"), ZONED),
    "timestamp-berlin": (pa.timestamp("us", "Europe/Berlin"), ZONED),
    "decimal": (pa.decimal128(10, 2), [Decimal(n) / 4 for n in (5, -14, 1, 1, 399, 28, 0, 7)]),
    "null": (pa.null(), [None] * 8),
}
WHOLE_TOO = {"int64", "float32", "string", "date32", "timestamp-utc", "decimal", "null"}
Start: TypeAlias = Callable[[str], WarmProcess]
NUMBERS = ("int", "uint", "float", "decimal")
KEYS = ["a", "a", "b", "b", "b", None, None, "c"]
ASKED = {
    "keys": {"group_by": "v", "aggregate": {"n": "size()"}},
    "ends": {"group_by": "k", "aggregate": {"low": "min(v)", "high": "max(v)", "n": "count(v)"}},
    "whole": {"aggregate": {"high": "max(v)", "u": "n_unique(v)"}},
    "sums": {"group_by": "k", "aggregate": {"s": "sum(v)", "n": "count(v)"}},
}
# Engine, case and reason: what is refused in words, and nothing else is.
REFUSED = {
    ("datatable", "*string*-ends"): "no order of text",
    ("datatable", "*string*-whole"): "no order of text",
    ("datatable", "dictionary-ends"): "no order of text",
    ("datatable", "decimal-*"): "no decimals",
    ("datatable", "uint64-huge-*"): "no integers above 2**63",
    ("datatable", "timestamp-utc-*"): "times in its answer have no zone",
    ("datatable", "timestamp-berlin-*"): "times in its answer have no zone",
    ("dask", "*int64-*"): "integers with gaps are floats",
    ("pandas+numba", "*int64-*"): "integers with gaps are floats",
    ("pandas+numba", "decimal-sums"): "no decimals",
}
# Only sums of numbers have a loop of Numba's in all of these questions.
UNCOMPILED = "dfbench compiles no step of it with Numba; use pandas"


def typed_cases() -> Iterator[str]:
    for name in TYPES:
        for kind in ASKED:
            numeric = name.startswith(NUMBERS) and name != "uint64-huge"
            ordered = name != "bool" and (kind == "ends" or name in WHOLE_TOO)
            if (kind != "sums" or numeric) and (kind not in {"ends", "whole"} or ordered):
                yield f"{name}-{kind}"


def typed_table(name: str) -> pa.Table:
    type_, values = TYPES[name]
    gaps = [None if i in {1, 4, 7} else value for i, value in enumerate(values)]
    return pa.table({"k": KEYS, "v": pa.array(gaps, type_)})


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    started = {}

    def give(engine: str) -> WarmProcess:
        if engine not in started or not started[engine].alive:
            started[engine] = start_process(engine, tmp_path_factory.mktemp("programs"))
        return started[engine]

    yield give
    for process in started.values():
        process.end()


def answer(
    engine: str,
    name: object,
    table: pa.Table,
    question: dict[str, object],
    warm: Start,
    folder: Path,
) -> str | None:
    """Answer a question on a table that is read as a person's own file; give a refusal's reason."""
    pq.write_table(table, folder / "own.parquet")
    workload = {"dataset": {"files": "own.parquet"}, "queries": {"asked": question}}
    (query,) = (
        asking := read_text(json.dumps(workload, ensure_ascii=False), "own.yaml", folder)
    ).queries
    data = make_dataset(asking.dataset, folder / "cache")
    try:
        with skip_formatting():
            program = find(engine).write(query, data.schema, Resources(threads=2))
    except Unsupported as refusal:
        return refusal.why
    process, path = warm(engine), folder / "answer.arrow"
    text = process.folder / f"own_{abs(hash((name, str(folder))))}.py"
    text.write_text(program.text)
    problem = process.answer(text, data.path, path)
    assert problem is None, f"{problem}\n{program.text}"
    with pa.ipc.open_file(path) as stored:
        types = stored.schema
    rows = answer_query(query, table.to_pylist())
    columns = {n: column([row[n] for row in rows], types, n) for n in query.outputs}
    verdict = compare_answers(pa.table(columns), path, derive_requirements(query, table.num_rows))
    assert verdict.agrees, f"{verdict.reason}\n{verdict.rows}\n{program.text}"
    return None


def column(values: list[object], types: pa.Schema, name: str) -> pa.Array:
    """Return an expected column; where all is missing, in the answer's type."""
    there = [value for value in values if value is not None]
    if there and isinstance(there[0], int) and max(map(abs, there)) >= 2**63:
        return pa.array(values, pa.uint64())
    if there:
        return pa.array(values)
    place = types.get_field_index(name)
    return pa.nulls(len(values), types.field(place).type if place >= 0 else pa.int64())


def on_each_engine(function: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.parametrize("engine", ENGINES)(function)


@on_each_engine
@pytest.mark.parametrize("case", [*typed_cases()])
def test_every_type_with_gaps(engine: str, case: str, warm: Start, tmp_path: Path) -> None:
    name, _, kind = case.rpartition("-")
    why = answer(engine, case, typed_table(name), ASKED[kind], warm, tmp_path)
    if why == UNCOMPILED and engine == "pandas+numba" and kind != "sums":
        return
    known = [key for key in REFUSED if key[0] == engine and fnmatch(case, key[1])]
    assert bool(why) == bool(known), why or f"{case} is answered now: take {known} out of REFUSED"


ODD = """
    unit price|it's|say "hi"|a.b|größe|class|select|data|answer|path|pd|pl|np|query|part|groups|
    dt|con|row|index|level_0|size|count|Group|{x}|back\\slash|#|%s|1st|None|lambda|rowid|日本|🙂|
    a,b|a[b]|-x|:y|?|table|null|x
""".replace("\n", "").strip()
NAMES = [name.strip() for name in ODD.split("|")]
CHUNKS = [NAMES[i : i + 7] for i in range(0, len(NAMES), 7)]


def column_of(name: str) -> str:
    return f"col({name!r})"


@on_each_engine
@pytest.mark.parametrize("names", CHUNKS, ids=lambda names: names[0])
@pytest.mark.parametrize("place", ["keys", "measures", "filtered"])
def test_odd_names(engine: str, names: list[str], place: str, warm: Start, tmp_path: Path) -> None:
    columns = {name: [i + j for j in (1, 2, 2, 1)] for i, name in enumerate(names)}
    table = pa.table({"k": ["a", "a", "b", "b"], "v": [1, 4, 2, 9], **columns})
    first, second, *others = names
    question = {
        "keys": {"group_by": names, "aggregate": {"s": "sum(v)"}},
        "measures": {
            "group_by": "k",
            "aggregate": {name: f"sum({column_of(name)})" for name in names},
        },
        "filtered": {
            "where": f"{column_of(first)} > 0",
            "derive": {"w": f"{column_of(second)} * 2"},
            "group_by": others,
            "aggregate": {first: "max(w) - min(v)", "n": "size()"},
        },
    }[place]
    assert answer(engine, place, table, question, warm, tmp_path) is None


@on_each_engine
@pytest.mark.parametrize("name", ["*", "^a$", "tab\there", "self", "e\u0301"])
def test_a_name_that_an_engine_cannot_take_is_refused_and_never_answered_wrongly(
    engine: str, name: str, warm: Start, tmp_path: Path
) -> None:
    table = pa.table({"k": ["a", "a", "b"], name: [1, 2, 4]})
    question = {
        "derive": {"w": f"{column_of(name)} + 1"},
        "group_by": "k",
        "aggregate": {name: f"sum({column_of(name)})", "o": "max(w)"},
    }
    why = answer(engine, name, table, question, warm, tmp_path)
    assert why is None or (name, engine) in {
        ("*", "polars"),
        ("^a$", "polars"),
        ("tab\there", "datatable"),
        *(("self", other) for other in ENGINES),
    }


SHAPES = {
    "empty": pa.table({"k": pa.array([], pa.string()), "v": pa.array([], pa.int64())}),
    "one row": pa.table({"k": ["a"], "v": [1]}),
    "one group": pa.table({"k": ["a"] * 50, "v": list(range(50))}),
    "all keys missing": pa.table({"k": pa.nulls(4, pa.string()), "v": [1, 2, None, 4]}),
    "all missing": pa.table({"k": pa.nulls(4), "v": pa.nulls(4, pa.int64())}),
    "every row a group": pa.table(
        {"k": [f"k{i}" for i in range(20_000)], "v": list(range(20_000))}
    ),
}


@on_each_engine
@pytest.mark.parametrize("shape", SHAPES)
def test_odd_shapes(engine: str, shape: str, warm: Start, tmp_path: Path) -> None:
    question = {"group_by": "k", "aggregate": {"s": "sum(v)", "m": "mean(v)", "n": "size()"}}
    why = answer(engine, shape, SHAPES[shape], question, warm, tmp_path)
    refused = {("datatable", "empty"), ("pandas+numba", "empty")}
    assert bool(why) == ((engine, shape) in refused), why
