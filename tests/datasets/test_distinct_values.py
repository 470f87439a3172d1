"""The columns of a pivot that come from the data: read once, and too many are a sentence."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from dfbench.datasets.schema_preview import preview_schema
from dfbench.errors import WorkloadError
from dfbench.spec.pivot import find_unknown
from dfbench.spec.reader import check_columns, read_text
from dfbench.spec.workload import Files, Workload
from pyarrow import parquet as pq

SALES = pa.table(
    {
        "day": [1, 1, 2, 2],
        "shop": ["south", "north", None, "north"],
        "code": [20, 3, 20, None],
        "amount": [1.0, 2.0, 3.0, 4.0],
    }
)


def read_over(table: pa.Table, query: str, folder: Path) -> Workload:
    """Return a workload read over the columns of a table, and the values that it asks for."""
    pq.write_table(table, folder / "sales.parquet")
    text = f"dataset: {{files: sales.parquet}}\nqueries:\n  asked: {query}\n"
    workload = read_text(text, "sales.yaml", folder)
    assert isinstance(workload.dataset, Files)
    asked = find_unknown(workload.queries)
    return check_columns(workload, preview_schema(workload.dataset, folder / "cache", asked))


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("{pivot: {index: day, columns: shop, values: sum(amount)}}", ("day", "north", "south")),
        ("{pivot: {index: day, columns: code, values: size()}, sort: '3'}", ("day", "3", "20")),
        (
            (
                "{steps: [{group_by: [day, shop], aggregate: {n: size()}},"
                " {pivot: {index: day, columns: shop, values: sum(n)}}]}"
            ),
            ("day", "north", "south"),
        ),
    ],
)
def test_a_pivot_has_a_column_for_each_value_of_the_data(
    query: str, columns: tuple[str, ...], tmp_path: Path
) -> None:
    workload = read_over(SALES, query, tmp_path)
    assert workload.queries[0].outputs == columns


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "{pivot: {index: day, columns: customer, values: sum(amount)}}",
            (
                "sales.yaml:3:40: pivot would make more than 1,000 columns, one for each value of"
                " 'customer'; list those that you need: columns: {customer: [a, b]}"
            ),
        ),
        (
            "{derive: {k: customer % 2}, pivot: {index: day, columns: k, values: sum(amount)}}",
            (
                "sales.yaml:3:67: the values of 'k' are not known before the query runs;"
                " list them: columns: {k: [a, b]}"
            ),
        ),
    ],
)
def test_columns_that_cannot_be_made_are_a_sentence(
    query: str, message: str, tmp_path: Path
) -> None:
    rows = 100_000
    many = pa.table({"day": [1] * rows, "customer": range(rows), "amount": [1.0] * rows})
    with pytest.raises(WorkloadError) as error:
        read_over(many, query, tmp_path)
    assert str(error.value).startswith(message)
