"""Queries as workload files again, and disagreements as folders that run by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ...spec.pivot import expand_pivot
from ...spec.reader import read_text
from ...spec.unparse import write_text
from ...spec.workload import Join, Output, Query, RowFunction, SortKey
from ...storage.folder import build_program_path
from .frames import TABLE, Tables

FRAME = "data.parquet"
OTHER = f"{TABLE}.parquet"
NAME = "asked"


def write_clauses(query: Query) -> dict[str, Any]:
    """Return a query's clauses as a workload file has them."""
    if query.earlier:
        return _write_steps(query)
    given: dict[str, Any] = {}
    if query.joins:
        joins = [_join(join) for join in query.joins]
        given["join"] = joins[0] if len(joins) == 1 else joins
    if query.where is not None:
        given["where"] = write_text(query.where)
    if query.derive:
        given["derive"] = _write_outputs(query.derive)
    pivot = query.pivot
    whole = pivot is not None and query.aggregate == expand_pivot(pivot)
    if pivot and whole:
        given["pivot"] = {
            "index": list(query.group_by),
            "columns": {pivot.column: list(pivot.values)},
            "values": write_text(pivot.cell),
        }
    if long := query.unpivot:
        given["unpivot"] = {"on": list(long.on)} | (
            {"index": list(long.index)} if long.index else {}
        )
    if query.group_by and not whole:
        given["distinct" if query.is_distinct else "group_by"] = list(query.group_by)
    if query.select and not query.whole:
        given["select"] = list(query.select)
    if query.order_by:
        given["order_by"] = _sort_keys(query.order_by)
    if query.aggregate and not whole:
        given["aggregate"] = _write_outputs(query.aggregate)
    if query.transform:
        given["transform"] = _write_outputs(query.transform)
    if extreme := query.extreme:
        clause = "smallest" if extreme.smallest else "largest"
        given[clause] = {"column": extreme.column, "n": extreme.n, "as": extreme.name}
    if isinstance(query.apply, RowFunction) and query.apply.body is not None:
        rows = {"rows": write_text(query.apply.body), "as": query.apply.output}
        given["apply"] = {**rows, "on_missing": query.apply.on_missing}
    if query.having is not None:
        given["having"] = write_text(query.having)
    if query.sort:
        given["sort"] = _sort_keys(query.sort)
    if query.limit is not None:
        given["limit"] = query.limit
    return given


def _write_steps(query: Query) -> dict[str, Any]:
    """Write steps; one that fills gaps is a clause of the group-by before it."""
    steps: list[dict[str, Any]] = []
    for step in query.steps:
        given = write_clauses(step)
        if step.gaps:
            steps[-1] |= {"fill_gaps": True, **given}
        else:
            steps.append(given)
    return steps[0] if len(steps) == 1 else {"steps": steps}


def write_workload(query: Query) -> str:
    """Write a workload file that asks one query of the frame beside it."""
    lines = [f"  {NAME}:"]
    for clause, value in write_clauses(query).items():
        if isinstance(value, dict):
            lines.append(f"    {clause}:")
            lines += [
                f"      {key}: {json.dumps(v, ensure_ascii=False)}" for key, v in value.items()
            ]
        else:
            lines.append(f"    {clause}: {json.dumps(value, ensure_ascii=False)}")
    tables = f", tables: {{{TABLE}: {OTHER}}}" if query.tables else ""
    dataset = f"dataset: {{files: {FRAME}{tables}}}"
    return "\n".join(["workload: fuzz", dataset, "queries:", *lines, ""])


def read_back(query: Query) -> Query:
    """Return the query as it is read from its workload file; WorkloadError where it cannot be."""
    (found,) = read_text(write_workload(query), "fuzz.yaml", Path()).queries
    assert isinstance(found, Query)
    return found


def digest(query: Query, tables: Tables) -> str:
    """Return eight digits that identify this query and data."""
    text = f"{write_workload(query)}{write_data(tables)}"
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def write_data(tables: Tables) -> str:
    """Return the data as a person may read it."""
    return " and ".join(str(table.to_pydict()) for table in tables)


def write(folder: Path, tables: Tables) -> tuple[Path, ...]:
    """Write the data's files into a folder; give their paths, the frame's first."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in zip((FRAME, OTHER), tables, strict=False):
        pq.write_table(table, folder / name)
        paths.append(folder / name)
    return tuple(paths)


def save(
    folder: Path, query: Query, tables: Tables, programs: Mapping[str, str], about: str
) -> None:
    """Write what runs by hand: the workload, its data, and each engine's program."""
    write(folder, tables)
    (folder / "workload.yaml").write_text(write_workload(query), encoding="utf-8")
    for engine, program in programs.items():
        path = folder / build_program_path(engine, NAME)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(program, encoding="utf-8")
    (folder / "README.md").write_text(about, encoding="utf-8")


def _sort_keys(keys: tuple[SortKey, ...]) -> list[str]:
    return [f"-{key.name}" if key.descending else key.name for key in keys]


def _join(join: Join) -> dict[str, Any]:
    on = list(join.on) if not join.right_on else dict(join.keys)
    if join.asof is None:
        keys = {"on": on} if join.on else {}
        return {"table": join.table, **keys, "how": join.how}
    asof: dict[str, Any] = {"on": {join.asof.left: join.asof.right}}
    asof |= {"by": on} if join.on else {}
    asof |= {"within": f"{join.asof.within}s"} if join.asof.within is not None else {}
    return {"table": join.table, "asof": asof}


def _write_outputs(outputs: tuple[Output, ...]) -> dict[str, str]:
    return {output.name: write_text(output.expression) for output in outputs}
