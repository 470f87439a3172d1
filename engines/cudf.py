"""cuDF: pandas' words on a graphics processor."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from ..errors import Unsupported
from ..spec.schema import Schema
from ..spec.workload import Query
from .adapter import Adapter
from .base import Resources
from .info import FRAMES, FUNCTIONS, NEWEST, EngineInfo, EnginePlace
from .pandas.queries import PandasSteps
from .pandas.sequence import write_steps
from .pandas.text_types import TextType
from .writing.passes.join import Inputs
from .writing.program import Parts
from .writing.quote import quote


@dataclass(frozen=True, slots=True)
class CuDF(Adapter):
    """Writes cuDF where it has what pandas has; what would leave the device is refused."""

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:  # noqa: ARG002
        """Write the statements that pandas and cuDF share; `to_arrow` comes after them."""
        query = inputs.query
        if query.apply:
            raise Unsupported(query.name, "row and group functions are not implemented for cuDF")
        if any(step.query.gaps for step in inputs.later):
            raise Unsupported("fill_gaps", "not implemented for cuDF yet")
        first = PandasSteps(query, inputs.rows, text=TextType.DEVICE, joinings=inputs.joinings)
        statements = write_steps(first, inputs.later)
        if re.search(r"\bnp\.(where|select)\(", statements):
            raise Unsupported(
                query.name, "it needs NumPy's where, which does not run on the device"
            )
        if ".rolling(" in statements and "on=" in statements:
            words = "cuDF's moving windows take no column of times"
            raise Unsupported(query.name, words)
        return Parts(
            # NumPy's element-wise functions of a column of cuDF's run on the device.
            imports="import cudf\nimport numpy as np",
            load=inputs.load(_write_read),
            query=re.sub(r"\bpd\.", "cudf.", statements),
            rows="return answer.to_arrow(preserve_index=False)",
        )


def _write_read(query: Query, data: Schema) -> ast.expr:
    frame = quote("cudf.read_parquet(path, columns=n)", n=list(query.reads))
    if any(data[name].nans for name in query.reads):
        # Unlike pandas, cuDF tells NaN from null.
        return quote("f.nans_to_nulls()", f=frame)
    return frame


ENGINE = CuDF(
    EngineInfo(
        "cudf",
        ("cudf-cu12", "pyarrow"),
        work=FRAMES - FUNCTIONS,
        place=EnginePlace.GPU,
        pins=(NEWEST,),
    )
)
write, run = ENGINE.write, ENGINE.run
