"""pandas: what its own documentation would write, with pandas 3's strings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from ..spec.schema import Schema
from ..spec.workload import Query
from . import trying
from .base import Program, Resources
from .writing.assembling import Parts, assemble, fill
from .writing.pandas_steps import PandasSteps
from .writing.quoting import literal

STRINGS = """\
# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True
"""


@dataclass(frozen=True, slots=True)
class Pandas:
    """Writes pandas, one statement a step."""

    name: str = "pandas"

    @property
    def distributions(self) -> tuple[str, ...]:
        """Give the distributions whose versions matter."""
        return ("pandas", "numpy", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:  # noqa: ARG002
        """Give nothing: pandas runs on one thread."""
        return {}

    def write(self, query: Query, data: Schema, resources: Resources = Resources()) -> Program:  # noqa: ARG002, B008
        """Write the steps of the query as statements."""
        strings = any(data[name].kind == "string" for name in query.reads)
        statements = PandasSteps(query, data).body()
        numpy = "\nimport numpy as np" if "np." in statements else ""
        names = literal(list(query.reads))
        parts = Parts(
            imports="import pandas as pd\nimport pyarrow as pa" + numpy,
            before=STRINGS if strings else "",
            load=fill("return pd.read_parquet(path, columns=NAMES)", NAMES=names),
            query=statements,
            rows="return pa.Table.from_pandas(answer, preserve_index=False)",
        )
        return assemble(self.name, query, parts)


ENGINE = Pandas()
VARIANTS = ()
write = ENGINE.write
run = partial(trying.run, ENGINE)
