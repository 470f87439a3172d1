"""What rounding may carry a value holds for every honest order, and for no planted error."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import duckdb
from dfbench.engines.interactive import load_program
from dfbench.errors import DfbenchError
from dfbench.spec.reader import read_text
from dfbench.spec.workload import Query
from dfbench.verification.agreement import Expected, compare_answer
from dfbench.verification.rounding import find_possibilities
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

MOMENTS = "{group_by: k, aggregate: {s: sum(x), m: mean(x), v: var(x), d: std(x)}}"


def asked(table: pa.Table, question: str, folder: Path) -> tuple[Query, Expected]:
    """Return a query and the oracle's answer with its bounds; variants only when needed."""
    path = folder / "data.parquet"
    pq.write_table(table, path)
    text = f"workload: w\ndataset: {{files: {path}}}\nqueries: {{q: {question}}}\nengines: [pandas]"
    (query,) = read_text(text, "w.yaml", folder).queries
    schema = read_schema(path)
    found = find_possibilities(query, schema)

    def answer(one: Query) -> pa.Table:
        module = load_program(duckdb.write(one, schema))
        return module.rows(module.query(module.load(str(path))))

    expected = Expected(
        answer(found.query),
        found.errors,
        found.mixed,
        lambda: tuple(answer(one) for one in found.variants),
        ranks=found.ranks,
        rounded=found.rounded,
    )
    return query, expected


def agrees(table: pa.Table, question: str, values: dict[str, list[object]], folder: Path) -> bool:
    query, expected = asked(table, question, folder)
    return compare_answer(expected, pa.table(values), query, table.num_rows).agrees


def frame(values: list[float]) -> pa.Table:
    return pa.table({"k": ["a"] * len(values), "x": values})


@settings(max_examples=40, deadline=None, phases=[Phase.generate])
@given(
    seed=st.integers(0, 10**6),
    size=st.sampled_from([2, 3, 10, 1000, 20_000]),
    mean=st.sampled_from([0.0, 1.0, 1e3, 1e6]),
    spread=st.sampled_from([1e-3, 1.0, 100.0]),
    shape=st.sampled_from(["normal", "cancelling", "constant", "lognormal"]),
)
def test_exact_moments_and_honest_orders_lie_within_and_planted_errors_do_not(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    size: int,
    mean: float,
    spread: float,
    shape: str,
) -> None:
    random = np.random.default_rng(seed)
    x = random.lognormal(0, 5, size) if shape == "lognormal" else random.normal(mean, spread, size)
    if shape == "cancelling":
        x = random.permutation(np.concatenate((x, -x)))
    if shape == "constant":
        x = np.full(size, 0.1)
    query, expected = asked(frame(x.tolist()), MOMENTS, tmp_path_factory.mktemp("data"))
    terms = [Fraction(value) for value in x.tolist()]
    centre = sum(terms) / len(terms)
    variance = float(sum((term - centre) ** 2 for term in terms) / (len(terms) - 1))
    exact = {"s": float(sum(terms)), "m": float(centre), "v": variance, "d": math.sqrt(variance)}
    in_order = float(np.cumsum(x)[-1])
    honest = exact | {"s": in_order, "m": in_order / len(x)}

    def right(values: dict[str, float]) -> bool:
        answer = pa.table({"k": ["a"], **{name: [value] for name, value in values.items()}})
        return compare_answer(expected, answer, query, len(x)).agrees

    assert right(exact)
    assert right(honest)
    total = expected.answer["s"][0].as_py()
    if abs(total) > 1e-3 * float(np.abs(x).sum()):
        assert not right(exact | {"s": exact["s"] * (1 + 1e-9)})
    if variance > 1e-6 * float(np.square(x).mean()):
        assert not right(exact | {"v": variance * (1 + 1e-9)})
        assert not right(exact | {"d": math.sqrt(variance) * (1 + 1e-9)})


def test_a_variance_by_squares_is_wrong_where_the_mean_is_far_from_zero(tmp_path: Path) -> None:
    x = np.random.default_rng(1).normal(1e5, 1.0, 1000)
    squares = (float(np.square(x).sum()) - float(x.sum()) ** 2 / 1000) / 999
    values = {"k": ["a"], "v": [squares]}
    assert not agrees(frame(x.tolist()), "{group_by: k, aggregate: {v: var(x)}}", values, tmp_path)


