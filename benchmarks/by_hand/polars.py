"""Polars by hand."""

from __future__ import annotations

import polars as pl
from polars import DataFrame, Expr

from by_hand import functions


def q1(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by("id1").agg(pl.sum("v1"))


def q2(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by("id1", "id2").agg(pl.sum("v1"))


def q3(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by("id3").agg(pl.sum("v1"), pl.mean("v3"))


def q4(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by("id4").agg(pl.mean("v1", "v2", "v3"))


def q5(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by("id6").agg(pl.sum("v1", "v2", "v3"))


def q6(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by("id4", "id5").agg(median_v3=pl.median("v3"), sd_v3=pl.std("v3"))


def q7(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by("id3").agg(range_v1_v2=pl.max("v1") - pl.min("v2"))


def q8(data: DataFrame, *, missing: bool) -> DataFrame:
    top = data.lazy().drop_nulls("v3").group_by("id6").agg(largest2_v3=pl.col("v3").top_k(2))
    return top.explode("largest2_v3").collect()


def q9(data: DataFrame, *, missing: bool) -> DataFrame:
    return data.group_by("id2", "id4").agg(r2=pl.corr("v1", "v2") ** 2)


def q10(data: DataFrame, *, missing: bool) -> DataFrame:
    keys = ["id1", "id2", "id3", "id4", "id5", "id6"]
    return data.group_by(keys).agg(pl.sum("v3"), count=pl.len())


def double_even(data: DataFrame, *, missing: bool) -> DataFrame:
    even = pl.when(pl.col("v1") % 2 == 0).then(2 * pl.col("v2")).otherwise("v2")
    return data.select(result=_known(even, "v1") if missing else even)


double_even_def = double_even


def banded(data: DataFrame, *, missing: bool) -> DataFrame:
    ratio = pl.col("v3") / (pl.col("v2") + 1)
    answer = (
        pl.when(ratio > 20).then(ratio.sqrt()).when(pl.col("v1") == 1).then(0.0).otherwise(-ratio)
    )
    return data.select(result=_known(answer, "v1", "v2", "v3") if missing else answer)


def tariff(data: DataFrame, *, missing: bool) -> DataFrame:
    dear = (pl.col("id1") == "id001") | pl.col("id2").is_in(["id002", "id003"])
    answer = pl.when(dear).then(1.5 * pl.col("v3")).otherwise("v3")
    return data.select(result=_known(answer, "id1", "id2") if missing else answer)


def _known(answer: Expr, *columns: str) -> Expr:
    """Return an answer for the rows that have all of these columns, and null for the others."""
    return pl.when(pl.all_horizontal(pl.col(columns).is_not_null())).then(answer)


def weighted_spread(data: DataFrame, *, missing: bool) -> DataFrame:
    spreads = [
        (key, functions.weighted_spread(group["v1"].to_numpy(), group["v3"].to_numpy()))
        for (key,), group in data.group_by("id4")
    ]
    return pl.DataFrame(spreads, schema=["id4", "spread"], orient="row", infer_schema_length=None)


def line(data: DataFrame, *, missing: bool) -> DataFrame:
    lines = [
        (key, *functions.line(group["v2"].to_numpy(), group["v3"].to_numpy()))
        for (key,), group in data.group_by("id4")
    ]
    schema = ["id4", "slope", "intercept"]
    return pl.DataFrame(lines, schema=schema, orient="row", infer_schema_length=None)


def join_q1(data: DataFrame, small: DataFrame, *, missing: bool) -> DataFrame:
    return data.join(small, on="id1")


def join_q2(data: DataFrame, medium: DataFrame, *, missing: bool) -> DataFrame:
    return data.join(medium, on="id2")


def join_q3(data: DataFrame, medium: DataFrame, *, missing: bool) -> DataFrame:
    return data.join(medium, on="id2", how="left")


def join_q4(data: DataFrame, medium: DataFrame, *, missing: bool) -> DataFrame:
    return data.join(medium, on="id5")


def join_q5(data: DataFrame, big: DataFrame, *, missing: bool) -> DataFrame:
    return data.join(big, on="id3")
