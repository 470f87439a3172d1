"""pandas with Numba where it helps: `engine="numba"` in group-bys, and compiled loops."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...errors import Unsupported
from ...spec.kinds import extend_schema
from ...spec.schema import Schema
from ...spec.workload import Query, RowFunction
from ..adapter import Adapter, Pass
from ..base import Resources
from ..info import FRAMES, MIB, NEWEST, EngineInfo, Work
from ..pandas.queries import ROWS
from ..pandas.reading import write_reading, write_string_option
from ..pandas.sequence import write_steps
from ..writing.passes.join import Inputs, join_single_frame
from ..writing.passes.widen import widen_beside_floats, widen_in_loops
from ..writing.program import NONE, Own, Parts
from ..writing.user_functions import make_own
from .queries import NumbaSteps

IMPORTS = """\
import numpy as np
import pandas as pd
import pyarrow as pa
from numba import njit, prange
"""


def _widen(query: Query, data: Schema) -> Query:
    """Widen what pandas computes; in a compiled function, Numba computes in 64 bits."""
    return widen_beside_floats(query, data) if query.apply is None else query


def _translate(query: Query, data: Schema) -> Query:
    """Leave out the text of a def that has a tree: Numba compiles loops written from the tree."""
    match query.apply:
        case RowFunction(body=body) as function if body is not None:
            body = widen_in_loops(body, extend_schema(data, query))
            return replace(query, apply=replace(function, source=None, body=body))
    return query


@dataclass(frozen=True, slots=True)
class Numba(Adapter):
    """Writes pandas, and njit loops for what pandas does slowly."""

    passes: tuple[Pass, ...] = (join_single_frame, _widen, _translate)

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write the steps of the query as statements, after the loops they call."""
        query, data = inputs.query, inputs.data
        steps = NumbaSteps(query, data)
        loops, body = steps.write_loops(), write_steps(steps, inputs.later)
        if not loops and "engine='numba'" not in body:
            raise Unsupported(query.name, "dfbench compiles no step of it with Numba; use pandas")
        return Parts(
            imports=IMPORTS,
            own=_find_own(query),
            before=write_string_option(inputs, resources),
            after=loops,
            load=inputs.load(write_reading),
            query=body,
            rows=ROWS,
        )


def _find_own(query: Query) -> Own:
    """Return the def that is compiled as it is: of a row, one that has no tree."""
    match query.apply:
        case None:
            return NONE
        case RowFunction(body=body) if body is not None:
            return NONE
        case function:
            return make_own(function)


ENGINE = Numba(
    EngineInfo(
        "pandas+numba",
        ("numba", "pandas", "numpy", "pyarrow"),
        work=FRAMES - {Work.JOIN},
        pins=(NEWEST,),
        default_for=Work.QUERY,
        threads=("NUMBA_NUM_THREADS",),
        sample=8,
        startup_memory=48 * MIB,
    )
)
write, run = ENGINE.write, ENGINE.run
