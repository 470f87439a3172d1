"""The pages of the site that the code itself describes: options, keys of a workload, engines."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dfbench.engines.info import EnginePlace, Work
from dfbench.engines.registry import list_own_infos
from dfbench.spec import grammar

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

TABLES = {
    "A workload": grammar.WORKLOAD,
    "`dataset`": grammar.DATASET,
    "`csv`": grammar.CSV_FORMAT,
    "A query": grammar.QUERY,
    "`join`": grammar.JOIN,
    "`asof`": grammar.ASOF,
    "`largest` and `smallest`": grammar.EXTREME,
    "`pivot`": grammar.PIVOT,
    "`unpivot`": grammar.UNPIVOT,
    "`apply`": grammar.APPLY,
    "`tasks`": grammar.TASKS,
    "`programs`": grammar.PROGRAM,
    "`limits`": grammar.LIMITS,
    "`measure`": grammar.MEASURE,
    "An engine": grammar.ENGINE,
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages; MkDocs calls this once for each build."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - only `make docs` has MkDocs

    for name, write in PAGES.items():
        files.append(File.generated(config, name, content=write()))
    return files


def write_options() -> str:
    """Return every command with its options, as the help pages show them."""
    command = [sys.executable, "-m", "typer", "dfbench.cli", "utils", "docs", "--name", "dfbench"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def write_reference() -> str:
    """Return every key of a workload file with its meaning."""
    parts = ["# Every key of a workload", *(_write_keys(*table) for table in TABLES.items())]
    return "\n\n".join(parts) + "\n"


def _write_keys(title: str, keys: dict[str, grammar.Key]) -> str:
    rows = [
        f"| `{name}`{' (required)' if k.required else ''} | {k.about} |" for name, k in keys.items()
    ]
    return "\n".join((f"## {title}\n", "| key | meaning |", "|---|---|", *rows))


def write_engines() -> str:
    """Return every engine and variant, and what each can be asked for."""
    head = f"| engine | {' | '.join(work.value for work in Work)} | installed by |"
    rule = "|---" * (len(Work) + 2) + "|"
    return "\n".join(("# Engines and variants\n", ENGINES, "", head, rule, *_write_rows())) + "\n"


def _write_rows() -> Iterator[str]:
    for info in list_own_infos():
        marks = " | ".join("yes" if work in info.work else "" for work in Work)
        place = "" if info.place is EnginePlace.HERE else f", in {info.place.value}"
        yield f"| `{info.name}` | {marks} | {', '.join(info.requirements)}{place} |"


ENGINES = """A variant is the same library used in another way: `pandas/apply` calls a function for each row,
`polars/in-memory` does not stream, `dask/distributed` starts a cluster of processes. `engine@version` runs a version in an
environment of its own. [Semantics](semantics.md) lists what an engine cannot express and where its answers differ; `dfbench
show WORKLOAD -e ENGINE` prints its program, or the reason why there is none."""
PAGES: dict[str, Callable[[], str]] = {
    "options.md": write_options,
    "reference.md": write_reference,
    "engines.md": write_engines,
}