def test_a_sum_in_float32_of_doubles_is_wrong_and_of_float32_right(tmp_path: Path) -> None:
    x = np.random.default_rng(2).uniform(0, 1, 1000).astype(np.float32)
    narrow = {"k": ["a"], "s": [float(np.cumsum(x, dtype=np.float32)[-1])]}
    question = "{group_by: k, aggregate: {s: sum(x)}}"
    assert not agrees(frame(x.astype(float).tolist()), question, narrow, tmp_path)
    single = frame(x.tolist()).set_column(1, "x", pa.array(x))
    assert agrees(single, question, narrow, tmp_path)


def test_a_rounded_mean_on_an_edge_may_fall_to_either_side_and_nowhere_else(tmp_path: Path) -> None:
    table = pa.table({"k": list("aabb"), "x": [2.01, 0.34, 1.0, 1.348]})
    question = "{group_by: k, aggregate: {m: 'round(mean(x), 2)'}}"
    for edge, plain, right in [
        (1.17, 1.17, True),
        (1.18, 1.17, True),
        (1.175, 1.17, False),
        (1.19, 1.17, False),
        (1.16, 1.17, False),
        (1.17, 1.18, False),  # the exact mean of b is 1.174
    ]:
        values = {"k": ["a", "b"], "m": [edge, plain]}
        assert agrees(table, question, values, tmp_path) is right, values


def test_a_group_on_the_edge_of_having_is_free_and_its_neighbours_are_not(tmp_path: Path) -> None:
    table = pa.table({"k": list("aabbc"), "x": [2.01, 0.34, 5.0, 5.0, 1.0]})
    question = "{group_by: k, aggregate: {s: sum(x)}, having: s >= 2.35}"
    assert agrees(table, question, {"k": ["a", "b"], "s": [2.35, 10.0]}, tmp_path)
    assert agrees(table, question, {"k": ["b"], "s": [10.0]}, tmp_path)
    assert not agrees(table, question, {"k": ["a"], "s": [2.35]}, tmp_path)
    assert not agrees(table, question, {"k": ["b", "c"], "s": [10.0, 1.0]}, tmp_path)


def test_rows_on_edges_fall_each_for_itself_in_what_is_summed(tmp_path: Path) -> None:
    table = pa.table({"k": list("aaab"), "x": [0.29, 0.57, 0.58, 0.5]})
    question = "{derive: {r: floor(x * 100)}, group_by: k, aggregate: {s: sum(r)}}"
    for total, right in [
        (141.0, True),
        (142.0, True),
        (144.0, True),
        (140.0, False),
        (145.0, False),
    ]:
        values = {"k": ["a", "b"], "s": [total, 50.0]}
        assert agrees(table, question, values, tmp_path) is right, total
    assert not agrees(table, question, {"k": ["a", "b"], "s": [144.0, 48.0]}, tmp_path)


def test_a_limit_is_held_against_all_rows(tmp_path: Path) -> None:
    table = pa.table({"k": list("abcd"), "x": [1, 1, 2, 3]})
    plain = "{group_by: k, aggregate: {s: sum(x)}, limit: 2}"
    ordered = "{group_by: k, aggregate: {s: sum(x)}, sort: s, limit: 1}"
    for question, values, right in [
        (plain, {"k": ["d", "a"], "s": [3, 1]}, True),
        (plain, {"k": ["d", "d"], "s": [3, 3]}, False),
        (plain, {"k": ["d", "a"], "s": [3, 7]}, False),
        (plain, {"k": ["d", "x"], "s": [3, 7]}, False),
        (plain, {"k": ["d"], "s": [3]}, False),
        (ordered, {"k": ["a"], "s": [1]}, True),
        (ordered, {"k": ["b"], "s": [1]}, True),
        (ordered, {"k": ["c"], "s": [2]}, False),
        (ordered, {"k": ["c"], "s": [1]}, False),
    ]:
        assert agrees(table, question, values, tmp_path) is right, values


def test_the_square_of_a_correlation_that_is_zero_may_be_off_by_a_little(tmp_path: Path) -> None:
    table = pa.table({"k": ["a"] * 4, "x": [1, 1, 3, 3], "y": [2, 4, 2, 4]})
    question = "{group_by: k, aggregate: {r: 'corr(x, y) ** 2'}}"
    for off, right in {0.0: True, 1e-34: True, 1e-20: False}.items():
        assert agrees(table, question, {"k": ["a"], "r": [off]}, tmp_path) is right, off


SHARES = (
    "{steps: [{group_by: k, aggregate: {m: mean(x)}},"
    " {transform: {k: k, share: 100 * m / sum(m), r: 'round(m, 2)'}}]}"
)


