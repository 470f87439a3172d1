"""Every function is named after what it does, by the rule of `docs/decisions/names.md`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
# A name that begins with none of these verbs fails: add the verb, or find a better name.
VERBS = frozenset((ROOT / "tests" / "snapshots" / "verbs.txt").read_text(encoding="utf-8").split())
ASIDE = {".venv", "benchmarks", "build", "docs", "results", "tests"}
ADVERBS = {"always", "never", "only"}
PREPOSITIONS = frozenset(
    [
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "if",
        "not",
        "of",
        "on",
        "or",
        "over",
        "since",
        "to",
        "with",
        "within",
        "without",
    ]
)
# Operators that build expressions have the operator's name, axes and columns their letter.
OPERATORS = frozenset(
    ["absolute", "minus", "negative", "plus", "root", "scale", "square", "times", "f"]
)
# Python and notebooks call these by their names; `comparison.program` is what a user types, and
# others' engines have an `environment` since the first version.
PROTOCOLS = frozenset(
    ["dst", "environment", "readable", "readinto", "tzname", "utcoffset", "_repr_html_", "program"]
)
NAMELESS = {"property", "cached_property", "overload", "setter"}


def _list_functions(path: Path) -> list[ast.FunctionDef]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [node for node in nodes if isinstance(node, ast.FunctionDef)]


def _is_nameless(function: ast.FunctionDef) -> bool:
    """Return whether a function is read as an attribute, or Python calls it."""
    decorators = {ast.unparse(one).partition("(")[0] for one in function.decorator_list}
    decorators = {name.rpartition(".")[2] for name in decorators}
    return bool(decorators & NAMELESS) or function.name.startswith("__")


def _is_third_person(word: str) -> bool:
    return bool({word.removesuffix("s"), word.removesuffix("es"), word[:-3] + "y"} & VERBS)


def is_verb(function: ast.FunctionDef) -> bool:
    """Return whether a function is named after what it does, or as the rule excepts."""
    words = [word for word in function.name.strip("_").split("_") if word not in ADVERBS]
    first = words[0] if words else ""
    if first in VERBS | PREPOSITIONS or {first, function.name} & (OPERATORS | PROTOCOLS):
        return True
    returns = ast.unparse(function.returns) if function.returns else ""
    return not first or (returns.startswith("bool") and _is_third_person(first))


@pytest.mark.parametrize(
    "room", sorted({p.parent.name for p in ROOT.glob("*/__init__.py")} - ASIDE)
)
def test_functions_are_verbs(room: str) -> None:
    named = [
        f"{path.relative_to(ROOT).as_posix()}:{function.lineno} {function.name}"
        for path in (ROOT / room).rglob("*.py")
        for function in _list_functions(path)
        if not _is_nameless(function) and not is_verb(function) and function.name != path.stem
    ]
    assert named == []


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("def write_rows() -> str: ...", True),
        ("def rows() -> str: ...", False),
        ("def _only_joins() -> bool: ...", True),
        ("def joins() -> tuple[str, ...]: ...", False),
        ("def with_column() -> str: ...", True),
    ],
)
def test_the_rule_tells_verbs_from_nouns(text: str, *, holds: bool) -> None:
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    assert is_verb(function) is holds
