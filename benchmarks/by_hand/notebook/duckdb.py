"""DuckDB by hand. Its table has the rows' order in `rowid`."""

from __future__ import annotations

from duckdb import DuckDBPyConnection as Connection
from pyarrow import Table


def _ask(con: Connection, sql: str) -> Table:
    return con.sql(sql).to_arrow_table()


def total(con: Connection, *, missing: bool) -> Table:
    sums = "sum(quantity)::BIGINT AS quantity, sum(price) AS price"
    return _ask(con, f"SELECT store, {sums} FROM data GROUP BY store")


def rows_of_groups(con: Connection, *, missing: bool) -> Table:
    outputs = "count(*) AS rows, count(rating) AS ratings, avg(rating) AS rating"
    return _ask(con, f"SELECT store, payment, {outputs} FROM data GROUP BY ALL")


def several_aggregates(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT product, count(*) AS rows, avg(price) AS mean, stddev(price) AS std,
            min(price) AS low, median(price) AS mid, max(price) AS high
        FROM data GROUP BY product
        """,
    )


def distinct_values(con: Connection, *, missing: bool) -> Table:
    outputs = "count(DISTINCT customer) AS customers, avg(quantity) AS quantity"
    return _ask(con, f"SELECT store, {outputs} FROM data GROUP BY store")


def value_counts(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT code, count(*) AS rows, sum(quantity)::BIGINT AS quantity
        FROM data GROUP BY code ORDER BY rows DESC, code LIMIT 10
        """,
    )


def filter(con: Connection, *, missing: bool) -> Table:  # noqa: A001 - the question's name
    return _ask(
        con,
        """
        SELECT store, count(*) AS rows, avg(price) AS price
        FROM data WHERE quantity >= 5 AND payment IN ('card', 'cash') AND price > 20
        GROUP BY store
        """,
    )


def fill_gaps(con: Connection, *, missing: bool) -> Table:
    mean = "avg(coalesce(discount, 0)) AS discount"
    return _ask(con, f"SELECT product, {mean} FROM data GROUP BY product")


def missing_share(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT store, avg((discount IS NULL)::INTEGER) AS missing,
            count_if(payment IS NULL) AS unpaid
        FROM data GROUP BY store
        """,
    )


def new_column(con: Connection, *, missing: bool) -> Table:
    outputs = "sum(quantity * price) AS revenue, max(quantity * price) AS largest"
    return _ask(con, f"SELECT product, {outputs} FROM data GROUP BY product")


def condition_column(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT CASE WHEN quantity > 7 THEN 'large' WHEN quantity > 3 THEN 'medium'
            ELSE 'small' END AS size, count(*) AS rows, avg(price) AS price
        FROM data GROUP BY size
        """,
    )


def by_month(con: Connection, *, missing: bool) -> Table:
    month = "date_trunc('month', sold_at) AS month"
    return _ask(con, f"SELECT {month}, sum(quantity * price) AS revenue FROM data GROUP BY month")


def parts_of_dates(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT isodow(sold_at) - 1 AS weekday, hour(sold_at) AS hour, count(*) AS rows,
            avg(price) AS price
        FROM data GROUP BY ALL
        """,
    )


def lookup(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT CASE payment WHEN 'card' THEN 'now' WHEN 'cash' THEN 'now'
            WHEN 'invoice' THEN 'later' ELSE 'other' END AS paid,
            sum(quantity * price) AS revenue
        FROM data GROUP BY paid
        """,
    )


def text_search(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT store, count(*) AS rows, avg(price) AS price
        FROM data WHERE contains(product, 'tea') AND starts_with(store, 'n') GROUP BY store
        """,
    )


def text_split(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT string_split(store, '-')[1] AS region, string_split(product, ', ')[2] AS size,
            sum(quantity * price) AS revenue
        FROM data GROUP BY ALL
        """,
    )


def share_of_group(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT store, 100 * price / sum(price) OVER w AS share, price - avg(price) OVER w AS above
        FROM data WINDOW w AS (PARTITION BY store) ORDER BY rowid
        """,
    )


def largest_of_group(con: Connection, *, missing: bool) -> Table:
    top = "unnest(max(price, 3)) AS price"
    return _ask(con, f"SELECT store, {top} FROM data GROUP BY store")


def since_last(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT customer, lag(quantity) OVER w AS before, (sum(quantity) OVER w)::BIGINT AS so_far
        FROM data WINDOW w AS (PARTITION BY customer ORDER BY rowid) ORDER BY rowid
        """,
    )


def moving_mean(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT store, CASE WHEN count(price) OVER w >= 7 THEN avg(price) OVER w END AS smooth
        FROM data
        WINDOW w AS (
            PARTITION BY store ORDER BY rowid ROWS BETWEEN 6 PRECEDING AND CURRENT ROW
        )
        ORDER BY rowid
        """,
    )


def percent_of_total(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT product, 100 * sum(quantity * price) / sum(sum(quantity * price)) OVER () AS percent
        FROM data GROUP BY product
        """,
    )
