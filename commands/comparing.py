"""What the commands do: requests from options, and text from what the flow gives."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

from ..audit import findings as auditing
from ..audit.published import read as read_published
from ..comparison import session
from ..comparison.plan import Plan, written
from ..comparison.session import Request
from ..datasets.dataset import make_dataset
from ..datasets.schema_preview import preview_schema
from ..engines import engines, find, install_command, missing, versions
from ..engines.base import Program, Resources
from ..errors import ResultsError, Unsupported
from ..report import memory_floor
from ..report.output import ReportOutput
from ..report.progress import Progress
from ..report.rebuild import reported_floor
from ..report.units import seconds, size
from ..spec.schema import Schema
from ..spec.workload import Query, Tasks
from ..storage.folder import latest, program_path
from .reporting import told


def request(  # noqa: PLR0913 - one for each option
    workload: str,
    engines: Sequence[str] | None = None,
    queries: Sequence[str] | None = None,
    settings: Sequence[str] | None = None,
    options: Mapping[str, str | None] | None = None,
    results: Path = Path("results"),
    backend: str | None = None,
    baseline: str | None = None,
    *,
    files: Sequence[str] | None = None,
    python: bool = True,
    isolate: bool = False,
    interpreter: str | None = None,
) -> Request:
    """Return a command line's request; WorkloadError for a `--set` without a value.

    `files` are data in place of the workload's own, from where the command is typed.
    """
    overrides = {"dataset": json.dumps({"files": list(files)}, ensure_ascii=False)} if files else {}
    overrides |= dict(_pair(text) for text in settings or ())
    overrides |= {path: value for path, value in (options or {}).items() if value is not None}
    chosen = tuple(engines or ()), tuple(queries or ())
    asked = Request(workload, *chosen, overrides, results, backend, baseline, python, isolate)
    return replace(asked, interpreter=interpreter or "")


def compare(
    request: Request, output: ReportOutput, *, dry_run: bool, resume: bool, strict: bool
) -> int:
    """Compare, or go on comparing, or only say what would run; give the exit code."""
    progress, workload = Progress(0), request.read()
    if workload.limits.find:
        return floor(request, resume=resume)
    output.check(workload.engines)
    if dry_run:
        _print_plan(session.prepare(request, workload, progress))
        return 0
    if resume:
        comparison = session.resume(latest(request.results, workload.name), request, progress)
    else:
        comparison = session.compare(request, progress)
    return told(comparison, output, strict=strict)


def floor(request: Request, *, resume: bool) -> int:
    """Search the smallest memory that works, and print it; also of a search that is stopped."""
    path = session.floor(request, Progress(0), resume=resume)
    memory_floor.show(reported_floor(path))
    sys.stderr.write(f"stored in {os.path.relpath(path)}\n")
    return 0


def check(request: Request, *, strict: bool) -> int:
    """Check once on little data; give the exit code."""
    return told(session.check(request, Progress(0)), ReportOutput(), strict=strict)


def show(request: Request, *, folder: Path | None) -> None:
    """Print or save the programs that would run."""
    workload = request.read()
    resources = Resources(workload.limits.threads, workload.limits.memory)
    data = (
        Schema((), 0)
        if workload.tasks
        else preview_schema(session.dataset(workload), request.cache)
    )
    for name in dict.fromkeys(workload.engines):
        told = replace(resources, versions=request.provider.planned(find(name)).versions)
        for query in workload.questions:
            program = written(find(name), query, data, told)
            if folder is None:
                _show(name, query, program)
            elif isinstance(program, Program):
                _save(folder / program_path(name, query.name), program)


def audit(published: Path, *, as_json: bool) -> int:
    """Print what cannot be right in a published result file; give 1 where an answer is wrong."""
    findings = auditing.audit(read_published(published))
    if as_json:
        sys.stdout.write(auditing.lines(findings))
    elif findings:
        table = Table("what", "where", "evidence", box=None, header_style="bold underline")
        for finding in findings:
            table.add_row(finding.flag.value, finding.where, finding.evidence)
        Console().print(table)
    wrong = sum(finding.flag.wrong for finding in findings)
    sys.stderr.write(f"{len(findings)} findings, {wrong} of them answers that cannot be right\n")
    return 1 if wrong else 0


def list_engines() -> None:
    """Print every engine with its versions, or the command that adds it."""
    table = Table("engine", "versions", "to add it", box=None)
    for engine in engines().values():
        found = ", ".join(f"{name} {version}" for name, version in versions(engine).items())
        lacking = missing(engine)
        table.add_row(engine.name, found, install_command(engine) if lacking else "")
    Console().print(table)


def data(request: Request) -> None:
    """Make a workload's data and print where it is."""
    progress = Progress(0)
    made = make_dataset(session.dataset(request.read()), request.cache, progress.making)
    sys.stdout.write(f"{made.path}\n")
    sys.stderr.write(f"{made.name}: {made.rows:,} rows, {made.bytes / 2**20:,.1f} MiB\n")


def _pair(text: str) -> tuple[str, str]:
    path, equals, value = text.partition("=")
    if not equals:
        message = f"--set {text}: a value is missing; write --set {text}=VALUE"
        raise ResultsError(message)
    return path.strip(), value.strip()


def _print_plan(plan: Plan) -> None:
    measure, limits = plan.workload.measure, plan.workload.limits
    warmups = "as many as it takes for" if measure.warmups is None else measure.warmups
    lines = [
        f"{plan.workload.name}: {plan.data.name}, {plan.data.rows:,} rows, at {plan.data.path}",
        f"limits: {size(limits.memory)}, {seconds(limits.time)}, {limits.threads or 'all'} threads",
        plan.backend.promise,
        f"{len(plan.runnable)} programs x {measure.rounds} rounds",
        f"each: 1 cold, {warmups} warm-up and {measure.runs} timed executions",
    ]
    for (engine, query), program in plan.programs.items():
        if isinstance(program, Unsupported):
            lines.append(f"{engine} {query}: unsupported - {program}")
    sys.stdout.write("\n".join(lines) + "\n")


def _show(name: str, query: Query | Tasks, program: Program | Unsupported) -> None:
    if isinstance(program, Unsupported):
        sys.stderr.write(f"{name} cannot say {query.name}: {program}\n")
        return
    code = Syntax(program.text, "python", background_color="default").highlight(program.text)
    # Neither cropped nor folded at the terminal's width: what is printed runs.
    Console().print(code, soft_wrap=True, end="")


def _save(path: Path, program: Program) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(program.text)
    sys.stdout.write(f"{path}\n")
