"""The methods, attributes and functions that are read, by what they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .accessors import (
    ELEMENT_ATTRIBUTES,
    ELEMENT_METHODS,
    TEXT_METHODS,
    TIME_ATTRIBUTES,
    TIME_METHODS,
    parts_of,
    read_get,
    read_part,
    read_slice,
)
from .calls import Method
from .columns import COLUMN_ATTRIBUTES, COLUMN_METHODS, read_rename_axis
from .frames import FRAME_ATTRIBUTES, FRAME_METHODS, read_iloc, read_loc
from .groups import GROUP_ATTRIBUTES, GROUP_METHODS
from .libraries import CONSTANT_DICT, CONSTANT_TEXT
from .merges import read_merge
from .query_text import read_query

METHODS: dict[str, dict[str, Method]] = {
    "Frame": {
        **FRAME_METHODS,
        "merge": Method(
            read_merge,
            "right how on left_on right_on left_index right_index sort suffixes copy indicator "
            "validate",
        ),
        "query": Method(read_query, "expr inplace"),
        "rename_axis": Method(read_rename_axis, "mapper"),
    },
    "Column": COLUMN_METHODS,
    "element": ELEMENT_METHODS,
    "texts": TEXT_METHODS,
    "times": TIME_METHODS,
    "parts": {"get": Method(read_get, "i")},
    "Grouped": GROUP_METHODS,
    "row": {},
    "text": CONSTANT_TEXT,
    "dict": CONSTANT_DICT,
}
ATTRIBUTES: dict[str, dict[str, Callable[..., Any]]] = {
    "Frame": FRAME_ATTRIBUTES,
    "Column": COLUMN_ATTRIBUTES,
    "element": ELEMENT_ATTRIBUTES,
    "texts": {"[]": read_slice},
    "times": TIME_ATTRIBUTES,
    "parts": {"[]": read_part, "str": parts_of},
    "Grouped": GROUP_ATTRIBUTES,
    "loc": {"[]": read_loc},
    "iloc": {"[]": read_iloc},
}
# Methods that only show or save a frame.
SHOWING = {
    "head",
    "tail",
    "sample",
    "info",
    "describe",
    "plot",
    "hist",
    "boxplot",
    "to_csv",
    "to_excel",
    "to_json",
    "to_markdown",
    "to_parquet",
    "to_pickle",
    "to_sql",
    "to_string",
    "to_clipboard",
    "to_feather",
}
