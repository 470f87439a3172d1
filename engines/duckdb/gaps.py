"""Gaps in time in DuckDB's words: a series of all times of each group, joined with the rows."""

from __future__ import annotations

import textwrap

from ...spec.intervals import find_step
from ...spec.schema import Schema
from ...spec.workload import Gaps
from ..writing.sql import quote_name, write_clause

CONSTANTS = {True: "TRUE", False: "FALSE"}


def _write_series(gaps: Gaps, data: Schema) -> str:
    """Write the times from the first to the last one of a group."""
    time = quote_name(gaps.time)
    series = f"unnest(generate_series(min({time}), max({time}), {_write_interval(gaps.unit)}))"
    return f"{series}::DATE" if data[gaps.time].kind == "date" else series


def fill_gaps(table: str, gaps: Gaps, data: Schema, series: str = "") -> str:
    """Write the rows of a table with those of the times that it lacks.

    `series` are the times of a group as another dialect writes them.
    """
    series = series or _write_series(gaps, data)
    own, time = quote_name(table), quote_name(gaps.time)
    others = [quote_name(key) for key in gaps.others]
    inner = [
        write_clause("SELECT", [*others, f"{series} AS {time}"], ","),
        f"FROM {own}",
        write_clause("GROUP BY", others, ","),
    ]
    times = textwrap.indent("\n".join(filter(None, inner)), "    ")
    items = [_write_item(name, gaps, data) for name in gaps.columns]
    joined = f"FROM (\n{times}\n) AS times\nLEFT JOIN {own} {_write_condition(own, gaps, data)}"
    text = f"{write_clause('SELECT', items, ',')}\n{joined}"
    if not data[gaps.time].missing:
        return text
    names = write_clause("SELECT", [*map(quote_name, gaps.columns)], ",")
    return f"{text}\nUNION ALL\n{names}\nFROM {own}\nWHERE {time} IS NULL"


def _write_item(name: str, gaps: Gaps, data: Schema) -> str:
    """Write a column of the answer, with its value where the table has no row."""
    own, zeros = quote_name(name), dict(gaps.zeros)
    if name in gaps.keys:
        return f"times.{own}" if _has_missing_key(gaps, data) else own
    if name not in zeros:
        return own
    value = zeros[name]
    shown = CONSTANTS[value] if isinstance(value, bool) else str(value)
    return f"coalesce({own}, {shown}) AS {own}"


def _write_condition(own: str, gaps: Gaps, data: Schema) -> str:
    """Write the condition of the join; a missing key is one key."""
    if not _has_missing_key(gaps, data):
        return f"USING ({', '.join(map(quote_name, gaps.keys))})"
    names = [(quote_name(key), data[key].missing and key != gaps.time) for key in gaps.keys]
    tests = (
        f"{own}.{key} {'IS NOT DISTINCT FROM' if missing else '='} times.{key}"
        for key, missing in names
    )
    return f"ON {' AND '.join(tests)}"


def _has_missing_key(gaps: Gaps, data: Schema) -> bool:
    return any(data[key].missing for key in gaps.others)


def _write_interval(unit: str) -> str:
    number, word = find_step(unit) or (1, unit)
    return f"INTERVAL {number} {word.upper()}"
