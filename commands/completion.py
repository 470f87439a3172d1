"""Shell completion of workloads, engines, and the queries of the workload on the command line.

Each import waits until the user presses Tab. An unreadable workload completes to nothing.
"""

from __future__ import annotations

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
    """Return every matching engine and variant, installed or not."""
    from ..engines import engines as known

    return [name for name in known() if name.startswith(incomplete)]


def complete_query(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return the matching queries of the workload on the command line, with their questions."""
    from ..spec.reader import read

    # Before the value of an option is typed, click has not yet told arguments from the rest.
    typed = ctx.params.get("workload") or next(iter(ctx.args), "")
    try:
        asked = read(str(typed)).questions
    except DfbenchError:
        return []
    return [(query.name, query.question) for query in asked if query.name.startswith(incomplete)]


def _may_be_workload(path: Path) -> bool:
    return not path.name.startswith(".") and (path.is_dir() or path.suffix in {".yaml", ".yml"})
