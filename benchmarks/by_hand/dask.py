"""Dask by hand: lazy frames, as its documentation writes them, and `compute`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dask.dataframe as dd
import pandas as pd

from by_hand import pandas as idioms

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = ["id1", "id2", "id3", "id4", "id5", "id6"]


def finish(answer: dd.DataFrame) -> pd.DataFrame:
    """Compute what is still lazy."""
    return answer.compute()


def q1(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    return data.groupby("id1", dropna=not missing)["v1"].sum().reset_index()


def q2(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    return data.groupby(["id1", "id2"], dropna=not missing)["v1"].sum().reset_index()


def q3(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    groups = data.groupby("id3", dropna=not missing)
    return groups.agg({"v1": "sum", "v3": "mean"}).reset_index()


def q4(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    return data.groupby("id4", dropna=not missing)[["v1", "v2", "v3"]].mean().reset_index()


def q5(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    return data.groupby("id6", dropna=not missing)[["v1", "v2", "v3"]].sum().reset_index()


def q6(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    groups = data.groupby(["id4", "id5"], dropna=not missing)
    return groups.agg(median_v3=("v3", "median"), sd_v3=("v3", "std")).reset_index()


def q7(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    answer = data.groupby("id3", dropna=not missing).agg({"v1": "max", "v2": "min"}).reset_index()
    return answer.assign(range_v1_v2=answer["v1"] - answer["v2"])[["id3", "range_v1_v2"]]


def q8(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    # The largest two of each partition, and of these the largest two.
    parts = data.map_partitions(idioms.q8, missing=missing).rename(columns={"largest2_v3": "v3"})
    return parts.repartition(npartitions=1).map_partitions(idioms.q8, missing=missing)


def q9(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    x, y = data["v1"], data["v2"]
    if missing:
        x, y = x.where(y.notnull()), y.where(x.notnull())
    data = data.assign(x=x, y=y, xx=x * x, yy=y * y, xy=x * y)
    sums = {"x": ["count", "sum"], "y": "sum", "xx": "sum", "yy": "sum", "xy": "sum"}
    found = data.groupby(["id2", "id4"], dropna=not missing).agg(sums).reset_index()
    found.columns = ["id2", "id4", "n", "x", "y", "xx", "yy", "xy"]
    n = found["n"]
    cov = n * found["xy"] - found["x"] * found["y"]
    variances = (n * found["xx"] - found["x"] ** 2) * (n * found["yy"] - found["y"] ** 2)
    return found[["id2", "id4"]].assign(r2=cov**2 / variances)


def q10(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    groups = data.groupby(KEYS, sort=False, dropna=not missing)
    return groups.agg(v3=("v3", "sum"), count=("v3", "size")).reset_index()


def double_even(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    answer = (2 * data["v2"]).where(data["v1"] % 2 == 0, data["v2"])
    if missing:
        answer = answer.where(data["v1"].notnull())
    return answer.to_frame("result")


def double_even_def(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    return _by_partition(data, idioms.double_even_def, "f8" if missing else "i8", missing)


def banded(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    return _by_partition(data, idioms.banded, "f8", missing)


def tariff(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    return _by_partition(data, idioms.tariff, "f8", missing)


def _by_partition(
    data: dd.DataFrame,
    question: Callable,
    kind: str,
    missing: bool,
) -> dd.DataFrame:
    return data.map_partitions(question, missing=missing, meta={"result": kind})


def weighted_spread(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    meta = {"id4": data["id4"].dtype, "spread": "f8"}
    return data.shuffle("id4").map_partitions(idioms.weighted_spread, missing=missing, meta=meta)


def line(data: dd.DataFrame, *, missing: bool) -> dd.DataFrame:
    meta = {"id4": data["id4"].dtype, "slope": "f8", "intercept": "f8"}
    return data.shuffle("id4").map_partitions(idioms.line, missing=missing, meta=meta)


join_q1, join_q2, join_q3 = idioms.join_q1, idioms.join_q2, idioms.join_q3
join_q4, join_q5 = idioms.join_q4, idioms.join_q5
