"""datatable by hand, over what its own `fread` reads of a CSV file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import datatable as dt
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
from datatable import Frame, by, f, g, ifelse, join, sort


def load(*paths: str) -> Frame | tuple[Frame, ...]:
    """Read each Parquet file's rows from a CSV file, as datatable's users do."""
    frames = tuple(map(_read, paths))
    return frames if len(frames) > 1 else frames[0]


def _read(path: str) -> Frame:
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder, "data.csv")
        table = pq.read_table(path)
        pc.write_csv(table, csv)
        # In the 64 bits that the file has: fread chooses the fewest, and numbers for codes.
        kinds = {n.name: dt.int64 for n in table.schema if pa.types.is_integer(n.type)}
        kinds |= {n.name: dt.str32 for n in table.schema if pa.types.is_string(n.type)}
        frame = dt.fread(csv, columns=kinds, na_strings=[""])
        frame.materialize(to_memory=True)
    return frame


def finish(answer: Frame) -> Frame:
    """Compute what is still a view."""
    answer.materialize()
    return answer


def q1(data: Frame, *, missing: bool) -> Frame:
    return data[:, {"v1": dt.sum(f.v1)}, by(f.id1)]


def q2(data: Frame, *, missing: bool) -> Frame:
    return data[:, {"v1": dt.sum(f.v1)}, by(f.id1, f.id2)]


def q3(data: Frame, *, missing: bool) -> Frame:
    return data[:, {"v1": dt.sum(f.v1), "v3": dt.mean(f.v3)}, by(f.id3)]


def q4(data: Frame, *, missing: bool) -> Frame:
    return data[:, {"v1": dt.mean(f.v1), "v2": dt.mean(f.v2), "v3": dt.mean(f.v3)}, by(f.id4)]


def q5(data: Frame, *, missing: bool) -> Frame:
    return data[:, {"v1": dt.sum(f.v1), "v2": dt.sum(f.v2), "v3": dt.sum(f.v3)}, by(f.id6)]


def q6(data: Frame, *, missing: bool) -> Frame:
    return data[:, {"median_v3": dt.median(f.v3), "sd_v3": dt.sd(f.v3)}, by(f.id4, f.id5)]


def q7(data: Frame, *, missing: bool) -> Frame:
    return data[:, {"range_v1_v2": dt.max(f.v1) - dt.min(f.v2)}, by(f.id3)]


def q8(data: Frame, *, missing: bool) -> Frame:
    data = data[f.v3 != None, :] if missing else data
    return data[:2, {"largest2_v3": f.v3}, by(f.id6), sort(-f.v3)]


def q9(data: Frame, *, missing: bool) -> Frame:
    return data[:, {"r2": dt.corr(f.v1, f.v2) ** 2}, by(f.id2, f.id4)]


def q10(data: Frame, *, missing: bool) -> Frame:
    keys = by(f.id1, f.id2, f.id3, f.id4, f.id5, f.id6)
    return data[:, {"v3": dt.sum(f.v3), "count": dt.count()}, keys]


def double_even(data: Frame, *, missing: bool) -> Frame:
    known = (f.v1 == None, None) if missing else ()
    return data[:, {"result": ifelse(*known, f.v1 % 2 == 0, 2 * f.v2, f.v2)}]


double_even_def = double_even


def banded(data: Frame, *, missing: bool) -> Frame:
    known = ((f.v1 == None) | (f.v2 == None) | (f.v3 == None), None) if missing else ()
    ratio = f.v3 / (f.v2 + 1)
    return data[
        :, {"result": ifelse(*known, ratio > 20, dt.math.sqrt(ratio), f.v1 == 1, 0.0, -ratio)}
    ]


def tariff(data: Frame, *, missing: bool) -> Frame:
    known = ((f.id1 == None) | (f.id2 == None), None) if missing else ()
    dear = (f.id1 == "id001") | (f.id2 == "id002") | (f.id2 == "id003")
    return data[:, {"result": ifelse(*known, dear, 1.5 * f.v3, f.v3)}]


def join_q1(data: Frame, small: Frame, *, missing: bool) -> Frame:
    return data[g.v2 != None, :, join(_keyed(small, "id1"))]


def join_q2(data: Frame, medium: Frame, *, missing: bool) -> Frame:
    return data[g.v2 != None, :, join(_keyed(medium, "id2"))]


def join_q3(data: Frame, medium: Frame, *, missing: bool) -> Frame:
    return data[:, :, join(_keyed(medium, "id2"))]


def join_q4(data: Frame, medium: Frame, *, missing: bool) -> Frame:
    return data[g.v2 != None, :, join(_keyed(medium, "id5"))]


def join_q5(data: Frame, big: Frame, *, missing: bool) -> Frame:
    return data[g.v2 != None, :, join(_keyed(big, "id3"))]


def _keyed(other: Frame, on: str) -> Frame:
    other = other.copy()
    other.names = [name if name in {on, "v2"} else f"{name}_right" for name in other.names]
    other.key = on
    return other
