"""The 1e7-row sets of db-benchmark against their published answers; run by `make oracle`.

The answers of G1_1e7_1e2_0_0 are those in db-benchmark's result file. Those of G1_1e7_1e2_5_0 and
of J1_1e7_NA_0_0 are what DuckDB's own tests assert of the official files (they cut the sums of
doubles to integers). Needs about 700 MB of disk and two minutes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import duckdb
import pytest
from dfbench.datasets.dataset import make_dataset
from dfbench.spec.workload import Generated

# Each question as SQL; the answer is its number of rows, then the sum of each measure.
QUESTIONS = {
    "q1": "SELECT sum(v1) a FROM x GROUP BY id1",
    "q2": "SELECT sum(v1) a FROM x GROUP BY id1, id2",
    "q3": "SELECT sum(v1) a, avg(v3) b FROM x GROUP BY id3",
    "q4": "SELECT avg(v1) a, avg(v2) b, avg(v3) c FROM x GROUP BY id4",
    "q5": "SELECT sum(v1) a, sum(v2) b, sum(v3) c FROM x GROUP BY id6",
    "q6": "SELECT median(v3) a, stddev_samp(v3) b FROM x GROUP BY id4, id5",
    "q7": "SELECT max(v1) - min(v2) a FROM x GROUP BY id3",
    "q8": "SELECT unnest(max(v3, 2)) a FROM x WHERE v3 IS NOT NULL GROUP BY id6",
    "q9": "SELECT corr(v1, v2) ** 2 a FROM x GROUP BY id2, id4",
    "q10": "SELECT sum(v3) a, count(*) b FROM x GROUP BY id1, id2, id3, id4, id5, id6",
}

WITHOUT_NULLS = {
    "q1": (100, 29998789),
    "q2": (10000, 29998789),
    "q3": (100000, 29998789, 4999719.622),
    "q4": (100, 299.988, 799.894, 4999.767),
    "q5": (100000, 29998789, 79989360, 499976651.408),
    "q6": (10000, 499920.140, 288648.108),
    "q7": (100000, 399882),
    "q8": (200000, 19700450.588),
    "q9": (10000, 9.838641),
    "q10": (10000000, 499976651.408, 10000000),
}

WITH_NULLS = {
    "q1": (96, 28498857),
    "q2": (9216, 28498857),
    "q3": (95001, 28498857, 4749467),
    "q4": (96, 287, 767, 4799),
    "q5": (95001, 28498857, 75988394, 474969574),
    "q6": (9216, 460771, 266006),
    "q7": (95001, 379850),
    "q8": (190002, 18700554),
    "q9": (9216, 9),
    "q10": (None, 474969574, 10000000),
}


@pytest.fixture(scope="module", params=[0, 5])
def published(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, tuple[float | None, ...]]]]:
    """Return a connection that sees the data as `x`, and the published answers."""
    folder = tmp_path_factory.mktemp("data")
    data = make_dataset(Generated("db-benchmark-groupby", 10_000_000, 100, request.param), folder)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW x AS FROM read_parquet('{data.path}')")
        yield connection, WITH_NULLS if request.param else WITHOUT_NULLS
    data.path.unlink()


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_published_answer_is_met(
    published: tuple[duckdb.DuckDBPyConnection, dict[str, tuple[float | None, ...]]], question: str
) -> None:
    connection, answers = published
    rows, *sums = answers[question]
    names = ", ".join(f"sum({name})" for name in "abc"[: len(sums)])
    counted, *found = connection.execute(
        f"SELECT count(*), {names} FROM ({QUESTIONS[question]})"
    ).fetchone()
    assert rows in (None, counted)
    assert [as_published(value, told) for value, told in zip(found, sums, strict=True)] == sums


def as_published(value: float, told: float) -> float:
    """Return a value with as many decimals as the published one has, or cut as that one is."""
    if isinstance(told, int):
        return math.floor(value)
    return round(value, len(str(told).partition(".")[2]) if told < 100 else 3)


# Each join question as SQL, with its number of rows and the sums of v1 and v2.
JOINS = {
    "q1": ("JOIN small USING (id1)", (8998860, 450015153, 347720187)),
    "q2": ("JOIN medium USING (id2)", (8998412, 449954076, 449999844)),
    "q3": ("LEFT JOIN medium USING (id2)", (10000000, 500043740, 449999844)),
    "q4": ("JOIN medium USING (id5)", (8998412, 449954076, 449999844)),
    "q5": ("JOIN big USING (id3)", (9000000, 450032091, 449860428)),
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection that sees the rows to join as `x`, and the tables by their names."""
    data = make_dataset(
        Generated("db-benchmark-join", 10_000_000), tmp_path_factory.mktemp("joins")
    )
    with duckdb.connect() as connection:
        for name, path in (("x", data.path), *((name, t.path) for name, t in data.tables)):
            connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{path}')")
        yield connection
    for path in data.files:
        path.unlink()


@pytest.mark.parametrize("question", JOINS)
def test_the_published_answer_of_a_join_is_met(
    tables: duckdb.DuckDBPyConnection, question: str
) -> None:
    join, published = JOINS[question]
    found = tables.execute(f"SELECT count(*), sum(v1), sum(v2) FROM x {join}").fetchone()
    assert tuple(map(math.floor, found)) == published
