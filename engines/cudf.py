"""cuDF: pandas' words on a graphics processor."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import partial

from ..errors import Unsupported
from ..spec.schema import Schema
from ..spec.workload import Query, Tasks
from . import interactive
from .base import Program, Resources
from .pandas.queries import PandasSteps
from .writing.passes.join import joining
from .writing.program import Parts, assemble, fill
from .writing.quote import quote


@dataclass(frozen=True, slots=True)
class CuDF:
    """Writes cuDF where it says what pandas says; what leaves the device is refused."""

    name: str = "cudf"

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        return ("cudf-cu12", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:  # noqa: ARG002
        """Return nothing: the device has its own memory and its own threads."""
        return {}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: ARG002, B008
    ) -> Program:
        """Write the statements that pandas and cuDF share; `to_arrow` comes after them."""
        query, rows, met = joining(query, data)
        if query.apply:
            raise Unsupported(query.name, "functions of rows and groups are not written for cuDF")
        statements = PandasSteps(query, rows, met=met).body()
        if re.search(r"\bnp\.(where|select)\(", statements):
            raise Unsupported(query.name, "pandas says it with NumPy's where: not on the device")
        # NumPy's element-wise functions of a column of cuDF's run on the device.
        numpy = "import numpy as np\n" if "np." in statements else ""
        parts = Parts(
            imports=f"{numpy}import cudf",
            load=met.loads(_read) if met else fill("return FRAME", FRAME=_read(query, data)),
            query=re.sub(r"\bpd\.", "cudf.", statements),
            rows="return answer.to_arrow(preserve_index=False)",
            path=met.paths if met else "path",
            data=met.frames if met else "data",
        )
        return assemble(self.name, query, parts)


def _read(query: Query, data: Schema) -> ast.expr:
    frame = quote("cudf.read_parquet(path, columns=n)", n=list(query.reads))
    if any(data[name].nans for name in query.reads):
        # Unlike pandas, cuDF tells NaN from null.
        return quote("f.nans_to_nulls()", f=frame)
    return frame


ENGINE = CuDF()
VARIANTS: tuple[CuDF, ...] = ()
write = ENGINE.write
run = partial(interactive.run, ENGINE)
