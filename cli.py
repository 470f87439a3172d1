"""The command line: each command reads its options and calls the function that serves it."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from .commands import completion
from .errors import DfbenchError

app = typer.Typer(
    help="Which data-frame engine should run this, on this machine, within this memory?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
env = typer.Typer(help="The environments of engines of a version: list, make, prune.")
app.add_typer(env, name="env", no_args_is_help=True)
plugin = typer.Typer(help="Engines of your own.")
app.add_typer(plugin, name="engine", no_args_is_help=True)

Workload = Annotated[
    str,
    typer.Argument(
        help="A workload file, or the name of one that ships.", autocompletion=completion.workloads
    ),
]
Engines = Annotated[
    list[str] | None,
    typer.Option(
        "-e",
        "--engine",
        help="Only this engine; may be repeated.",
        autocompletion=completion.engines,
    ),
]
Queries = Annotated[
    list[str] | None,
    typer.Option(
        "-q", "--query", help="Only this query; may be repeated.", autocompletion=completion.queries
    ),
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", help="Override a value: --set dataset.rows=1e6")
]
Results = Annotated[Path, typer.Option("--results", help="Where comparisons are stored.")]
Memory = Annotated[str | None, typer.Option(help="Memory of each engine's process tree: 2GiB")]
Timeout = Annotated[str | None, typer.Option(help="Time limit of each process: 5min")]
Threads = Annotated[str | None, typer.Option(help="Threads and cores of each engine.")]
Runs = Annotated[str | None, typer.Option(help="Timed executions in each process.")]
Warmup = Annotated[str | None, typer.Option(help="Executions before those that do not count.")]
Rounds = Annotated[str | None, typer.Option(help="Fresh processes of each engine and query.")]
Budget = Annotated[str | None, typer.Option("--time-budget", help="Stop new rounds after this.")]
Backend = Annotated[
    str | None, typer.Option("--limit-backend", help="cgroup2, cgroup1, watchdog or none.")
]
Data = Annotated[
    list[str] | None,
    typer.Option("--data", help="Your own file or glob, in place of the workload's; repeatable."),
]
LoadMode = Annotated[
    str | None, typer.Option("--load", help="memory, scan or both: what the timing begins with.")
]
Beside = Annotated[
    str | None, typer.Option("--beside", help="Break-even and traits too: auto, all or none.")
]
Baseline = Annotated[str | None, typer.Option(help="The engine that ratios are against.")]
NoPython = Annotated[
    bool, typer.Option("--no-python", help="Refuse defs: for workloads from strangers.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 3 when an engine failed.")]
Format = Annotated[str, typer.Option("--format", help="table, markdown, json, jsonl, csv or html.")]
FailIf = Annotated[
    list[str] | None,
    typer.Option("--fail-if", help="Exit with 1 when so: 'polars > 1.1 * baseline'; repeatable."),
]
ExportHtml = Annotated[
    str | None, typer.Option("--export-html", metavar="FILE", help="- is standard output.")
]
ExportMarkdown = Annotated[str | None, typer.Option("--export-markdown", metavar="FILE")]
ExportJson = Annotated[str | None, typer.Option("--export-json", metavar="FILE")]
ExportJsonl = Annotated[str | None, typer.Option("--export-jsonl", metavar="FILE")]
ExportCsv = Annotated[str | None, typer.Option("--export-csv", metavar="FILE")]
Comparison = Annotated[Path, typer.Argument(help="A comparison's folder, or the results folder.")]


@app.command()
def compare(
    workload: Workload,
    engine: Engines = None,
    query: Queries = None,
    setting: Settings = None,
    memory: Memory = None,
    timeout: Timeout = None,
    threads: Threads = None,
    runs: Runs = None,
    warmup: Warmup = None,
    rounds: Rounds = None,
    time_budget: Budget = None,
    load: LoadMode = None,
    beside: Beside = None,
    data: Data = None,
    results: Results = Path("results"),
    limit_backend: Backend = None,
    baseline: Baseline = None,
    form: Format = "table",
    fail_if: FailIf = None,
    export_html: ExportHtml = None,
    export_markdown: ExportMarkdown = None,
    export_json: ExportJson = None,
    export_jsonl: ExportJsonl = None,
    export_csv: ExportCsv = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would run.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the latest one.")] = False,
    isolate: Annotated[
        bool, typer.Option("--isolate", help="Each engine's newest, in its own environment.")
    ] = False,
    interpreter: Annotated[
        str | None, typer.Option("--python", help="Run engines there: python3.13t, or a path.")
    ] = None,
    strict: Strict = False,
    no_python: NoPython = False,
) -> None:
    """Run a workload on every engine, check the answers, and compare time and memory."""
    from .commands import comparing, reporting

    options = {
        "limits.memory": memory,
        "limits.time": timeout,
        "limits.threads": threads,
        "measure.runs": runs,
        "measure.warmups": warmup,
        "measure.rounds": rounds,
        "measure.budget": time_budget,
        "measure.load": load,
        "measure.beside": beside,
    }
    chosen = workload, engine, query, setting, options, results, limit_backend, baseline
    defs = not no_python
    request = comparing.request(
        *chosen, files=data, python=defs, isolate=isolate, interpreter=interpreter
    )
    exports = export_html, export_markdown, export_json, export_jsonl, export_csv
    output = reporting.output(form, fail_if, *exports)
    raise typer.Exit(
        comparing.compare(request, output, dry_run=dry_run, resume=resume, strict=strict)
    )


@app.command()
def show(
    workload: Workload,
    engine: Engines = None,
    query: Queries = None,
    setting: Settings = None,
    write: Annotated[Path | None, typer.Option(help="Save the programs in this folder.")] = None,
    load: LoadMode = None,
    data: Data = None,
    no_python: NoPython = False,
) -> None:
    """Print the program of each engine and query: exactly what `compare` runs."""
    from .commands import comparing

    chosen = workload, engine, query, setting, {"measure.load": load}
    request = comparing.request(*chosen, files=data, python=not no_python)
    comparing.show(request, folder=write)


@app.command()
def floor(
    workload: Workload,
    engine: Engines = None,
    query: Queries = None,
    setting: Settings = None,
    memory: Annotated[str | None, typer.Option(help="The most to try: 8GiB.")] = None,
    timeout: Timeout = None,
    threads: Threads = None,
    results: Results = Path("results"),
    limit_backend: Backend = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the latest one.")] = False,
    no_python: NoPython = False,
) -> None:
    """Search the smallest memory under which each engine still answers each query."""
    from .commands import comparing

    options = {"limits.memory": memory, "limits.time": timeout, "limits.threads": threads}
    chosen = workload, engine, query, setting, options, results, limit_backend
    request = comparing.request(*chosen, python=not no_python)
    raise typer.Exit(comparing.floor(request, resume=resume))


@app.command()
def check(
    workload: Workload,
    engine: Engines = None,
    query: Queries = None,
    setting: Settings = None,
    load: LoadMode = None,
    data: Data = None,
    results: Results = Path("results"),
    strict: Strict = False,
    no_python: NoPython = False,
) -> None:
    """Run every program once on little data and check its answers; nothing is timed."""
    from .commands import comparing

    chosen = workload, engine, query, setting, {"measure.load": load}, results
    request = comparing.request(*chosen, files=data, python=not no_python)
    raise typer.Exit(comparing.check(request, strict=strict))


@app.command()
def report(
    results: Comparison = Path("results"),
    form: Format = "table",
    fail_if: FailIf = None,
    export_html: ExportHtml = None,
    export_markdown: ExportMarkdown = None,
    export_json: ExportJson = None,
    export_jsonl: ExportJsonl = None,
    export_csv: ExportCsv = None,
    strict: Strict = False,
) -> None:
    """Rebuild the reports of a stored comparison, and print one."""
    from .commands import reporting

    exports = export_html, export_markdown, export_json, export_jsonl, export_csv
    output = reporting.output(form, fail_if, *exports)
    raise typer.Exit(reporting.report(results, output, strict=strict))


@app.command()
def diff(
    old: Comparison,
    new: Comparison,
    force: Annotated[bool, typer.Option("--force", help="Compare what is not comparable.")] = False,
    form: Format = "table",
    fail_if: FailIf = None,
    export_html: ExportHtml = None,
    export_markdown: ExportMarkdown = None,
    export_json: ExportJson = None,
    export_jsonl: ExportJsonl = None,
    export_csv: ExportCsv = None,
) -> None:
    """Compare two stored comparisons: what became faster, slower, or failed."""
    from .commands import reporting

    exports = export_html, export_markdown, export_json, export_jsonl, export_csv
    output = reporting.output(form, fail_if, *exports)
    raise typer.Exit(reporting.diff(old, new, output, force=force))


@app.command()
def history(
    workload: Annotated[str, typer.Argument(help="A workload's name, file, or results folder.")],
    results: Results = Path("results"),
    form: Annotated[str, typer.Option("--format", help="table, jsonl or csv.")] = "table",
) -> None:
    """Show all stored comparisons of a workload over time."""
    from .commands import companions

    companions.history(workload, results, form)


@app.command()
def init(
    datafile: Annotated[Path, typer.Argument(help="Your data: Parquet, CSV, Arrow or Feather.")],
    to: Annotated[Path | None, typer.Option("--to", help="The workload's file.")] = None,
) -> None:
    """Write a first workload for your own data file; nothing is overwritten."""
    from .commands import companions

    companions.init(datafile, to or Path(f"{datafile.name.partition('.')[0] or 'mine'}.yaml"))


@app.command()
def doctor(results: Results = Path("results")) -> None:
    """Describe what this machine can and cannot measure, and what would mend it."""
    from .commands import companions

    companions.doctor(results)


@app.command()
def selftest(
    workload: Workload = "groupby",
    engine: Engines = None,
    query: Queries = None,
    setting: Settings = None,
    comparisons: Annotated[int, typer.Option(min=1, help="Real self-comparisons.")] = 20,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of each.")] = 2,
    results: Results = Path("results"),
    stored: Annotated[
        Path | None, typer.Option(help="Run nothing: take the rounds of this comparison.")
    ] = None,
) -> None:
    """Compare an engine with itself: how often are verdicts false here?"""
    from .commands import companions, comparing

    if stored:
        raise typer.Exit(companions.selftest_stored(stored, rounds))
    request = comparing.request(workload, engine, query, setting, {}, results)
    raise typer.Exit(companions.selftest(request, comparisons, rounds))


@app.command(name="open")
def open_report(results: Comparison = Path("results")) -> None:
    """Open the report of a comparison, or of the newest one, in the browser."""
    from .commands import companions

    companions.open_report(results)


@app.command()
def schema() -> None:
    """Print the JSON schema of workload files, for your editor."""
    from .commands import companions

    companions.schema()


@plugin.command(name="new")
def engine_new(
    name: Annotated[str, typer.Argument(help="The engine's name, as in -e NAME.")],
    to: Annotated[Path | None, typer.Option("--to", help="The package's folder.")] = None,
) -> None:
    """Write a package for an engine of your own: an adapter that works, and its test."""
    from .engines import template

    for path in template.new(name, to or Path(f"dfbench-{name}")):
        sys.stdout.write(f"{path}\n")


@plugin.command(name="test")
def engine_test(
    name: Annotated[str, typer.Argument(help="The engine's name, as in -e NAME.")],
    golden: Annotated[
        Path | None, typer.Option(help="The folder of its reviewed programs: compare with them.")
    ] = None,
    badge: Annotated[
        Path | None, typer.Option(help="Write the summary as a badge's JSON into this file.")
    ] = None,
) -> None:
    """Run the conformance kit on an engine: answers, missing values, limits, threads, programs."""
    from .commands import engine

    raise typer.Exit(engine.tell(name, golden, badge))


@plugin.command(name="golden")
def engine_golden(
    name: Annotated[str, typer.Argument(help="The engine's name, as in -e NAME.")],
    folder: Annotated[Path, typer.Argument(help="Where its programs lie, to be reviewed as code.")],
) -> None:
    """Write an engine's programs for the shipped questions; what it writes no more is removed."""
    from .commands import engine

    engine.save(name, folder)


