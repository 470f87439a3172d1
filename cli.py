"""The command line: each command reads its options and calls the function in `commands/`."""

from __future__ import annotations

import io
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .commands.help_page import add_command, make_group
from .errors import DfbenchError

if TYPE_CHECKING:  # the options are read when a command is asked for
    from .commands.completion import complete_word
    from .commands.options import (
        HISTORY_FORMATS,
        OUTPUT,
        WHAT,
        Baseline,
        ComparisonFolder,
        DataOptions,
        Engines,
        EnvironmentOptions,
        LimitOptions,
        MeasureOptions,
        OutputOptions,
        OwnFiles,
        ResultsFolder,
        Resume,
        Selection,
        Settings,
        Strict,
        SweepOutput,
        WorkloadName,
    )

app = make_group("Which data-frame engine should run this, on this machine, within this memory?")
env = make_group("Manage the environments of versioned engines.")
app.add_typer(env, name="env")
plugin = make_group("Write and test an engine plug-in of your own.")
app.add_typer(plugin, name="engine")


EngineName = Annotated[str, typer.Argument(help="The name of the engine, as in -e NAME.")]


def print_version(asked: bool) -> None:
    """Print the version and exit, if that is asked for."""
    if asked:
        from importlib import metadata

        sys.stdout.write(f"dfbench {metadata.version('dataframe-bench')}\n")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=print_version, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Read the options of dfbench itself."""


@add_command(
    app,
    "dfbench compare slow.py --data sales.parquet -e polars,duckdb",
    "dfbench compare my.yaml --memory 2G --fail-if 'polars > 1.1 * baseline'",
)
def compare(
    workload: WorkloadName,
    selection: Selection,
    data: DataOptions,
    limits: LimitOptions,
    measure: MeasureOptions,
    environments: EnvironmentOptions,
    output: OutputOptions,
    results: ResultsFolder = Path("results"),
    baseline: Baseline = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Print the plan without running it.", rich_help_panel=WHAT),
    ] = False,
    resume: Resume = False,
    strict: Strict = False,
) -> None:
    """Run a workload on every engine, check the answers, and compare time and memory."""
    from .commands.compare import compare as run
    from .commands.output import open_output
    from .commands.request import build_request

    request = build_request(
        workload, selection, data, limits, measure, environments, results, baseline
    )
    prepared = open_output(output)
    raise typer.Exit(run(request, prepared, dry_run=dry_run, resume=resume, strict=strict))


@add_command(app, "dfbench show groupby -e polars -q q1", "dfbench show my.yaml --write programs")
def show(
    workload: WorkloadName,
    selection: Selection,
    data: DataOptions,
    write: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Save the programs in this folder.", rich_help_panel=OUTPUT
        ),
    ] = None,
) -> None:
    """Print the program of each engine and query: exactly what `compare` runs."""
    from .commands.request import build_request
    from .commands.show import show as run

    run(build_request(workload, selection, data), folder=write)


@add_command(
    app,
    "dfbench floor groupby -e polars -q q1 --memory 8GiB",
    "dfbench floor my.yaml -e pandas,polars --resume",
)
def floor(
    workload: WorkloadName,
    selection: Selection,
    limits: LimitOptions,
    results: ResultsFolder = Path("results"),
    resume: Resume = False,
) -> None:
    """Search for the smallest memory under which each engine still answers each query."""
    from .commands.floor import floor as run
    from .commands.request import build_request

    request = build_request(workload, selection, limits=limits, results=results)
    raise typer.Exit(run(request, resume=resume))


@add_command(
    app,
    "dfbench sweep groupby --over rows=1e4..1e7 -e pandas,polars",
    "dfbench sweep my.yaml --over share=1%..100% --time-budget 10min",
)
def sweep(
    workload: WorkloadName,
    selection: Selection,
    data: DataOptions,
    limits: LimitOptions,
    measure: MeasureOptions,
    environments: EnvironmentOptions,
    output: SweepOutput,
    results: ResultsFolder = Path("results"),
    over: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBER=VALUES",
            help="Change this number: rows=1e4..1e7, threads=1,2, share=1%..400%; repeatable.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    baseline: Baseline = None,
    resume: Resume = False,
) -> None:
    """Run a workload at many sizes: curves, crossovers, growth, and the memory that more needs."""
    from .commands.request import build_request
    from .commands.sweep import prepare_output
    from .commands.sweep import sweep as run

    request = build_request(
        workload, selection, data, limits, measure, environments, results, baseline
    )
    raise typer.Exit(run(request, over or (), prepare_output(output), resume=resume))


@add_command(app, "dfbench check my.yaml", "dfbench check groupby -e polars -q q1,q7 --strict")
def check(
    workload: WorkloadName,
    selection: Selection,
    data: DataOptions,
    results: ResultsFolder = Path("results"),
    strict: Strict = False,
) -> None:
    """Run every program once on little data and check its answers; nothing is timed."""
    from .commands.check import check as run
    from .commands.request import build_request

    raise typer.Exit(run(build_request(workload, selection, data, results=results), strict=strict))


@add_command(
    app,
    "dfbench report --export-html report.html",
    "dfbench report results/groupby --fail-if 'memory(pandas) > 4GiB'",
)
def report(
    output: OutputOptions,
    results: ComparisonFolder = Path("results"),
    strict: Strict = False,
) -> None:
    """Rebuild the reports of a stored comparison, and print one."""
    from .commands.output import open_output
    from .commands.report import report as run

    raise typer.Exit(run(results, open_output(output), strict=strict))


@add_command(
    app,
    "dfbench diff results/groupby/OLD results/groupby/NEW",
    "dfbench diff OLD NEW --fail-if 'polars > 1.1 * baseline' --strict-gates",
)
def diff(
    old: ComparisonFolder,
    new: ComparisonFolder,
    output: OutputOptions,
    force: Annotated[
        bool,
        typer.Option("--force", help="Compare even if data, limits or machine differ."),
    ] = False,
) -> None:
    """Compare two stored comparisons: what became faster, slower, or failed."""
    from .commands.diff import diff as run
    from .commands.output import open_output

    raise typer.Exit(run(old, new, open_output(output), force=force))


@add_command(app, "dfbench history groupby", "dfbench history my.yaml --format csv")
def history(
    workload: Annotated[
        str, typer.Argument(help="The name of a workload, its file, or its folder of results.")
    ],
    results: ResultsFolder = Path("results"),
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="Print a table, jsonl or csv.",
            autocompletion=complete_word(HISTORY_FORMATS),
            rich_help_panel=OUTPUT,
        ),
    ] = "table",
) -> None:
    """Print all stored comparisons of a workload over time."""
    from .commands.history import history as run

    run(workload, results, form)


@add_command(app, "dfbench init sales.csv", "dfbench init data/sales.parquet --to sales.yaml")
def init(
    datafile: Annotated[Path, typer.Argument(help="Your data: Parquet, CSV, Arrow or Feather.")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="The workload file to write.")
    ] = None,
) -> None:
    """Write a first workload for your own data file; no file is overwritten."""
    from .commands.init import init as run

    run(datafile, to)


@add_command(
    app,
    "dfbench from slow.py --data sales.parquet -o slow.yaml",
    "dfbench from slow.py:total -v",
    name="from",
)
def from_code(
    code: Annotated[
        str, typer.Argument(help="FILE.py, FILE.py:FUNCTION, FILE.ipynb, or - for standard input.")
    ],
    data: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]FILE",
            help="The file of a frame that the code reads, by the frame's or the file's name.",
        ),
    ] = None,
    answer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Ask for this variable of the code.")
    ] = None,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Also list the code that no answer needs.")
    ] = False,
    to: Annotated[
        Path | None, typer.Option("-o", "--to", metavar="FILE", help="The workload file to write.")
    ] = None,
) -> None:
    """Write pandas code as a workload; nothing of the code is run."""
    from .commands.from_code import from_code as run

    raise typer.Exit(run(code, data or (), answer, verbose=verbose, to=to))


@add_command(app, "dfbench doctor", "dfbench doctor --results /data/results")
def doctor(results: ResultsFolder = Path("results")) -> None:
    """Describe what this machine can and cannot measure, and how to fix that."""
    from .commands.doctor import doctor as run

    run(results)


@add_command(
    app,
    "dfbench selftest groupby -e polars --comparisons 5",
    "dfbench selftest --stored results/groupby",
)
def selftest(
    selection: Selection,
    workload: WorkloadName = "groupby",
    comparisons: Annotated[int, typer.Option(min=1, help="Real self-comparisons.")] = 20,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds per self-comparison.")] = 2,
    results: ResultsFolder = Path("results"),
    stored: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Run nothing: use the rounds of this comparison."),
    ] = None,
) -> None:
    """Compare an engine with itself: how often are verdicts false on this machine?"""
    from .commands.request import build_request
    from .commands.selftest import check_verdicts
    from .commands.selftest import selftest as run

    if stored:
        raise typer.Exit(check_verdicts(stored, rounds))
    request = build_request(workload, selection, results=results)
    raise typer.Exit(run(request, comparisons, rounds))


@add_command(app, "dfbench open", "dfbench open results/groupby", name="open")
def open_report(results: ComparisonFolder = Path("results")) -> None:
    """Open the report of a comparison or sweep, or of the newest one, in the browser."""
    from .commands.open import open_report as run

    run(results)


@add_command(app, "dfbench schema > dfbench.schema.json", "dfbench schema | python -m json.tool")
def schema() -> None:
    """Print the JSON schema of workload files, for your editor."""
    from .commands.schema import schema as run

    run()


@add_command(
    plugin, "dfbench engine new duck", "dfbench engine new duck --to plugins/duck", name="new"
)
def engine_new(
    name: EngineName,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FOLDER", help="The folder of the package.")
    ] = None,
) -> None:
    """Write a package for an engine of your own: a working adapter and its test."""
    from .commands.engine import create_plugin

    create_plugin(name, to)


@add_command(
    plugin,
    "dfbench engine test duck --golden tests/golden",
    "dfbench engine test polars --badge polars.json",
    name="test",
)
def engine_test(
    name: EngineName,
    golden: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Compare with the reviewed programs in this folder."),
    ] = None,
    badge: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the summary as a badge's JSON to this file."),
    ] = None,
) -> None:
    """Run the conformance kit on an engine: answers, missing values, limits, threads, programs."""
    from .commands.engine import run_kit

    raise typer.Exit(run_kit(name, golden, badge))


@add_command(
    plugin,
    "dfbench engine golden duck tests/golden",
    "dfbench engine golden polars/in-memory programs",
    name="golden",
)
def engine_golden(
    name: EngineName,
    folder: Annotated[Path, typer.Argument(help="The folder of the programs to review.")],
) -> None:
    """Write an engine's programs for the shipped queries, and remove outdated ones."""
    from .commands.engine import save_golden

    save_golden(name, folder)


