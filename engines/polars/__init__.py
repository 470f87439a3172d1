"""Polars: lazy expressions, collected by the streaming engine (the default since Polars 2).

Where an aggregation needs all values of a group at once, the in-memory engine collects them. Where
a query is a join of frames alone, there is nothing to optimise, and they are joined as they are.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from ...errors import Unsupported
from ...spec.schema import Schema
from ...spec.workload import GroupFunction, Query, RowFunction
from ..adapter import Adapter, Pass
from ..base import Load, Resources
from ..info import MIB, NEWEST, EngineInfo, EnginePlace, Work
from ..writing.passes.constants import derive_constants
from ..writing.passes.group_functions import require_aggregations
from ..writing.passes.join import Inputs
from ..writing.passes.moments import name_moments
from ..writing.passes.one_type import unify_numbers
from ..writing.passes.pivot import derive_cells
from ..writing.passes.text_keys import find_text_keys, require_text_keys
from ..writing.passes.time_zones import convert_constants
from ..writing.passes.widen import widen
from ..writing.program import Parts, fill
from ..writing.quote import quote
from ..writing.sequence import step_name
from .functions import Applied, call_groups, lower, write_call, write_ufunc
from .joins import join_eager, joins_at_once
from .queries import PolarsChain, explain_memory, join_lazy, write_eager, write_lazy

IMPORTS = """\
import numpy as np
import polars as pl
from numba import guvectorize
from types import SimpleNamespace
"""
# Of the limit. Above some half of it, a group-by that spills is killed before it has spilled.
SPILLS_ABOVE = 0.5
# Measured 1.1 to 1.5 times as fast where it is chosen: docs/decisions/programs.md.
IN_MEMORY = 'collect(engine="in-memory")'
STREAMING_SINCE = 2  # the major version of Polars whose collect() streams
LAZY_PIVOT_SINCE = 2  # the major version of Polars whose lazy frames surely have pivot


def _check_names(query: Query, _: Schema) -> Query:
    """Return the query; Unsupported for names that Polars reads as patterns of names."""
    for name in (*query.reads, *query.outputs, *(output.name for output in query.derive)):
        if name == "*" or (name.startswith("^") and name.endswith("$")):
            raise Unsupported(repr(name), "pl.col reads this name as a pattern")
    return query


_PASSES: tuple[Pass, ...] = (
    derive_cells,
    derive_constants,
    widen,
    convert_constants,
    unify_numbers,
    _check_names,
)


@dataclass(frozen=True, slots=True)
class Polars(Adapter):
    """Writes lazy Polars; `collect` is the call that finishes the answer, if it is always one."""

    counts: ClassVar[str] = "uint32"
    averages_conditions = "all"

    passes: tuple[Pass, ...] = _PASSES
    collect: str = ""
    load: Load = Load.MEMORY

    def environment(self, resources: Resources) -> dict[str, str]:
        """Return the threads, and the bytes beyond which Polars spills; it reads both at import."""
        variables = Adapter.environment(self, resources)
        if resources.memory is not None:
            budget = int(resources.memory * SPILLS_ABOVE) // 2**20
            variables["POLARS_OOC_MEMORY_BUDGET_MB"] = str(max(budget, 1))
        return variables

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write one lazy chain from the frame to the answer."""
        if resources.is_before("polars", LAZY_PIVOT_SINCE):
            inputs = _replace_pivots(inputs)
        query = inputs.query
        chain = PolarsChain(query, inputs.rows)
        why = self._explain_memory(inputs, resources)
        frame = write_lazy(query, self.load, inputs.data, inputs.joinings)
        chain, named = chain.name_repeated()
        applied = self.apply(chain)
        if not self.collect and self.load is Load.MEMORY and joins_at_once(inputs):
            text = fill("return JOINED", JOINED=join_eager(inputs.joinings))
            return Parts(IMPORTS, inputs.load(self._read), text, self._write_rows(inputs))
        lines = [*named, *applied.lines]
        for place, step in enumerate(inputs.later, 1):
            frame = self._write_frame(chain, frame, applied)
            if step.query.gaps:  # which reads the rows twice
                lines.append(fill(f"{step_name(place)} = FRAME", FRAME=frame))
                frame = quote(step_name(place))
            frame = join_lazy(frame, step.query, self.load, step.joinings)
            chain, named = PolarsChain(step.query, step.rows).name_repeated()
            applied = self.apply(chain)
            lines += [*named, *applied.lines]
        return Parts(
            imports=IMPORTS,
            own=applied.own,
            before=applied.before,
            after=applied.after,
            load=inputs.load(self._read),
            query="\n".join([*lines, self._answer(chain, frame, applied, why)]),
            rows=self._write_rows(inputs),
        )

    def _read(self, query: Query, data: Schema) -> ast.expr:
        """Write how a file is read."""
        return _load(query, data, self.load)

    def _write_rows(self, inputs: Inputs) -> str:  # noqa: ARG002 - categories need them
        """Write how the answer is read as Arrow."""
        return "return answer.to_arrow()"

    def _write_frame(self, chain: PolarsChain, frame: ast.expr, applied: Applied) -> ast.expr:
        """Write the chain of a step to its lazy answer."""
        if applied.result is None:
            return chain.write_tree(frame)
        return chain.select_tree(frame, applied.result)

    def _answer(self, chain: PolarsChain, frame: ast.expr, applied: Applied, why: str) -> str:
        """Write the chain to the answer; `why` is the reason for the in-memory engine, if any."""
        function = chain.query.apply
        collect = self.collect or (IN_MEMORY if why else "collect()")
        if isinstance(function, GroupFunction):
            whole = write_eager(chain.query, self.load, collect)
            return chain.write_groups(frame, whole, function, collect)
        comment = f"# {why}\n" if why else ""
        return fill(
            f"{comment}return CHAIN.{collect}", CHAIN=self._write_frame(chain, frame, applied)
        )

    def _explain_memory(self, inputs: Inputs, resources: Resources) -> str:
        """Return why rows that are in memory are not streamed; empty where they are."""
        streams = self.load is Load.SCAN or resources.is_before("polars", STREAMING_SINCE)
        if self.collect or streams:
            return ""
        reasons = (explain_memory(step.query) for step in inputs.steps)
        return next(filter(None, reasons), "")

    def apply(self, chain: PolarsChain) -> Applied:
        """Write the user's function: of a row as expressions, of a group as it is."""
        match chain.query.apply:
            case GroupFunction() as function:
                return call_groups(chain.query, function, chain.data)
            case RowFunction() as function:
                return lower(chain, function)
            case None:
                return Applied()


