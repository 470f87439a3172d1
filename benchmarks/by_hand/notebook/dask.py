"""Dask by hand: lazy frames, as its documentation writes them, and `compute`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from by_hand.dask import finish
from by_hand.notebook import pandas as idioms

if TYPE_CHECKING:
    from collections.abc import Callable

    import dask.dataframe as dd
    import pandas as pd

__all__ = ["finish"]


def total(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    return data.groupby("store")[["quantity", "price"]].sum().reset_index()


def rows_of_groups(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    groups = data.groupby(["store", "payment"], dropna=not missing)
    words = {"rows": ("rating", "size"), "ratings": ("rating", "count")}
    return groups.agg(**words, rating=("rating", "mean")).reset_index()


def several_aggregates(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    words = {"rows": "size", "mean": "mean", "std": "std", "low": "min", "mid": "median"}
    named = {name: ("price", word) for name, word in {**words, "high": "max"}.items()}
    return data.groupby("product").agg(**named).reset_index()


def distinct_values(data: dd.DataFrame, *, missing: bool) -> pd.DataFrame:
    groups = data.groupby("store")
    customers, quantity = groups["customer"].nunique(), groups["quantity"].mean()
    return customers.rename("customers").to_frame().join(quantity.to_frame()).reset_index()


def value_counts(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    groups = data.groupby("code")
    answer = groups.agg(rows=("quantity", "size"), quantity=("quantity", "sum")).reset_index()
    return _Sorted(answer)


class _Sorted:
    """The ten most frequent codes: few groups, which pandas sorts."""

    def __init__(self, answer: dd.DataFrame) -> None:
        self.answer = answer

    def compute(self) -> pd.DataFrame:
        """Compute the groups, and sort them."""
        groups = self.answer.compute()
        return groups.sort_values(["rows", "code"], ascending=[False, True]).head(10)


def filter(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:  # noqa: A001 - the question's name
    paid = data["payment"].isin(["card", "cash"])
    data = data[(data["quantity"] >= 5) & paid & (data["price"] > 20)]
    return _count_and_mean(data, "store")


def fill_gaps(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    data = data.assign(discount=data["discount"].fillna(0))
    return data.groupby("product")["discount"].mean().reset_index()


def missing_share(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    absent = {"missing": data["discount"].isna(), "unpaid": data["payment"].isna()}
    data = data.assign(**{name: truths.astype("int64") for name, truths in absent.items()})
    return data.groupby("store").agg({"missing": "mean", "unpaid": "sum"}).reset_index()


def new_column(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    data = data.assign(revenue=data["quantity"] * data["price"])
    words = {"revenue": ("revenue", "sum"), "largest": ("revenue", "max")}
    return data.groupby("product").agg(**words).reset_index()


def condition_column(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    return data.map_partitions(_with_size).pipe(_count_and_mean, "size")


def _with_size(part: pd.DataFrame) -> pd.DataFrame:
    size = part["quantity"].map(lambda n: "large" if n > 7 else "medium" if n > 3 else "small")
    return part.assign(size=size.astype("str"))


def by_month(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    month = data["sold_at"].map_partitions(lambda part: part.dt.to_period("M").dt.to_timestamp())
    data = data.assign(month=month, revenue=data["quantity"] * data["price"])
    return data.groupby("month")["revenue"].sum().reset_index()


def parts_of_dates(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    data = data.assign(weekday=data["sold_at"].dt.day_of_week, hour=data["sold_at"].dt.hour)
    return _count_and_mean(data, ["weekday", "hour"])


def lookup(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    paid = data["payment"].map_partitions(lambda part: part.map(idioms.NOW)).fillna("other")
    data = data.assign(paid=paid, revenue=data["quantity"] * data["price"])
    return data.groupby("paid")["revenue"].sum().reset_index()


def text_search(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    tea = data["product"].str.contains("tea", regex=False)
    return _count_and_mean(data[tea & data["store"].str.startswith("n")], "store")


def text_split(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    data = data.assign(
        region=data["store"].str.split("-").str[0],
        size=data["product"].str.split(", ").str[1],
        revenue=data["quantity"] * data["price"],
    )
    return data.groupby(["region", "size"], dropna=False)["revenue"].sum().reset_index()


def share_of_group(data: dd.DataFrame, *, missing: bool) -> _Ordered:
    return _Ordered(data, "store", idioms.share_of_group)


def largest_of_group(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    # The largest three of each partition, and of these the largest three.
    parts = data.map_partitions(idioms.largest_of_group, missing=missing)
    return parts.repartition(npartitions=1).map_partitions(idioms.largest_of_group, missing=missing)


def since_last(data: dd.DataFrame, *, missing: bool) -> _Ordered:
    return _Ordered(data, "customer", idioms.since_last)


def moving_mean(data: dd.DataFrame, *, missing: bool) -> _Ordered:
    return _Ordered(data, "store", idioms.moving_mean)


def percent_of_total(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    data = data.assign(revenue=data["quantity"] * data["price"])
    answer = data.groupby("product")["revenue"].sum().reset_index()
    percent = 100 * answer["revenue"] / answer["revenue"].sum()
    return answer.assign(percent=percent)[["product", "percent"]]


def _count_and_mean(data: dd.DataFrame, keys: str | list[str]) -> dd.DataFrame:
    return data.groupby(keys).agg(rows=("price", "size"), price=("price", "mean")).reset_index()


class _Ordered:
    """Windows: the rows of each group in one partition, and the answer in the frame's order."""

    def __init__(self, data: dd.DataFrame, key: str, question: Callable[..., pd.DataFrame]) -> None:
        numbered = data.assign(row=data.assign(row=1)["row"].cumsum())
        shuffled = numbered.shuffle(key, shuffle_method="tasks")
        self.answer = shuffled.map_partitions(_ask_in_order, question)

    def compute(self) -> pd.DataFrame:
        """Compute the partitions, and sort their rows."""
        return self.answer.compute().sort_values("row").drop(columns="row")


def _ask_in_order(part: pd.DataFrame, question: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    part = part.sort_values("row")
    return question(part, missing=False).assign(row=part["row"])
