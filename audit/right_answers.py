"""The right answers to db-benchmark's questions, computed on the data that dfbench generates.

The generators make db-benchmark's data bit for bit, so the number of rows and the checksums of an
answer do not have to be taken from what most solutions say. DuckDB computes them, with its
compensated sum; they are kept, the data are not.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import duckdb

from ..datasets.cache import make_once
from ..datasets.dataset import Dataset, make_dataset
from ..datasets.generators import parse_name
from ..spec.workload import Generated

VERSION = 1  # grows with every change of the questions below
Place = tuple[str, str]  # data, question


@dataclass(frozen=True, slots=True)
class RightAnswer:
    """The rows of an answer and its checksums, as text of 15 digits."""

    rows: int
    check: tuple[str, ...]


GROUPED = "SELECT {outputs} FROM x GROUP BY {keys}"
# Each question's checksums are the sums of the columns that are not keys.
GROUPBY = {
    "sum v1 by id1": GROUPED.format(keys="id1", outputs="sum(v1)"),
    "sum v1 by id1:id2": GROUPED.format(keys="id1, id2", outputs="sum(v1)"),
    "sum v1 mean v3 by id3": GROUPED.format(keys="id3", outputs="sum(v1), avg(v3)"),
    "mean v1:v3 by id4": GROUPED.format(keys="id4", outputs="avg(v1), avg(v2), avg(v3)"),
    "sum v1:v3 by id6": GROUPED.format(keys="id6", outputs="sum(v1), sum(v2), sum(v3)"),
    "median v3 sd v3 by id4 id5": GROUPED.format(
        keys="id4, id5", outputs="median(v3), stddev_samp(v3)"
    ),
    "max v1 - min v2 by id3": GROUPED.format(keys="id3", outputs="max(v1) - min(v2)"),
    "largest two v3 by id6": (
        "SELECT v3 FROM x WHERE v3 IS NOT NULL"
        " QUALIFY row_number() OVER (PARTITION BY id6 ORDER BY v3 DESC) <= 2"
    ),
    "regression v1 v2 by id2 id4": GROUPED.format(keys="id2, id4", outputs="corr(v1, v2) ** 2"),
    "sum v3 count by id1:id6": GROUPED.format(
        keys="id1, id2, id3, id4, id5, id6", outputs="sum(v3), count(*)"
    ),
}
JOIN = {
    "small inner on int": "SELECT v1, v2 FROM x JOIN small USING (id1)",
    "medium inner on int": "SELECT v1, v2 FROM x JOIN medium USING (id2)",
    "medium outer on int": "SELECT v1, v2 FROM x LEFT JOIN medium USING (id2)",
    "medium inner on factor": "SELECT v1, v2 FROM x JOIN medium USING (id5)",
    "big inner on int": "SELECT v1, v2 FROM x JOIN big USING (id3)",
}


def compute_right_answers(
    names: Iterable[str], most_rows: int, cache: Path, tell: Callable[[str], None]
) -> dict[Place, RightAnswer]:
    """Return the right answers on all named data sets of up to `most_rows` rows.

    `tell` receives a sentence before data are generated. What dfbench cannot generate is left out.
    """
    found: dict[Place, RightAnswer] = {}
    for name in sorted(set(names)):
        dataset = parse_name(name)
        if dataset is not None and dataset.rows <= most_rows:
            kept = cache / f"right-answers-{VERSION}-{name}.json"
            if not kept.exists():
                tell(f"{name}: generating the data and computing the right answers")
            found |= _read(name, make_once(kept, partial(_write, dataset)))
    return found


def _read(name: str, path: Path) -> dict[Place, RightAnswer]:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {
        (name, question): RightAnswer(one["rows"], tuple(one["check"]))
        for question, one in kept.items()
    }


def _write(dataset: Generated, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        answers = _compute(make_dataset(dataset, Path(folder)), Path(folder))
    kept = {question: asdict(answer) for question, answer in answers.items()}
    path.write_text(json.dumps(kept, indent=2), encoding="utf-8")


def _compute(data: Dataset, folder: Path) -> Mapping[str, RightAnswer]:
    questions = JOIN if data.tables else GROUPBY
    with duckdb.connect(config={"temp_directory": str(folder)}) as connection:
        for name, path in (("x", data.path), *((name, one.path) for name, one in data.tables)):
            connection.read_parquet(str(path)).create_view(name)
        return {question: _answer(connection, sql) for question, sql in questions.items()}


def _answer(connection: duckdb.DuckDBPyConnection, sql: str) -> RightAnswer:
    rows, *sums = connection.execute(
        f"WITH answer AS ({sql}) SELECT count(*), fsum(COLUMNS(*)) FROM answer"
    ).fetchall()[0]
    return RightAnswer(rows, tuple(f"{one:.15g}" for one in sums))
