"""What the fuzz found in the programs, and has been mended: each small case answers as Python."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from dfbench.engines import find
from dfbench.engines.interactive import load_program, run
from dfbench.errors import Unsupported
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Column, Schema
from dfbench.spec.workload import Query
from dfbench.testing.fuzz.cases import Data
from dfbench.testing.fuzz.frames import Tables
from dfbench.verification.python_answers import answer_steps

TEXTS = {
    "k": ["b", "a"], "t": ["日本", "a"], "g": [None, 2.0], "i": [9, 7],
    "day": ["29/02/2024", "31/1/2024"],
}  # fmt: skip
MONTH = "month(parse(day, '%d/%m/%Y'))"


def read(query: str) -> Query:
    files = "{files: x.parquet, tables: {t: t.parquet, other: o.parquet}}"
    text = f"workload: w\ndataset: {files}\nqueries: {{q: {query}}}\n"
    return read_text(text, "w.yaml", Path()).queries[0]


# A quotient of nothing in one step is compared in the next: NaN would be above all numbers.
NOTHING = (
    "{steps: [{group_by: t, aggregate: {r: n_unique(j) / sum(j)}}, {where: r > 1, select: [t]}]}"
)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb", "narwhals", "dask"])
def test_a_quotient_that_is_no_number_is_not_above_one_in_a_later_step(engine: str) -> None:
    frame = pa.table({"t": ["a", "b"], "j": pa.array([None, 3], pa.int64())})
    assert len(run(find(engine), read(NOTHING), frame)) == 0


@pytest.mark.parametrize("engine", ["pandas", "polars", "dask"])
def test_a_number_divided_by_no_distinct_values_is_infinite(engine: str) -> None:
    frame = pa.table({"i": pa.array([None, None], pa.int64())})
    answer = run(find(engine), read("{transform: {out: 0.5 / n_unique(i)}}"), frame)
    assert list(answer["out"]) == [math.inf, math.inf]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        # Dask's optimizer took the column for the condition.
        ("{where: k < t, aggregate: {out: count(g)}}", [0]),
        # On rows of Dask's own making, a text is missing.
        ("{where: \"contains(split(t, 'x')[0], '日')\", aggregate: {out: size()}}", [1]),
        (
            "{derive: {n: \"integer(text(i)) - len(split(t, 'x')[0])\"}, aggregate: {out: sum(n)}}",
            [13],
        ),
        (
            "{transform: {out: \"1 if contains(text(integer(g)), '2') else 5\"}}",
            [5, 1],
        ),
        # There, a text is "foo", which is no date.
        (f'{{where: "{MONTH} == 1", aggregate: {{out: max(i)}}}}', [7]),
        (f'{{transform: {{out: "{MONTH}"}}}}', [2, 1]),
        (
            f"{{group_by: k, aggregate: {{out: \"median({MONTH})\"}}, sort: k, having: k == 'b'}}",
            ["b"],
        ),
    ],
)
def test_dask_filters_and_derives_by_texts(query: str, answer: list[Any]) -> None:
    assert list(run(find("dask"), read(query), pa.table(TEXTS)).iloc[:, 0]) == answer


@pytest.mark.parametrize("engine", ["pandas", "polars", "narwhals", "dask"])
@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("1 in (1, 2)", True),
        ("None is None", True),
        ("1 is not None", True),
        ("days(date('2024-02-01') - date('2024-01-31'))", 1),
    ],
)
def test_words_of_constants_alone_have_an_answer(
    engine: str, expression: str, answer: object
) -> None:
    query = read(f'{{transform: {{out: "{expression}"}}}}')
    assert list(run(find(engine), query, pa.table(TEXTS))["out"]) == [answer, answer]


@pytest.mark.parametrize("engine", ["pandas", "polars", "narwhals", "dask"])
def test_integers_have_powers_of_negative_exponents(engine: str) -> None:
    query = read(
        "{transform: {a: 2 ** (i - 8), b: i ** (i - 8), c: 2 ** -1, e: 'coalesce(i, None)'}}"
    )
    answer = run(find(engine), query, pa.table(TEXTS))
    assert [list(answer[name]) for name in "abce"] == [[2, 0.5], [9, 1 / 7], [0.5, 0.5], [9, 7]]


@pytest.mark.parametrize("engine", ["pandas", "polars", "dask"])
def test_the_angle_of_a_column_and_a_constant(engine: str) -> None:
    query = read("{transform: {out: 'atan2(i, 2.0)', other: 'atan2(2, i)'}, limit: 1}")
    answer = run(find(engine), query, pa.table(TEXTS))
    assert [*answer["out"], *answer["other"]] == pytest.approx([math.atan2(9, 2), math.atan2(2, 9)])


MIXED = pa.table(
    {
        "k": ["c", "b", "b", "c"],
        "n": pa.array([-128, None, None, 4], pa.int8()),
        "b": [False, None, True, True],
        "e": [1, 2, 3, 3],
        "w": [1e300, None, -1e300, 1e300],
        "m": pa.array([-1, None, None, None], pa.timestamp("us")),
    }
)


@pytest.mark.parametrize("engine", ["pandas", "dask"])
@pytest.mark.parametrize(
    "query",
    [
        # Parts of texts that are all missing have no type of their own.
        "{derive: {p: \"split(k, ' ')[1]\", q: p + k, r: k + p, s: 'p[-1:]'}, select: [q, r, s]}",
        "{where: \"split(k, ' ')[1] < k\", aggregate: {n: size()}}",
        "{derive: {p: \"split(k, ' ')[1]\"}, group_by: p, aggregate: {n: size()}}",
        # Sums of chosen truth values with gaps were truth values themselves.
        "{group_by: e, aggregate: {o: \"sum(2 > n if k == 'c' else n < 0)\"}}",
        "{group_by: e, aggregate: {o: \"count_if(b if k == 'b' else None)\"}}",
        "{group_by: e, aggregate: {o: \"mean(2 > n if k == 'c' else n < 0)\"}}",
        # A filter with a condition of texts inside another one missed values.
        "{where: \"n < 5 and (starts_with(k, 'c') and b) or k == 'a'\", select: [n]}",
        # Windows of a key whose rows have no time, and of a key that is a chosen text.
        "{where: e > 1, group_by: e, order_by: m, transform: {o: \"rolling_count(e, '2d')\"}}",
        (
            "{derive: {h: \"'high' if e == 9 else None\"}, group_by: h, order_by: m,"
            " transform: {o: \"rolling_min(e, '12h')\"}}"
        ),
        # The square of a column's largest number was beyond all numbers.
        "{group_by: e, aggregate: {o: n_unique(w)}}",
        # A correlation of nothing is missing where a text is counted beside it.
        "{group_by: e, aggregate: {u: n_unique(k), c: 'corr(e, e * 2)'}, having: c is None}",
    ],
)
def test_pandas_types_what_it_derives(engine: str, query: str) -> None:
    asked = read(query)
    # Arrow refuses a column of truth values and numbers.
    answer = pa.Table.from_pandas(run(find(engine), asked, MIXED), preserve_index=False)
    assert sort_rows(answer.to_pylist()) == sort_rows(answer_steps(asked, MIXED, {})[1])


UNSIGNED = pa.table(
    {
        "k": ["a", "a", "b"],
        "g": ["p", "p", "p"],
        "q": pa.array([65535, 2, 1], pa.uint16()),
    }
)
PIVOT = "pivot: {index: k, columns: {g: [p]}, values: sum(q)}"
SUM = "group_by: k, aggregate: {p: sum(q)}"
LARGEST = "pivot: {index: k, columns: {g: [p]}, values: max(q)}"
CHOSEN = "group_by: [k, g], aggregate: {p: \"max(q if g == 'p' else None)\"}"


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb", "dask", "narwhals"])
@pytest.mark.parametrize(
    "query",
    [
        # The sum of unsigned numbers has no sign in pandas: below zero it wrapped.
        *(f"{{steps: [{{{s}}}, {{derive: {{d: p - 70000, n: -p}}}}]}}" for s in (PIVOT, SUM)),
        *(f"{{{s}, having: p - 70000 < 0}}" for s in (PIVOT, SUM)),
        "{steps: [{transform: {k: k, p: sum(q)}}, {where: -p < 0, select: k}]}",
        "{pivot: {index: k, columns: {g: [p, o]}, values: sum(q) - 70000}}",
        # What may have gaps, and has none, is as narrow as its column.
        "{transform: {o: \"(q if g == 'p' else None) - 70000\"}}",
        f"{{steps: [{{{LARGEST}}}, {{derive: {{d: p - 70000}}, select: [d]}}]}}",
        f"{{{LARGEST}, having: p - 70000 < 0}}",
        f"{{steps: [{{{CHOSEN}}}, {{derive: {{d: p - 70000}}, select: [d]}}]}}",
        f"{{steps: [{{{CHOSEN}}}, {{where: g is not None}}, {{select: [p], where: p > 2 - p}}]}}",
    ],
)
def test_unsigned_numbers_may_be_taken_below_zero(engine: str, query: str, tmp_path: Path) -> None:
    asked, data = read(query), Data.of(Tables(UNSIGNED), tmp_path)
    module = load_program(find(engine).write(asked, data.schema))
    answer = module.rows(module.query(module.load(str(data.paths[0]))))
    assert sort_rows(answer.to_pylist()) == sort_rows(answer_steps(asked, UNSIGNED, {})[1])


@pytest.mark.parametrize("engine", ["pandas/scan", "dask/scan"])
def test_a_filter_of_the_reader_may_leave_no_gaps_in_narrow_integers(engine: str) -> None:
    frame = pa.table({"k": ["a", "b"], "q": pa.array([2, None], pa.uint16())})
    asked = read("{where: k == 'a', aggregate: {o: max(q) - 70000}}")
    assert list(run(find(engine), asked, frame)["o"]) == [-69998]


@pytest.mark.parametrize(
    "part",
    ["split(text(d), ' ')[0]", "split(lower(text(d)), ' ')[0]", "count_words(lower(text(d)))"],
)
@pytest.mark.parametrize("engine", ["pandas", "dask"])
def test_parts_of_texts_of_missing_days_are_missing(engine: str, part: str) -> None:
    frame = pa.table({"x": [0.5], "d": pa.array([None], pa.date32())})
    asked = read(f'{{derive: {{n: "{part}"}}, group_by: n, aggregate: {{o: median(x)}}}}')
    # The default of pandas 3, with which parts of texts that are all missing are floats.
    with pd.option_context("future.infer_string", True):
        answer = run(find(engine), asked, frame)
    assert answer["n"].isna().tolist() == [True]
    assert answer["o"].tolist() == [0.5]


@pytest.mark.parametrize("word", ["split(t, '-')[0]", "count_words(t)"])
@pytest.mark.parametrize("engine", ["pandas", "pandas/object", "dask", "polars"])
def test_parts_of_texts_that_are_all_missing_are_missing(engine: str, word: str) -> None:
    frame = pa.table({"t": pa.array([None, None], pa.string()), "v": [1, 2]})
    answer = run(find(engine), read(f'{{transform: {{o: "{word}", p: v}}}}'), frame)
    assert [None if pd.isna(value) else value for value in answer["o"]] == [None, None]


@pytest.mark.parametrize(
    "query",
    [
        "{aggregate: {o: max(k)}}",
        "{group_by: v, aggregate: {o: min(k)}}",
        "{group_by: v, aggregate: {o: 'arg_max(v, k)'}}",
        "{transform: {o: max(lower(k))}}",
        "{transform: {o: 'min(k, h)'}}",
    ],
)
def test_objects_are_not_asked_for_the_least_of_texts_and_missing_values(query: str) -> None:
    columns = (Column("v", "int", "int64"), Column("h", "string", "string"))
    engine = find("pandas/object")
    with pytest.raises(Unsupported, match="cannot order texts and missing values"):
        engine.write(
            read(query), Schema((*columns, Column("k", "string", "string", nulls=True)), 9)
        )
    assert engine.write(read(query), Schema((*columns, Column("k", "string", "string")), 9)).text


CODED = pa.table({"k": pa.array(["c", None, "a", "b"]).dictionary_encode(), "v": [1, 2, 3, 4]})


@pytest.mark.parametrize("engine", ["pandas", "pandas/object", "dask", "polars", "narwhals"])
@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("{where: k is not None, sort: -k, select: k}", ["c", "b", "a"]),
        ("{where: v > 2, group_by: k, aggregate: {n: size()}, sort: k}", ["a", "b"]),
        ("{where: k is not None, aggregate: {n: max(k)}}", ["c"]),
        ("{where: k < 'b', select: k}", ["a"]),
        ("{join: {table: other, on: v, how: left}, where: v < 3, sort: -u, select: u}", ["c", "b"]),
    ],
)
def test_texts_with_a_dictionary_have_the_order_of_texts(
    engine: str, query: str, answer: list[str]
) -> None:
    other = pa.table({"u": pa.array(["b", "c", "a"]).dictionary_encode(), "v": [1, 2, 9]})
    tables = {"other": other} if "other" in query else {}
    found = run(find(engine), read(query), CODED, **tables)
    assert list(found[next(iter(found.columns))]) == answer


def sort_rows(rows: list[dict[str, Any]]) -> list[str]:
    numbers = [[v + 0.0 if isinstance(v, int) else v for v in row.values()] for row in rows]
    return sorted(map(repr, numbers))


@pytest.mark.parametrize("engine", ["pandas", "dask"])
def test_truth_values_that_match_have_no_gaps(engine: str, tmp_path: Path) -> None:
    asked = read("{join: {table: other, on: b, how: semi}, where: b, aggregate: {n: sum(v)}}")
    frame = pa.table({"b": pa.array([None], pa.bool_()), "v": [7]})
    data = Data.of(Tables(frame, pa.table({"b": [False]})), tmp_path)
    module = load_program(find(engine).write(asked, data.schema))
    answer = module.rows(module.query(*module.load(*map(str, data.paths))))
    assert answer.to_pylist() == [{"n": 0}]


KEYED = Schema((Column("k", "int", "int64", True), Column("x", "int", "int64", True)), 5)
BESIDE = Schema((Column("k", "int", "int64", True), Column("y", "int", "int64", True)), 5)


@pytest.mark.parametrize(
    ("engine", "query", "reason"),
    [
        ("modin", "{group_by: k, transform: {o: 'rolling_count(k, 2)'}}", "of a key are empty"),
        (
            "dask",
            "{join: {table: t, on: k, how: outer}, group_by: x, aggregate: {n: size()}}",
            "no column is read",
        ),
    ],
)
def test_what_a_library_answers_wrongly_is_refused(engine: str, query: str, reason: str) -> None:
    with pytest.raises(Unsupported, match=reason):
        find(engine).write(read(query), replace(KEYED, tables=(("t", BESIDE),)))


@pytest.mark.parametrize("engine", ["pandas", "dask", "modin"])
@pytest.mark.parametrize(
    "query",
    [
        "{derive: {y: 'v if x > 1 else None'}, group_by: k, aggregate: {m: max(y)}}",
        "{group_by: k, aggregate: {m: 'arg_max(v, x)'}}",
        "{group_by: k, aggregate: {m: 'last(v, order_by=x)'}}",
    ],
)
def test_large_integers_that_a_choice_would_make_floats_are_refused(
    engine: str, query: str
) -> None:
    names = (Column("k", "string", "string"), Column("x", "int", "int64", low=0, high=9))
    large, small = (Column("v", "int", "int64", low=0, high=high) for high in (2**62, 2**50))
    with pytest.raises(Unsupported, match=r"exact only up to 2\*\*53"):
        find(engine).write(read(query), Schema((*names, large), 9))
    assert find(engine).write(read(query), Schema((*names, small), 9)).text


@pytest.mark.parametrize("engine", ["dask", "modin"])
def test_any_value_and_the_first_of_a_column_are_asked_once(engine: str) -> None:
    query = read("{group_by: k, aggregate: {a: first(x), b: any_value(x), c: first(x) + 1}}")
    text = find(engine).write(query, KEYED).text
    assert text.partition("def query")[2].count("first") == 1
    if engine == "dask":
        frame = pa.table({"k": pa.array([1, 1], pa.int64()), "x": pa.array([3, 4], pa.int64())})
        assert run(find(engine), query, frame).iloc[0].tolist() == [1, 3, 3, 4]


@pytest.mark.parametrize("engine", ["pandas", "dask"])
def test_two_correlations_beside_the_rows_have_values_of_their_own(engine: str) -> None:
    query = read("{group_by: k, transform: {a: 'corr(j, i)', b: 'corr(i, x)'}}")
    frame = pa.table({"k": [1] * 3, "i": [0, 3, 4], "j": [4, 1, 2], "x": [0.5, 2.0, 1.0]})
    answer = run(find(engine), query, frame)
    assert [*answer.iloc[0]] == pytest.approx([1, -0.838627869378, 0.576556660197])


@pytest.mark.parametrize("engine", ["pandas", "dask"])
def test_truths_with_gaps_are_sorted_where_they_are_keys(engine: str) -> None:
    query = read("{group_by: b, aggregate: {n: size()}, sort: [b]}")
    answer = run(find(engine), query, pa.table({"b": [True, None, False]}))
    assert [None if pd.isna(b) else b for b in answer["b"]] == [False, True, None]


@pytest.mark.parametrize("how", ["semi", "inner"])
def test_a_filter_by_a_key_waits_for_the_join_that_leaves_missing_ones_out(how: str) -> None:
    where = "where: 0.5 / n <= g, aggregate: {s: sum(n)}"
    query = read(f"{{join: {{table: other, on: {{n: n_id}}, how: {how}}}, {where}}}")
    frame = pa.table({"n": pa.array([None, 2, 1], pa.int8()), "g": [1, 1, 0]})
    answer = run(find("dask"), query, frame, other=pa.table({"n_id": [2, 1]}))
    assert answer["s"].tolist() == [2]


@pytest.mark.parametrize("where", ["starts_with(text(d), 'b')", "x != count_words(text(i))"])
def test_texts_of_a_part_without_values_are_missing_in_a_condition(where: str) -> None:
    days, whole = pa.array([None], pa.date32()), pa.array([None], pa.int64())
    frame = pa.table({"d": days, "i": whole, "x": [9]})
    assert len(run(find("dask"), read(f'{{where: "{where}"}}'), frame)) == 0


@pytest.mark.parametrize("engine", ["pandas", "dask"])
@pytest.mark.parametrize(
    "query",
    [
        "{group_by: k, aggregate: {out: sum(s) * 2}}",
        "{steps: [{group_by: k, aggregate: {t: sum(s)}}, {transform: {out: t * 2}}]}",
    ],
)
def test_a_sum_that_fits_into_32_bits_does_not_wrap_when_it_is_doubled(
    engine: str, query: str
) -> None:
    frame = pa.table({"k": [1], "s": pa.array([2**30], pa.int32())})
    assert run(find(engine), read(query), frame)["out"].tolist() == [2**31]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        # What is missing in the branch that is not taken takes no part.
        ("len(extract(k, '[a-z]+', 0)) if i > 9 else i", [-1, 4, 9]),
        # A comparison with what is missing does not hold.
        ("1 if sqrt(i) != 2 else 0", [0, 0, 1]),
        ("1 if not (sqrt(i) == 2) else 0", [0, 0, 1]),
        ("1 if sqrt(i) not in (2, 5) else 0", [0, 0, 1]),
        ("1 if not (sqrt(i) in (2, 5) or i == 9) else 0", [0, 0, 0]),
        ("1 if len(extract(k, '[a-z]+', 0)) != i else 0", [0, 1, 1]),
    ],
)
def test_a_compiled_loop_takes_a_word_without_an_answer_as_missing(
    body: str, answer: list[int]
) -> None:
    frame = pa.table({"k": ["", "a", "bb"], "i": [-1, 4, 9]})
    found = run(find("pandas+numba"), read(f'{{apply: {{rows: "{body}", as: out}}}}'), frame)
    assert found["out"].tolist() == answer


@pytest.mark.parametrize("word", ["first", "last"])
def test_dask_takes_the_first_of_all_rows_in_their_order(word: str) -> None:
    query = read(f"{{order_by: [-i], transform: {{o: {word}(x), n: i}}}}")
    answer = run(find("dask"), query, pa.table({"i": [1, 3, 2], "x": [10, 30, 20]}))
    assert set(answer["o"]) == {30 if word == "first" else 10}


NARROWEST = pa.table(
    {
        "s": pa.array([-(2**31), 5], pa.int32()),
        "n": pa.array([-128, 5], pa.int8()),
        "u": pa.array([200, 5], pa.uint8()),
    }
)


@pytest.mark.parametrize("engine", ["pandas+numba", "pandas", "polars", "duckdb", "datatable"])
@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("-s", [2**31, -5]),
        ("abs(s)", [2**31, 5]),
        ("-max(n, n)", [128, -5]),
        ("-max(u, u)", [-200, -5]),
        ("-(n if u > 1 else n)", [128, -5]),
        ("-clip(n, -128, 127)", [128, -5]),
        ("clip(u, 0, 255) + 100", [300, 105]),
        ("coalesce(u, 0) + 100", [300, 105]),
        ("coalesce(u, 300)", [200, 5]),
        # A bound that is no number of the width.
        ("clip(u, -1, 300)", [200, 5]),
        ("clip(u, 300, 301)", [300, 300]),
        ("clip(max(n, n), -200, -150)", [-150, -150]),
    ],
)
def test_a_narrow_integer_may_be_the_smallest_of_its_width(
    engine: str, body: str, answer: list[int], tmp_path: Path
) -> None:
    asked = read(f'{{apply: {{rows: "{body}", as: o}}}}')
    data = Data.of(Tables(NARROWEST), tmp_path)
    module = load_program(find(engine).write(asked, data.schema))
    found = module.rows(module.query(module.load(str(data.paths[0]))))
    assert found["o"].to_pylist() == answer


@pytest.mark.parametrize("engine", ["pandas", "polars", "narwhals"])
@pytest.mark.parametrize("bounded", ["clip(len(k), -2, 300)", "clip(month(d), -300, 300)"])
def test_numbers_of_texts_and_days_have_bounds_of_any_width(engine: str, bounded: str) -> None:
    frame = pa.table({"k": ["ab"], "d": [dt.date(2024, 2, 1)]})
    answer = run(find(engine), read(f'{{transform: {{o: "{bounded}"}}}}'), frame)
    assert list(answer["o"]) == [2]


@pytest.mark.parametrize("engine", ["pandas", "dask"])
@pytest.mark.parametrize("word", ["ffill", "bfill"])
@pytest.mark.filterwarnings("error::FutureWarning")
def test_truths_with_gaps_are_filled_without_a_warning(engine: str, word: str) -> None:
    frame = pa.table({"b": [None, False, None]})
    answer = run(find(engine), read(f"{{transform: {{o: {word}(b)}}}}"), frame)
    known = [None if pd.isna(value) else bool(value) for value in answer["o"]]
    assert known == ([None, False, False] if word == "ffill" else [False, False, None])


@pytest.mark.parametrize("engine", ["pandas", "dask"])
def test_variances_of_many_integers_are_not_multiplied_in_64_bits(engine: str) -> None:
    frame = pd.DataFrame({"k": 0, "i": [*range(2000)] * 100, "j": [*range(2, 2002)] * 100})
    query = read("{group_by: k, aggregate: {out: 'corr(i, j)'}}")
    assert list(run(find(engine), query, frame)["out"]) == [pytest.approx(1)]


def test_two_correlations_of_one_pair_share_their_statements() -> None:
    query = read("{group_by: k, aggregate: {a: 'corr(i, j)', b: 'corr(i, j) ** 2'}}")
    data = Schema(tuple(Column(name, "int", "int64") for name in "kij"), 9)
    assert find("pandas").write(query, data).text.count("covariance = ") == 1


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
@pytest.mark.parametrize("time", ["m", "{m: m_id}"])
def test_an_as_of_join_shows_keys_of_two_names(engine: str, time: str, tmp_path: Path) -> None:
    asked = read(f"{{join: {{table: other, asof: {{on: {time}, by: {{k: k_id}}}}}}}}")
    right = "m_id" if "m_id" in time else "m"
    other = pa.table({right: [1, 2, 5, 3], "k_id": ["a", "b", "a", None], "p": [1, 2, 3, 4]})
    tables = Tables(pa.table({"m": [4, 1, 9], "k": ["a", "b", None]}), other)
    data = Data.of(tables, tmp_path)
    module = load_program(find(engine).write(asked, data.schema))
    loaded = module.load(*map(str, data.paths))
    answer = module.rows(module.query(*(loaded if isinstance(loaded, tuple) else (loaded,))))
    right_rows = answer_steps(asked, tables.frame, tables.beside)[1]
    assert sort_rows(answer.select([*right_rows[0]]).to_pylist()) == sort_rows(right_rows)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
@pytest.mark.parametrize(
    ("left", "right"),
    [
        (pa.array([1, 2], pa.int8()), pa.array([2, 1], pa.int64())),
        (pa.array([1, 2], pa.int8()), pa.array([None, 1], pa.int8())),
        (pa.array([1, None], pa.int16()), pa.array([2, 1], pa.uint32())),
        (pa.array(["a", "b"]), pa.array(["b", "a"]).dictionary_encode()),
    ],
)
def test_an_as_of_join_takes_keys_of_two_types(
    engine: str, left: pa.Array, right: pa.Array, tmp_path: Path
) -> None:
    asked = read("{join: {table: other, asof: {on: m, by: k}}, select: [m, p]}")
    frame, other = (
        pa.table({"m": [4, 5], "k": left}),
        pa.table({"m": [1, 2], "k": right, "p": ["x", "y"]}),
    )
    data = Data.of(Tables(frame, other), tmp_path)
    module = load_program(find(engine).write(asked, data.schema))
    loaded = module.load(*map(str, data.paths))
    answer = module.rows(module.query(*(loaded if isinstance(loaded, tuple) else (loaded,))))
    right_rows = answer_steps(asked, frame, {"other": other})[1]
    assert sort_rows(answer.to_pylist()) == sort_rows(right_rows)


@pytest.mark.parametrize("engine", ["pandas", "dask"])
@pytest.mark.parametrize("word", ["ends_with", "contains"])
def test_texts_of_a_table_that_lacks_a_value_are_missing_in_a_condition(
    engine: str, word: str, tmp_path: Path
) -> None:
    query = read(f"{{where: \"{word}(map(k, {{'a': 'xb'}}), 'b')\", aggregate: {{n: sum(v)}}}}")
    data = Data.of(Tables(pa.table({"k": ["c"], "v": [1]})), tmp_path)
    module = load_program(find(engine).write(query, data.schema))
    with pd.option_context("future.infer_string", engine == "pandas"):
        answer = module.rows(module.query(module.load(str(data.paths[0]))))
    assert answer["n"].to_pylist() == [0]


def test_a_table_of_numbers_is_no_text_in_a_condition_of_dask(tmp_path: Path) -> None:
    query = read("{where: 'v < map(k, {0: 2.5, 2: -1.5}, 2.5)', aggregate: {n: sum(v)}}")
    data = Data.of(Tables(pa.table({"k": [0, 2], "v": [1, 1]})), tmp_path)
    module = load_program(find("dask").write(query, data.schema))
    answer = module.rows(module.query(module.load(str(data.paths[0]))))
    assert answer["n"].to_pylist() == [1]


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb", "dask", "datatable"])
def test_values_of_sorted_rows_keep_their_order(engine: str, tmp_path: Path) -> None:
    query = read("{steps: [{sort: [-v]}, {apply: {rows: 10 * v, as: out}}]}")
    data = Data.of(Tables(pa.table({"v": [2, 3, 1]})), tmp_path)
    module = load_program(find(engine).write(query, data.schema))
    answer = module.rows(module.query(module.load(str(data.paths[0]))))
    assert answer["out"].to_pylist() == [30, 20, 10]


def test_dask_counts_the_rows_of_a_join_beside_a_widened_column(tmp_path: Path) -> None:
    join = "join: {table: other, on: q, how: left}, where: i < j and j <= 2"
    query = read(f"{{{join}, aggregate: {{out: min(n) + n_unique(q), rows: size()}}}}")
    frame = pa.table(
        {
            "i": [3, -2, -3, -2, None, -2, None, None, None, -2],
            "j": [4, 2, None, 1, 4, None, None, 4, None, 1],
            "n": pa.array([-128, 100, 0, 100, 5, 5, -128, -127, -1, -1], "int8"),
            "q": [None, None, 65535, None, None, 0, None, None, None, None],
        }
    )
    other = pa.table({"q": pa.array([None], "int64")})
    data = Data.of(Tables(frame, other), tmp_path)
    module = load_program(find("dask").write(query, data.schema))
    answer = module.rows(module.query(*module.load(*map(str, data.paths))))
    assert answer["rows"].to_pylist() == [3]


@pytest.mark.parametrize("engine", ["pandas", "dask"])
def test_a_row_without_a_column_of_a_pivot_has_its_group(engine: str) -> None:
    pivot = "pivot: {index: t, columns: {k: [b, c]}, values: n_unique(j)}"
    frame = pa.table({"t": ["ab", None], "k": pa.array([None, None], "string"), "j": [4, 4]})
    answer = run(find(engine), read(f"{{{pivot}, having: t is not None}}"), frame)
    assert answer.to_dict("records") == [{"t": "ab", "b": 0, "c": 0}]


@pytest.mark.parametrize("engine", ["pandas", "pandas+numba"])
def test_a_function_of_the_words_of_missing_texts_is_missing(engine: str) -> None:
    frame = pa.table({"k": pa.array([None], "string")})
    answer = run(find(engine), read("{apply: {rows: asin(count_words(k)), as: out}}"), frame)
    assert answer["out"].isna().all()


@pytest.mark.parametrize("function", ["log1p(n)", "sqrt(n)", "hypot(n, n)"])
@pytest.mark.parametrize("kind", ["int8", "uint16"])
def test_functions_of_narrow_integers_have_64_bits_in_compiled_loops(
    function: str, kind: str
) -> None:
    query = read(f"{{apply: {{rows: '{function}', as: out}}}}")
    narrow, wide = (
        run(find("pandas+numba"), query, pa.table({"n": pa.array([127], width)}))
        for width in (kind, "int64")
    )
    assert list(narrow["out"]) == list(wide["out"])
