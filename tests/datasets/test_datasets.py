"""The data: db-benchmark's frames, their names and outlines, and the cache."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from dfbench.datasets import cache, compact_frame, db_benchmark_join
from dfbench.datasets.cache import default_folder, make_once
from dfbench.datasets.compact_frame import spell_numbers
from dfbench.datasets.dataset import make_dataset
from dfbench.datasets.generators import build_name
from dfbench.datasets.parquet_schema import read_schema
from dfbench.datasets.row_order import sort_rows
from dfbench.datasets.schema_preview import FEW_ROWS, preview_schema
from dfbench.errors import DataError
from dfbench.spec.generated_data import derive_schema
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Generated
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.slow_r import g1, j1

G1 = "db-benchmark-groupby"
J1 = "db-benchmark-join"


def test_the_table_of_sales_is_as_its_schema_says(tmp_path: Path) -> None:
    asked = Generated("retail", 2000, 10, 5, sorted=True)
    file = make_dataset(asked, tmp_path).path
    table, schema = pq.read_table(file), read_schema(file)
    assert schema.names == derive_schema(asked).names
    assert [c.kind for c in schema.columns] == [c.kind for c in derive_schema(asked).columns]
    missing = {name for name in table.column_names if table[name].null_count}
    assert missing == {"payment", "discount", "rating"}
    times = table["sold_at"].to_pylist()
    assert times == sorted(times)
    assert len(table["store"].unique()) == 10
    assert make_dataset(asked, tmp_path / "again").path.read_bytes() == file.read_bytes()


# R's stream


# db-benchmark's frame

SHAPES = [
    (1000, 10, 0, False),
    (1000, 2, 5, False),
    (1000, 2, 0, True),
    (1000, 10, 5, True),
    (3000, 1500, 29, True),
    (1003, 3, 7, False),
    (500, 500, 100, False),
    (300, 1, 5, True),
]


@pytest.mark.parametrize(("rows", "groups", "nulls", "order"), SHAPES)
def test_the_frame_is_the_scripts(
    tmp_path: Path, rows: int, groups: int, nulls: int, order: bool
) -> None:
    data = make_dataset(Generated(G1, rows, groups, nulls, order), tmp_path)
    assert pq.read_table(data.path).to_pydict() == g1(rows, groups, nulls, order)


def test_a_frame_of_several_row_groups_is_the_scripts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compact_frame, "ROW_GROUP", 128)
    monkeypatch.setattr(compact_frame, "ROWS_IN_MEMORY", 100)
    data = make_dataset(Generated(G1, 1000, 10, 5, True), tmp_path)
    assert pq.ParquetFile(data.path).num_row_groups == 8
    assert pq.read_table(data.path).to_pydict() == g1(1000, 10, 5, True)


def test_the_first_rows_and_sums_of_a_small_frame(tmp_path: Path) -> None:
    table = pq.read_table(make_dataset(Generated(G1, 1000, 10), tmp_path).path)
    first = ["id010", "id009", "id0000000046", 7, 2, 75, 4, 14, 89.543771]
    assert list(table.slice(0, 1).to_pylist()[0].values()) == first
    sums = [sum(table.column(name).to_pylist()) for name in ("id4", "id5", "id6", "v1", "v2")]
    assert sums == [5427, 5453, 49706, 3047, 7862]


def test_texts_are_plain_strings_and_integers_are_64_bits_wide(tmp_path: Path) -> None:
    data = make_dataset(Generated(G1, 1000, 10), tmp_path)
    types = [str(field.type) for field in pq.read_schema(data.path)]
    assert types == ["string"] * 3 + ["int64"] * 5 + ["double"]
    assert [column.arrow for column in data.schema.columns] == types


def test_the_schema_tells_which_columns_hold_nulls(tmp_path: Path) -> None:
    with_nulls = make_dataset(Generated(G1, 1000, 10, 10), tmp_path).schema
    without = make_dataset(Generated(G1, 1000, 10), tmp_path).schema
    assert [column.name for column in with_nulls.columns if column.missing] == list(
        with_nulls.names
    )
    assert not any(column.missing for column in without.columns)
    assert with_nulls.rows == without.rows == 1000


@pytest.mark.parametrize("nulls", [0, 7])
@pytest.mark.parametrize("order", [False, True])
@pytest.mark.parametrize("rows", [10, 1000, 12_345])
def test_the_tables_to_join_are_the_scripts(
    tmp_path: Path, rows: int, order: bool, nulls: int
) -> None:
    data = make_dataset(Generated(J1, rows, nulls=nulls, sorted=order), tmp_path)
    expected = j1(rows, nulls, order)
    assert pq.read_table(data.path).to_pydict() == expected.pop("x")
    made = {name: pq.read_table(table.path).to_pydict() for name, table in data.tables}
    assert made == expected


def test_long_texts_of_keys_are_written_without_a_dictionary_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db_benchmark_join, "MAX_LABELS", 100)
    data = make_dataset(Generated(J1, 1000, nulls=5), tmp_path)
    assert pq.read_table(data.path).to_pydict() == j1(1000, 5, False)["x"]


def test_a_table_that_is_gone_is_made_again_with_the_rows(tmp_path: Path) -> None:
    dataset = Generated(J1, 100)
    made = make_dataset(dataset, tmp_path)
    small = dict(made.tables)["small"].path
    before = small.read_bytes()
    small.unlink()
    assert make_dataset(dataset, tmp_path) == made
    assert small.read_bytes() == before


def test_fewer_rows_than_keys_to_join_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a join needs at least 10 rows, not 9"):
        make_dataset(Generated(J1, 9), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("nulls", [0, 5])
def test_an_outline_tells_the_tables_too(tmp_path: Path, nulls: int) -> None:
    dataset = Generated(J1, FEW_ROWS + 1, nulls=nulls)
    told, made = preview_schema(dataset, tmp_path), make_dataset(dataset, tmp_path).schema
    for one, other in zip(
        [told, *dict(told.tables).values()], [made, *dict(made.tables).values()], strict=True
    ):
        assert one.rows == other.rows
        _assert_outline(one, other)


def test_fewer_rows_than_groups_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least as many rows as groups, not 5 rows and 10"):
        make_dataset(Generated(G1, 5, 10), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_generator_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="unknown generator 'nix'; expected one of: db-benchmark"):
        make_dataset(Generated("nix", 5, 10), tmp_path)


@pytest.mark.parametrize("nulls", [0, 1, 5, 100])
@pytest.mark.parametrize("groups", [1, 3, 100, 2000])
def test_an_outline_is_the_schema_of_what_is_made(tmp_path: Path, groups: int, nulls: int) -> None:
    dataset = Generated(G1, FEW_ROWS + 1, groups, nulls)
    told = preview_schema(dataset, tmp_path)
    assert list(tmp_path.iterdir()) == []
    made = make_dataset(dataset, tmp_path).schema
    assert told.rows == made.rows
    _assert_outline(told, made)


def _assert_outline(told: Schema, made: Schema) -> None:
    """Assert that an outline has the columns that are made, within its ends."""
    for one, other in zip(told.columns, made.columns, strict=True):
        assert one == replace(other, low=one.low, high=one.high)
        if None not in (one.low, one.high, other.low, other.high):
            assert one.low <= other.low <= other.high <= one.high
        assert (one.low is None) >= (other.kind == "string")


def test_an_outline_of_a_few_rows_is_of_the_rows_themselves(tmp_path: Path) -> None:
    dataset = Generated(G1, 100, 100, nulls=1)  # of 100 values, fewer are drawn: none is null
    assert preview_schema(dataset, tmp_path) == make_dataset(dataset, tmp_path).schema


@pytest.mark.parametrize(
    ("dataset", "name"),
    [
        (Generated(G1, 10_000_000, 100), "G1_1e7_1e2_0_0"),
        (Generated("db-benchmark-join", 10_000_000, nulls=5), "J1_1e7_NA_5_0"),
        (Generated(G1, 20_000_000, 2, 5, True), "G1_2e7_2e0_5_1"),
        (Generated(G1, 2500, 10, seed=7), "G1_2500_1e1_0_0_seed7"),
    ],
)
def test_a_dataset_is_named_as_db_benchmark_names_it(dataset: Generated, name: str) -> None:
    assert build_name(dataset) == name


@given(st.lists(st.integers(0, 2**33), min_size=1, max_size=30), st.integers(1, 12))
def test_numbers_are_spelled_with_leading_zeros(numbers: list[int], digits: int) -> None:
    numbers = [number % 10**digits for number in numbers]
    texts = spell_numbers(np.array(numbers, np.uint64), "id", digits)
    texts.validate(full=True)
    assert texts.to_pylist() == [f"id{number:0{digits}d}" for number in numbers]


@given(
    st.lists(st.sampled_from([3, 200, 2**20, 2**31]), min_size=1, max_size=5), st.integers(0, 60)
)
@settings(deadline=None)
def test_rows_are_ordered_by_all_keys_and_stably(highest: list[int], rows: int) -> None:
    random = np.random.default_rng(rows)
    first = random.integers(0, 4, rows).astype(np.uint8)
    keys = [first, *(random.integers(0, high, rows).astype(np.uint32) for high in highest)]
    assert sort_rows(keys).tolist() == np.lexsort(keys[::-1]).tolist()


# The cache


def test_what_was_made_is_not_made_again(tmp_path: Path) -> None:
    dataset = Generated(G1, 1000, 10)
    first, second = make_dataset(dataset, tmp_path), make_dataset(dataset, tmp_path)
    assert first == second
    shares = []
    assert (
        make_dataset(dataset, tmp_path, shares.append).path.stat().st_ino
        == first.path.stat().st_ino
    )
    assert shares == [1.0]


def test_other_parameters_are_other_files(tmp_path: Path) -> None:
    made = [Generated(G1, 1000, 10, *rest) for rest in [(), (5,), (5, True), (5, True, 1)]]
    assert len({make_dataset(dataset, tmp_path).path for dataset in made}) == 4


def test_progress_grows_to_one(tmp_path: Path) -> None:
    shares = []
    make_dataset(Generated(G1, 1000, 10), tmp_path, shares.append)
    assert shares == sorted(shares)
    assert shares[0] < 0.1
    assert shares[-1] == 1.0


KILLED = """
import os, signal, sys
from pathlib import Path
from dfbench.datasets.dataset import make_dataset
from dfbench.spec.workload import Generated
kill = lambda share: share > float(sys.argv[2]) and os.kill(os.getpid(), signal.SIGKILL)
make_dataset(Generated("db-benchmark-groupby", 1000, 10), Path(sys.argv[1]), kill)
"""


@pytest.mark.parametrize("share", ["0.1", "0.99"])
def test_a_killed_run_leaves_nothing_that_is_later_believed(tmp_path: Path, share: str) -> None:
    run = subprocess.run([sys.executable, "-c", KILLED, tmp_path, share], check=False)
    assert run.returncode == -9
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
    data = make_dataset(Generated(G1, 2000, 10), tmp_path)
    assert list(tmp_path.iterdir()) == [data.path]


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_dataset(Generated(G1, 1000, 10), tmp_path, interrupt)
    assert list(tmp_path.iterdir()) == []


def test_the_unfinished_file_of_a_living_maker_is_left_alone(tmp_path: Path) -> None:
    part = tmp_path / "x.parquet.part"
    with part.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        cache.remove_unfinished(tmp_path)
        assert part.exists()
    cache.remove_unfinished(tmp_path)
    assert not part.exists()


MAKER = """
import sys
from dataclasses import replace
from pathlib import Path
from dfbench.datasets.cache import make_once
def fill(path):
    print("made")
    sys.stdout.flush()
    sys.stdin.readline()
    path.write_text("all of it")
