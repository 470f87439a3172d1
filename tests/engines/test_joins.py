"""Joins that no case of the suite has: of data whose keys have other names, and repeat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from dfbench.engines import find
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Column, Schema

ORDERS = pa.table(
    {"customer": [10, 11, 10, 12], "product": ["p1", "p2", "p3", "p1"], "qty": [2, 1, 5, 3]}
)
# A customer is there twice.
CUSTOMERS = pa.table({"id": [10, 11, 12, 12], "region": ["EU", "US", "EU", "EU"]})
PRODUCTS = pa.table({"sku": ["p1", "p2", "p3"], "price": [10.0, 5.0, 1.5]})
STAR = """
dataset: {files: orders.csv, tables: {customers: customers.csv, products: products.csv}}
queries:
  revenue:
    join:
      - {table: customers, on: {customer: id}, how: left}
      - {table: products, on: {product: sku}}
    group_by: region
    aggregate: {r: sum(qty * price)}
  share:
    join: {table: customers, on: {customer: id}}
    group_by: region
    transform: {share: qty / sum(qty)}
  earlier:
    join: {table: customers, on: {customer: id}}
    group_by: region
    order_by: [qty]
    transform: {qty: qty, before: lag(qty), total: cumsum(qty)}
"""


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb", "dask", "narwhals"])
def test_a_star_of_tables_whose_keys_have_other_names(engine: str) -> None:
    revenue, share, _ = read_text(STAR, "star.yaml", Path()).queries
    tables = {"customers": CUSTOMERS, "products": PRODUCTS}
    answer = _rows(find(engine).run(revenue, ORDERS, **tables))
    assert answer == [("EU", 87.5), ("US", 5.0)]
    shares = _rows(find(engine).run(share, ORDERS, customers=CUSTOMERS))
    expected = [("EU", 2 / 13), ("EU", 3 / 13), ("EU", 3 / 13), ("EU", 5 / 13), ("US", 1.0)]
    assert [(region, pytest.approx(x)) for region, x in shares] == expected


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb", "dask"])
def test_windows_over_joined_rows_follow_the_order_that_the_query_gives(engine: str) -> None:
    *_, earlier = read_text(STAR, "star.yaml", Path()).queries
    orders = ORDERS.set_column(2, "qty", [[7, 1, 5, 3]])
    found = find(engine).run(earlier, orders, customers=CUSTOMERS.slice(0, 3))
    rows = [
        (region, qty, None if pd.isna(before) else before, total)
        for region, qty, before, total in _rows(found)
    ]
    assert rows == [("EU", 3, None, 3), ("EU", 5, 3, 8), ("EU", 7, 5, 15), ("US", 1, None, 1)]


def _rows(answer: Any) -> list[tuple[Any, ...]]:
    frame = answer.to_arrow() if hasattr(answer, "to_arrow") else answer
    if not isinstance(frame, pa.Table):
        frame = pa.Table.from_pandas(frame, preserve_index=False)
    return sorted(tuple(row.values()) for row in frame.to_pylist())


@pytest.mark.parametrize(
    ("how", "groups", "streams"),
    [("inner", 1, False), ("inner", 2, True), ("left", 2, False), ("right", 1, True)],
)
def test_polars_joins_at_once_where_that_is_faster(how: str, groups: int, streams: bool) -> None:
    join = "dataset: {files: orders.csv, tables: {customers: customers.csv}}\nqueries:\n  joined:\n"
    join += f"    join: {{table: customers, on: {{customer: id}}, how: {how}}}\n"
    (query,) = read_text(join, "join.yaml", Path()).queries
    keys = (Column("customer", "int", "int64"), Column("qty", "int", "int64"))
    names = (Column("id", "int", "int64"), Column("region", "string", "string"))
    tables = (("customers", Schema(names, 4)),)
    program = find("polars").write(query, Schema(keys, 4, tables, row_groups=groups))
    assert ("lazy()" in program.text) == streams
