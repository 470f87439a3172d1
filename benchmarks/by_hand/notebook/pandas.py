"""pandas by hand, as notebooks have it; Modin's frames have the same methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pandas import DataFrame

NOW = {"card": "now", "cash": "now", "invoice": "later"}


def total(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.groupby("store", sort=False)[["quantity", "price"]].sum().reset_index()


def rows_of_groups(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.groupby(["store", "payment"], sort=False, dropna=not missing)["rating"]
    return groups.agg(rows="size", ratings="count", rating="mean").reset_index()


def several_aggregates(data: DataFrame, *, missing: bool) -> DataFrame:
    words = {"rows": "size", "mean": "mean", "std": "std", "low": "min", "mid": "median"}
    return data.groupby("product", sort=False)["price"].agg(**words, high="max").reset_index()


def distinct_values(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.groupby("store", sort=False)
    named = {"customers": ("customer", "nunique"), "quantity": ("quantity", "mean")}
    return groups.agg(**named).reset_index()


def value_counts(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.groupby("code", sort=False)["quantity"]
    answer = groups.agg(rows="size", quantity="sum").reset_index()
    return answer.sort_values(["rows", "code"], ascending=[False, True]).head(10)


def filter(data: DataFrame, *, missing: bool) -> DataFrame:  # noqa: A001 - the question's name
    paid = data["payment"].isin(["card", "cash"])
    data = data[(data["quantity"] >= 5) & paid & (data["price"] > 20)]
    groups = data.groupby("store", sort=False)["price"]
    return groups.agg(rows="size", price="mean").reset_index()


def fill_gaps(data: DataFrame, *, missing: bool) -> DataFrame:
    data = data.assign(discount=data["discount"].fillna(0))
    return data.groupby("product", sort=False)["discount"].mean().reset_index()


def missing_share(data: DataFrame, *, missing: bool) -> DataFrame:
    data = data.assign(missing=data["discount"].isna(), unpaid=data["payment"].isna())
    return data.groupby("store", sort=False).agg({"missing": "mean", "unpaid": "sum"}).reset_index()


def new_column(data: DataFrame, *, missing: bool) -> DataFrame:
    data = data.assign(revenue=data["quantity"] * data["price"])
    groups = data.groupby("product", sort=False)["revenue"]
    return groups.agg(revenue="sum", largest="max").reset_index()


def condition_column(data: DataFrame, *, missing: bool) -> DataFrame:
    large, medium = data["quantity"] > 7, data["quantity"] > 3
    data = data.assign(size=np.select([large, medium], ["large", "medium"], "small"))
    groups = data.groupby("size", sort=False)["price"]
    return groups.agg(rows="size", price="mean").reset_index()


def by_month(data: DataFrame, *, missing: bool) -> DataFrame:
    month = data["sold_at"].dt.to_period("M").dt.to_timestamp()
    data = data.assign(month=month, revenue=data["quantity"] * data["price"])
    return data.groupby("month", sort=False)["revenue"].sum().reset_index()


def parts_of_dates(data: DataFrame, *, missing: bool) -> DataFrame:
    data = data.assign(weekday=data["sold_at"].dt.day_of_week, hour=data["sold_at"].dt.hour)
    groups = data.groupby(["weekday", "hour"], sort=False)["price"]
    return groups.agg(rows="size", price="mean").reset_index()


def lookup(data: DataFrame, *, missing: bool) -> DataFrame:
    paid = data["payment"].map(NOW).fillna("other")
    data = data.assign(paid=paid, revenue=data["quantity"] * data["price"])
    return data.groupby("paid", sort=False)["revenue"].sum().reset_index()


def text_search(data: DataFrame, *, missing: bool) -> DataFrame:
    tea = data["product"].str.contains("tea", regex=False)
    data = data[tea & data["store"].str.startswith("n")]
    groups = data.groupby("store", sort=False)["price"]
    return groups.agg(rows="size", price="mean").reset_index()


def text_split(data: DataFrame, *, missing: bool) -> DataFrame:
    data = data.assign(
        region=data["store"].str.split("-").str[0],
        size=data["product"].str.split(", ").str[1],
        revenue=data["quantity"] * data["price"],
    )
    groups = data.groupby(["region", "size"], sort=False, dropna=False)["revenue"]
    return groups.sum().reset_index()


def share_of_group(data: DataFrame, *, missing: bool) -> DataFrame:
    price, groups = data["price"], data.groupby("store", sort=False)["price"]
    share, above = 100 * price / groups.transform("sum"), price - groups.transform("mean")
    return data[["store"]].assign(share=share, above=above)


def largest_of_group(data: DataFrame, *, missing: bool) -> DataFrame:
    ordered = data[["store", "price"]].sort_values("price", ascending=False)
    return ordered.groupby("store", sort=False).head(3)


def since_last(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.groupby("customer", sort=False)["quantity"]
    return data[["customer"]].assign(before=groups.shift(), so_far=groups.cumsum())


def moving_mean(data: DataFrame, *, missing: bool) -> DataFrame:
    smooth = data.groupby("store", sort=False)["price"].rolling(7).mean()
    return data[["store"]].assign(smooth=smooth.reset_index(level=0, drop=True))


def percent_of_total(data: DataFrame, *, missing: bool) -> DataFrame:
    data = data.assign(revenue=data["quantity"] * data["price"])
    answer = data.groupby("product", sort=False)["revenue"].sum().reset_index()
    percent = 100 * answer["revenue"] / answer["revenue"].sum()
    return answer[["product"]].assign(percent=percent)