@add_command(env, "dfbench env list", "dfbench env list | grep pandas", name="list")
def env_list() -> None:
    """List the environments that exist, and the pins that ship with dfbench."""
    from .commands.env import print_environments

    print_environments()


@add_command(
    env, "dfbench env make pandas@3.1 polars@newest", "dfbench env make modin@newest", name="make"
)
def env_make(
    engine: Annotated[list[str], typer.Argument(help="Engines: pandas@3.1, polars@newest.")],
) -> None:
    """Make the environments of engines, so that comparisons need no network."""
    from .commands.env import make_environments

    make_environments(engine)


@add_command(env, "dfbench env prune", "dfbench env prune --all", name="prune")
def env_prune(
    everything: Annotated[
        bool, typer.Option("--all", help="Remove the environments of current pins too.")
    ] = False,
) -> None:
    """Remove unfinished environments, and those of pins that no longer ship."""
    from .commands.env import remove_environments

    remove_environments(everything=everything)


@add_command(app, "dfbench audit time.csv --json", "dfbench audit time.csv.gz --compute 0")
def audit(
    published: Annotated[Path, typer.Argument(help="The time.csv of db-benchmark, or its .gz.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one finding per line, as JSON.")
    ] = False,
    compute: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="ROWS",
            help="Compute the right answers on data sets of up to this many rows, once; "
            "0: compare the solutions with each other only.",
        ),
    ] = 10_000_000,
) -> None:
    """Find impossible entries in db-benchmark's published results."""
    from .commands.audit import audit as run

    raise typer.Exit(run(published, as_json=as_json, compute=compute))