print(make_once(Path(sys.argv[1]), fill).read_text())
"""


def test_of_two_processes_one_makes_and_both_have_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKER, tmp_path / "target"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as first:
        assert first.stdout.readline() == "made\n"
        with subprocess.Popen(command, **pipes) as second:
            assert first.communicate("\n", timeout=600)[0] == "all of it\n"
            assert second.communicate("\n", timeout=600)[0] == "all of it\n"
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


FULL = """
import resource, sys
from pathlib import Path
from dfbench.datasets.dataset import make_dataset
from dfbench.errors import DataError
from dfbench.spec.workload import Generated
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    make_dataset(Generated("db-benchmark-groupby", 100_000, 10), Path(sys.argv[1]))
except DataError as error:
    print(error)
"""


def test_a_disk_that_takes_no_more_is_told_and_holds_no_half_file(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, tmp_path]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert told.startswith(f"{tmp_path}: the data cannot be written here (")
    assert "DFBENCH_CACHE" in told
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written here"):
        make_once(tmp_path / "file" / "target", lambda path: path.write_text(""))


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"DFBENCH_CACHE": "/a", "XDG_CACHE_HOME": "/b"}, "/a"),
        ({"XDG_CACHE_HOME": "/b"}, "/b/dfbench"),
        ({}, Path.home() / ".cache/dfbench"),
    ],
)
def test_the_cache_folder_follows_the_environment(
    environment: dict[str, str], folder: Path | str
) -> None:
    assert default_folder(environment) == Path(folder)


# The user's own files
