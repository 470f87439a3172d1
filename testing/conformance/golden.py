"""Golden programs: an engine's programs for the shipped questions, to be reviewed as code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ...engines.base import Engine, Resources
from ...errors import Unsupported
from ...spec.generated_data import derive_schema
from ...spec.reader import read
from ...spec.schema import Schema
from ...spec.workload import Generated, Query

# The workloads that ship, and the prefix of their questions' names in file names.
WORKLOADS = {"groupby": "", "apply": "", "join": "join-"}
# What only the base engines' programs are reviewed of, over the workload's own data.
NOTEBOOKS, NOTEBOOK_ENGINES = (
    ("notebook", "text", "joins", "reshape", "time_series"),
    ("pandas", "polars", "duckdb", "dask", "datatable"),
)
ROWS = 1_000_000
NULLS = 5
PARTS = {"load", "query", "rows"}


@dataclass(frozen=True, slots=True)
class Golden:
    """The programs by the name of their file, and the reason of each refusal by the question's."""

    programs: dict[str, str]
    refused: dict[str, str]


def write_golden(engine: Engine) -> Golden:
    """Write an engine's golden programs.

    `q1.py` is the program for data without missing values; `q1-missing.py` exists beside it only
    where missing values make a difference, so that the care a program takes is plain to see.
    """
    programs: dict[str, str] = {}
    refused = {}
    more = _list_notebook_queries() if engine.name in NOTEBOOK_ENGINES else ()
    for file, query, schemas in (*_list_queries(), *more):
        for name, schema in schemas.items():
            try:
                text = engine.write(query, schema, Resources(threads=2)).text
            except Unsupported as reason:
                refused[name] = str(reason)
            else:
                programs[f"{name}.py"] = text
        if programs.get(f"{file}.py") == programs.get(f"{file}-missing.py"):
            programs.pop(f"{file}-missing.py", None)
        if refused.get(file) == refused.get(f"{file}-missing"):
            refused.pop(f"{file}-missing", None)
    return Golden(programs, refused)


def list_problems(text: str, library: str) -> Iterator[str]:
    """Yield why a program is none of its engine: what it lacks, or that it imports dfbench.

    `library` is the distribution that the engine is named for: a program imports and calls it.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        yield f"is not valid Python: {error}"
        return
    have = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if lacking := PARTS - have:
        yield f"has no function {', '.join(sorted(lacking))}"
    modules = _read_imports(tree)
    if "dfbench" in modules.values():
        yield "imports dfbench: a program must run by hand, with only its library"
    names = {name for name, module in modules.items() if _ships(library, module)}
    if not _calls(tree, names) and not _selects(tree, library):
        yield f"does not call {library}: it has another engine's label"


def _read_imports(tree: ast.Module) -> dict[str, str]:
    """Return the top-level module that each imported name comes from."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.asname or a.name.partition(".")[0]: a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {a.asname or a.name: node.module or "" for a in node.names}
    return {name: module.partition(".")[0] for name, module in found.items()}


def _ships(library: str, module: str) -> bool:
    """Return whether a distribution may be the one of a module (ibis-framework, cudf-cu12)."""
    return f"{library}-".lower().startswith(f"{module.replace('_', '-')}-".lower())


def _calls(tree: ast.Module, names: set[str]) -> bool:
    """Return whether a module calls one of the names, or decorates a function with it."""
    for node in ast.walk(tree):
        called = [node.func] if isinstance(node, ast.Call) else []
        called += node.decorator_list if isinstance(node, ast.FunctionDef) else []
        if any(isinstance(n, ast.Name) and n.id in names for c in called for n in ast.walk(c)):
            return True
    return False


def _selects(tree: ast.Module, library: str) -> bool:
    """Return whether a call has `engine="numba"`: pandas then runs that library."""
    keywords = (node for node in ast.walk(tree) if isinstance(node, ast.keyword))
    return any(
        k.arg == "engine" and isinstance(k.value, ast.Constant) and k.value.value == library
        for k in keywords
    )


def list_differences(written: Golden, folder: Path) -> Iterator[str]:
    """Describe how programs differ from the reviewed ones of a folder."""
    reviewed = {path.name: path.read_text() for path in folder.glob("*.py")}
    for name in sorted({*reviewed, *written.programs}):
        if name not in reviewed:
            yield f"{name} is new"
        elif name not in written.programs:
            yield f"{name} is no longer written"
        elif reviewed[name] != written.programs[name]:
            yield f"{name} differs from the reviewed one"


def save(written: Golden, folder: Path) -> tuple[Path, ...]:
    """Write programs into a folder, and remove those that nothing writes any more; give them."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.py"):
        if path.name not in written.programs:
            path.unlink()
    for name, text in written.programs.items():
        (folder / name).write_text(text)
    return tuple(folder / name for name in written.programs)


@cache
def _list_queries() -> tuple[tuple[str, Query, dict[str, Schema]], ...]:
    """Return every question with the name of its file, and the data without and with nulls."""
    found = []
    for name, prefix in WORKLOADS.items():
        workload = read(name)
        assert isinstance(workload.dataset, Generated)
        made = workload.dataset.generator
        plain = derive_schema(Generated(made, ROWS))
        missing = derive_schema(Generated(made, ROWS, nulls=NULLS))
        for query in workload.queries:
            file = f"{prefix}{query.name}"
            found.append((file, query, {file: plain, f"{file}-missing": missing}))
    return tuple(found)


@cache
def _list_notebook_queries() -> tuple[tuple[str, Query, dict[str, Schema]], ...]:
    """Return the questions of longer workloads, each with the name of its file."""
    found = []
    for name in NOTEBOOKS:
        workload = read(name)
        assert isinstance(workload.dataset, Generated)
        schema = derive_schema(workload.dataset)
        for query in workload.queries:
            # With a dash, `missing_share` would be taken for a program's twin for missing values.
            file = f"{name}_{query.name}"
            found.append((file, query, {file: schema}))
    return tuple(found)