@env.command(name="list")
def env_list() -> None:
    """List the environments that are made, and the pins that ship."""
    from .commands import env as environments

    environments.show()


@env.command(name="make")
def env_make(
    engine: Annotated[list[str], typer.Argument(help="Engines: pandas@3.1, polars@newest.")],
) -> None:
    """Make the environments of engines, so that comparisons need no network."""
    from .commands import env as environments

    environments.make(engine)


@env.command(name="prune")
def env_prune(
    everything: Annotated[bool, typer.Option("--all", help="Those of current pins too.")] = False,
) -> None:
    """Remove the environments of pins that ship no more, and unfinished ones."""
    from .commands import env as environments

    environments.prune(everything=everything)


@app.command()
def audit(
    published: Annotated[Path, typer.Argument(help="db-benchmark's time.csv.")],
    as_json: Annotated[bool, typer.Option("--json", help="One finding a line, as JSON.")] = False,
) -> None:
    """Flag what cannot be right in db-benchmark's published results."""
    from .commands import comparing

    raise typer.Exit(comparing.audit(published, as_json=as_json))


@app.command()
def fuzz(
    engine: Engines = None,
    count: Annotated[int, typer.Option(min=1, help="Workloads, each asked of every engine.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed asks the same workloads.")] = 0,
    most: Annotated[int, typer.Option(min=1, help="Stop once so many answers differ.")] = 20,
    folder: Annotated[Path, typer.Option(help="Where what differs is kept.")] = Path(
        "results/fuzz"
    ),
) -> None:
    """Ask engines random workloads on random data; what differs is shrunk and kept to run."""
    from .testing.fuzz import output

    raise typer.Exit(output.tell(engine or (), count, seed, folder, most))


@app.command()
def engines() -> None:
    """List the engines: what is here, in which version, and what adds the missing ones."""
    from .commands import comparing

    comparing.list_engines()


@app.command()
def data(
    workload: Workload,
    setting: Settings = None,
    files: Annotated[
        list[str] | None, typer.Option("--data", help="Your own file or glob.")
    ] = None,
) -> None:
    """Make a workload's data and say where it is."""
    from .commands import comparing

    comparing.data(comparing.request(workload, settings=setting, files=files))


STOPPED = 130


def main() -> None:
    """Run the command line; a mistake is a sentence and exit code 2, never a traceback."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, signal.default_int_handler)
    try:
        app()
    except DfbenchError as error:
        sys.stderr.write(f"dfbench: {error}\n")
        sys.exit(2)
    except SystemExit as ended:
        if ended.code == STOPPED:  # typer turns Ctrl-C into it, and says nothing
            sys.stderr.write("\ndfbench: stopped; what was measured is stored, --resume goes on\n")
        raise
    except BrokenPipeError:
        sys.exit(141)
