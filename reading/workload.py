"""Queries and their dataset as the text of a workload file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..spec.unparse import text
from ..spec.workload import Join, Output, SortKey
from .clauses import Step, condition

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
    """The files of a workload: the main one, the tables it joins, and how CSV is read."""

    file: str
    tables: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, object], ...] = ()


def write_workload(
    name: str, about: str, dataset: WrittenDataset, queries: tuple[WrittenQuery, ...]
) -> str:
    """Return the text of a workload."""
    return "\n".join(_lines(name, about, dataset, queries)) + "\n"


def _lines(
    name: str, about: str, dataset: WrittenDataset, queries: tuple[WrittenQuery, ...]
) -> Iterator[str]:
    yield f"workload: {quote(name)}"
    yield f"about: {quote(about)}"
    yield "dataset:"
    yield f"  files: {quote(dataset.file)}"
    for option, value in dataset.options:
        yield f"  {option}: {json.dumps(value, ensure_ascii=False)}"
    if dataset.tables:
        yield f"  tables: {_flow(dict(dataset.tables))}"
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
        yield f"join: {_flow(_join(step.joins[0]))}"
    elif step.joins:
        yield "join:"
        yield from (f"  - {_flow(_join(join))}" for join in step.joins)
    if (where := condition(step.where)) is not None:
        yield f"where: {quote(text(where))}"
    yield from _outputs("derive", step.derive)
    if step.group_by:
        yield f"group_by: {_names(step.group_by)}"
    if step.order_by:
        yield f"order_by: {_names(tuple(map(_sort_key, step.order_by)))}"
    match step.answer:
        case "select" | "distinct":
            yield f"{step.answer}: {_names(step.names)}"
        case "largest" if found := step.largest:
            clause = "smallest" if found.smallest else "largest"
            yield f"{clause}: {_flow({'column': found.column, 'n': found.n, 'as': found.name})}"
        case "unpivot" if form := step.unpivot:
            clauses: dict[str, object] = {"on": list(form.on), "index": list(form.index)}
            yield f"unpivot: {_flow({**clauses, 'names': form.names, 'values': form.values})}"
        case "apply":
            yield from _apply_lines(step.apply)
        case "aggregate" | "transform":
            yield from _outputs(step.answer, step.outputs)
    if (having := condition(step.having)) is not None:
        yield f"having: {quote(text(having))}"
    if step.sort:
        yield f"sort: {_names(tuple(map(_sort_key, step.sort)))}"
    if step.limit is not None:
        yield f"limit: {step.limit}"


def _apply_lines(apply: dict[str, str]) -> Iterator[str]:
    if "\n" not in apply["rows"]:
        yield f"apply: {_flow(apply)}"
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


def _outputs(clause: str, outputs: tuple[Output, ...]) -> Iterator[str]:
    if not outputs:
        return
    written = {output.name: text(output.expression) for output in outputs}
    line = f"{clause}: {_flow(written)}"
    if len(line) <= WIDTH:
        yield line
        return
    yield f"{clause}:"
    yield from (f"  {quote(name)}: {quote(value)}" for name, value in written.items())


def _names(names: tuple[str, ...]) -> str:
    return quote(names[0]) if len(names) == 1 else f"[{', '.join(map(quote, names))}]"


def _flow(values: dict[str, object] | dict[str, str]) -> str:
    return "{" + ", ".join(f"{quote(k)}: {_flow_value(v)}" for k, v in values.items()) + "}"


def _flow_value(value: object) -> str:
    if isinstance(value, list):
        return _names(tuple(value))
    if isinstance(value, dict):
        return _flow(value)
    return quote(value) if isinstance(value, str) else str(value)


def quote(word: str) -> str:
    """Return a text as YAML reads it back: plain where it can be, else as JSON has it."""
    if _PLAIN.fullmatch(word) and not _WORDS.fullmatch(word):
        return word
    return json.dumps(word, ensure_ascii=False)
