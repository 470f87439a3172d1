"""pandas: what its own documentation would write, with pandas 3's strings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from ...spec.schema import Schema
from ...spec.workload import Query, Tasks
from .. import interactive
from ..base import Load, Program, Resources
from ..writing.passes.group_functions import native
from ..writing.passes.join import joining
from ..writing.passes.widen import widened
from ..writing.program import Parts, assemble, fill
from ..writing.user_functions import NONE, own
from .queries import STRINGS, PandasSteps, pushed_down, reading_exactly


@dataclass(frozen=True, slots=True)
class Pandas:
    """Writes pandas, one statement a step."""

    name: str = "pandas"
    load: Load = Load.MEMORY
    native: bool = False

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        return ("pandas", "numpy", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:  # noqa: ARG002
        """Return nothing: pandas runs on one thread."""
        return {}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write the steps of the query as statements."""
        query, rows, met = joining(query, data)
        query = native(query, rows, "pandas") if self.native else query
        query = widened(query, rows, gaps=False)
        read = "pd.read_parquet(path, columns=n)"
        if self.load is Load.SCAN and not met:
            filters, query = pushed_down(query, data)
            if filters:
                read = f"pd.read_parquet(path, columns=n, filters={filters})"
                rows = data = replace(data, rows=0)  # so many rows may be left
        statements = PandasSteps(query, rows, met=met).body()
        reads = partial(reading_exactly, read=read)
        load = met.loads(reads) if met else fill("return FRAME", FRAME=reads(query, data))
        strings = any(rows[name].kind == "string" for name in query.reads)
        imports = ["import pandas as pd", "import pyarrow as pa"]
        if "np." in statements:
            imports.append("import numpy as np")
        if "pq." in load:
            imports.append("import pyarrow.parquet as pq")
        mine = own(query.apply) if query.apply else NONE
        parts = Parts(
            imports="\n".join([*imports, *mine.imports]),
            own=mine.source,
            before=STRINGS if strings and not resources.since("pandas", 3) else "",
            load=load,
            query=statements,
            rows="return pa.Table.from_pandas(answer, preserve_index=False)",
            path=met.paths if met else "path",
            data=met.frames if met else "data",
        )
        return assemble(self.name, query, parts)


ENGINE = Pandas()
VARIANTS = (Pandas("pandas/native", native=True),)
write = ENGINE.write
run = partial(interactive.run, ENGINE)