@dataclass(frozen=True, slots=True)
class Categorical(Polars):
    """Holds keys of text as categories, converted in `load`."""

    def _read(self, query: Query, data: Schema) -> ast.expr:
        frame = _load(query, data, self.load)
        types = {key: quote("pl.Categorical") for key in find_text_keys(query, data)}
        return quote("f.cast(t)", f=frame, t=types)

    def _write_rows(self, inputs: Inputs) -> str:
        inputs.refuse_steps("keys are categories in a single step; use polars")
        return "return answer.cast({pl.Categorical: pl.String}).to_arrow()"


@dataclass(frozen=True, slots=True)
class MapElements(Polars):
    """Calls the row function as it is on each row, where `polars` writes expressions."""

    def apply(self, chain: PolarsChain) -> Applied:
        """Write the call of the function; Unsupported for any other query."""
        query = chain.query
        if not isinstance(query.apply, RowFunction):
            raise Unsupported(query.name, "map_elements only runs row functions; use polars")
        return write_call(query, query.apply, chain.data)


@dataclass(frozen=True, slots=True)
class PolarsNumba(Polars):
    """Compiles the row function with Numba, and calls it on whole columns."""

    def apply(self, chain: PolarsChain) -> Applied:
        """Write the compiled function and its call; Unsupported for any other query."""
        query = chain.query
        if not isinstance(query.apply, RowFunction):
            raise Unsupported(query.name, "supports row functions only; use polars")
        return write_ufunc(query, query.apply, chain.data)


def _replace_pivots(inputs: Inputs) -> Inputs:
    """Return the steps with pivots as aggregations with conditions."""
    later = (replace(step, query=replace(step.query, pivot=None)) for step in inputs.later)
    return replace(inputs, query=replace(inputs.query, pivot=None), later=tuple(later))


def _load(query: Query, data: Schema, load: Load) -> ast.expr:
    if load is Load.SCAN:
        # Which columns are needed, Polars sees by itself.
        frame = quote("pl.scan_parquet(path)")
    else:
        # Of no columns, Polars would count no rows.
        columns_read = list(query.reads) or list(data.names[:1])
        frame = quote("pl.read_parquet(path, columns=names)", names=columns_read)
    nans = [name for name in query.reads if data[name].nans]
    if nans:
        # NaN is a number to Polars, and missing to the workload.
        return quote("frame.with_columns(pl.col(names).fill_nan(None))", frame=frame, names=nans)
    return frame


INFO = EngineInfo(
    "polars",
    ("polars",),
    pins=(NEWEST, "1.30"),
    default_for=Work.QUERY,
    threads=("POLARS_MAX_THREADS",),
    startup_memory=24 * MIB,
)
ROW_FUNCTIONS = frozenset({Work.ROW_FUNCTION})
GPU = INFO.make_variant(
    "gpu", requirements=("polars", "cudf-polars-cu12"), place=EnginePlace.GPU, pins=(NEWEST,)
)
NUMBA = INFO.make_variant("numba", requirements=("polars", "numba", "numpy"), work=ROW_FUNCTIONS)
ENGINE = Polars(INFO)
VARIANTS = (
    Polars(INFO.make_variant("in-memory", sample=4), collect=IN_MEMORY),
    Polars(INFO.make_variant("streaming", sample=8), collect='collect(engine="streaming")'),
    Categorical(
        INFO.make_variant("categorical", work=frozenset({Work.QUERY}), sample=12),
        (partial(require_text_keys, engine="polars"), *_PASSES),
    ),
    MapElements(INFO.make_variant("map_elements", work=ROW_FUNCTIONS)),
    Polars(
        INFO.make_variant("native", work=frozenset({Work.GROUP_FUNCTION})),
        (
            partial(name_moments, words=frozenset()),
            partial(require_aggregations, engine="polars"),
            widen,
            convert_constants,
            _check_names,
        ),
    ),
    # What the device cannot do raises: by default it is done on the processor, unsaid.
    Polars(GPU, collect="collect(engine=pl.GPUEngine(raise_on_fail=True))"),
    PolarsNumba(NUMBA),
)
write, run = ENGINE.write, ENGINE.run
