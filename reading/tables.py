"""The methods, attributes and functions that are read, by what they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .accessors import (
    CALENDAR,
    ELEMENT_ATTRIBUTES,
    ELEMENT_METHODS,
    TEXT_METHODS,
    TIME_ATTRIBUTES,
    TIME_METHODS,
    read_get,
    read_part,
    read_parts,
    read_slice,
    read_span,
)
from .calls import Method, make_accessor
from .category_columns import CATEGORY_METHODS, read_codes
from .columns import (
    OPERATORS,
    read_mode,
    read_most_frequent,
    read_operator,
    read_replace_all,
)
from .files import list_paths_in
from .frames import FRAME_ATTRIBUTES, FRAME_METHODS, read_row
from .groups import GROUP_ATTRIBUTES, GROUP_EXPANDING, GROUP_METHODS, GROUP_ROLLING
from .labels import read_reindex
from .libraries import MELT
from .members import read_isin
from .merges import read_join, read_merge
from .numpy_functions import read_pair_item
from .patterns import MATCH_METHODS, take_group
from .periods import read_group_resample, read_resample
from .places import read_duplicated, read_ngroup
from .python_values import CONSTANT_DICT, CONSTANT_LIST, CONSTANT_TEXT, LABELS, LIST_ATTRIBUTES
from .query_text import read_query
from .reshape import read_melt
from .selection import keep_labels, read_iloc, read_keys, read_labels, read_loc, take_keys
from .series import (
    COLUMN_ATTRIBUTES,
    COLUMN_METHODS,
    read_group_row,
    read_highest_count,
    read_index_item,
    read_index_values,
    read_nth,
    read_rename_axis,
    take_index,
)
from .totals import TOTALS_METHODS, read_total
from .values import Part
from .wide import WIDE_METHODS, read_pivot, read_pivot_table, read_unstack
from .windows import EWM_METHODS, EXPANDING_METHODS, ROLLING_METHODS

METHODS: dict[str, dict[str, Method]] = {
    "Frame": {
        **FRAME_METHODS,
        "merge": Method(
            read_merge,
            "right how on left_on right_on left_index right_index sort suffixes copy indicator "
            "validate",
        ),
        "join": Method(read_join, "other on how lsuffix rsuffix sort validate"),
        "query": Method(read_query, "expr inplace"),
        "rename_axis": Method(read_rename_axis, "mapper"),
        "unstack": Method(read_unstack, "level fill_value"),
        "pivot_table": Method(
            read_pivot_table,
            "values index columns aggfunc fill_value margins dropna margins_name observed",
        ),
        "resample": Method(read_resample, "rule axis closed label on"),
        "pivot": Method(read_pivot, "index columns values"),
        "melt": Method(read_melt, MELT),
        "reindex": Method(read_reindex, "labels index columns axis fill_value"),
        "duplicated": Method(read_duplicated, "subset keep"),
        "replace": Method(read_replace_all, "to_replace value inplace limit regex method"),
        **{name: Method(read_operator, "other axis level fill_value") for name in OPERATORS},
    },
    "Series": {
        **COLUMN_METHODS,
        "unstack": Method(read_unstack, "level fill_value"),
        "resample": Method(read_resample, "rule axis closed label"),
        "reindex": Method(read_reindex, "index axis fill_value"),
        "duplicated": Method(read_duplicated, "keep"),
    },
    "wide": WIDE_METHODS,
    "element": ELEMENT_METHODS,
    "texts": TEXT_METHODS,
    "times": TIME_METHODS,
    "categories": CATEGORY_METHODS,
    "rolling": ROLLING_METHODS,
    "expanding": EXPANDING_METHODS,
    "ewm": EWM_METHODS,
    "rolled": GROUP_ROLLING,
    "expanded": GROUP_EXPANDING,
    "parts": {"get": Method(read_get, "i")},
    "Grouped": {
        **GROUP_METHODS,
        "resample": Method(read_group_resample, "rule on"),
        "ngroup": Method(read_ngroup, "ascending"),
    },
    "row": {name: Method(read_row) for name in ("sum", "mean", "min", "max")},
    "text": CONSTANT_TEXT,
    "dict": CONSTANT_DICT,
    "list": CONSTANT_LIST,
    "labels": LABELS,
    "match": MATCH_METHODS,
    "totals": TOTALS_METHODS,
    "index": {name: Method(read_index_values) for name in ("tolist", "to_list")},
    "keys": {**TIME_METHODS, "to_series": Method(read_keys), "isin": Method(read_isin, "values")},
    "rows": {name: Method(keep_labels) for name in ("tolist", "to_list")},
    "folder": {name: Method(list_paths_in, "pattern") for name in ("glob", "rglob")},
    "counts": {"idxmax": Method(read_most_frequent), "max": Method(read_highest_count)},
}
# Other libraries' apply, which shows its progress or works in parallel.
for _table in ("Frame", "Series", "Grouped"):
    for _word in ("progress_apply", "parallel_apply"):
        METHODS[_table][_word] = METHODS[_table]["apply"]
ATTRIBUTES: dict[str, dict[str, Callable[..., Any]]] = {
    "Frame": FRAME_ATTRIBUTES,
    "Series": COLUMN_ATTRIBUTES,
    "element": ELEMENT_ATTRIBUTES,
    "texts": {"[]": read_slice},
    "times": TIME_ATTRIBUTES,
    "categories": {"codes": read_codes},
    "parts": {"[]": read_part, "str": read_parts},
    "Grouped": GROUP_ATTRIBUTES,
    "Scalar": {"days": read_span("days")},
    "index": {"[]": read_index_item, "values": take_index},
    "keys": {**TIME_ATTRIBUTES, "values": take_keys, "str": make_accessor("texts")},
    "rows": {"[]": read_labels},
    "nth": {"[]": read_nth},
    "group row": {"[]": read_group_row},
    "loc": {"[]": read_loc},
    "iloc": {"[]": read_iloc},
    "list": LIST_ATTRIBUTES,
    "calendar": CALENDAR,
    "match": {"[]": take_group},
    "totals": {"[]": read_total},
    "pairs": {"[]": read_pair_item},
    "counts": {"index": lambda _node, owner: Part("modes", owner.owner)},
    "modes": {
        "[]": read_mode,
        "iloc": lambda _node, owner: owner,
        "iat": lambda _node, owner: owner,
        "values": lambda _node, owner: owner,
    },
}
# Methods that draw.
DRAWING = {"plot", "hist", "boxplot"}
# Methods that look at a frame.
LOOKING = {"head", "tail", "sample", "info", "describe"}
# Methods that only show or save a frame.
SHOWING = {
    *LOOKING,
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
