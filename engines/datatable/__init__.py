"""datatable: `frame[rows, columns, by(keys)]`; columns are lazy until they are materialized."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from ...errors import Unsupported
from ...spec.schema import Schema
from ...spec.workload import Query, Tasks
from .. import interactive
from ..base import Program, Resources
from ..writing.passes.join import Joining, joining
from ..writing.passes.widen import widened
from ..writing.program import Parts, assemble, fill
from ..writing.properties import of_rows
from ..writing.quote import literal, quote, source
from .queries import Chain, meeting, summable

# From Arrow, datatable reads an unsigned number's bits as signed, and a dictionary's codes.
LOADABLE = {
    "uint8": "pa.int16()",
    "uint16": "pa.int32()",
    "uint32": "pa.int64()",
    "uint64": "pa.int64()",
    "halffloat": "pa.float32()",
    "string_view": "pa.string()",
    "dictionary": "pa.string()",
}
# `from datatable import …`, as its documentation writes.
NAMES = ("by", "f", "g", "ifelse", "join", "sort")


@dataclass(frozen=True, slots=True)
class Datatable:
    """Writes brackets after brackets; `materialize` is the call that finishes the answer."""

    name: str = "datatable"

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        return ("datatable", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:  # noqa: ARG002
        """Return nothing: datatable hears its number of threads from the program alone."""
        return {}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write one chain of brackets."""
        query, rows, met = joining(query, data)
        query = widened(query, rows)
        _check_names(query)
        rewritten = summable(query, of_rows(query, rows))
        chain = Chain(rewritten, of_rows(rewritten, rows), rows).finished()
        load, imports = _both_loaded(met) if met else _load(query, data)
        joined, chain = meeting(met, query, chain) if met else ("", chain)
        asked = fill(f"{joined}\n{FINISHED}", CHAIN=chain)
        threads = f"dt.options.nthreads = {resources.threads}" if resources.threads else ""
        names = [name for name in NAMES if re.search(rf"\b{name}\b[.(\[]", asked)]
        parts = Parts(
            imports="\n".join(["import datatable as dt", *imports, _from_datatable(names)]),
            before=threads,
            load=load,
            query=asked,
            rows="return answer.to_arrow()",
            path=met.paths if met else "path",
            data=met.frames if met else "data",
        )
        return assemble(self.name, query, parts)


FINISHED = """\
answer = CHAIN
# Columns are lazy, and views of rows too, until they are materialized.
answer.materialize()
return answer
"""


def _check_names(query: Query) -> None:
    """Refuse names that datatable would change: it writes a point for what does not print."""
    for name in (*query.reads, *query.outputs, *(output.name for output in query.derive)):
        if any(ord(character) < 32 for character in name):
            raise Unsupported(repr(name), "datatable would put a point for what does not print")


def _from_datatable(names: list[str]) -> str:
    return f"from datatable import {', '.join(names)}" if names else ""


def _load(query: Query, data: Schema) -> tuple[str, list[str]]:
    """Write `load` and give what it imports."""
    lines, frame, imports = _loaded(query, data, "path")
    return "\n".join([*lines, f"return {frame}"]), imports


def _both_loaded(met: Joining) -> tuple[str, list[str]]:
    lines, imports = [], []
    for (query, data), name in zip(met.sides(), ("data", met.name), strict=True):
        read, frame, modules = _loaded(query, data, "path" if name == "data" else f"{name}_path")
        lines += [*read, f"{name} = {frame}"]
        imports += modules
    return "\n".join([*lines, f"return {met.frames}"]), imports


def _loaded(query: Query, data: Schema, path: str) -> tuple[list[str], str, list[str]]:
    """Write the statements and the expression that load a file and return what they import."""
    if not data.rows:
        raise Unsupported("a frame without rows", "from Arrow, datatable reads no columns then")
    # Of no columns, datatable would count no rows.
    names = list(query.reads) or list(data.names[:1])
    lines = [source(quote("pq.read_table(p, columns=c)", p=quote(path), c=names))]
    lines[0] = f"table = {lines[0]}"
    imports = ["import pyarrow.parquet as pq"]
    for name in names:
        if (data[name].most or 0) >= 2**63:
            raise Unsupported(repr(name), "datatable has no integers above 2**63")
    types = {name: _loadable(data[name].arrow) for name in names}
    if any(types.values()):
        imports.append("import pyarrow as pa")
        lines.append("# datatable would read their bits: unsigned numbers, codes of dictionaries.")
        for name, target in types.items():
            if target:
                lines += _column_set(name, f"column.cast({target})")
    nans = [name for name in query.reads if data[name].nans]
    if nans:
        imports.append("import pyarrow.compute as pc")
        lines.append("# In a column from Arrow, NaN would be a number.")
        for name in nans:
            lines += _column_set(name, "pc.if_else(pc.is_nan(column), None, column)")
    return lines, "dt.Frame(table.combine_chunks())", imports


def _column_set(name: str, value: str) -> list[str]:
    text = source(literal(name))
    return [
        f"column = table[{text}]",
        f"table = table.set_column(table.column_names.index({text}), {text}, {value})",
    ]


def _loadable(arrow: str) -> str | None:
    if arrow.startswith("decimal"):
        raise Unsupported("a decimal column", "datatable has no such type")
    return LOADABLE.get(arrow.split("<", maxsplit=1)[0])


ENGINE = Datatable()
VARIANTS: tuple[Datatable, ...] = ()
write = ENGINE.write
run = partial(interactive.run, ENGINE)
