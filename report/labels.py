"""What an engine's label leaves out: calls of the user's def, work outside the library, text types.

All is read from the stored programs, versions and column types.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from ..spec.reader import SHIPPED
from ..spec.workload import YOURS
from ..storage.folder import StoredComparison
from ..storage.records import Head, Outcome
from .units import format_count, join_names

# What Modin warns of where a method is not its own.
FALLEN_BACK = "defaulting to pandas"
# How libraries name the type of text, by the start of the name.
TEXT_TYPES = (
    *("str", "string", "large_string", "object", "category", "VARCHAR", "ENUM", "String"),
    *("Categorical", "Enum", "LowCardinality", "utf8", "Utf8"),
)
# The type of an enumeration, which lists its texts.
LISTED = re.compile(r"^(ENUM|Enum)\(.*", re.DOTALL)
# Words of NumPy that gather a spread frame's columns in one process.
GATHERING = {"where", "select"}
STRINGS_SINCE = 3  # the major version of pandas whose text is no Python object
# Measured at 1e6 rows without missing values on 2 cores: docs/fairness.md.
OBJECTS = (
    "pandas 2's own default for text, Python objects, is not used: with it, q1 of groupby takes "
    "1.7× the time (`pandas/object` measures that on your data)."
)


def name_baseline(engine: str, queries: Iterable[str], stored: StoredComparison) -> str:
    """Return the baseline's name, and how it calls the user's def, if its programs do."""
    if engine.partition("/")[0] == YOURS:
        return "your code"
    asked = list(queries)
    calls = {q: found for q in asked if (found := find_calls(stored.programs.get((engine, q), "")))}
    if not calls:
        return engine
    variant = engine if engine.endswith("/apply") else f"{engine}/apply"
    called = f"the def called for each {' or '.join(dict.fromkeys(calls.values()))}"
    if len(calls) == len(asked):
        return f"{variant} ({called})"
    where = f"on {len(calls)} of {format_count(len(asked), 'question')}"
    return f"{engine} ({variant}, {called}, {where})"


def describe_labels(engines: Iterable[str], stored: StoredComparison) -> Iterator[str]:
    """Yield what text columns were to each engine, and what ran outside of an engine's library."""
    yield from _describe_text(engines, stored)
    yield from _describe_pandas(stored)
    yield from _describe_outside(engines, stored)


def parse_program(program: str) -> ast.Module:
    """Return a stored program's tree; an empty one where this Python cannot read it."""
    try:
        return ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


@cache
def find_calls(program: str) -> str:
    """Return `row` or `group` for a program that calls a def by pandas' `apply`, else nothing."""
    for node in ast.walk(parse_program(program)):
        match node:
            case ast.Call(ast.Attribute(_, "apply"), [_], keywords):
                rows = any(keyword.arg == "axis" for keyword in keywords)
                return "row" if rows else "group"
            case ast.FunctionDef("query") if any(map(_is_loop, ast.walk(node))):
                return "group"
    return ""


def _is_loop(node: ast.AST) -> bool:
    """Return whether a program goes through pandas' groups one by one."""
    match node:
        case ast.comprehension(_, ast.Call(ast.Attribute(_, "groupby"))):
            return True
    return False


@cache
def leaves_library(engine: str, program: str) -> bool:
    """Return whether a part of the query of a program for Modin or Dask runs in pandas or NumPy."""
    leaves = LEAVES[_name_library(engine)]
    return any(
        leaves(node)
        for function in parse_program(program).body
        if isinstance(function, ast.FunctionDef) and function.name == "query"
        for node in ast.walk(function)
    )


def _name_library(engine: str) -> str:
    """Return the library of a variant, a version or a cluster: `dask` for `dask@host:8786`."""
    return re.split("[/@]", engine)[0]


def _leaves_modin(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(_, "to_pandas"):
            return True
        case ast.Attribute(ast.Name("np"), word):
            return word in GATHERING
    return False


def _leaves_dask(node: ast.AST) -> bool:
    """Return whether this is a step behind a computed one; Dask's own have the name `data`."""
    return isinstance(node, ast.Name) and node.id.startswith("step_")


LEAVES = {"modin": _leaves_modin, "dask": _leaves_dask}


def _describe_text(engines: Iterable[str], stored: StoredComparison) -> Iterator[str]:
    types: dict[str, list[str]] = {}
    for engine in engines:
        loaded = {t for run in stored.runs if run.engine == engine for t in run.columns.values()}
        found = sorted({LISTED.sub(r"\1", t) for t in loaded if t.startswith(TEXT_TYPES)})
        if found:
            types.setdefault(join_names(found), []).append(engine)
    if types:
        told = "; ".join(f"{kind} in {join_names(names)}" for kind, names in types.items())
        yield f"Text columns were {told}."
    arrow = any("pandas" in names and "object" not in kind for kind, names in types.items())
    if arrow and any(run.times.hot for run in stored.runs) and _find_old_pandas(stored):
        yield OBJECTS


def _describe_pandas(stored: StoredComparison) -> Iterator[str]:
    version = _find_old_pandas(stored)
    others = (found for name, found in stored.head.engines.items() if name.startswith("pandas@"))
    if version and all(_has_old_text(found.get("pandas", "")) for found in others):
        yield (
            f"pandas {version} ran: an environment with Modin holds it below 2.4. With the newest: "
            f"`dfbench compare {_name_workload(stored.head)} -e pandas -e pandas@newest`."
        )


def _name_workload(head: Head) -> str:
    """Return what names a workload to a command: its file, or its name where it ships as it is.

    Another machine has dfbench, and with it the file, elsewhere.
    """
    shipped = SHIPPED / Path(head.file).name
    ships = shipped.is_file() and shipped.read_text(encoding="utf-8") == head.source
    return head.file if head.file and not ships else head.workload


def _find_old_pandas(stored: StoredComparison) -> str:
    """Return the version of pandas that ran under its plain name, if that is before 3."""
    version = stored.head.engines.get("pandas", {}).get("pandas", "")
    return version if version and _has_old_text(version) else ""


def _has_old_text(version: str) -> bool:
    return not version or int(version.partition(".")[0]) < STRINGS_SINCE


def _describe_outside(engines: Iterable[str], stored: StoredComparison) -> Iterator[str]:
    """Report the questions of which Modin and Dask leave a part to pandas."""
    answered = {(r.engine, r.query) for r in stored.runs if r.outcome is Outcome.OK}
    warned = {(r.engine, r.query) for r in stored.runs if FALLEN_BACK in r.log.lower()}
    for engine in engines:
        if _name_library(engine) not in LEAVES:
            continue
        programs = {q: t for (e, q), t in stored.programs.items() if e == engine}
        left = [
            query
            for query, text in programs.items()
            if (engine, query) in answered
            and ((engine, query) in warned or leaves_library(engine, text))
        ]
        if left:
            yield f"{engine}: part of {join_names(left)} ran in pandas or NumPy, in one process."
