"""The small frames and tables that every conformance case is asked of."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

NAN = float("nan")


def _localize_to_berlin(*texts: str | None) -> pa.Array:
    """Return instants with the time zone of Berlin."""
    moments = [text and dt.datetime.fromisoformat(f"{text}:00+00:00") for text in texts]
    return pa.array(moments, pa.timestamp("us", "Europe/Berlin"))


# A new year that is no new year in UTC; an hour that the clocks show twice, and one they leave out.
YEAR, SUMMER, WINTER, SPRING = (
    "2023-12-31T23:30",
    "2024-10-27T00:30",
    "2024-10-27T01:30",
    "2024-03-31T01:30",
)


PLAIN = pa.table(
    {
        "k": ["a", "b", "a", "c", "b", "a", "c", "a"],
        "g": [1, 2, 1, 3, 2, 2, 3, 1],
        "x": [1, -7, 3, 4, 0, 2, -2, 9],
        "y": [2, 3, -3, 5, 7, -1, 4, 2],
        "z": [0.5, 1.5, -2.5, 3.25, 2.5, 10.0, -0.125, 7.5],
        "w": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0],
        "t": ["Lima", "Oslo", "Lima", "Rome", "oslo", "Bern", "Rome", "Lima"],
        "u": [" Ab,cd ", "-5", "12", "a,b,,c", "x y  z", "", "+7", "1.5"],
        "b": [True, False, True, True, False, False, True, True],
        "d": [dt.date(2024, 1, day) for day in (31, 2, 3, 4, 5, 6, 7, 8)],
        "s": pa.array([2**31 - 1, -(2**31), 2**30, 7, 2**31 - 2, 5, -9, 2**31 - 1], pa.int32()),
        "e": [2**62, -(2**62), -(2**62), 2**53 + 1, 2**53, 1, 2, 2**53 + 1],
        "m": [dt.datetime(2024, 2, 29, hour, 59, 58) for hour in (0, 1, 23, 12, 12, 5, 6, 7)],
        "o": _localize_to_berlin(YEAR, SUMMER, WINTER, SPRING, SUMMER, WINTER, YEAR, SPRING),
    }
)


# Every group has something special: `a` a missing measure, `n` nothing but missing ones, `s` one
# row only, `c` no variance, `o` ordinary values; and the missing key is a group of its own.
MISSING = pa.table(
    {
        "k": ["a", "a", "a", "n", "n", "s", "c", "c", "c", None, None, "o", "o", "o", "o", "o"],
        "g": [1, 1, None, 2, 2, 3, 1, 1, None, 4, None, 5, 5, 5, 5, 5],
        "x": [1, None, 3, None, None, 4, 5, 5, 5, 7, -7, 1, 2, 3, 4, 6],
        "y": [2, 2, None, 1, 2, 3, 4, 6, 5, None, 2, 3, 1, 0, -4, 2],
        "z": [0.5, None, 2.5, None, None, -1.5, 2.0, 2.0, 2.0, 9.0, None, 1.0, -2.0, 4.5, 8.0, 1.5],
        "w": [1.0, NAN, 3.0, NAN, NAN, 4.0, 0.0, 1.0, 2.0, 5.0, NAN, 6.0, 7.0, NAN, 9.0, 3.0],
        "t": ["x", None, "X y", None, "", "é", "x", "x", "z", "q", None, "a", "b", "b", "a", "c"],
        "u": [
            None,
            "a,b",
            "\tÄ b\n",
            "1e3",
            " 12",
            "-é",
            "7up",
            "12.",
            ",",
            "ab1cd22",
            *[None] * 5,
            "0",
        ],
        "b": [True, None, False, None, None, True, False, False, False] + [True] * 7,
        "d": [None, *[dt.date(2023, 12, day) for day in range(17, 32)]],
        "s": pa.array([2**31 - 1, 2**31 - 2, 3, *[None] * 3, *range(-4, 6)], pa.int32()),
        "e": [2**62, -(2**62), 5, *[None] * 3, *range(2**53 - 4, 2**53 + 6)],
        "m": [None, *[dt.datetime(1969, 12, 31, 23, minute, 30) for minute in range(15)]],
        "o": _localize_to_berlin(None, *[YEAR, SUMMER, WINTER, SPRING, None] * 3),
    }
)


EMPTY = MISSING.slice(0, 0)


ONE = MISSING.slice(5, 1)


FRAMES = {"plain": PLAIN, "missing": MISSING, "empty": EMPTY, "one": ONE}


# The frames of joins have fewer columns: joined rows are answered whole, and no engine writes all.
SOLD = {
    f"sold_{name}": frame.select(["k", "g", "x", "z", "t", "b", "d"])
    for name, frame in FRAMES.items()
}


QUOTED = [dt.date(2024, 1, 4), *[dt.date(2024, 1, 3)] * 2, None, *[dt.date(2023, 12, 17)] * 2]


# What they are joined with: keys that are missing, repeated, of another width, or not there.
TABLES = {
    "shops": pa.table(
        {
            "k": ["a", "c", "q", None, "o"],
            "v": pa.array([1.5, None, 3.5, 4.5, -2.5]),
            "t": ["Lima", "Rome", None, "Bern", "Oslo"],
            "n": [1, 2, 3, 4, 5],
        }
    ),
    "twice": pa.table({"g": [1, 1, 2, 9, None, None], "v": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}),
    "pairs": pa.table({"g": [1, 2, 2, 3], "k": ["a", "a", "b", None], "n": [10, 20, 30, 40]}),
    "narrow": pa.table({"x": pa.array([1, 4, 3, 9], pa.int32()), "n": [1, 2, 3, 4]}),
    "truths": pa.table({"b": [True, False, None], "n": [1, 2, 3]}),
    "coded": pa.table({"k": pa.array(["a", "c", None, None]).dictionary_encode()}),
    # Not in the order of their days, of which two are equal.
    "quotes": pa.table(
        {
            "k": ["b", "a", "a", None, "a", "c"],
            "d": pa.array(QUOTED, pa.date32()),
            "since": pa.array(QUOTED, pa.date32()),
            "price": [1, 2, 3, 4, 5, 6],
        }
    ),
    # A key whose name differs in case alone, which is the same name to SQL.
    "cased": pa.table({"K": ["a", "b", "q", None], "m": [1, 2, 3, 4]}),
    "nobody": pa.table({"k": pa.array([], pa.string()), "n": pa.array([], pa.int64())}),
}
