"""DuckDB: SQL on a native table; also the oracle that other engines' answers are checked by."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

from ...errors import Unsupported
from ...spec.schema import Schema
from ...spec.vocabulary import NAMELESS
from ...spec.workload import Query
from ..adapter import Adapter, Pass
from ..base import Load, Resources
from ..info import MIB, NEWEST, EngineInfo, Work
from ..writing.passes.group_functions import lower
from ..writing.passes.inline import inline_derived
from ..writing.passes.join import Inputs, Table
from ..writing.passes.moments import name_moments
from ..writing.passes.text_keys import find_text_keys, require_text_keys
from ..writing.passes.widen import widen
from ..writing.program import Parts
from ..writing.properties import collect_row_facts
from ..writing.sequence import step_name
from ..writing.sql import WIDTH, quote_name, triple_quote, write_clause
from .queries import Statement
from .steps import lift_bindings, list_guards, number_rows, write_statements
from .words import MOMENTS

# DuckDB's own default: the rest is for what its buffer manager does not count.
MEMORY_SHARE = 0.8
TOO_MANY = 1_000_000  # the n of max(x, n) is smaller
PASSES: tuple[Pass, ...] = (
    partial(name_moments, words=MOMENTS.keys()),
    lower,
    inline_derived,
    widen,
)
CREATE, CREATE_SHARED = "CREATE TABLE", "CREATE TEMP TABLE"


@dataclass(frozen=True, slots=True)
class DuckDB(Adapter):
    """Writes one SQL statement; `to_arrow_table` is the call that finishes the answer.

    Programs with a `database` share the one of that name where a process runs several: starting one
    takes 17 ms. Each has its own temporary tables in it.
    """

    passes: tuple[Pass, ...] = PASSES
    load: Load = Load.MEMORY
    statement: type[Statement] = Statement
    database: str = ""

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write one statement over a table that is loaded once."""
        statements = number_rows(self._write_statements(inputs, resources))
        return Parts(
            imports="import duckdb",
            load=self._load(inputs, statements[0], resources),
            query=f"return con.sql({triple_quote(write_statements(statements))})"
            f".{_fetch(resources)}()",
            rows=_write_rows(statements[-1].cast_hugeints()),
            data="con",
        )

    def _write_statements(self, inputs: Inputs, resources: Resources) -> list[Statement]:
        """Return a statement for each step; all but the first are of the answer before."""
        old, found = resources.is_before("duckdb", 2), []
        for place, step in enumerate(inputs.steps):
            query, rows = step.query, step.rows
            _check_names(query)
            _check_extreme(query)
            asked, guards = lift_bindings(query), list_guards(query, collect_row_facts(query, rows))
            statement = self.statement(asked, rows, collect_row_facts(asked, rows), guards, old)
            table = step_name(place) if place else ""
            inner = place < len(inputs.later)
            statement = replace(statement, table=table, joinings=step.joinings, inner=inner)
            found.append(statement)
        return found

    def _load(self, inputs: Inputs, first: Statement, resources: Resources) -> str:
        """Write the connection, and the tables that SQL finds by their names."""
        made: Callable[[Table], list[str]]
        if self.load is Load.MEMORY:
            made = partial(_write_load, create=CREATE_SHARED if self.database else CREATE)
        elif inputs.is_single:
            made = partial(_write_scan, numbered=first.needs_numbers)
        else:
            made = _write_view
        own, *others = replace(inputs, query=first.query).list_tables()
        tables = (replace(own, ordered=first.needs_numbers), *others)
        lines = (line for table in tables for line in made(table))
        return "\n".join([_connect(resources, self.database), *lines, "return con"])


def _check_names(query: Query) -> None:
    """Refuse names that differ only in case, which are one to SQL, line breaks, and no name."""
    names = {*query.reads, *(output.name for output in query.derive)}
    if "" in names:
        raise Unsupported(NAMELESS, "a SQL name has at least one character")
    for odd in (n for n in (*names, *query.outputs) if "\n" in n or "\r" in n):
        raise Unsupported(repr(odd), "a SQL name cannot contain a line break")
    lowered: dict[str, str] = {}
    for column in sorted(names):
        other = lowered.setdefault(column.lower(), column)
        if other != column:
            raise Unsupported(f"{other} and {column}", "SQL ignores the case of names")


def _check_extreme(query: Query) -> None:
    """Refuse more largest values of a group than `max(x, n)` returns."""
    if query.extreme and query.extreme.n >= TOO_MANY:
        why = f"DuckDB's max and min return fewer than {TOO_MANY:,} values"
        raise Unsupported(f"n: {query.extreme.n}", why)


def _write_view(table: Table) -> list[str]:
    """Write a relation over a file."""
    items, file = _nullify_nans(table.query, table.data), "FROM read_parquet(?)"
    if table.ordered:
        items, file = ["file_row_number AS rowid", *items], f"{file[:-1]}, file_row_number=true)"
    sql = _write_select("", items, file)
    return [f"{table.name} = con.sql({sql}, params=[{table.path}])"]


