"""Shell completion of workloads, engines, and the queries of the workload on the command line.

Each import waits until the user presses Tab. An unreadable workload completes to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from ..errors import DfbenchError


def complete_workload(incomplete: str) -> list[str]:
    """Return the shipped workloads, and the YAML files and folders that match."""
    from ..spec.reader import list_shipped

    typed = Path(incomplete)
    folder = typed if incomplete.endswith("/") else typed.parent
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [f"{p}/" if p.is_dir() else str(p) for p in there if _may_be_workload(p)]
    return [name for name in (*list_shipped(), *files) if name.startswith(incomplete)]


def complete_engine(incomplete: str) -> list[str]:
    """Return every matching engine and variant, installed or not; after a comma, the next one."""
    from ..engines import load_engines as known

    before, typed = _split_last(incomplete)
    return [f"{before}{name}" for name in known() if name.startswith(typed)]


def complete_query(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return the matching queries of the workload on the command line, with their questions.

    After a comma, it is the next one's turn.
    """
    from ..spec.reader import read

    # Before the value of an option is typed, click has not yet told arguments from the rest.
    typed = ctx.params.get("workload") or next(iter(ctx.args), "")
    try:
        asked = read(str(typed)).questions
    except DfbenchError:
        return []
    before, begun = _split_last(incomplete)
    found = (query for query in asked if query.name.startswith(begun))
    return [(f"{before}{query.name}", query.question) for query in found]


def complete_word(words: Sequence[str]) -> Callable[[str], list[str]]:
    """Return the completion of an option that takes one of some words."""

    def complete(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return complete


def _split_last(incomplete: str) -> tuple[str, str]:
    """Return the names before the last comma, with it, and the name that is being typed."""
    before, comma, typed = incomplete.rpartition(",")
    return before + comma, typed


def _may_be_workload(path: Path) -> bool:
    return not path.name.startswith(".") and (
        path.is_dir() or path.suffix in {".yaml", ".yml", ".py", ".ipynb"}
    )
