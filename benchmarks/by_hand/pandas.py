"""pandas by hand; Modin's frames have the same methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from by_hand import functions

if TYPE_CHECKING:
    from pandas import DataFrame

KEYS = ["id1", "id2", "id3", "id4", "id5", "id6"]


def q1(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.groupby("id1", sort=False, dropna=not missing)["v1"].sum().reset_index()


def q2(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.groupby(["id1", "id2"], sort=False, dropna=not missing)["v1"].sum().reset_index()


def q3(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.groupby("id3", sort=False, dropna=not missing)
    return groups.agg({"v1": "sum", "v3": "mean"}).reset_index()


def q4(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.groupby("id4", sort=False, dropna=not missing)
    return groups.agg({"v1": "mean", "v2": "mean", "v3": "mean"}).reset_index()


def q5(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.groupby("id6", sort=False, dropna=not missing)
    return groups.agg({"v1": "sum", "v2": "sum", "v3": "sum"}).reset_index()


def q6(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.groupby(["id4", "id5"], sort=False, dropna=not missing)
    return groups.agg(median_v3=("v3", "median"), sd_v3=("v3", "std")).reset_index()


def q7(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.groupby("id3", sort=False, dropna=not missing)
    answer = groups.agg({"v1": "max", "v2": "min"}).reset_index()
    return answer.assign(range_v1_v2=answer["v1"] - answer["v2"])[["id3", "range_v1_v2"]]


def q8(data: DataFrame, *, missing: bool) -> DataFrame:
    data = data.dropna(subset=["v3"]).sort_values("v3", ascending=False)
    top = data.groupby("id6", sort=False, dropna=not missing).head(2)
    return top[["id6", "v3"]].rename(columns={"v3": "largest2_v3"})


def q9(data: DataFrame, *, missing: bool) -> DataFrame:
    keys, x, y = data[["id2", "id4"]], data["v1"], data["v2"]
    if missing:
        x, y = x.where(y.notna()), y.where(x.notna())
    products = keys.assign(x=x, y=y, xx=x * x, yy=y * y, xy=x * y, n=x.notna().astype("int64"))
    found = products.groupby(["id2", "id4"], sort=False, dropna=not missing).sum().reset_index()
    n = found["n"]
    cov = n * found["xy"] - found["x"] * found["y"]
    variances = (n * found["xx"] - found["x"] ** 2) * (n * found["yy"] - found["y"] ** 2)
    return found[["id2", "id4"]].assign(r2=cov**2 / variances)


def q10(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.groupby(KEYS, sort=False, dropna=not missing)
    return groups.agg(v3=("v3", "sum"), count=("v3", "size")).reset_index()


def double_even(data: DataFrame, *, missing: bool) -> DataFrame:
    answer = (2 * data["v2"]).where(data["v1"] % 2 == 0, data["v2"])
    if missing:
        answer = answer.where(data["v1"].notna())
    return answer.to_frame("result")


def double_even_def(data: DataFrame, *, missing: bool) -> DataFrame:
    return _apply(data, functions.double_even, missing)


def banded(data: DataFrame, *, missing: bool) -> DataFrame:
    return _apply(data, functions.banded, missing)


def tariff(data: DataFrame, *, missing: bool) -> DataFrame:
    return _apply(data, functions.tariff, missing)


def _apply(data: DataFrame, function: functions.OfRow, missing: bool) -> DataFrame:
    complete = data.dropna() if missing else data
    answer = complete.apply(function, axis=1)
    return (answer.reindex(data.index) if missing else answer).to_frame("result")


def weighted_spread(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.groupby("id4", sort=False, dropna=not missing)[["v1", "v3"]]
    answer = groups.apply(
        lambda g: functions.weighted_spread(g["v1"].to_numpy(), g["v3"].to_numpy())
    )
    return answer.rename("spread").reset_index()


def line(data: DataFrame, *, missing: bool) -> DataFrame:
    groups = data.groupby("id4", sort=False, dropna=not missing)[["v2", "v3"]]
    answer = groups.apply(
        lambda g: pd.Series(
            functions.line(g["v2"].to_numpy(), g["v3"].to_numpy()), ["slope", "intercept"]
        )
    )
    return answer.reset_index()


def join_q1(data: DataFrame, small: DataFrame, *, missing: bool) -> DataFrame:
    return _merge(data, small, "id1", missing)


def join_q2(data: DataFrame, medium: DataFrame, *, missing: bool) -> DataFrame:
    return _merge(data, medium, "id2", missing)


def join_q3(data: DataFrame, medium: DataFrame, *, missing: bool) -> DataFrame:
    medium = medium.dropna(subset=["id2"]) if missing else medium
    return data.merge(medium, how="left", on="id2", suffixes=("", "_right"))


def join_q4(data: DataFrame, medium: DataFrame, *, missing: bool) -> DataFrame:
    return _merge(data, medium, "id5", missing)


def join_q5(data: DataFrame, big: DataFrame, *, missing: bool) -> DataFrame:
    return _merge(data, big, "id3", missing)


def _merge(data: DataFrame, other: DataFrame, on: str, missing: bool) -> DataFrame:
    # A missing key equals a missing key in pandas, and nothing in SQL.
    other = other.dropna(subset=[on]) if missing else other
    return data.merge(other, on=on, suffixes=("", "_right"))
