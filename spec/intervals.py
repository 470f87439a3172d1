"""Steps of time: what a time is truncated to, and what is added to one."""

from __future__ import annotations

import re

# What is truncated by the calendar, and by a clock; `15min` is a number of the last.
DAYS = ("year", "quarter", "month", "week", "day")
CLOCK = {"hour": 3600, "minute": 60, "second": 1}
ABBREVIATED = {"h": "hour", "min": "minute", "s": "second"}
SECONDS = {"days": 86_400, **{f"{unit}s": seconds for unit, seconds in CLOCK.items()}}
DAY = 86_400
_STEP = re.compile(r"([1-9]\d*)(h|min|s)")
_SPAN = re.compile(r"([1-9]\d{0,5})(d|h|min|s)")


def find_step(unit: str) -> tuple[int, str] | None:
    """Return how many hours, minutes or seconds a unit such as `15min` is.

    None for a unit of the calendar, and for what is no unit or does not divide a day.
    """
    if unit in CLOCK:
        return 1, unit
    found = _STEP.fullmatch(unit)
    if not found:
        return None
    number, word = int(found[1]), ABBREVIATED[found[2]]
    return (number, word) if DAY % (number * CLOCK[word]) == 0 else None


def is_unit(value: object) -> bool:
    """Return whether a time can be truncated to this."""
    return isinstance(value, str) and (value in DAYS or find_step(value) is not None)


def read_span(text: str) -> tuple[int, str] | None:
    """Return a span of time such as `7d` as a number of days, hours, minutes or seconds.

    >>> read_span("7d"), read_span("15min"), read_span("7 weeks")
    ((7, 'days'), (15, 'minutes'), None)
    """
    found = _SPAN.fullmatch(text)
    words = {"d": "days", **{short: f"{unit}s" for short, unit in ABBREVIATED.items()}}
    return (int(found[1]), words[found[2]]) if found else None