def _write_scan(table: Table, *, numbered: bool) -> list[str]:
    """Write a relation over the only file, with its rows' numbers where their order counts."""
    query, data = table.query, table.data
    items, file, lines = _nullify_nans(query, data), "read_parquet(?)", []
    if any(data[column].nans for column in query.reads):
        lines = [
            "# A Parquet file's statistics leave NaN out: DuckDB would see by them that none is.",
            "con.execute(\"SET disabled_optimizers = 'statistics_propagation'\")",
        ]
    if numbered:
        items, file = ["file_row_number AS rowid", *items], "read_parquet(?, file_row_number=true)"
    elif not lines and not query.derive:
        return ["data = con.read_parquet(path)"]
    sql = _write_select("", items, f"FROM {file}")
    return [*lines, f"data = con.sql({sql}, params=[path])"]


def _connect(resources: Resources, database: str = "") -> str:
    config = _write_config(resources)
    arguments = [f"config={config!r}"] if config else []
    if database:  # connections of other settings cannot share it
        name = "-".join(map(str, (database, *config.values())))
        arguments.insert(0, f'":memory:{name}"')
    return f"con = duckdb.connect({', '.join(arguments)})"


def _nullify_nans(query: Query, data: Schema) -> list[str]:
    return [
        f"nullif({quote_name(column)}, 'NaN') AS {quote_name(column)}"
        if data[column].nans
        else quote_name(column)
        for column in query.reads
    ]


def _write_load(
    table: Table, casts: Mapping[str, str] = MappingProxyType({}), create: str = CREATE
) -> list[str]:
    """Write the statements that load a file into a table of DuckDB's own, some columns cast."""
    query, data = table.query, table.data
    names = [casts.get(name) or quote_name(name) for name in query.reads] or ["1"]
    if not any(data[column].nans for column in query.reads):
        return [_write_create(create, table.name, names, table.path)]
    nans = _nullify_nans(query, data)
    made = f"{create} {quote_name(table.name)} AS"
    return [
        _write_create(create, "file", names, table.path),
        "# NaN is missing. Not in one step: a Parquet file's statistics leave NaN out, and",
        "# DuckDB would decide by them that there is none.",
        f"con.execute({_write_select(made, nans, 'FROM file')})",
        'con.execute("DROP TABLE file")',
    ]


def _write_create(create: str, table: str, names: list[str], path: str) -> str:
    sql = _write_select(f"{create} {quote_name(table)} AS", names, "FROM read_parquet(?)")
    return f"con.execute({sql}, [{path}])"


def _write_select(before: str, items: list[str], after: str) -> str:
    """Write a SELECT as Python text: on one line where it fits."""
    select = write_clause("SELECT", items, ",")
    line = f"{before} {select} {after}".strip()
    if len(line) <= WIDTH - 10 and not set(line) & set('\n"\\'):
        return f'"{line}"'
    return triple_quote(f"{before}\n{select}\n{after}".strip())


def _write_config(resources: Resources) -> dict[str, int | str]:
    config: dict[str, int | str] = {}
    if resources.threads:
        config["threads"] = resources.threads
    if resources.memory:
        config["memory_limit"] = f"{int(resources.memory * MEMORY_SHARE) >> 20}MiB"
    return config


def _fetch(resources: Resources) -> str:
    """Return the method that fetches an Arrow table, which got its plain name with DuckDB 2."""
    return "fetch_arrow_table" if resources.is_before("duckdb", 2) else "to_arrow_table"


def _write_rows(hugeints: list[str]) -> str:
    if not hugeints:
        return "return answer"
    return textwrap.dedent(f"""\
        # DuckDB sums integers in 128 bits, which Arrow reads as decimals.
        for name in {hugeints!r}:
            column = answer[name].cast("int64")
            answer = answer.set_column(answer.column_names.index(name), name, column)
        return answer""")


@dataclass(frozen=True, slots=True)
class Enumerating(DuckDB):
    """Holds keys of text as enumerations, converted in `load`."""

    def _load(self, inputs: Inputs, first: Statement, resources: Resources) -> str:
        inputs.refuse_steps("keys are enumerations in a single step; use duckdb")
        query, data = first.query, inputs.data
        keys = find_text_keys(query, data)
        lines = [_connect(resources), *map(_write_type, keys)]
        casts = {key: f"{quote_name(key)}::{_name_type(key)} AS {quote_name(key)}" for key in keys}
        (table,) = replace(inputs, query=query).list_tables()
        made = _write_load(table, casts)
        return "\n".join([*lines, *made, "return con"])


def _name_type(key: str) -> str:
    return quote_name(f"{key}_values")


def _write_type(key: str) -> str:
    """Write the statement that creates the enumeration of a key's values, in their order."""
    column = quote_name(key)
    values = f"SELECT DISTINCT {column} FROM read_parquet(?)\n    ORDER BY {column}"
    sql = f"CREATE TYPE {_name_type(key)} AS ENUM (\n    {values}\n)"
    return f"con.execute({triple_quote(sql)}, [path])"


INFO = EngineInfo(
    "duckdb", ("duckdb",), pins=(NEWEST, "1.4"), default_for=Work.QUERY, startup_memory=15 * MIB
)
ENGINE = DuckDB(INFO)
VARIANTS = (
    Enumerating(
        INFO.make_variant("enum", work=frozenset({Work.QUERY}), sample=12),
        (partial(require_text_keys, engine="duckdb"), *PASSES),
    ),
)
write, run = ENGINE.write, ENGINE.run
