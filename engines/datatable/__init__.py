"""datatable: `frame[rows, columns, by(keys)]`; columns are lazy until they are materialized."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from ...errors import Unsupported
from ...spec.expression import list_aggregations
from ...spec.vocabulary import NAMELESS
from ...spec.windows import count_steps
from ...spec.workload import Query
from ..adapter import Adapter, Pass
from ..base import Resources
from ..info import FRAMES, MIB, NEWEST, EngineInfo, Work
from ..writing.passes.constants import derive_constants
from ..writing.passes.join import Inputs, Table
from ..writing.passes.widen import widen
from ..writing.program import Parts, fill
from ..writing.properties import collect_row_facts
from ..writing.quote import quote, to_source, write_literal
from ..writing.sequence import StepQuery, answer_schema
from .expressions import OUT_OF_REACH
from .joins import REASON, write_joins
from .queries import BracketChain, derive_sums

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
NO_ZONE = "datatable's times have no zone"
IMPORTS = """\
import datatable as dt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from datatable import by, f, g, ifelse, join, sort
"""


@dataclass(frozen=True, slots=True)
class Datatable(Adapter):
    """Writes brackets after brackets; `materialize` is the call that finishes the answer."""

    averages_conditions = "all"

    passes: tuple[Pass, ...] = (derive_constants, widen)

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write one chain of brackets."""
        frame: ast.expr = quote("data")
        lines: list[str] = []
        _check_zones(inputs.steps[-1])
        for step in inputs.steps:
            more, frame = _write_step(step, frame)
            lines += more
        first = lines.index(REASON) if REASON in lines else 0
        lines = [line for n, line in enumerate(lines) if line != REASON or n == first]
        load = _load(inputs)
        return Parts(
            imports=IMPORTS,
            before=f"dt.options.nthreads = {resources.threads}" if resources.threads else "",
            load=load,
            query="\n".join([*lines, fill(FINISHED, CHAIN=frame)]),
            rows="return answer.to_arrow()",
        )


def _write_step(step: StepQuery, frame: ast.expr) -> tuple[list[str], ast.expr]:
    """Write a step over a frame; joined rows have a name where more is asked of them."""
    _check_names(step.query)
    asked = derive_sums(step.query, collect_row_facts(step.query, step.rows))
    lines, joined = write_joins(frame, step.query, step.joinings)
    chain = BracketChain(asked, collect_row_facts(asked, step.rows), step.rows, joined)
    if step.joinings or not isinstance(frame, ast.Name):
        chain = replace(chain, loses_rows=True)
    more, answer = chain.write()
    if not step.joinings or answer is joined:
        return [*lines, *more], answer
    more, answer = replace(chain, frame=quote("data")).write()
    return [*lines, f"data = {to_source(joined)}", *more], answer


FINISHED = """\
answer = CHAIN
# Columns are lazy, and views of rows too, until they are materialized.
answer.materialize()
return answer
"""


COPIED = {"int64", "double", "string", "date32", "timestamp"}
VIEWS = "# Columns from Arrow are views until they are materialized."


def _check_names(query: Query) -> None:
    """Refuse names that datatable would change: it writes a point for what does not print."""
    for name in (*query.reads, *query.outputs, *(output.name for output in query.derive)):
        if not name:
            raise Unsupported(NAMELESS, "datatable gives a column without a name one of its own")
        if any(ord(character) < 32 for character in name):
            raise Unsupported(repr(name), "datatable replaces unprintable characters with dots")


def _check_zones(last: StepQuery) -> None:
    """Refuse answers whose times would lose their zone, and be others."""
    for column in answer_schema(last.query, last.rows).columns:
        if "tz=" in column.arrow:
            raise Unsupported(f"the time {column.name!r} with a zone", NO_ZONE)


def _load(inputs: Inputs) -> str:
    """Write `load`: statements that read each file, and return the frames."""
    lines: list[str] = []
    tables = inputs.list_tables()
    copied = [f"{t.name}.materialize(to_memory=True)" for t in tables if _is_copied(t)]
    for table in tables:
        read, frame = _write_load(table)
        if inputs.is_single and not copied:
            return "\n".join([*read, f"return {frame}"])
        lines += [*read, f"{table.name} = {frame}"]
    return "\n".join([*lines, *([VIEWS] if copied else []), *copied, f"return {inputs.frames}"])


def _is_copied(table: Table) -> bool:
    """Return whether datatable 1.1 reads the columns right once they are materialized.

    Of materialized narrow integers and truth values it sums other numbers.
    """
    kinds = {table.data[name].arrow.partition("[")[0] for name in table.query.reads}
    return not _may_shift_beyond(table) and kinds <= COPIED


def _may_shift_beyond(table: Table) -> bool:
    """Return whether a row may be asked for that is further away than the frame has rows.

    Of materialized columns without groups, `shift` then reads memory outside of them.
    """
    query = table.query
    outputs = (*query.derive, *query.transform)
    shifts = [
        agg
        for agg in list_aggregations(*(output.expression for output in outputs))
        if agg.function in {"lag", "lead", "diff", "pct_change"}
    ]
    if query.group_by or not shifts:
        return False
    return query.where is not None or max(map(count_steps, shifts)) > table.data.rows


def _write_load(table: Table) -> tuple[list[str], str]:
    """Write the statements and the expression that load a file."""
    query, data = table.query, table.data
    if not data.rows:
        raise Unsupported("a frame without rows", "datatable then reads no columns from Arrow")
    # Of no columns, datatable would count no rows.
    names = list(query.reads) or list(data.names[:1])
    lines = [to_source(quote("pq.read_table(p, columns=c)", p=quote(table.path), c=names))]
    lines[0] = f"table = {lines[0]}"
    for name in query.reads:
        if data[name].kind == "int" and (data[name].most or 0) >= 2**63:
            raise Unsupported(repr(name), "datatable has no integers above 2**63")
        if data[name].exceeds_nanoseconds:
            raise Unsupported(repr(name), OUT_OF_REACH)
    types = {name: _is_loadable(data[name].arrow) for name in names}
    if any(types.values()):
        lines.append("# datatable would read their bits: unsigned numbers, codes of dictionaries.")
        for name, target in types.items():
            if target:
                lines += _select_columns(name, f"column.cast({target})")
    nans = [name for name in query.reads if data[name].nans]
    if nans:
        lines.append("# In a column from Arrow, NaN would be a number.")
        for name in nans:
            lines += _select_columns(name, "pc.if_else(pc.is_nan(column), None, column)")
    return lines, "dt.Frame(table.combine_chunks())"


def _select_columns(name: str, value: str) -> list[str]:
    text = to_source(write_literal(name))
    return [
        f"column = table[{text}]",
        f"table = table.set_column(table.column_names.index({text}), {text}, {value})",
    ]


def _is_loadable(arrow: str) -> str | None:
    if arrow.startswith("decimal"):
        raise Unsupported("a decimal column", "datatable has no such type")
    return LOADABLE.get(arrow.split("<", maxsplit=1)[0])


ENGINE = Datatable(
    EngineInfo(
        "datatable",
        ("datatable", "pyarrow"),
        work=FRAMES - {Work.GROUP_FUNCTION},
        pins=(NEWEST,),
        default_for=Work.QUERY,
        startup_memory=23 * MIB,
        unique_keys=True,
        newest_python="3.12",
    )
)
write, run = ENGINE.write, ENGINE.run
