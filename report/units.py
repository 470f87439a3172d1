"""Seconds, bytes and ratios as a person reads them."""

from __future__ import annotations

import math
from collections.abc import Sequence

SMALL = 0.00995  # below it, three decimals are no two digits
HUGE = 1e6
WIDE = 4.0  # an interval wider than this factor is not shown


def format_three_digits(number: float) -> str:
    """Return a number of at least 0 with three significant digits, never as a power of ten.

    >>> [format_three_digits(value) for value in (0.1234, 1.2345, 12.345, 1234.5)]
    ['0.123', '1.23', '12.3', '1234']
    """
    for places, below in ((3, 0.9995), (2, 9.995), (1, 99.95)):
        if number < below:
            return f"{number:.{places}f}"
    return f"{number:.0f}"


def format_seconds(time: float | None) -> str:
    """Return a time with its unit; an em dash where there is none.

    >>> [format_seconds(time) for time in (0.0000123, 0.01234, 1.2345, 0.0, None)]
    ['12.3 µs', '12.3 ms', '1.23 s', '0 s', '—']
    """
    if time is None:
        return "—"
    if not time:
        return "0 s"
    for unit, size in (("µs", 1e-6), ("ms", 1e-3)):
        if time < size * 999.5:
            return f"{format_three_digits(time / size)} {unit}"
    return f"{format_three_digits(time)} s"


def format_size(count: int | None) -> str:
    """Return a number of bytes with its binary unit; an em dash where there is none.

    >>> format_size(2 * 1024**3), format_size(1536), format_size(None)
    ('2 GiB', '1.5 KiB', '—')
    """
    if count is None:
        return "—"
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 999.5:
            return f"{_shorten_digits(amount)} {unit}"
        amount /= 1024
    return f"{_shorten_digits(amount)} TiB"


def format_ratio(value: float | None) -> str:
    """Return a ratio to the baseline with at least two digits; an em dash where there is none.

    >>> format_ratio(0.2439), format_ratio(1.0), format_ratio(41.2), format_ratio(0.000289)
    ('0.244×', '1.00×', '41.2×', '0.00029×')
    """
    if value is None:
        return "—"
    if value >= HUGE:
        return f"over {HUGE:,.0f}×"
    digits = format_three_digits if value >= SMALL or not value else format_two_digits
    return f"{digits(value)}×"


def format_two_digits(number: float) -> str:
    """Return a number of at least 0 with two significant digits, never as a power of ten.

    >>> [format_two_digits(value) for value in (0.000289, 0.25, 4.64, 128.4)]
    ['0.00029', '0.25', '4.6', '128']
    """
    if not number:
        return "0.0"
    places = 1 - math.floor(math.log10(float(f"{number:.1e}")))
    return f"{number:.{max(places, 0)}f}"


def format_interval(low: float | None, high: float | None) -> str:
    """Return a ratio's interval; nothing where there is none, or it says too little.

    >>> format_interval(0.21, 0.8), format_interval(None, None), format_interval(0.1, 10.0)
    ('[0.210–0.800]', '', '')
    """
    if low is None or high is None or high > WIDE * low:
        return ""
    return f"[{format_ratio(low)[:-1]}–{format_ratio(high)[:-1]}]"


def format_ratio_interval(value: float, low: float | None, high: float | None) -> str:
    """Return a ratio with its interval; "about" where that is unknown, or too wide to say much.

    >>> format_ratio_interval(0.25, 0.2, 0.5), format_ratio_interval(4.64, 0.9, 24.0)
    ('0.250× [0.200–0.500]', 'about 4.6×')
    >>> format_ratio_interval(4.64, None, None)
    'about 4.6×'
    """
    span = format_interval(low, high)
    if span or value >= HUGE:
        return f"{format_ratio(value)} {span}".rstrip()
    return f"about {format_two_digits(value)}×"


def format_percent(share: float) -> str:
    """Return a share in per cent.

    >>> format_percent(0.05), format_percent(0.299)
    ('5 %', '30 %')
    """
    return f"{share:.0%}".replace("%", " %")


def join_names(names: Sequence[str]) -> str:
    """Join names as a sentence does.

    >>> join_names(["a"]), join_names(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def format_count(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> format_count(1, "round"), format_count(3, "round")
    ('1 round', '3 rounds')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _shorten_digits(amount: float) -> str:
    text = format_three_digits(amount)
    return text.rstrip("0").rstrip(".") if "." in text else text
