"""`dfbench show`: print or save the program of each engine and query."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.syntax import Syntax

from ..comparison.plan import write_program
from ..comparison.preparation import find_dataset
from ..comparison.request import Request
from ..datasets.schema_preview import preview_number_texts, preview_schema
from ..engines import find
from ..engines.base import Program, Resources
from ..errors import Unsupported
from ..spec.pivot import find_unknown
from ..spec.reader import check_columns
from ..spec.schema import Schema
from ..spec.workload import YOURS, Query, Tasks, Workload
from ..storage.folder import build_program_path


def show(request: Request, *, folder: Path | None) -> None:
    """Print the programs that would run, or save them in a folder and print their paths."""
    workload = request.read()
    limits = Resources(workload.limits.threads, workload.limits.memory)
    data = Schema((), 0)
    if not workload.tasks:
        dataset = find_dataset(workload)
        data = preview_schema(dataset, request.cache, find_unknown(workload.queries))
        workload = check_columns(workload, data)
        data = preview_number_texts(dataset, request.cache, data, workload.queries)
    for name in _list_shown(request, workload):
        resources = replace(limits, versions=request.provider.plan_interpreter(find(name)).versions)
        for query in workload.questions:
            program = write_program(find(name), query, data, resources)
            if folder is None:
                _print_program(name, query, program)
            elif isinstance(program, Program):
                _save_program(folder / build_program_path(name, query.name), program)


def _list_shown(request: Request, workload: Workload) -> Iterable[str]:
    """Return the engines to show: those that are named; a person knows code of their own."""
    left_out = {YOURS} - set(request.engines) if request.engines else {}
    return (name for name in dict.fromkeys(workload.engines) if name not in left_out)


def _print_program(name: str, query: Query | Tasks, program: Program | Unsupported) -> None:
    if isinstance(program, Unsupported):
        sys.stderr.write(f"{name} cannot express {query.name}: {program}\n")
        return
    code = Syntax(program.text, "python", background_color="default").highlight(program.text)
    # Neither cropped nor folded at the terminal's width: what is printed runs.
    Console().print(code, soft_wrap=True, end="")


def _save_program(path: Path, program: Program) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(program.text)
    sys.stdout.write(f"{path}\n")
