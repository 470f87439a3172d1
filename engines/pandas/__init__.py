"""pandas: what its own documentation would write, with pandas 3's strings."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial

from ...spec.schema import Schema
from ...spec.workload import Query
from ..adapter import Adapter, Pass
from ..base import Load, Resources
from ..info import FUNCTIONS, MIB, NEWEST, EngineInfo, Work
from ..writing.passes.group_functions import require_aggregations
from ..writing.passes.join import Inputs
from ..writing.passes.pivot import derive_cells
from ..writing.passes.text_keys import (
    find_text_keys,
    require_ordered_texts,
    require_text,
    require_text_keys,
)
from ..writing.passes.widen import widen_beside_floats
from ..writing.passes.zeros import sum_zeros
from ..writing.program import NONE, Parts
from ..writing.quote import quote
from ..writing.user_functions import (
    as_definition,
    find_called,
    make_own,
    require_function,
)
from .queries import IMPORTS, ROWS, PandasSteps
from .reading import push_down, write_exact_reading, write_string_option
from .sequence import write_steps
from .text_types import TextType

READ = "pd.read_parquet(path, columns=n)"
OBJECTS = """\
# The default before pandas 3: text as Python objects.
pd.options.future.infer_string = False
"""
STRINGS_SINCE = 3  # the major version of pandas whose text is Arrow's by default
TEXT_SAMPLE = 12  # programs of the variants of text differ from pandas' in a line
# The passes of a variant that calls functions, each expression written as a def.
_CALLED: tuple[Pass, ...] = (
    partial(require_function, engine="pandas"),
    widen_beside_floats,
    as_definition,
)


@dataclass(frozen=True, slots=True)
class Pandas(Adapter):
    """Writes pandas, one statement a step."""

    averages_conditions = "all"

    passes: tuple[Pass, ...] = (derive_cells, sum_zeros, widen_beside_floats)
    load: Load = Load.MEMORY
    text: TextType = TextType.STRINGS

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write the steps of the query as statements."""
        read = READ
        if self.load is Load.SCAN and inputs.is_single:
            inputs, read = _push_filters(inputs, read)
        query = inputs.query
        if self.text is TextType.CATEGORIES:
            inputs.refuse_steps("keys are categories in a single step; use pandas")
        plain = self.text is not TextType.CATEGORIES
        steps = PandasSteps(
            query, inputs.rows, text=self.text, joinings=inputs.joinings, plain=plain
        )
        return Parts(
            imports=IMPORTS,
            own=make_own(called) if (called := find_called(query)) else NONE,
            before=self._write_string_option(inputs, resources),
            load=inputs.load(partial(self._read, read=read)),
            query=write_steps(steps, inputs.later),
            rows=ROWS,
        )

    def _write_string_option(self, inputs: Inputs, resources: Resources) -> str:
        if self.text is not TextType.OBJECTS:
            return write_string_option(inputs, resources)
        return OBJECTS if resources.since("pandas", STRINGS_SINCE) else ""

    def _read(self, query: Query, data: Schema, read: str) -> ast.expr:
        frame = write_exact_reading(query, data, read, parted=read != READ, text=self.text)
        if self.text is not TextType.CATEGORIES:
            return frame
        categories = dict.fromkeys(find_text_keys(query, data), "category")
        return quote("f.astype(t)", f=frame, t=categories)


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
        INFO.make_variant("object", work=frozenset({Work.QUERY, Work.JOIN}), sample=TEXT_SAMPLE),
        (
            partial(require_text, engine="pandas"),
            require_ordered_texts,
            derive_cells,
            sum_zeros,
            widen_beside_floats,
        ),
        text=TextType.OBJECTS,
    ),
    Pandas(
        INFO.make_variant("category", work=frozenset({Work.QUERY}), sample=TEXT_SAMPLE),
        (
            partial(require_text_keys, engine="pandas"),
            partial(sum_zeros, pivots=False),
            widen_beside_floats,
        ),
        text=TextType.CATEGORIES,
    ),
    Pandas(INFO.make_variant("apply", work=FUNCTIONS), _CALLED),
    Pandas(
        INFO.make_variant("native", work=frozenset({Work.GROUP_FUNCTION})),
        (partial(require_aggregations, engine="pandas"), widen_beside_floats),
    ),
)
write, run = ENGINE.write, ENGINE.run
