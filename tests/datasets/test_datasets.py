"""The data: R's stream word for word, db-benchmark's frame, the cache, and the user's own files."""

from __future__ import annotations

import fcntl
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.datasets import cache, compact_frame, db_benchmark_join, r_random
from dfbench.datasets.cache import default_folder, make_once
from dfbench.datasets.compact_frame import spell_numbers
from dfbench.datasets.dataset import Dataset, make_dataset
from dfbench.datasets.generators import build_name
from dfbench.datasets.parquet_schema import read_schema
from dfbench.datasets.r_random import RStream, find_first_appearances, to_millionths
from dfbench.datasets.row_order import sort_rows
from dfbench.datasets.schema_preview import FEW_ROWS, preview_schema
from dfbench.errors import DataError
from dfbench.spec.generated_data import derive_schema
from dfbench.spec.schema import Schema
from dfbench.spec.workload import CsvFormat, Files, Generated
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import feather

from tests.support.slow_r import SlowR, g1, j1, rounded

G1 = "db-benchmark-groupby"
J1 = "db-benchmark-join"


def sample(stream: RStream, n: int, size: int) -> list[int]:
    out = np.empty(size, np.int64)
    stream.sample_into(out, n)
    return out.tolist()


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


def test_uniforms_are_those_that_r_prints_after_set_seed_42() -> None:
    uniforms = RStream(42).draw_words(3) / 2**32
    assert [f"{u:.7f}" for u in uniforms] == ["0.9148060", "0.9370754", "0.2861395"]


@pytest.mark.parametrize(
    ("seed", "permutation"),
    [(42, [1, 5, 10, 8, 2, 4, 6, 9, 7, 3]), (123, [3, 10, 2, 8, 6, 9, 1, 7, 5, 4])],
)
def test_a_permutation_is_the_one_that_r_prints(seed: int, permutation: list[int]) -> None:
    assert (RStream(seed).draw_distinct(10, 10) + 1).tolist() == permutation


AWKWARD = [1, 2, 3, 4, 5, 15, 16, 17, 100, 32768, 65535, 65536, 65537, 100_000, 2**31 - 1]


@pytest.mark.parametrize("n", AWKWARD)
def test_draws_with_replacement_take_the_words_that_r_takes(n: int) -> None:
    fast, slow = RStream(7), SlowR(7)
    assert sample(fast, n, 500) == slow.sample(n, 500)
    assert fast.draw_words(1)[0] == slow.word()


@pytest.mark.parametrize("n", [1, 2, 3, 16, 17, 100, 1025, 65536, 66_000])
@pytest.mark.parametrize("part", [0.05, 0.5, 1.0])
def test_draws_without_replacement_take_the_words_that_r_takes(n: int, part: float) -> None:
    fast, slow = RStream(7), SlowR(7)
    assert fast.draw_distinct(n, int(n * part)).tolist() == slow.distinct(n, int(n * part))
    assert fast.draw_words(1)[0] == slow.word()


