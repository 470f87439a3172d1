"""FireDucks: pandas' words, gathered and compiled before they run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from ..errors import Unsupported
from ..spec.schema import Schema
from ..spec.workload import Query, Tasks
from . import trying
from .base import Program, Resources
from .writing.assembling import Parts, assemble, fill
from .writing.pandas_steps import PandasSteps
from .writing.quoting import literal
from .writing.tasks import of_frame


@dataclass(frozen=True, slots=True)
class FireDucks:
    """Writes pandas over FireDucks' frames; `_evaluate` is the call that finishes the answer."""

    name: str = "fireducks"

    @property
    def distributions(self) -> tuple[str, ...]:
        """Give the distributions whose versions matter."""
        return ("fireducks", "pandas", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:
        """Give the number of threads."""
        return {"OMP_NUM_THREADS": str(resources.threads)} if resources.threads else {}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: ARG002, B008
    ) -> Program:
        """Write the steps of the query as statements of pandas."""
        query = of_frame(query)
        if query.apply:
            raise Unsupported(query.name, "the user's functions are pandas' own work there")
        if not data.rows or any(data[name].missing for name in query.reads):
            why = "FireDucks tells NaN from null, and answers otherwise than pandas where either is"
            raise Unsupported("missing values" if data.rows else "no rows", why)
        statements = PandasSteps(query, data).body("return ANSWER._evaluate()")
        numpy = "import numpy as np\n" if "np." in statements else ""
        names = literal(list(query.reads))
        parts = Parts(
            imports=f"{numpy}import fireducks.pandas as pd\nimport pyarrow as pa",
            load=fill("return pd.read_parquet(path, columns=NAMES)._evaluate()", NAMES=names),
            query=statements,
            rows="return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)",
        )
        return assemble(self.name, query, parts)


ENGINE = FireDucks()
VARIANTS: tuple[FireDucks, ...] = ()
write = ENGINE.write
run = partial(trying.run, ENGINE)
