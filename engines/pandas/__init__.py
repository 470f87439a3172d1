"""pandas: what its own documentation would write, with pandas 3's strings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from ..adapter import Adapter, Pass
from ..base import Load, Resources
from ..info import MIB, NEWEST, EngineInfo, Work
from ..writing.passes.group_functions import require_aggregations
from ..writing.passes.join import Inputs
from ..writing.passes.widen import widen_beside_floats
from ..writing.program import NONE, Parts
from ..writing.user_functions import make_own
from .queries import IMPORTS, ROWS, PandasSteps, push_down, string_option, write_exact_reading


@dataclass(frozen=True, slots=True)
class Pandas(Adapter):
    """Writes pandas, one statement a step."""

    passes: tuple[Pass, ...] = (widen_beside_floats,)
    load: Load = Load.MEMORY

    def parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write the steps of the query as statements."""
        read = "pd.read_parquet(path, columns=n)"
        if self.load is Load.SCAN and inputs.joining is None:
            inputs, read = _push_filters(inputs, read)
        query, rows = inputs.query, inputs.rows
        return Parts(
            imports=IMPORTS,
            own=make_own(query.apply) if query.apply else NONE,
            before=string_option(query, rows, resources),
            load=inputs.load(partial(write_exact_reading, read=read)),
            query=PandasSteps(query, rows, met=inputs.joining).body(),
            rows=ROWS,
        )


def _push_filters(inputs: Inputs, read: str) -> tuple[Inputs, str]:
    """Move what a Parquet reader can filter by from the query into the reader."""
    filters, query = push_down(inputs.query, inputs.data)
    if not filters:
        return inputs, read
    left = replace(inputs.data, rows=0)  # so many rows may be left
    read = f"pd.read_parquet(path, columns=n, filters={filters})"
    return replace(inputs, query=query, rows=left, data=left), read


INFO = EngineInfo(
    "pandas",
    ("pandas", "numpy", "pyarrow"),
    pins=(NEWEST, "2.3"),
    default_for=Work.QUERY,
    startup_memory=48 * MIB,
)
ENGINE = Pandas(INFO)
VARIANTS = (
    Pandas(
        INFO.variant("native", work=frozenset({Work.GROUP_FUNCTION})),
        (partial(require_aggregations, engine="pandas"), widen_beside_floats),
    ),
)
write, run = ENGINE.write, ENGINE.run
