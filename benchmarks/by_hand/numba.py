"""pandas with `engine="numba"` where its group-bys have it, and compiled loops for functions.

pandas' own group-bys are faster at times: `programs.py --against pandas` compares with those.
"""

from __future__ import annotations

import numba
import numpy as np
import pandas as pd

from by_hand import functions
from by_hand.pandas import *  # noqa: F403 - the same questions
from by_hand.pandas import KEYS

NUMBA = {"engine": "numba"}
spread_of_group = numba.njit(functions.weighted_spread)
line_of_group = numba.njit(error_model="numpy")(functions.line)


def q1(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    groups = data.groupby("id1", sort=False, dropna=not missing)
    return groups["v1"].sum(**NUMBA).reset_index()


def q2(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    groups = data.groupby(["id1", "id2"], sort=False, dropna=not missing)
    return groups["v1"].sum(**NUMBA).reset_index()


def q3(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    groups = data.groupby("id3", sort=False, dropna=not missing)
    sums, means = groups["v1"].sum(**NUMBA), groups["v3"].mean(**NUMBA)
    return pd.DataFrame({"v1": sums, "v3": means}).reset_index()


def q4(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    groups = data.groupby("id4", sort=False, dropna=not missing)
    return groups[["v1", "v2", "v3"]].mean(**NUMBA).reset_index()


def q5(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    groups = data.groupby("id6", sort=False, dropna=not missing)
    return groups[["v1", "v2", "v3"]].sum(**NUMBA).reset_index()


def q6(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    groups = data.groupby(["id4", "id5"], sort=False, dropna=not missing)["v3"]
    median, spread = groups.median(), groups.std(**NUMBA)
    return pd.DataFrame({"median_v3": median, "sd_v3": spread}).reset_index()


def q7(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    groups = data.groupby("id3", sort=False, dropna=not missing)
    answer = groups["v1"].max(**NUMBA) - groups["v2"].min(**NUMBA)
    return answer.rename("range_v1_v2").reset_index()


def q10(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    groups = data.groupby(KEYS, sort=False, dropna=not missing)["v3"]
    return pd.DataFrame({"v3": groups.sum(**NUMBA), "count": groups.size()}).reset_index()


@numba.vectorize
def _double_even(v1: float, v2: float) -> float:
    return 2 * v2 if v1 % 2 == 0 else v2


@numba.vectorize
def _double_known(v1: float, v2: float) -> float:
    if np.isnan(v1):
        return np.nan
    return 2 * v2 if v1 % 2 == 0 else v2


@numba.vectorize
def _banded(v1: float, v2: float, v3: float) -> float:
    ratio = v3 / (v2 + 1)
    if np.isnan(v1) or np.isnan(ratio):
        return np.nan
    if ratio > 20:
        return np.sqrt(ratio)
    if v1 == 1:
        return 0.0
    return -ratio


def double_even(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    function = _double_known if missing else _double_even
    return pd.DataFrame({"result": function(data["v1"].to_numpy(), data["v2"].to_numpy())})


double_even_def = double_even


def banded(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    columns = (data[name].to_numpy() for name in ("v1", "v2", "v3"))
    return pd.DataFrame({"result": _banded(*columns)})


def tariff(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    dear = (data["id1"] == "id001") | data["id2"].isin(["id002", "id003"])
    answer = data["v3"].mask(dear, 1.5 * data["v3"])
    if missing:
        answer = answer.where(data["id1"].notna() & data["id2"].notna())
    return answer.to_frame("result")


def weighted_spread(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    groups = data.groupby("id4", sort=False, dropna=not missing)[["v1", "v3"]]
    answer = groups.apply(lambda g: spread_of_group(g["v1"].to_numpy(), g["v3"].to_numpy()))
    return answer.rename("spread").reset_index()


def line(data: pd.DataFrame, *, missing: bool) -> pd.DataFrame:
    groups = data.groupby("id4", sort=False, dropna=not missing)[["v2", "v3"]]
    answer = groups.apply(
        lambda g: pd.Series(
            line_of_group(g["v2"].to_numpy(), g["v3"].to_numpy()), ["slope", "intercept"]
        )
    )
    return answer.reset_index()
