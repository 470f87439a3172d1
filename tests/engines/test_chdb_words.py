"""chDB says the words of texts, times and windows in ClickHouse's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.engines import find
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Column, Schema

DATA = Schema(
    (
        Column("u", "string", "string", nulls=True),
        Column("x", "int", "int64"),
        Column("m", "timestamp", "timestamp[us]"),
        Column("d", "date", "date32[day]"),
        Column("o", "timestamp", "timestamp[us, tz=Europe/Berlin]"),
    ),
    8,
)
WORKLOAD = "dataset: {{files: data.parquet}}\nqueries:\n  asked: {{transform: {{a: {}}}}}\n"
SAID = {
    "\"split(u, ',')[-1]\"": "CASE WHEN u IS NOT NULL THEN arrayElementOrNull(splitByString("
    "',', assumeNotNull(u)), -1) END",
    "'u[1:3]'": "substringUTF8(u, 2, 2)",
    "'u[-3:-1]'": "rightUTF8(leftUTF8(u, -1), 2)",
    "m + hours(30)": "addHours(m, 30)",
    "\"days(d - date('2024-01-01'))\"": "dateDiff('day', toDate32('2024-01-01'), d)",
    "\"parse(u, '%d/%m/%Y %M')\"": "parseDateTime64(u, '%d/%m/%Y %i', 'UTC')",
    "cummin(x)": "min(x) OVER (ORDER BY rowid)",
    "prod(x)": "arrayProduct(groupArray(toFloat64(x)) OVER ())",
    # The hours of a day that has 25 of them begin where a clock shows them.
    "\"truncate(o, '6h')\"": "subtractHours(date_trunc('hour', o), toHour(o) % 6)",
    "\"truncate(m, '15min')\"": "toStartOfInterval(m, INTERVAL 15 MINUTE)",
    "'rolling_count(u, 2)'": "countIf(u IS NOT NULL) OVER",
}


@pytest.mark.parametrize("word", SAID)
def test_words_are_clickhouses(word: str) -> None:
    (query,) = read_text(WORKLOAD.format(word), "w.yaml", Path()).queries
    text = " ".join(find("chdb").write(query, DATA).text.split())
    assert SAID[word] in text
