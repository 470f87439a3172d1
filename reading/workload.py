"""Queries and their dataset as the text of a workload file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..spec.unparse import write_text
from ..spec.workload import Join, Output, SortKey
from .clauses import Step, read_condition

WIDTH = 96  # characters of a mapping on one line
_PLAIN = re.compile(r"[A-Za-z_(][\w ()+*/.<>=-]*(?<! )")
_WORDS = re.compile(r"true|false|yes|no|on|off|null|nan|inf|y|n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WrittenQuery:
    """A query with its name, and the comment above it."""

    name: str
    steps: tuple[Step, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class WrittenDataset:
    """The files of a workload: the main ones, the tables it joins, and how CSV is read."""

    files: list[str]
    tables: tuple[tuple[str, list[str]], ...] = ()
    options: tuple[tuple[str, object], ...] = ()


def write_workload(
    name: str, about: str, dataset: WrittenDataset, queries: tuple[WrittenQuery, ...]
) -> str:
    """Return the text of a workload."""
    return "\n".join(_write_lines(name, about, dataset, queries)) + "\n"


def _write_lines(
    name: str, about: str, dataset: WrittenDataset, queries: tuple[WrittenQuery, ...]
) -> Iterator[str]:
    yield f"workload: {quote(name)}"
    yield f"about: {quote(about)}"
    yield "dataset:"
    yield f"  files: {_write_flow_value(dataset.files)}"
    for option, value in dataset.options:
        yield f"  {option}: {json.dumps(value, ensure_ascii=False)}"
    if dataset.tables:
        yield f"  tables: {_write_flow(dict[str, object](dataset.tables))}"
    yield "queries:"
    for query in queries:
        yield f"  # {query.comment}"
        yield f"  {quote(query.name)}:"
        yield from (f"    {line}" for line in _query_lines(query.steps))


def _query_lines(steps: tuple[Step, ...]) -> Iterator[str]:
    if len(steps) == 1:
        yield from _step_lines(steps[0])
        return
    yield "steps:"
    for step in steps:
        first, *rest = _step_lines(step)
        yield f"  - {first}"
        yield from (f"    {line}" for line in rest)


def _step_lines(step: Step) -> Iterator[str]:
    if len(step.joins) == 1:
        yield f"join: {_write_flow(_join(step.joins[0]))}"
    elif step.joins:
        yield "join:"
        yield from (f"  - {_write_flow(_join(join))}" for join in step.joins)
    if (where := read_condition(step.where)) is not None:
        yield f"where: {quote(write_text(where))}"
    yield from _write_outputs("derive", step.derive)
    if step.group_by:
        yield f"group_by: {_write_names(step.group_by)}"
    if step.order_by:
        yield f"order_by: {_write_names(tuple(map(_sort_key, step.order_by)))}"
    match step.answer:
        case "select" | "distinct":
            yield f"{step.answer}: {_write_names(step.names)}"
        case "largest" if found := step.largest:
            clause = "smallest" if found.smallest else "largest"
            kept = {"column": found.column, "n": found.n, "as": found.name}
            yield f"{clause}: {_write_flow(kept)}"
        case "unpivot" if form := step.unpivot:
            clauses: dict[str, object] = {"on": list(form.on)}
            clauses |= {"index": list(form.index)} if form.index else {}
            yield f"unpivot: {_write_flow({**clauses, 'names': form.names, 'values': form.values})}"
        case "apply":
            yield from _apply_lines(step.apply)
        case "aggregate" | "transform":
            yield from _write_outputs(step.answer, step.outputs)
    if step.gaps:
        yield "fill_gaps: true"
    if (having := read_condition(step.having)) is not None:
        yield f"having: {quote(write_text(having))}"
    if step.sort:
        yield f"sort: {_write_names(tuple(map(_sort_key, step.sort)))}"
    if step.limit is not None:
        yield f"limit: {step.limit}"


def _apply_lines(apply: dict[str, str]) -> Iterator[str]:
    if "\n" not in apply["rows"]:
        yield f"apply: {_write_flow(apply)}"
        return
    yield "apply:"
    yield "  rows: |"
    yield from (f"    {line}" for line in apply["rows"].rstrip("\n").split("\n"))
    yield from (f"  {key}: {quote(value)}" for key, value in apply.items() if key != "rows")


def _join(join: Join) -> dict[str, object]:
    on = dict(join.keys) if join.right_on else list(join.on)
    found: dict[str, object] = {"table": join.table, "on": on}
    return found if join.how == "inner" else {**found, "how": join.how}


def _sort_key(key: SortKey) -> str:
    return f"-{key.name}" if key.descending else key.name


def _write_outputs(clause: str, outputs: tuple[Output, ...]) -> Iterator[str]:
    if not outputs:
        return
    written = {output.name: write_text(output.expression) for output in outputs}
    line = f"{clause}: {_write_flow(written)}"
    if len(line) <= WIDTH:
        yield line
        return
    yield f"{clause}:"
    yield from (f"  {quote(name)}: {quote(value)}" for name, value in written.items())


def _write_names(names: tuple[str, ...]) -> str:
    return quote(names[0]) if len(names) == 1 else f"[{', '.join(map(quote, names))}]"


def _write_flow(values: dict[str, object] | dict[str, str]) -> str:
    return "{" + ", ".join(f"{quote(k)}: {_write_flow_value(v)}" for k, v in values.items()) + "}"


def _write_flow_value(value: object) -> str:
    if isinstance(value, list):
        return _write_names(tuple(value))
    if isinstance(value, dict):
        return _write_flow(value)
    return quote(value) if isinstance(value, str) else str(value)


def quote(word: str) -> str:
    """Return a text as YAML reads it back: plain where it can be, else as JSON has it."""
    if _PLAIN.fullmatch(word) and not _WORDS.fullmatch(word):
        return word
    return json.dumps(word, ensure_ascii=False)
