"""Numbers, sizes and durations as people write them: `1e7`, `10_000_000`, `8GiB`, `5min`."""

from __future__ import annotations

import math
import re

UNITS_OF_SIZE = {
    "B": 1,
    **{f"{p}B": 1000**n for n, p in enumerate("kMGT", 1)},
    "KB": 1000,
    **{f"{p}iB": 1024**n for n, p in enumerate("KMGT", 1)},
    **{p: 1024**n for n, p in enumerate("KMGT", 1)},  # as docker, free and ulimit mean them
}
UNITS_OF_TIME = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400}

_NUMBER = r"[+-]?(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][+-]?\d+)?"
_QUANTITY = re.compile(rf"({_NUMBER})\s*([A-Za-z]*)", re.ASCII)


def parse_number(text: str) -> float | None:
    """Return a finite number, as `int` if it is whole; None if the text is not a number.

    >>> [parse_number(text) for text in ("1e7", "10_000_000", "2.5", "many")]
    [10000000, 10000000, 2.5, None]
    """
    if not re.fullmatch(_NUMBER, text, re.ASCII) or "__" in text or len(text) > 40:
        return None
    if re.fullmatch(r"[+-]?[\d_]+", text):
        return int(text.strip("_"))
    value = float(text.replace("_", ""))
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def parse_size(text: str) -> int:
    """Return a size in bytes; raise ValueError if it is invalid.

    >>> parse_size("8GiB"), parse_size("8G"), parse_size("512MB"), parse_size("1024")
    (8589934592, 8589934592, 512000000, 1024)
    """
    return int(_parse_quantity(text, UNITS_OF_SIZE, "B", "a size such as 8GiB or 512MB"))


def parse_duration(text: str) -> float:
    """Return a duration in seconds; raise ValueError if it is invalid.

    >>> parse_duration("5min"), parse_duration("90s"), parse_duration("1h")
    (300.0, 90.0, 3600.0)
    """
    return float(_parse_quantity(text, UNITS_OF_TIME, "s", "a time such as 90s, 5min or 1h"))


def parse_percent(text: str) -> float:
    """Return a number of per cent above 0; raise ValueError if it is invalid.

    >>> parse_percent("25%"), parse_percent("400 %")
    (25, 400)
    """
    value = parse_number(text.removesuffix("%").strip()) if text.endswith("%") else None
    if value is None:
        raise ValueError(f"{text!r} is not a share such as 25%")
    if value <= 0:
        raise ValueError(f"{text!r} must be above zero")
    return value


def _parse_quantity(
    text: str, units: dict[str, float] | dict[str, int], plain: str, what: str
) -> float:
    match = _QUANTITY.fullmatch(text.strip())
    value = parse_number(match[1]) if match else None
    if not match or value is None:
        raise ValueError(f"{text!r} is not {what}")
    unit = match[2] or plain
    if unit not in units:
        raise ValueError(f"unknown unit {unit!r}; write {what}")
    if value <= 0:
        raise ValueError(f"{text!r} must be above zero")
    return value * units[unit]
