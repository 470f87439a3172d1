"""Polars: lazy expressions, collected by the streaming engine (the default since Polars 2)."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial

from ...errors import Unsupported
from ...spec.expression import (
    Call,
    Case,
    Expr,
    Let,
    Lit,
    columns,
)
from ...spec.schema import Schema
from ...spec.workload import GroupFunction, Output, Query, RowFunction, Tasks
from .. import interactive
from ..base import Load, Program, Resources
from ..writing.loops import is_numeric, is_whole, loop_name, row_kernel
from ..writing.passes.group_functions import native
from ..writing.passes.join import joining
from ..writing.passes.time_zones import in_zone
from ..writing.passes.widen import widened
from ..writing.program import Parts, assemble, fill
from ..writing.properties import Facts, of_rows
from ..writing.quote import literal, quote
from ..writing.steps import hoisted, substituted
from ..writing.user_functions import NONE, Own, inputs_missing, own, reads_attributes, skipping
from .queries import PolarsChain, eager, lazy, named, root

# Python's kinds as Polars names them, for what map_elements returns.
DTYPES = {"int": "pl.Int64", "float": "pl.Float64", "string": "pl.String", "bool": "pl.Boolean"}

# Of the limit. Above some half of it, a group-by that spills is killed before it has spilled.
SPILLS_ABOVE = 0.5


@dataclass(frozen=True, slots=True)
class Polars:
    """Writes lazy Polars; `collect` is the call that finishes the answer."""

    name: str = "polars"
    collect: str = "collect()"
    calls: bool = False
    compiles: bool = False
    load: Load = Load.MEMORY
    native: bool = False

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        if self.name == "polars/gpu":
            return ("polars", "cudf-polars-cu12")
        return ("polars", "numba", "numpy") if self.compiles else ("polars",)

    def environment(self, resources: Resources) -> dict[str, str]:
        """Return the threads, and the bytes beyond which Polars spills; it reads both at import."""
        told = {"POLARS_MAX_THREADS": str(resources.threads)} if resources.threads else {}
        if resources.memory is not None:
            budget = int(resources.memory * SPILLS_ABOVE) // 2**20
            told["POLARS_OOC_MEMORY_BUDGET_MB"] = str(max(budget, 1))
        return told

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: ARG002, B008
    ) -> Program:
        """Write one lazy chain from the frame to the answer."""
        query, rows, met = joining(query, data)
        query = native(query, rows, "polars") if self.native else query
        query = in_zone(widened(query, rows), rows)
        _check_names(query)
        if self.compiles:
            return self._compiled(query, data)
        if self.calls and not isinstance(query.apply, RowFunction):
            raise Unsupported(query.name, "map_elements calls functions of rows; polars says it")
        mine, after = _own(query, rows, calls=self.calls)
        load = partial(_load, load=self.load)
        body = self._body(PolarsChain(query, rows), lazy(query, self.load, met))
        parts = Parts(
            imports="\n".join(["import polars as pl", *mine.imports, *_modules(after)]),
            own=mine.source,
            after=after,
            load=met.loads(load) if met else fill("return FRAME", FRAME=load(query, data)),
            query=body,
            rows="return answer.to_arrow()",
            path=met.paths if met else "path",
            data=met.frames if met else "data",
        )
        return assemble(self.name, query, parts)

    def _compiled(self, query: Query, data: Schema) -> Program:
        """Write a row function as a ufunc that Numba compiles, over whole columns."""
        function, facts = query.apply, of_rows(query, data)
        if not isinstance(function, RowFunction):
            raise Unsupported(query.name, "this is for row functions; polars says it")
        if function.body is None:
            raise Unsupported(function.name, function.opaque)
        if not is_numeric(function, facts):
            raise Unsupported(function.name, "Numba's ufuncs take numbers and give one")
        dtype = "pl.Int64" if is_whole(function, facts) else "pl.Float64"
        # A ufunc takes no null; to_numpy makes them NaN.
        call = quote(
            "lambda columns: pl.Series(f(*[column.to_numpy() for column in columns]))",
            f=quote(loop_name(function)),
        )
        names = list(columns(function.body))
        result = quote(f"pl.map_batches(n, c, return_dtype={dtype})", n=names, c=call)
        result = named(result, function.output, names[0])
        kernel = row_kernel(function, facts)
        chain = PolarsChain(query, data).selecting(lazy(query, self.load, None), result)
        numpy = "import numpy as np\n" if "np." in kernel else ""
        parts = Parts(
            imports=f"{numpy}import polars as pl\nfrom numba import guvectorize",
            before=kernel,
            load=fill("return FRAME", FRAME=_load(query, data, self.load)),
            query=fill(f"return CHAIN.{self.collect}", CHAIN=chain),
            rows="return answer.to_arrow()",
        )
        return assemble(self.name, query, parts)

    def _body(self, chain: PolarsChain, frame: ast.expr) -> str:
        query, data = chain.query, chain.data
        lines: list[str] = []
        match query.apply:
            case GroupFunction() as function:
                whole = eager(query, self.load, self.collect)
                return chain.groups(frame, whole, function, self.collect)
            case RowFunction() as function if self.calls:
                result = named(_called(query, function, data), function.output, None)
                tree = chain.selecting(frame, result)
            case RowFunction() as function:
                lines, result = _lowered(chain, function)
                tree = chain.selecting(frame, result)
            case None:
                tree = chain.tree(frame)
        return "\n".join([*lines, fill(f"return CHAIN.{self.collect}", CHAIN=tree)])


def _check_names(query: Query) -> None:
    """Refuse names that Polars reads as patterns of names."""
    for name in (*query.reads, *query.outputs, *(output.name for output in query.derive)):
        if name == "*" or (name.startswith("^") and name.endswith("$")):
            raise Unsupported(repr(name), "to pl.col, this is a pattern of names")


def _own(query: Query, data: Schema, *, calls: bool) -> tuple[Own, str]:
    """Return the user's function where Python calls it, and what Polars needs around it."""
    match query.apply:
        case GroupFunction() as function:
            return own(function), ""
        case RowFunction() as function if calls:
            return own(function), _wrapper(query, function, data)
        case _:
            return NONE, ""


