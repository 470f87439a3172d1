"""Whether floats lie further apart than rounding, so that groups of their quotients are checked."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from dfbench.datasets.dataset import make_dataset
from dfbench.datasets.number_distances import learn_distances
from dfbench.errors import DfbenchError
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Query
from dfbench.verification.rounding import find_possibilities
from pyarrow import parquet as pq

QUESTION = "{derive: {e: x / 3}, group_by: e, aggregate: {n: size()}}"


def learn(values: pa.Array, question: str, folder: Path) -> tuple[Query, Schema]:
    pq.write_table(pa.table({"x": values, "k": values}), folder / "data.parquet")
    text = f"dataset: {{files: data.parquet}}\nqueries: {{q: {question}}}"
    workload = read_text(text, "w.yaml", folder)
    assert workload.dataset
    data = make_dataset(workload.dataset, folder / "cache")
    return workload.queries[0], learn_distances(data, workload.queries).schema


@pytest.mark.parametrize(
    ("values", "apart"),
    [
        ([2.25, 2.26, None, 0.0, -2.25, 2.25], True),
        ([], True),
        ([float("nan"), float("inf"), 1.0], True),
        ([1.0, 1.0 + 2**-52], False),
        ([1.0, 1.0 + 1e-10], False),
        ([1e-300, 1.0], False),
        ([1e300, 1.0], False),
    ],
)
def test_only_floats_that_lie_apart_make_groups_that_are_checked(
    values: list[float | None], *, apart: bool, tmp_path: Path
) -> None:
    query, schema = learn(pa.array(values, pa.float64()), QUESTION, tmp_path)
    assert [column.apart for column in schema.columns] == [apart, False]
    if apart:
        assert find_possibilities(query, schema).rounded == ("e",)
    else:
        with pytest.raises(DfbenchError, match="chooses rows by e"):
            find_possibilities(query, schema)


@pytest.mark.parametrize(
    "question",
    [
        QUESTION.replace("/ 3", "/ 1e200"),
        QUESTION.replace("/ 3", "* 0.1 / 3"),
        "{derive: {x: k * 0.1, e: x / 3}, group_by: e, aggregate: {n: size()}}",
        QUESTION.replace("size()", "size()}, having: e > 1").replace("1}}", "1}"),
    ],
)
def test_other_quotients_stay_unchecked(question: str, tmp_path: Path) -> None:
    query, schema = learn(pa.array([1.0, 2.0]), question, tmp_path)
    with pytest.raises(DfbenchError, match="chooses rows by e"):
        find_possibilities(query, schema)


def test_floats_of_32_bits_stay_unchecked(tmp_path: Path) -> None:
    query, schema = learn(pa.array([1.0, 2.0], pa.float32()), QUESTION, tmp_path)
    with pytest.raises(DfbenchError, match="chooses rows by e"):
        find_possibilities(query, schema)