def test_a_later_step_is_held_to_what_the_earlier_ones_may_be_off(tmp_path: Path) -> None:
    table = pa.table({"k": list("aabb"), "x": [2.01, 0.34, 1.0, 1.348]})
    share = 100 * 1.175 / (1.175 + 1.174)
    for a, edge, right in [
        (share, 1.17, True),
        (share, 1.18, True),
        (share * (1 + 1e-15), 1.17, True),
        (share * (1 + 1e-9), 1.17, False),
        (share, 1.16, False),
    ]:
        values = {"k": ["a", "b"], "share": [a, 100 - share], "r": [edge, 1.17]}
        assert agrees(table, SHARES, values, tmp_path) is right, (a, edge)


def test_rows_that_rounded_values_choose_have_no_oracle(tmp_path: Path) -> None:
    cut = "{group_by: k, aggregate: {m: mean(x)}, sort: [-m, k], limit: 1}, {distinct: m}"
    rank = "{group_by: k, aggregate: {m: mean(x)}}, {transform: {r: rank(m)}, having: r < 2}"
    for steps in (cut, rank):
        with pytest.raises(DfbenchError, match="a step chooses rows by m, which is rounded"):
            asked(frame([1.0, 2.0]), f"{{steps: [{steps}]}}", tmp_path)


RANKED = (
    "{steps: [{group_by: k, aggregate: {m: mean(x)}},"
    " {transform: {k: k, r: rank(m), d: dense_rank(m), p: percent_rank(m)}}]}"
)


@pytest.mark.parametrize(
    ("ranks", "right"),
    [
        ([1, 2, 3, 4], True),
        ([2, 1, 3, 4], True),  # a and b lie within the bounds of each other
        ([1, 1, 3, 4], True),
        ([2, 2, 3, 4], False),  # no values have these ranks
        ([1, 3, 2, 4], False),  # c is far from b
        ([1, 2, 4, 3], False),
        ([1, 2, 3, None], False),
    ],
)
@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 1, 0, 2]])
def test_nearly_equal_means_may_have_either_rank_and_others_may_not(
    ranks: list[int | None], order: list[int], *, right: bool, tmp_path: Path
) -> None:
    x = [0.1, 0.2, 0.3, 0.3, 0.2, 0.1, 0.7, 9.0]
    table = pa.table({"k": [*"aaabbbcd"], "x": x})
    dense = [None if r is None else sorted({*ranks} - {None}).index(r) + 1 for r in ranks]  # type: ignore[type-var]
    shares = [None if r is None else (r - 1) / 3 for r in ranks]
    columns = {"k": [*"abcd"], "r": ranks, "d": dense, "p": shares}
    values = {name: [column[row] for row in order] for name, column in columns.items()}
    assert agrees(table, RANKED, values, tmp_path) is right


def test_exact_ranks_are_strict_and_those_of_computed_rows_are_not(tmp_path: Path) -> None:
    question = "{group_by: k, transform: {e: rank(x), r: 'rank(x * 3, descending=True)'}}"
    near = frame([0.1, 0.1 * (1 + 2**-52), 7.0])
    right: dict[str, list[object]] = {"k": [*"aaa"], "e": [1, 2, 3], "r": [3, 2, 1]}
    for changed, agreed in (
        ({}, True),
        ({"r": [2, 3, 1]}, True),
        ({"r": [2, 2, 1]}, True),
        ({"r": [3, 1, 2]}, False),
        ({"e": [2, 1, 3]}, False),
    ):
        assert agrees(near, question, {**right, **changed}, tmp_path) is agreed, changed


def test_what_a_derived_value_may_be_off_is_carried_through_a_transform(tmp_path: Path) -> None:
    question = "{group_by: k, aggregate: {e: 'arg_max(x, x * 0.1)', s: skew(x)}}"
    right: dict[str, list[object]] = {
        "k": ["a"],
        "e": [4.0],
        "s": [1.5 * (60 / 27) / (7 / 3) ** 1.5],
    }
    assert agrees(frame([1.0, 2.0, 4.0]), question, right, tmp_path)
    assert not agrees(frame([1.0, 2.0, 4.0]), question, {**right, "s": [0.9353]}, tmp_path)


