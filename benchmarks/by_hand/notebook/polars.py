"""Polars by hand, as its guide writes it: lazy where there are several steps."""

from __future__ import annotations

import polars as pl
from polars import DataFrame

NOW = {"card": "now", "cash": "now", "invoice": "later"}
REVENUE = pl.col("quantity") * pl.col("price")


def total(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by("store").agg(pl.sum("quantity", "price"))


def rows_of_groups(data: DataFrame, *, missing: bool) -> DataFrame:
    rating = pl.col("rating")
    outputs = {"rows": pl.len(), "ratings": rating.count(), "rating": rating.mean()}
    return data.group_by("store", "payment").agg(**outputs)


def several_aggregates(data: DataFrame, *, missing: bool) -> DataFrame:
    x = pl.col("price")
    outputs = {"mean": x.mean(), "std": x.std(), "low": x.min(), "mid": x.median(), "high": x.max()}
    return data.group_by("product").agg(rows=pl.len(), **outputs)


def distinct_values(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by("store").agg(
        customers=pl.n_unique("customer"), quantity=pl.mean("quantity")
    )


def value_counts(data: DataFrame, *, missing: bool) -> DataFrame:
    answer = data.lazy().group_by("code").agg(pl.sum("quantity"), rows=pl.len())
    return answer.sort("rows", "code", descending=[True, False]).head(10).collect()


def filter(data: DataFrame, *, missing: bool) -> DataFrame:  # noqa: A001 - the question's name
    paid = pl.col("payment").is_in(["card", "cash"])
    rows = data.lazy().filter(pl.col("quantity") >= 5, paid, pl.col("price") > 20)
    return rows.group_by("store").agg(pl.mean("price"), rows=pl.len()).collect()


def fill_gaps(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by("product").agg(pl.col("discount").fill_null(0).mean())


def missing_share(data: DataFrame, *, missing: bool) -> DataFrame:
    discount, payment = pl.col("discount").is_null(), pl.col("payment").is_null()
    return data.group_by("store").agg(missing=discount.mean(), unpaid=payment.sum())


def new_column(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by("product").agg(revenue=REVENUE.sum(), largest=REVENUE.max())


def condition_column(data: DataFrame, *, missing: bool) -> DataFrame:
    large = pl.when(pl.col("quantity") > 7).then(pl.lit("large"))
    size = large.when(pl.col("quantity") > 3).then(pl.lit("medium")).otherwise(pl.lit("small"))
    return data.group_by(size=size).agg(pl.mean("price"), rows=pl.len())


def by_month(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by(month=pl.col("sold_at").dt.truncate("1mo")).agg(revenue=REVENUE.sum())


def parts_of_dates(data: DataFrame, *, missing: bool) -> DataFrame:
    time = pl.col("sold_at").dt
    keys = {"weekday": time.weekday() - 1, "hour": time.hour()}
    return data.group_by(**keys).agg(pl.mean("price"), rows=pl.len())


def lookup(data: DataFrame, *, missing: bool) -> DataFrame:
    paid = pl.col("payment").replace_strict(NOW, default="other")
    return data.group_by(paid=paid).agg(revenue=REVENUE.sum())


def text_search(data: DataFrame, *, missing: bool) -> DataFrame:
    tea = pl.col("product").str.contains("tea", literal=True)
    rows = data.lazy().filter(tea, pl.col("store").str.starts_with("n"))
    return rows.group_by("store").agg(pl.mean("price"), rows=pl.len()).collect()


def text_split(data: DataFrame, *, missing: bool) -> DataFrame:
    region = pl.col("store").str.split("-").list.get(0)
    size = pl.col("product").str.split(", ").list.get(1, null_on_oob=True)
    return data.group_by(region=region, size=size).agg(revenue=REVENUE.sum())


def share_of_group(data: DataFrame, *, missing: bool) -> DataFrame:
    price = pl.col("price")
    share = 100 * price / price.sum().over("store")
    return data.select("store", share=share, above=price - price.mean().over("store"))


def largest_of_group(data: DataFrame, *, missing: bool) -> DataFrame:
    top = data.lazy().group_by("store").agg(pl.col("price").top_k(3))
    return top.explode("price").collect()


def since_last(data: DataFrame, *, missing: bool) -> DataFrame:
    quantity = pl.col("quantity")
    before, so_far = quantity.shift().over("customer"), quantity.cum_sum().over("customer")
    return data.select("customer", before=before, so_far=so_far)


def moving_mean(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.select("store", smooth=pl.col("price").rolling_mean(7).over("store"))


def percent_of_total(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.lazy().group_by("product").agg(revenue=REVENUE.sum())
    percent = 100 * pl.col("revenue") / pl.sum("revenue")
    return groups.select("product", percent=percent).collect()
