"""Files that the code reads, with their options."""

from __future__ import annotations

import ast
from dataclasses import replace

from .calls import Call
from .model import LoadedFrame
from .selection import slice_rows
from .values import (
    Const,
    Frame,
)

READERS = ("read_csv", "read_parquet", "read_table", "read_feather")


# Options of read_csv that change nothing in what a workload reads, or that its reader finds out.
READ_SILENTLY = {"low_memory", "engine", "encoding", "memory_map", "parse_dates", "dtype_backend"}


READ_SILENTLY |= {"infer_datetime_format", "cache_dates", "path", "filepath_or_buffer"}


def read_file(call: Call) -> Frame:
    """Read `pd.read_csv(…)` and the like."""
    path = call.constant("path") if call.has("path") else call.constant("filepath_or_buffer")
    if not isinstance(path, str):
        raise call.fail("the file's path must be a constant text")
    node = call.node
    options = tuple((one.arg or "", ast.unparse(one.value)) for one in node.keywords)
    reader = call.name.removeprefix("pd.")
    end = node.end_lineno or node.lineno
    found = LoadedFrame(_table_name(path), path, reader, options, node.lineno, end)
    frame = call.reader.load(found)
    frame = _choose_columns(call, frame)
    call.used |= READ_SILENTLY | {"dtype"}
    _check_types(call)
    if call.has("nrows"):
        frame = slice_rows(node, frame, slice(None, call.constant("nrows")))
    if call.has("index_col"):
        raise call.fail("index_col is not read; call set_index afterwards")
    return frame


def _check_types(call: Call) -> None:
    kinds = call.given.get("dtype")
    if kinds is None:
        return
    names = kinds.value if isinstance(kinds, Const) else None
    given = list(names.values()) if isinstance(names, dict) else [names]
    if any(name in {"str", "string", "object"} for name in given):
        raise call.fail("dtype of text is not read; a workload reads digits as numbers")


def _choose_columns(call: Call, frame: Frame) -> Frame:
    labels = call.names("usecols") or call.names("columns")
    if not labels:
        return frame
    if not all(isinstance(label, str) for label in labels):
        raise call.fail("usecols is read with the names of columns")
    if frame.complete:
        labels = [label for label in frame.columns if label in labels]
    for label in labels:
        call.reader.need(call.node, frame, label)
    return replace(frame, columns={label: label for label in labels}, complete=True)


def _table_name(path: str) -> str:
    stem = path.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    word = "".join(sign if sign.isalnum() and sign.isascii() else "_" for sign in stem).strip("_")
    return word if word and word[0].isalpha() else f"data_{word}".rstrip("_")