@add_command(
    app, "dfbench fuzz -e polars --count 1000 --seed 7", "dfbench fuzz -e pandas,duckdb --most 5"
)
def fuzz(
    engine: Engines = None,
    count: Annotated[int, typer.Option(min=1, help="Workloads to run on every engine.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed draws the same workloads.")] = 0,
    most: Annotated[
        int, typer.Option(min=1, metavar="N", help="Stop after this many different answers.")
    ] = 20,
    folder: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder for the cases that differ.")
    ] = Path("results/fuzz"),
) -> None:
    """Run random workloads on random data; shrink and keep each case where answers differ."""
    from .commands.fuzz import run_fuzz

    raise typer.Exit(run_fuzz(engine or (), count, seed, folder, most))


@add_command(app, "dfbench page results -o site", "dfbench page results/groupby results/join")
def page(
    results: Annotated[
        list[Path], typer.Argument(help="Folders of results, comparisons or sweeps.")
    ],
    to: Annotated[
        Path,
        typer.Option("-o", "--to", metavar="FOLDER", help="The folder of the site."),
    ] = Path("site"),
) -> None:
    """Add comparisons to a static site: a table with filters, reports, curves and badges."""
    from .commands.page import write_page

    write_page(results, to)


@add_command(app, "dfbench words", "dfbench words split")
def words(
    word: Annotated[
        str | None, typer.Argument(help="A word, such as split; without one, all are listed.")
    ] = None,
) -> None:
    """Print the words of expressions, with an example and the engines that have them."""
    from .commands.words import print_words

    print_words(word)


