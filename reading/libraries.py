"""Functions of pandas, NumPy, math and Python."""

from __future__ import annotations

import ast
import math

from .calls import Call, Method
from .model import LoadedFrame
from .values import Frame

READERS = ("read_csv", "read_parquet", "read_table", "read_feather")
CONSTANTS = {
    "numpy.nan": None,
    "numpy.NaN": None,
    "pandas.NA": None,
    "pandas.NaT": None,
    "math.nan": None,
    "math.pi": math.pi,
    "numpy.pi": math.pi,
    "math.e": math.e,
    "numpy.e": math.e,
}


def read_file(call: Call) -> Frame:
    """Read `pd.read_csv(…)` and the like."""
    path = call.constant("path")
    if not isinstance(path, str):
        raise call.fail("the file's path must be a constant text")
    options = tuple(
        (keyword.arg or "", ast.unparse(keyword.value)) for keyword in call.node.keywords
    )
    node = call.node
    loaded = LoadedFrame(
        "",
        path,
        call.name.removeprefix("pd."),
        options,
        node.lineno,
        node.end_lineno or node.lineno,
    )
    call.used |= {*call.given}
    return call.reader.load(loaded)


LIBRARIES: dict[str, Method] = {
    **{f"pd.{name}": Method(read_file, "path sep delimiter") for name in READERS},
}
