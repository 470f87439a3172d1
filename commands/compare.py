"""`dfbench compare`: run a workload on every engine and report time, memory and answers."""

from __future__ import annotations

import sys

from ..comparison import session
from ..comparison.plan import Plan
from ..comparison.preflight import estimate_checking
from ..comparison.preparation import prepare
from ..comparison.request import Request
from ..errors import Unsupported
from ..report.output import ReportOutput
from ..report.progress import Progress
from ..report.units import format_seconds, format_size
from ..storage.folder import find_latest
from .memory_search import search
from .result import finish_comparison


def compare(
    request: Request, output: ReportOutput, *, dry_run: bool, resume: bool, strict: bool
) -> int:
    """Compare, resume a comparison, or only print the plan; return the exit status."""
    workload, progress = request.read(), Progress()
    if workload.limits.find:
        return search(request, workload, resume=resume)
    output.check(workload.engines)
    if dry_run:
        _print_plan(prepare(request, workload, progress))
        return 0
    if resume:
        comparison = session.resume(find_latest(request.results, workload.name), request, progress)
    else:
        comparison = session.compare(request, workload, progress)
    return finish_comparison(comparison, output, strict=strict)


def _describe_checking(plan: Plan) -> str:
    needs = estimate_checking(plan)
    more = f"at most about {format_size(needs)}" if needs else "little memory"
    return f"checking: the oracle runs within these limits; comparing answers takes {more} besides"


def _print_plan(plan: Plan) -> None:
    measure, limits = plan.workload.measure, plan.workload.limits
    warmups = "as many as it takes for" if measure.warmups is None else measure.warmups
    threads = limits.threads or "all"
    lines = [
        f"{plan.workload.name}: {plan.data.name}, {plan.data.rows:,} rows, at {plan.data.path}",
        f"limits: {format_size(limits.memory)}, {format_seconds(limits.time)}, {threads} threads",
        plan.backend.promise,
        _describe_checking(plan),
        f"{len(plan.runnable)} programs x {measure.rounds} rounds",
        f"each: 1 cold, {warmups} warm-up and {measure.runs} timed executions",
    ]
    for (engine, query), program in plan.programs.items():
        if isinstance(program, Unsupported):
            lines.append(f"{engine} {query}: unsupported - {program}")
    sys.stdout.write("\n".join(lines) + "\n")
