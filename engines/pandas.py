"""pandas: what its own documentation would write, with pandas 3's strings."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial

from ..spec.schema import Schema
from ..spec.workload import Query, Tasks
from . import trying
from .base import Load, Program, Resources
from .writing.assembling import Parts, assemble, fill
from .writing.functions import NONE, own
from .writing.pandas_steps import STRINGS, PandasSteps, pushed_down, reading_exactly
from .writing.tasks import of_frame
from .writing.widening import widened


@dataclass(frozen=True, slots=True)
class Pandas:
    """Writes pandas, one statement a step."""

    name: str = "pandas"
    load: Load = Load.MEMORY

    @property
    def distributions(self) -> tuple[str, ...]:
        """Give the distributions whose versions matter."""
        return ("pandas", "numpy", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:  # noqa: ARG002
        """Give nothing: pandas runs on one thread."""
        return {}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write the steps of the query as statements."""
        query = widened(of_frame(query), data, gaps=False)
        read = "pd.read_parquet(path, columns=n)"
        if self.load is Load.SCAN:
            filters, query = pushed_down(query, data)
            if filters:
                read = f"pd.read_parquet(path, columns=n, filters={filters})"
                data = replace(data, rows=0)  # so many rows may be left
        strings = any(data[name].kind == "string" for name in query.reads)
        statements = PandasSteps(query, data).body()
        frame = reading_exactly(query, data, read)
        imports = ["import pandas as pd", "import pyarrow as pa"]
        if "np." in statements:
            imports.append("import numpy as np")
        if "pq." in ast.unparse(frame):
            imports.append("import pyarrow.parquet as pq")
        mine = own(query.apply) if query.apply else NONE
        parts = Parts(
            imports="\n".join([*imports, *mine.imports]),
            own=mine.source,
            before=STRINGS if strings and not resources.since("pandas", 3) else "",
            load=fill("return FRAME", FRAME=frame),
            query=statements,
            rows="return pa.Table.from_pandas(answer, preserve_index=False)",
        )
        return assemble(self.name, query, parts)


ENGINE = Pandas()
VARIANTS = ()
write = ENGINE.write
run = partial(trying.run, ENGINE)
