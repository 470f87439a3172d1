"""DuckDB: SQL on a native table; also the oracle that other engines' answers are checked by."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import partial

from ...errors import Unsupported
from ...spec.schema import Schema
from ...spec.workload import Query, Tasks
from .. import interactive
from ..base import Load, Program, Resources
from ..writing.passes.group_functions import lowered
from ..writing.passes.join import Joining, joining
from ..writing.passes.widen import widened
from ..writing.program import Parts, assemble
from ..writing.properties import of_rows
from ..writing.sql import name, triple
from .queries import WIDTH, Statement, guarding, lifted, listed

# DuckDB's own default: the rest is for what its buffer manager does not count.
MEMORY_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class DuckDB:
    """Writes one SQL statement; `to_arrow_table` is the call that finishes the answer."""

    name: str = "duckdb"
    load: Load = Load.MEMORY

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        return ("duckdb",)

    def environment(self, resources: Resources) -> dict[str, str]:  # noqa: ARG002
        """Return nothing: DuckDB hears its limits from the program."""
        return {}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write one statement over a table that is loaded once."""
        query, rows, met = joining(query, data)
        query = widened(lowered(query, rows), rows)
        _check_names(query)
        asked = lifted(query)
        guards = guarding(query, of_rows(query, rows))
        old = resources.before("duckdb", 2)
        statement = Statement(asked, rows, of_rows(asked, rows), guards, old, met)
        loaded = _scan if self.load is Load.SCAN else _load
        parts = Parts(
            imports="import duckdb",
            load=_both_loaded(met, resources, self.load) if met else loaded(asked, data, resources),
            query=f"return con.sql({triple(statement.text())}).{_fetch(resources)}()",
            rows=_rows(statement.hugeints()),
            data="con",
            path=met.paths if met else "path",
        )
        return assemble(self.name, query, parts)


def _check_names(query: Query) -> None:
    """Refuse names that differ only in case, which are one to SQL, and line breaks in names."""
    names = {*query.reads, *(output.name for output in query.derive)}
    for odd in (n for n in (*names, *query.outputs) if "\n" in n or "\r" in n):
        raise Unsupported(repr(odd), "a name in SQL stays on one line")
    lowered: dict[str, str] = {}
    for column in sorted(names):
        other = lowered.setdefault(column.lower(), column)
        if other != column:
            raise Unsupported(
                f"{other} and {column}", "SQL takes names that differ in case for one"
            )


def _both_loaded(met: Joining, resources: Resources, load: Load) -> str:
    """Write how both tables are loaded, or are named for SQL to find them."""
    lines = [_connect(resources)]
    for (query, data), own in zip(met.sides(), ("data", met.name), strict=True):
        path = "path" if own == "data" else f"{own}_path"
        items = _without_nans(query, data)
        if load is Load.SCAN:
            sql = _quoted("", items, "FROM read_parquet(?)")
            lines.append(f"{own} = con.sql({sql}, params=[{path}])")
        else:
            lines += _loaded(own, query, data, path)
    return "\n".join([*lines, "return con"])


def _scan(query: Query, data: Schema, resources: Resources) -> str:
    """Write a relation over the file, which SQL finds by the name of its variable."""
    items, file = _without_nans(query, data), "read_parquet(?)"
    lines = [_connect(resources)]
    if any(data[column].nans for column in query.reads):
        lines += [
            "# A Parquet file's statistics leave NaN out: DuckDB would see by them that none is.",
            "con.execute(\"SET disabled_optimizers = 'statistics_propagation'\")",
        ]
    facts = of_rows(query, data)
    if Statement(query, data, facts).ordered:
        items, file = ["file_row_number AS rowid", *items], "read_parquet(?, file_row_number=true)"
    elif len(lines) == 1 and not query.derive:
        return "\n".join([*lines, "data = con.read_parquet(path)", "return con"])
    sql = _quoted("", items, f"FROM {file}")
    return "\n".join([*lines, f"data = con.sql({sql}, params=[path])", "return con"])


def _connect(resources: Resources) -> str:
    config = _config(resources)
    return f"con = duckdb.connect({f'config={config!r}' if config else ''})"


def _without_nans(query: Query, data: Schema) -> list[str]:
    return [
        f"nullif({name(column)}, 'NaN') AS {name(column)}" if data[column].nans else name(column)
        for column in query.reads
    ]


def _load(query: Query, data: Schema, resources: Resources) -> str:
    return "\n".join([_connect(resources), *_loaded("data", query, data, "path"), "return con"])


def _loaded(table: str, query: Query, data: Schema, path: str) -> list[str]:
    names = list(map(name, query.reads)) or ["1"]
    if not any(data[column].nans for column in query.reads):
        return [_created(table, names, path)]
    nans = _without_nans(query, data)
    return [
        _created("file", names, path),
        "# NaN is missing. Not in one step: a Parquet file's statistics leave NaN out, and",
        "# DuckDB would decide by them that there is none.",
        f"con.execute({_quoted(f'CREATE TABLE {name(table)} AS', nans, 'FROM file')})",
        'con.execute("DROP TABLE file")',
    ]


def _created(table: str, names: list[str], path: str) -> str:
    sql = _quoted(f"CREATE TABLE {name(table)} AS", names, "FROM read_parquet(?)")
    return f"con.execute({sql}, [{path}])"


def _quoted(before: str, items: list[str], after: str) -> str:
    """Write a SELECT as Python text: on one line where it fits."""
    select = listed("SELECT", items, ",")
    line = f"{before} {select} {after}".strip()
    if len(line) <= WIDTH - 10 and not set(line) & set('\n"\\'):
        return f'"{line}"'
    return triple(f"{before}\n{select}\n{after}".strip())


def _config(resources: Resources) -> dict[str, int | str]:
    config: dict[str, int | str] = {}
    if resources.threads:
        config["threads"] = resources.threads
    if resources.memory:
        config["memory_limit"] = f"{int(resources.memory * MEMORY_SHARE) >> 20}MiB"
    return config


def _fetch(resources: Resources) -> str:
    """Return the method that fetches an Arrow table, which got its plain name with DuckDB 2."""
    return "fetch_arrow_table" if resources.before("duckdb", 2) else "to_arrow_table"


def _rows(hugeints: list[str]) -> str:
    if not hugeints:
        return "return answer"
    return textwrap.dedent(f"""\
        # DuckDB sums integers in 128 bits, which Arrow reads as decimals.
        for name in {hugeints!r}:
            column = answer[name].cast("int64")
            answer = answer.set_column(answer.column_names.index(name), name, column)
        return answer""")


ENGINE = DuckDB()
VARIANTS: tuple[DuckDB, ...] = ()
write = ENGINE.write
run = partial(interactive.run, ENGINE)