@pytest.mark.parametrize(
    ("question", "chosen"),
    [
        ("{derive: {e: x / 3}, group_by: e, aggregate: {n: size()}}", "e"),
        ("{derive: {e: x / 3}, distinct: e}", "e"),
        ("{derive: {e: exp(x)}, group_by: k, transform: {n: n_unique(e)}}", "e"),
        ("{group_by: k, aggregate: {n: n_unique(x / 3)}}", "x / 3"),
        ("{group_by: k, aggregate: {n: n_unique(s * x)}}", "s * x"),
        ("{group_by: k, transform: {r: rank(x / 3)}, having: r < 2}", "x / 3"),
        ("{group_by: k, transform: {r: 'rank(x / 3) / 2'}}", "x / 3"),
        ("{derive: {e: log(x)}, order_by: e, transform: {r: cumsum(x)}}", "e"),
        ("{steps: [{transform: {k: k, r: rank(x / 3)}}, {where: r < 2, select: k}]}", "x / 3"),
        ("{derive: {e: large / 3}, group_by: e, aggregate: {n: size()}}", "e"),
        ("{derive: {e: i / 0}, group_by: e, aggregate: {n: size()}}", "e"),
        ("{derive: {e: i / 3}, group_by: e, aggregate: {n: size()}, having: e > 0.3}", "e"),
        ("{steps: [{derive: {e: i / 3}, distinct: e}, {where: e > 0.3}]}", "e"),
    ],
)
def test_values_that_engines_round_in_their_own_ways_choose_no_rows(
    question: str, chosen: str, tmp_path: Path
) -> None:
    columns = {"s": pa.array([1.0, 2.0], pa.float32()), "i": [1, 2], "large": [2**53, 2**53 - 1]}
    table = pa.table({"k": ["a", "a"], "x": [1.0, 2.0], **columns})
    with pytest.raises(DfbenchError) as raised:
        asked(table, question, tmp_path)
    assert str(raised.value) == f"a step chooses rows by {chosen}, which is rounded"


@pytest.mark.parametrize(
    "question",
    [
        "{derive: {e: x * y + 1}, group_by: e, aggregate: {n: n_unique(y)}}",
        "{group_by: k, aggregate: {n: n_unique(x / y), m: 'n_unique(round(x / 3, 1))'}}",
        "{derive: {e: sqrt(x) * 2}, order_by: e, group_by: k, transform: {r: cumsum(y)}}",
        "{steps: [{transform: {k: k, e: x * y}}, {group_by: e, aggregate: {n: size()}}]}",
        "{derive: {e: x / 2 - x / 0.25}, group_by: e, aggregate: {n: size()}}",
        # Quotients of integers are as far apart as these.
        "{derive: {e: (i + 1) / 3}, group_by: e, aggregate: {n: size()}, sort: e}",
        "{derive: {e: i / 3}, group_by: [k, e], transform: {r: rank(x)}}",
        "{derive: {e: i / 3}, group_by: e, aggregate: {m: sum(e * x), n: n_unique(e)}}",
        "{group_by: k, aggregate: {n: n_unique(i / 7)}}",
        "{derive: {e: i / 3}, order_by: e, group_by: k, transform: {r: cumsum(y)}}",
    ],
)
def test_values_that_every_engine_rounds_alike_may_choose_rows(
    question: str, tmp_path: Path
) -> None:
    table = frame([1.0, 2.0, 4.0]).append_column("y", pa.array([0.5, 0.3, 0.1]))
    table = table.append_column("i", pa.array([7, 5, 7]))
    query, expected = asked(table, question, tmp_path)
    names = [n for n in expected.answer.column_names if n in query.outputs]
    answer = expected.answer.select(names)
    assert compare_answer(expected, answer, query, 3).agrees


@pytest.mark.parametrize("question", ["aggregate: {n: size()}", "sort: e"])
@pytest.mark.parametrize(
    ("keys", "right"),
    [
        ([5 / 3, 7 / 3], True),
        ([5 * (1 / 3), 7 * (1 / 3)], True),  # as Polars divides
        ([5 / 3, 7 / 3 * (1 + 1e-9)], False),
        ([5 / 3, 5 / 3], False),
        ([5 / 3, None], False),
    ],
)
def test_groups_of_quotients_of_integers_are_checked_whoever_divides(
    question: str, keys: list[float | None], *, right: bool, tmp_path: Path
) -> None:
    table = pa.table({"i": [7, 5, 7]})
    clause = "distinct: e" if "sort" in question else "group_by: e"
    values = {"e": keys} | ({} if "sort" in question else {"n": [1, 2]})
    asked_for = f"{{derive: {{e: i / 3}}, {clause}, {question}}}"
    assert agrees(table, asked_for, values, tmp_path) is right
    if right:
        cut = f"{asked_for.removesuffix('}').removesuffix(', sort: e')}, sort: e, limit: 1}}"
        assert agrees(table, cut, {name: cells[:1] for name, cells in values.items()}, tmp_path)
    if "n" in values:
        assert not agrees(table, asked_for, {**values, "n": [2, 1]}, tmp_path)
