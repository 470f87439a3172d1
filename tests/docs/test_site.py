"""The documentation's site: every page is reached, its examples are read, its lists are whole."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from dfbench.cli import app
from dfbench.commands.docs import GENERATED
from dfbench.engines.registry import list_own_infos
from dfbench.spec import grammar
from dfbench.spec.reader import check_columns, read_text
from dfbench.spec.schema import Column, Schema
from dfbench.storage.records import Outcome
from typer.main import get_command

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", (DOCS / "language.md").read_text("utf-8"), re.DOTALL)
FRAME = "dataset: {files: sales.csv}\n"
SALES = Schema(
    (
        Column("shop", "string", "large_string", values=("north", "south")),
        Column("day", "date", "date32[day]"),
        Column("amount", "float", "double"),
        Column("units", "int", "int64"),
    ),
    rows=10,
)


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    """Return the module that writes pages when the site is built."""
    spec = importlib.util.spec_from_file_location("generated_pages", DOCS / "generated_pages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_page_is_in_the_navigation(pages: ModuleType) -> None:
    _, _, nav = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")
    named = set(re.findall(r"[\w-]+\.md", nav))
    written = {path.name for path in DOCS.glob("*.md")}
    named.discard("README.md")
    assert named == written | set(pages.PAGES), "list each page under nav in mkdocs.yml"


def test_links_of_the_site_lead_to_pages_where_it_is_opened_from_the_disk() -> None:
    assert "\nuse_directory_urls: false\n" in (ROOT / "mkdocs.yml").read_text("utf-8")


def _list_keys() -> set[str]:
    tables = [table for table in vars(grammar).values() if isinstance(table, dict)]
    return {key for table in tables for key, one in table.items() if isinstance(one, grammar.Key)}


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_of_the_language_is_a_workload(text: str, tmp_path: Path) -> None:
    whole = text if "dataset:" in text or "tasks:" in text else FRAME + text
    (tmp_path / "fast.py").write_text("import polars as pl\n\n\ndef q1(frame):\n    return frame\n")
    workload = read_text(
        whole, "sales.yaml", tmp_path, engines={info.name for info in list_own_infos()}
    )
    assert workload.queries or workload.tasks
    if "generate:" not in whole and "tables:" not in whole:
        check_columns(workload, SALES)


def test_every_key_of_a_workload_is_in_an_example() -> None:
    shown = "\n".join(EXAMPLES)
    assert [key for key in _list_keys() if not re.search(rf"\b{key}:", shown)] == []


def test_the_generated_pages_name_every_option_key_and_engine(pages: ModuleType) -> None:
    assert sorted(pages.PAGES) == [f"{name}.md" for name in GENERATED]
    options, reference, engines = (write() for write in pages.PAGES.values())
    for name, command in get_command(app).commands.items():
        assert f"* `{name}`: {command.help}\n" in options
        assert f"`dfbench {name}`" in options
        asked = [option for one in command.params if not one.hidden for option in one.opts]
        assert [option for option in asked if option not in options] == []
    assert [key for key in _list_keys() if f"`{key}`" not in reference] == []
    assert [info.name for info in list_own_infos() if f"`{info.name}`" not in engines] == []


def test_the_page_about_reports_explains_each_outcome_and_quotes_its_warnings() -> None:
    page = (DOCS / "reading-a-report.md").read_text("utf-8")
    assert [outcome for outcome in Outcome if f"\n| {outcome.value} |" not in page] == []
    quoted = re.findall(r"^\| (.*?) \|", page.partition("## The warnings")[2], re.MULTILINE)[2:]
    sentences = (ROOT / "report" / "sentences.py").read_text("utf-8")
    assert len(quoted) > 5
    for warning in quoted:
        parts = re.split(r"…|\d+ %|the baseline", warning)
        assert all(part.strip() in sentences for part in parts), warning