@pytest.mark.parametrize("size", [0, 1, 300, 500])
def test_long_draws_without_replacement_are_hashed_as_in_r(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(r_random, "HASHED_ABOVE", 900)
    fast, slow = RStream(7), SlowR(7)
    assert fast.draw_distinct(1000, size).tolist() == slow.distinct(1000, size, hashed_above=900)
    assert fast.draw_words(1)[0] == slow.word()


@given(st.lists(st.tuples(st.integers(1, 2**20), st.integers(0, 40)), max_size=8), st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_sequence_of_draws_stays_in_step_with_r(
    draws: list[tuple[int, int]], small_blocks: bool
) -> None:
    fast, slow = RStream(3), SlowR(3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(r_random, "BLOCK", 5 if small_blocks else 1 << 17)
        for n, size in draws:
            assert sample(fast, n, size) == slow.sample(n, size)
            if n < 2000:
                drawn = fast.draw_distinct(n, min(n, size)).tolist()
                assert drawn == slow.distinct(n, min(n, size))
    assert fast.draw_words(1)[0] == slow.word()


@given(st.integers(0, 2**32 - 1))
def test_uniforms_are_rounded_as_r_rounds(word: int) -> None:
    value = rounded(100 * (word / 2**32))
    assert to_millionths(np.array([word], np.uint32))[0] / 1e6 == value


def test_values_midway_between_two_decimals_are_rounded_as_r_rounds() -> None:
    ties = np.arange(1 << 23, 1 << 32, 1 << 24).astype(np.uint32)
    expected = [rounded(100 * (int(word) / 2**32)) for word in ties]
    assert (to_millionths(ties) / 1e6).tolist() == expected
    assert len(ties) == 256


def test_first_appearances_are_in_order() -> None:
    numbers = np.array([3, 1, 3, 2, 1, 5], np.uint8)
    assert find_first_appearances(numbers, 9).tolist() == [3, 1, 2, 5]


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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def made(folder: Path, *patterns: str) -> Dataset:
    return make_dataset(Files(patterns, folder), folder.parent / "cache")


def rows(data: Dataset) -> dict[str, list[object]]:
    return pq.read_table(data.path).to_pydict()


def test_one_parquet_file_is_used_where_it_lies(folder: Path) -> None:
    pq.write_table(pa.table({"unit price": [1.0, float("nan")], "n": [None, 2]}), folder / "a b.pq")
    data = made(folder, "a b.pq")
    assert data.path == folder / "a b.pq"
    assert [(c.name, c.kind, c.nulls, c.nans) for c in data.schema.columns] == [
        ("unit price", "float", False, True),
        ("n", "int", True, False),
    ]
    assert made(folder, "a b.pq") == data
    assert data.name == "a b"


def test_a_changed_file_is_described_anew(folder: Path) -> None:
    pq.write_table(pa.table({"x": [1.0]}), folder / "a.parquet")
    before = made(folder, "a.parquet")
    pq.write_table(pa.table({"x": [1.0, float("nan")]}), folder / "a.parquet")
    after = made(folder, "a.parquet")
    assert before.sha != after.sha
    assert (after.rows, after.schema["x"].nans) == (2, True)


def test_several_parquet_files_become_one_in_the_order_of_their_names(folder: Path) -> None:
    pq.write_table(pa.table({"x": [3.5]}), folder / "b.parquet")
    pq.write_table(pa.table({"x": [1, 2]}), folder / "a.parquet")
    data = made(folder, "*.parquet")
    assert rows(data) == {"x": [1.0, 2.0, 3.5]}
    assert data.schema["x"].arrow == "double"


def test_folders_named_by_key_and_value_are_columns(folder: Path) -> None:
    for year in (2020, 2021):
        (folder / f"year={year}").mkdir()
        pq.write_table(pa.table({"x": [year % 10]}), folder / f"year={year}" / "x.parquet")
    assert rows(made(folder, ".")) == {"x": [0, 1], "year": [2020, 2021]}


def test_dictionaries_become_plain_strings(folder: Path) -> None:
    words = pa.array(["x", None, "x"]).dictionary_encode()
    pq.write_table(pa.table({"s": words}), folder / "d.parquet")
    data = made(folder, "d.parquet")
    assert data.schema["s"].arrow == "string"
    assert rows(data) == {"s": ["x", None, "x"]}


def test_an_index_that_pandas_stored_is_a_column(folder: Path) -> None:
    pandas = pytest.importorskip("pandas")
    pandas.DataFrame({"x": [1, 2], "k": ["a", "b"]}).set_index("k").to_parquet(folder / "i.parquet")
    data = made(folder, "i.parquet")
    assert list(pandas.read_parquet(data.path).columns) == ["x", "k"]


def test_csv_types_are_told_once_for_all_files_and_widen(folder: Path) -> None:
    (folder / "a.csv").write_text('x,unit price,s,e\n1,2.5,u,\n2,3,"",\n3,,NA,\n')
    (folder / "b.csv").write_text("x,unit price,s,e\n1.5,2.5,u,zz\n")
    assert rows(made(folder, "*.csv")) == {
        "x": [1.0, 2.0, 3.0, 1.5],
        "unit price": [2.5, 3.0, None, 2.5],
        "s": ["u", "", None, "u"],
        "e": [None, None, None, "zz"],
    }


def test_a_value_far_down_a_csv_widens_its_column(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dfbench.datasets.csv_files.BLOCK_BYTES", 200)
    lines = [f"{n};{n}" for n in range(100)]
    (folder / "a.csv").write_text("\n".join(["a;b", *lines, "x;0.5", ""]))
    data = made(folder, "a.csv")
    assert [column.arrow for column in data.schema.columns] == ["string", "double"]
    assert rows(data)["a"] == [*map(str, range(100)), "x"]


def test_arrow_files_are_read(folder: Path) -> None:
    feather.write_feather(pa.table({"x": [1, 2], "f": [1.0, float("nan")]}), folder / "a.feather")
    data = made(folder, "a.feather")
    assert (data.rows, data.schema["f"].nans, data.schema["x"].kind) == (2, True, "int")


def test_every_kind_of_column_is_told(folder: Path) -> None:
    kinds = {
        "int": pa.array([1], pa.uint8()),
        "float": pa.array([1], pa.float32()),
        "string": pa.array(["x"], pa.large_string()),
        "bool": pa.array([True]),
        "date": pa.array([1], pa.date32()),
        "timestamp": pa.array([1], pa.timestamp("us", "Europe/Berlin")),
        "decimal": pa.array([1], pa.decimal128(9, 2)),
        "null": pa.array([None], pa.null()),
    }
    pq.write_table(pa.table({**kinds, "list": [[1]]}), folder / "a.parquet")
    schema = read_schema(folder / "a.parquet")
    assert {column.name: column.kind for column in schema.columns} == {kind: kind for kind in kinds}


def test_nulls_are_found_without_statistics(folder: Path) -> None:
    table = pa.table({"x": [1, None], "y": [1, 2]})
    pq.write_table(table, folder / "a.parquet", write_statistics=False)
    schema = read_schema(folder / "a.parquet")
    assert (schema["x"].nulls, schema["y"].nulls) == (True, False)


def broken(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "x.txt").write_text("x")
    (folder / "bad.parquet").write_text("no")
    (folder / "bad.arrow").write_text("no")
    (folder / "empty.csv").write_text("")
    (folder / "twice.csv").write_text("a,a\n1,2\n")
    (folder / "ragged.csv").write_text("a,b\n1,2\n1,2,3\n")
    (folder / "latin.csv").write_bytes("a,b\n1,\xfc\n".encode("latin1"))
    (folder / "good.csv").write_text("a\n1\n")
    (folder / "one.csv").write_text("a,b\n1,2\n")
    pq.write_table(pa.table({"x": [1]}), folder / "n1.parquet")
    pq.write_table(pa.table({"x": ["a"]}), folder / "n2.parquet")


@pytest.mark.parametrize(
    ("patterns", "message"),
    [
        (["nix.parquet"], "nix.parquet: no file in .* check the path"),
        (["nix*.csv"], r"nix\*.csv: no file in .* check the path"),
        (["empty"], "the folder holds no data file; put .parquet"),
        (["x.txt"], "x.txt: unknown kind of file; name it .parquet"),
        (["bad.parquet"], "bad.parquet: cannot be read as Parquet"),
        (["bad.arrow"], "bad.arrow: cannot be read as Arrow IPC"),
        (["empty.csv"], "empty.csv: cannot be read as CSV"),
        (["twice.csv"], "twice.csv: line 1 names two columns 'a' .*; give each its own name"),
        (["ragged.csv"], "ragged.csv: line 3 has 3 fields in place of 2; correct"),
        (["latin.csv"], "latin.csv: line 2 is not UTF-8 .*WINDOWS-1252"),
        (["one.csv", "latin.csv"], "latin.csv: line 2 is not UTF-8 .*WINDOWS-1252"),
        (["good.csv", "one.csv"], "one.csv: its columns are a, b and not a"),
        (["good.csv", "n1.parquet"], "files of several formats"),
        (["n?.parquet"], "the files' columns do not fit together"),
    ],
)
def test_files_that_cannot_be_used_are_told(
    folder: Path, patterns: list[str], message: str
) -> None:
    broken(folder)
    with pytest.raises(DataError, match=message):
        made(folder, *patterns)
    cache = folder.parent / "cache"
    assert not cache.exists() or list(cache.iterdir()) == []


def test_a_csv_is_read_in_the_dialect_that_is_told(folder: Path) -> None:
    (folder / "a.csv").write_text("1,5|'a|b'|x\n2,25|c|-\n|NA|e\n")
    told = CsvFormat(delimiter="|", quote="'", decimal=",", header=False, missing=("-",))
    data = make_dataset(Files(("a.csv",), folder, told), folder / "cache")
    assert rows(data) == {
        "column_1": [1.5, 2.25, None],
        "column_2": ["a|b", "c", "NA"],
        "column_3": ["x", None, "e"],
    }


def test_another_dialect_makes_other_data(folder: Path) -> None:
    (folder / "a.csv").write_text("x\n1,5\n")
    comma, semicolon = (CsvFormat(delimiter=";", decimal=sign) for sign in ",.")
    made = [
        make_dataset(Files(("a.csv",), folder, told), folder / "c") for told in (comma, semicolon)
    ]
    assert [rows(data) for data in made] == [{"x": [1.5]}, {"x": ["1,5"]}]


def test_a_dialect_belongs_to_csv_files(folder: Path) -> None:
    pq.write_table(pa.table({"x": [1]}), folder / "own.parquet")
    with pytest.raises(DataError, match="Parquet files have no delimiter"):
        make_dataset(Files(("own.parquet",), folder, CsvFormat(decimal=",")), folder / "cache")


@pytest.mark.parametrize("statistics", [True, False])
def test_the_ends_of_integers_are_known_with_and_without_statistics(
    folder: Path, statistics: bool
) -> None:
    table = pa.table({"a": pa.array([2**64 - 1, None], pa.uint64()), "b": [1, -(2**60)]})
    pq.write_table(table, folder / "own.parquet", write_statistics=statistics)
    a, b = read_schema(folder / "own.parquet").columns
    assert (a.low, a.high, b.low, b.high) == (2**64 - 1, 2**64 - 1, -(2**60), 1)
    assert (a.most, b.most) == (2**64 - 1, 2**60)
    assert (a.exceeds_floats, b.exceeds_floats) == (True, False)


def test_the_ends_of_floats_leave_nan_out_and_say_nothing_of_it(folder: Path) -> None:
    table = pa.table(
        {
            "numbers": [0.5, -2.0],
            "nans": [math.nan, 3.0],
            "infinite": [math.inf, 1.0],
            "nothing": pa.array([None, None], pa.float64()),
            "single": pa.array([1.5, 2.5], pa.float32()),
        }
    )
    pq.write_table(table, folder / "own.parquet")
    numbers, nans, infinite, nothing, single = read_schema(folder / "own.parquet").columns
    assert (numbers.low, numbers.high, numbers.nans) == (-2.0, 0.5, False)
    assert (nans.low, nans.high, nans.nans) == (3.0, 3.0, True)
    assert (infinite.low, infinite.high) == (1.0, math.inf)
    assert (nothing.low, nothing.high, nothing.nulls) == (None, None, True)
    # A float of 32 bits leaves the ends of its column by rounding alone.
    assert (single.low, single.high) == (None, None)
