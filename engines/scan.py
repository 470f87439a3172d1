"""Engines that read within the query, from the file to the answer: `polars/scan`.

db-benchmark's rule is to load apart and to time the query alone; PDS-H's is to time both together,
where an engine may leave out columns and rows that it does not need.
"""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass, fields, is_dataclass, replace

from ..errors import Unsupported
from ..spec.schema import Schema
from ..spec.workload import Query, Tasks
from .base import Engine, Load, Program, Resources, Wrapper
from .writing.program import format_code, hash_meaning

SCAN = "/scan"


@dataclass(frozen=True, slots=True)
class Scanning(Wrapper):
    """The same adapter under another name; what its program's `load` does, its `query` does."""

    @property
    def name(self) -> str:
        """Return the engine's name with the variant, before the address of a cluster."""
        own, at, address = self.engine.name.partition("@")
        return f"{own}{SCAN}{at}{address}"

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write the program, then move its reading into the query."""
        if isinstance(query, Tasks):
            raise Unsupported(query.name, "tasks read no file to scan")
        program = self.engine.write(query, data, resources)
        text = program.text.replace(f' - {self.engine.name}"""', f' - {self.name}"""', 1)
        text = _move_load(text)
        return Program(self.name, text, hash_meaning(text))


def scan_within(engine: Engine) -> Engine:
    """Return the variant of an engine that reads within the query.

    An engine with a field `load` reads lazily; any other reads all columns and rows, but later.
    """
    if is_dataclass(engine) and any(field.name == "load" for field in fields(engine)):
        engine = replace(engine, load=Load.SCAN)
    return Scanning(engine)


def _move_load(text: str) -> str:
    """Move the body of `load` to the start of `query`; `load` returns the path."""
    parts = {n.name: n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)}
    load, query = parts["load"], parts["query"]
    data = ", ".join(arg.arg for arg in query.args.args)
    paths = ", ".join(arg.arg for arg in load.args.args)
    *_, last = load.body
    assert isinstance(last, ast.Return)
    assert last.value is not None
    lines = text.split("\n")
    read = lines[load.lineno : last.lineno - 1]
    if ast.unparse(last.value).strip("()") != data:
        value = "\n".join(lines[last.lineno - 1 : last.end_lineno])
        read.append(value.replace("return ", f"{data} = ", 1))
    body = lines[query.lineno : query.end_lineno]
    inner = textwrap.dedent("\n".join([*read, *body]))
    written = format_code(f"def query({paths}):\n{textwrap.indent(inner, '    ')}\n")
    new = {
        load: [lines[load.lineno - 1], f"    return {paths}"],
        query: written.rstrip("\n").split("\n"),
    }
    for node in sorted(new, key=lambda node: node.lineno, reverse=True):
        lines[node.lineno - 1 : node.end_lineno] = new[node]
    return "\n".join(lines)
