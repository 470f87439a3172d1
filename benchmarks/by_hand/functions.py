"""The functions of the workload `apply`, which call Python as it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

OfRow = Callable[[Mapping], float]


def double_even(x: Mapping) -> float:
    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]


def banded(x: Mapping) -> float:
    ratio = x["v3"] / (x["v2"] + 1)
    if ratio > 20:
        return math.sqrt(ratio)
    if x["v1"] == 1:
        return 0.0
    return -ratio


def tariff(x: Mapping) -> float:
    if x["id1"] == "id001" or x["id2"] in ("id002", "id003"):
        return 1.5 * x["v3"]
    return x["v3"]


def weighted_spread(v1: np.ndarray, v3: np.ndarray) -> float:
    centre = v3.mean()
    return np.sqrt((v1 * (v3 - centre) ** 2).sum() / v1.sum())


def line(v2: np.ndarray, v3: np.ndarray) -> tuple[float, float]:
    dx = v2 - v2.mean()
    slope = (dx * v3).sum() / (dx**2).sum()
    return slope, v3.mean() - slope * v2.mean()
