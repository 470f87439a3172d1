"""The pages about the code are true: rooms, layers, and the files that a change touches."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# What a change of the language or of an engine need not be looked for in.
ASIDE = {".venv", "benchmarks", "build", "docs", "results", "tests"}
PACKAGES = sorted(
    path.parent.relative_to(ROOT).as_posix()
    for path in ROOT.glob("*/**/__init__.py")
    if path.relative_to(ROOT).parts[0] not in ASIDE
)


def _rows(page: str) -> dict[str, list[str]]:
    """Return the rows of a page's tables: the first cell, and the paths in the second one."""
    rows = (line.split(" | ", 1) for line in page.splitlines() if line.startswith("| "))
    paths = re.compile(r"`([\w./*-]+(?:/|\.\w+|\*)|Makefile)`")
    return {first.removeprefix("| "): paths.findall(rest) for first, rest in rows}


def _rooms() -> list[list[str]]:
    """Return the folders that the first cells of the page of rooms name."""
    return [re.findall(r"`([\w/]+/)`", first) for first in _rows(ARCHITECTURE)]


def _contracts() -> list[dict[str, list[str]]]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contracts: list[dict[str, list[str]]] = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    return contracts


def _matches(pattern: str, name: str = "*") -> set[str]:
    files = ROOT.glob(pattern.replace("NAME", name) + ("**/*" if pattern.endswith("/") else ""))
    return {path.relative_to(ROOT).as_posix() for path in files if path.is_file()}


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_a_room_or_in_one(package: str) -> None:
    rooms = [path for paths in _rooms() for path in paths]
    assert any(f"{package}/".startswith(room) or room.startswith(f"{package}/") for room in rooms)


@pytest.mark.parametrize("page", [ARCHITECTURE, CONTRIBUTING], ids=["architecture", "contributing"])
def test_each_file_of_a_table_exists(page: str) -> None:
    named = [path for paths in _rows(page).values() for path in paths]
    assert len(named) > 10
    assert [path for path in named if not _matches(path)] == []


@pytest.mark.parametrize("script", ["Makefile", "tests/machines/checks.sh"])
def test_each_file_of_a_script_exists(script: str) -> None:
    text = (ROOT / script).read_text(encoding="utf-8")
    modules = re.findall(r"-m (?:dfbench\.)?((?:tests|engines|environments|spec)[\w.]*)", text)
    paths = [module.replace(".", "/") for module in modules]
    paths += re.findall(r"\btests/[\w/.]+", text)
    assert len(paths) > 2
    missing = [p for p in paths if not ((ROOT / p).exists() or (ROOT / f"{p}.py").exists())]
    assert missing == []


@pytest.mark.parametrize("contract", [0, 1, 4])
def test_layers_are_those_that_import_linter_holds(contract: int) -> None:
    layers = (layer.replace("dfbench.", "") for layer in _contracts()[contract]["layers"])
    assert "```\n" + "\n".join(layers) + "\n```" in ARCHITECTURE


@cache
def _texts() -> dict[str, list[str]]:
    """Return the texts of each shipped module that are no docstrings."""
    tops = [path for path in ROOT.iterdir() if path.name not in ASIDE]
    modules = [p for top in tops for p in ([top] if top.suffix == ".py" else top.rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): _texts_of(path) for path in modules}


def _texts_of(path: Path) -> list[str]:
    nodes = [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    documented = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    texts = (node for node in nodes if isinstance(node, ast.Constant))
    return [t.value for t in texts if isinstance(t.value, str) and id(t) not in documented]


def _holding(word: str) -> dict[str, int]:
    """Return the modules in which texts hold a word, and how many do."""
    whole = re.compile(rf"(?<![\w.]){word}(?![\w]|$)|^{word}$")
    found = {
        path: sum(word in text and whole.search(text) is not None for text in texts)
        for path, texts in _texts().items()
    }
    return {path: count for path, count in found.items() if count}


def _naming(word: str) -> set[str]:
    """Return the pages, settings and tests of engines that name a word."""
    patterns = ("Makefile", "*.toml", "*.md", "docs/*.md", "tests/engines/*.py")
    files = (path for pattern in patterns for path in ROOT.glob(pattern))
    named = (p for p in files if re.search(rf"\b{word}\b", p.read_text(encoding="utf-8")))
    return {path.relative_to(ROOT).as_posix() for path in named}


@pytest.mark.parametrize(
    ("change", "word", "oracle"),
    [
        ("a row function", "starts_with", "row_functions"),
        ("a row function", "zfill", "row_functions"),
        ("an aggregation", "prod", "evaluation"),
        ("an aggregation", "n_unique", "evaluation"),
    ],
)
def test_a_word_stands_only_where_the_table_says(change: str, word: str, oracle: str) -> None:
    named = {file for pattern in _rows(CONTRIBUTING)[change] for file in _matches(pattern)}
    found = _holding(word)
    assert found.keys() - named == set()
    for needed in ("spec/vocabulary.py", f"verification/{oracle}.py"):
        assert found[needed] == 1
    assert found["testing/conformance/cases.py"] >= 1


def test_a_row_function_is_a_line_or_two_in_each_dialect() -> None:
    counts = {p: n for p, n in _holding("starts_with").items() if p.startswith("engines/")}
    assert len(counts) > 5
    assert {path: count for path, count in counts.items() if count > 2} == {}


def test_an_engine_stands_only_where_the_table_says() -> None:
    patterns = _rows(CONTRIBUTING)["an engine"]
    named = {file for pattern in patterns for file in _matches(pattern, "daft")}
    found = _holding("daft").keys() | _naming("daft")
    assert found - named == set()
    assert {"pyproject.toml", "docs/architecture.md"} <= found
    assert "engines/daft.py" in found
