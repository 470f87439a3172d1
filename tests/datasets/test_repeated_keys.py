"""What is told of joins before they run: keys that repeat, and cross joins that cannot fit."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from dfbench.datasets.dataset import make_dataset
from dfbench.datasets.repeated_keys import learn_repeats
from dfbench.spec.reader import read_text
from pyarrow import parquet as pq

from tests.support.command_line import run_dfbench

FRAME = pa.table({"k": list(range(3000)), "v": [1.5] * 3000})
TABLE = pa.table(
    {"k": [*range(2998), None, None], "j": [1, 1, *range(2, 3000)], "w": list(range(3000))}
)
TEXT = """\
dataset: {files: frame.parquet, tables: {other: other.parquet}}
queries:
  once: {join: {table: other, on: k}, aggregate: {s: sum(v * w)}}
  twice: {join: {table: other, on: {k: j}, how: left}, aggregate: {s: sum(v * w)}}
  kept: {join: {table: other, on: {k: j}, how: semi}, aggregate: {s: sum(v)}}
  crossed: {join: {table: other, how: cross}, aggregate: {s: sum(v * w)}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pq.write_table(FRAME, tmp_path / "frame.parquet")
    pq.write_table(TABLE, tmp_path / "other.parquet")
    (tmp_path / "joins.yaml").write_text(TEXT)
    return tmp_path


def test_keys_that_repeat_are_learnt_without_missing_ones(folder: Path) -> None:
    workload = read_text(TEXT, "joins.yaml", folder)
    assert workload.dataset
    data = make_dataset(workload.dataset, folder / "cache")
    ((_, other),) = learn_repeats(data, workload.queries).schema.tables
    assert other.repeated == {("j",)}


def test_joins_that_cannot_work_are_told_before_they_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    limits = ("-e", "datatable,pandas", "--memory", "128MiB", "--dry-run")
    assert run_dfbench(monkeypatch, "compare", str(folder / "joins.yaml"), *limits) == 0
    printed = capsys.readouterr()
    said = " ".join((printed.out + printed.err).split())
    why = "a join on j of other: datatable joins with unique keys only, and these repeat"
    assert f"datatable twice: unsupported - {why}" in said
    assert "datatable once" not in said
    assert "datatable kept" not in said
    assert "crossed: the cross join with other makes 9,000,000 rows" in said