def _modules(text: str) -> list[str]:
    return ["from types import SimpleNamespace"] if "SimpleNamespace" in text else []


def _lowered(chain: PolarsChain, function: RowFunction) -> tuple[list[str], ast.expr]:
    """Write the function's tree: its named intermediates as expressions with that name."""
    query = chain.query
    if function.body is None:
        raise Unsupported(function.name, function.opaque)
    intermediates, body = hoisted(skipping(query, chain.data, function.body))
    lines, reading = [], {"col"}
    for output in intermediates:
        value = chain.seen(output.expression)
        lines.append(fill(f"{output.name} = VALUE", VALUE=value))
        derive = (*chain.query.derive, output)
        chain = replace(
            chain, query=replace(query, derive=derive), local=chain.local | {output.name}
        )
        if _words(value) & reading:
            reading.add(output.name)
    result = chain.seen_output(Output(function.output, body))
    if not _words(result) & reading:
        # A constant alone would be one row.
        result = quote("pl.repeat(x, pl.len())", x=chain.expression(body))
    known = None if intermediates else root(body)
    return lines, named(result, function.output, known)


def _words(tree: ast.expr) -> set[str]:
    """Return the names and attributes of a written expression: `pl.col` is how it reads a column."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


CALLED = """\
def apply(row):
    \"\"\"ABOUT\"\"\"
    SKIPPED
    RETURNED
"""


def _wrapper(query: Query, function: RowFunction, data: Schema) -> str:
    """Write what stands between Polars and the function: a struct's value is a dict."""
    skipped, attributes = inputs_missing(query, data), reads_attributes(function)
    row = "SimpleNamespace(**row)" if attributes else "row"
    missing = " or ".join(f"row[{name!r}] is None" for name in skipped)
    skips = fill(f"if {missing}:\n    return None") if skipped else ""
    if _mixes(query, function, data):
        about = "Call the function on one row: Polars takes no integer among floats."
        value = f"value = {function.name}({row})\nreturn None if value is None else float(value)"
    elif skipped or attributes:
        about = "Call the function on one row."
        value = f"return {function.name}({row})"
    else:
        return ""
    return fill(CALLED.replace("ABOUT", about), SKIPPED=skips, RETURNED=value)


def _called(query: Query, function: RowFunction, data: Schema) -> ast.expr:
    name = "apply" if _wrapper(query, function, data) else function.name
    inputs = quote("pl.struct(*c)", c=[literal(column) for column in function.columns])
    options = {}
    if function.body is not None:
        known = of_rows(query, data).kind(function.body)
        if known in DTYPES:
            options["return_dtype"] = quote(DTYPES[known])
    return quote("s.map_elements(f, **o)", s=inputs, f=quote(name), o=options)


def _mixes(query: Query, function: RowFunction, data: Schema) -> bool:
    """Return whether a function of floats may return an integer."""
    if function.body is None:
        return False
    facts = of_rows(query, data)
    return facts.kind(function.body) == "float" and _may_be_whole(function.body, facts)


def _may_be_whole(node: Expr, facts: Facts) -> bool:
    match node:
        case Case(branches, otherwise):
            return any(_may_be_whole(v, facts) for v in (*(v for _, v in branches), otherwise))
        case Let(name, value, body):
            return _may_be_whole(substituted(body, {name: value}), facts)
        case Call("min" | "max", arguments):
            return any(_may_be_whole(argument, facts) for argument in arguments)
        case _:
            return facts.kind(node) != "float" and node != Lit(None)


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


ENGINE = Polars()
VARIANTS = (
    Polars("polars/in-memory", 'collect(engine="in-memory")'),
    Polars("polars/map_elements", calls=True),
    Polars("polars/native", native=True),
    # What the device cannot do raises: by default it is done on the processor, unsaid.
    Polars("polars/gpu", "collect(engine=pl.GPUEngine(raise_on_fail=True))"),
    Polars("polars/numba", compiles=True),
)
write = ENGINE.write
run = partial(interactive.run, ENGINE)