@add_command(app, "dfbench docs", "dfbench docs gates")
def docs(
    page: Annotated[
        str | None, typer.Argument(help="A page; without one, all pages are listed.")
    ] = None,
) -> None:
    """Print a page of the documentation."""
    from .commands.docs import print_page

    print_page(page)


@add_command(app, "dfbench engines", "dfbench engines | grep polars")
def engines() -> None:
    """List the engines: installed versions, and how to install the missing ones."""
    from .commands.engines import list_engines

    list_engines()


@add_command(
    app,
    "dfbench data groupby --set dataset.rows=1e6",
    "dfbench data my.yaml --data 'sales/*.parquet'",
)
def data(workload: WorkloadName, setting: Settings = None, files: OwnFiles = None) -> None:
    """Make a workload's data and print its path."""
    from .commands.data import make_data
    from .commands.options import DataOptions, Selection
    from .commands.request import build_request

    selection = Selection(setting=setting)
    make_data(build_request(workload, selection, DataOptions(data=files)))


STOPPED = 130
RESUMABLE = {"compare", "floor", "sweep"}  # the commands with --resume


def main() -> None:
    """Run the command line; an error is a sentence and exit status 2, never a traceback."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores it
            signal.signal(number, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that is not UTF-8 shows ? for ×
            stream.reconfigure(errors="replace")
    try:
        app()
    except DfbenchError as error:
        from .storage.sanitize import sanitize

        sys.stderr.write(f"dfbench: {sanitize(str(error))}\n")
        sys.exit(2)
    except SystemExit as ended:
        if ended.code == STOPPED:  # typer exits so after Ctrl-C, without a word
            kept = (
                "; the runs that had ended are stored; continue with --resume, "
                "or begin again if there were none"
            )
            sys.stderr.write(
                f"\ndfbench: stopped{kept if RESUMABLE.intersection(sys.argv[1:2]) else ''}\n"
            )
        raise
    except BrokenPipeError:
        sys.exit(141)
