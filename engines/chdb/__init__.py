"""chDB: ClickHouse's SQL in the process, on a table in memory."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace

from ...errors import Unsupported
from ...spec.schema import Column
from ...spec.workload import Query
from ..adapter import Adapter, Pass
from ..base import Load, Resources
from ..duckdb.joins import WORDS
from ..duckdb.steps import lift_bindings, list_guards, number_rows, write_statements
from ..info import NEWEST, EngineInfo, EnginePlace
from ..writing.passes.group_functions import lower
from ..writing.passes.join import Inputs, Table
from ..writing.program import Parts
from ..writing.properties import Facts, collect_output_facts, collect_row_facts
from ..writing.sequence import step_name
from ..writing.sql import WIDTH, quote_name, triple_quote, write_clause
from .queries import ClickHouseStatement, find_type, quote_text

# ClickHouse keeps as much of a machine's memory for what it does not count.
MEMORY_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class _Table:
    """What is read of one file, and which of its columns are keys."""

    file: Table
    keys: tuple[str, ...]
    numbered: bool = False

    def write_select(self, begin: str, path: str) -> str:
        """Write what reads the file with the types of its columns, as Python text."""
        columns = [self.file.data[column] for column in self.file.query.reads]
        types = ", ".join(f"{quote_name(column.name)} {find_type(column)}" for column in columns)
        numbers = ["_row_number AS rowid"] if self.numbered else []
        items = [*numbers, *map(self._write_item, columns)] or ["1 AS one"]
        arguments = [path, "Parquet", *([quote_text(types)] if types else [])]
        file = f"file({', '.join(arguments)})"
        line = f"{begin} {write_clause('SELECT', items, ',')} FROM {file}"
        if len(line) <= WIDTH - 10 and not set(line) & set('\n"\\'):
            return f'"{line}"'
        return triple_quote(
            f"{begin}\n{write_clause('SELECT', items, ',')}\nFROM {_wrap_call(file, arguments)}"
        )

    def _write_item(self, column: Column) -> str:
        """Write a column as the language has it: NaN is missing, and -0.0 is no key but 0.0."""
        own = quote_name(column.name)
        value = f"{own} + 0" if column.kind == "float" and column.name in self.keys else own
        written = f"if(isNaN({own}), NULL, {value})" if column.nans else value
        return own if written == own else f"{written} AS {own}"


@dataclass(frozen=True, slots=True)
class ChDB(Adapter):
    """Writes one SQL statement; `query` gives a finished Arrow table."""

    passes: tuple[Pass, ...] = (lower,)
    load: Load = Load.MEMORY

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write one statement over a table that is loaded once."""
        statements = number_rows(_write_statements(inputs))
        first, last = statements[0], statements[-1]
        tables = _write_tables(inputs, first.query, ordered=first.needs_numbers)
        made = _write_view if self.load is Load.SCAN else _write_load
        sql = write_statements(statements)
        return Parts(
            imports="import chdb",
            load="\n".join([_connect(statements, resources), *map(made, tables), "return con"]),
            query=f'return con.query({triple_quote(sql)}, "ArrowTable")',
            rows=_write_rows(last.query, last.facts),
            data="con",
        )


def _write_statements(inputs: Inputs) -> list[ClickHouseStatement]:
    """Return a statement for each step; all but the first are of the answer before."""
    found = []
    for place, step in enumerate(inputs.steps):
        query, rows = step.query, step.rows
        _check_names(query)
        for met in step.joinings:
            met.require("chDB", *WORDS, "cross")
        asked, guards = lift_bindings(query), list_guards(query, collect_row_facts(query, rows))
        statement = ClickHouseStatement(asked, rows, collect_row_facts(asked, rows), guards)
        table, inner = step_name(place) if place else "", place < len(inputs.later)
        found.append(replace(statement, table=table, joinings=step.joinings, inner=inner))
    return found


def _check_names(query: Query) -> None:
    names = (*query.reads, *(output.name for output in query.derive), *query.outputs)
    for odd in (n for n in names if set(n) & set("\\\n\r")):
        raise Unsupported(repr(odd), "names with a backslash or a line break are not supported")


def _connect(statements: list[ClickHouseStatement], resources: Resources) -> str:
    memory = resources.memory and int(resources.memory * MEMORY_SHARE)
    limit = f"?max_server_memory_usage={memory}" if memory else ""
    # In one process, packing an answer costs more than it saves.
    settings: dict[str, int | str] = {"output_format_arrow_compression_method": "'none'"}
    for statement in statements:
        settings |= statement.write_settings()
    if resources.threads:
        settings["max_threads"] = resources.threads
    clause = write_clause("SET", [f"{word} = {value}" for word, value in settings.items()], ",")
    text = f'"{clause}"' if "\n" not in clause else triple_quote(clause)
    return f'con = chdb.connect(":memory:{limit}")\ncon.query({text})'


def _write_tables(inputs: Inputs, asked: Query, *, ordered: bool) -> tuple[_Table, ...]:
    """Return the tables to load; the first one's rows are numbered where their order counts."""
    keys = (*asked.group_by, *(key for met in inputs.joinings for key in met.join.on))
    first, *others = replace(inputs, query=asked).list_tables()
    return (
        _Table(first, keys, numbered=ordered),
        *(_Table(other, keys, numbered=other.ordered) for other in others),
    )


def _write_load(table: _Table) -> str:
    sql = table.write_select(
        f"CREATE TABLE {quote_name(table.file.name)} ENGINE = Memory AS", "{path:String}"
    )
    return f'con.query({sql}, params={{"path": {table.file.path}}})'


def _write_view(table: _Table) -> str:
    sql = table.write_select(f"CREATE VIEW {quote_name(table.file.name)} AS", "'PATH'")
    braced = sql.replace("{", "{{").replace("}", "}}")
    return f"con.query(f{braced.replace('PATH', f'{{{table.file.path}}}')})"


def _wrap_call(line: str, arguments: list[str]) -> str:
    """Write the call of `file` with an argument a line where it is too long for one."""
    if len(line) <= WIDTH - 10:
        return line
    inner = textwrap.indent(",\n".join(arguments), "    ")
    return f"file(\n{inner}\n)"


def _write_rows(query: Query, facts: Facts) -> str:
    """Write the casts of what Arrow sees otherwise than it was meant."""
    answers = collect_output_facts(query, facts).data.columns
    types = {c.name: "bool" for c in answers if c.kind == "bool"}
    types |= {
        c.name: "timestamp[us]"
        for c in answers
        if c.arrow.startswith("timestamp") and "tz=" not in c.arrow
    }
    if not types:
        return "return answer"
    return textwrap.dedent(f"""\
        # To ClickHouse, truth is 1, and every time has a zone.
        for name, kind in {types!r}.items():
            column = answer[name].cast(kind)
            answer = answer.set_column(answer.column_names.index(name), name, column)
        return answer""")


ENGINE = ChDB(
    EngineInfo("chdb", ("chdb", "chdb-core"), place=EnginePlace.ELSEWHERE, pins=(NEWEST,))
)
write, run = ENGINE.write, ENGINE.run
