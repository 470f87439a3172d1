"""The methods, attributes and functions that are read, by what they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .calls import Method
from .columns import COLUMN_ATTRIBUTES, COLUMN_METHODS
from .frames import FRAME_ATTRIBUTES, FRAME_METHODS, read_iloc, read_loc
from .groups import GROUP_ATTRIBUTES, GROUP_METHODS
from .query_text import read_query

METHODS: dict[str, dict[str, Method]] = {
    "Frame": {**FRAME_METHODS, "query": Method(read_query, "expr inplace")},
    "Column": COLUMN_METHODS,
    "Grouped": GROUP_METHODS,
    "row": {},
}
ATTRIBUTES: dict[str, dict[str, Callable[..., Any]]] = {
    "Frame": FRAME_ATTRIBUTES,
    "Column": COLUMN_ATTRIBUTES,
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
