"""Shares of a person's own table: parts are random and nested, copies have keys of their own."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.datasets.dataset import make_dataset
from dfbench.errors import DataError
from dfbench.spec.reader import read_text
from dfbench.spec.workload import Files

TABLE = pa.table(
    {
        "k": pa.array(["a", "b", None, "c"] * 25),
        "i": pa.array(range(5, 105), pa.int64()),
        "tiny": pa.array([0, 127] * 50, pa.int8()),
        "x": pa.array([0.5, None] * 50),
    }
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pq.write_table(TABLE, tmp_path / "t.parquet", row_group_size=30)
    return tmp_path


def rows_of(folder: Path, share: float, keys: tuple[str, ...] = ()) -> dict[str, list[object]]:
    data = make_dataset(Files(("t.parquet",), folder, share=share, keys=keys), folder / "cache")
    table = pq.read_table(data.path)
    assert data.rows == table.num_rows
    return table.to_pydict()


def test_a_smaller_part_is_a_part_of_a_larger_one_in_the_same_order(folder: Path) -> None:
    parts = [rows_of(folder, share)["i"] for share in (0.001, 0.1, 0.5, 1.0)]
    assert [len(part) for part in parts] == [1, 10, 50, 100]
    for small, large in pairwise(parts):
        assert set(small) <= set(large)
        assert large == sorted(large)
    assert parts[2] != list(range(5, 55))


def test_copies_have_other_keys_and_the_same_other_values(folder: Path) -> None:
    found = rows_of(folder, 2.5, ("k", "i"))
    assert len(found["i"]) == 250
    assert len(set(found["i"])) == 250
    assert set(found["k"]) == {None, *(f"{k}{c}" for k in "abc" for c in ("", "~1", "~2"))}
    assert found["x"][:100] == found["x"][100:200] == TABLE["x"].to_pylist()
    assert rows_of(folder, 2)["i"] == list(range(5, 105)) * 2


def test_a_key_that_holds_no_further_values_is_a_sentence(folder: Path) -> None:
    with pytest.raises(DataError, match="tiny: the keys of copy 2 of the rows do not fit int8"):
        rows_of(folder, 2, ("tiny",))


def test_keys_of_joins_and_conditions_stay_as_they_are() -> None:
    text = """
dataset: {files: a.csv, share: 200%, tables: {b: b.csv}}
queries:
  q1: {group_by: [a, b], where: b > 1, aggregate: {n: size()}}
  q2: {join: {table: b, on: [c]}, group_by: [c, d], aggregate: {n: size()}}
"""
    assert read_text(text, "w.yaml", Path("x")).dataset.keys == ("a", "d")
    half = text.replace("200%", "50%")
    assert read_text(half, "w.yaml", Path("x")).dataset.keys == ()
