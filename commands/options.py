"""The options that commands share, each declared once; a group is a panel of the help page."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from .completion import complete_engine, complete_query, complete_word, complete_workload

WHAT = "What to run"
LIMITS = "Limits"
MEASURING = "Measuring"
ENVIRONMENTS = "Environments"
OUTPUT = "Output"
# What completion offers; each option's own reader refuses other words.
LOAD_MODES = ("memory", "scan", "both")
BACKENDS = ("cgroup2", "cgroup1", "watchdog", "none")
SECONDARY = ("auto", "all", "none")
FORMATS = ("table", "markdown", "json", "jsonl", "csv", "html")
SWEEP_FORMATS = ("table", "markdown", "json", "html")
HISTORY_FORMATS = ("table", "jsonl", "csv")

WorkloadName = Annotated[
    str,
    typer.Argument(
        help="A workload file, the name of a workload that ships with dfbench, or pandas code: "
        "FILE.py, FILE.py:FUNCTION, FILE.ipynb, or - for standard input.",
        autocompletion=complete_workload,
    ),
]
ComparisonFolder = Annotated[
    Path,
    typer.Argument(
        help="The folder of a comparison or sweep, or a results folder: then its newest one."
    ),
]
Engines = Annotated[
    list[str] | None,
    typer.Option(
        "-e",
        "--engine",
        metavar="ENGINE",
        help="Run only this engine, or several: pandas,polars; repeatable.",
        autocompletion=complete_engine,
        rich_help_panel=WHAT,
    ),
]
Queries = Annotated[
    list[str] | None,
    typer.Option(
        "-q",
        "--query",
        metavar="QUERY",
        help="Run only this query, or several: q1,q7; repeatable.",
        autocompletion=complete_query,
        rich_help_panel=WHAT,
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Override a value of the workload, such as dataset.rows=1e6; repeatable.",
        rich_help_panel=WHAT,
    ),
]
OwnFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--data",
        metavar="FILE",
        help="Read this file or glob instead of the workload's data; for code with several files, "
        "NAME=FILE; repeatable.",
        rich_help_panel=WHAT,
    ),
]
Baseline = Annotated[
    str | None,
    typer.Option(
        metavar="ENGINE",
        help="Baseline engine for ratios.",
        autocompletion=complete_engine,
        rich_help_panel=OUTPUT,
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume", help="Resume the latest comparison, sweep or search.", rich_help_panel=WHAT
    ),
]
ResultsFolder = Annotated[
    Path,
    typer.Option(
        "--results",
        metavar="FOLDER",
        help="Folder that stores comparisons.",
        rich_help_panel=OUTPUT,
    ),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Exit with status 3 if an engine failed or answered nothing, or an answer is "
        "unchecked.",
        rich_help_panel=OUTPUT,
    ),
]

ExportHtml = Annotated[
    str | None,
    typer.Option(
        "--export-html",
        metavar="FILE",
        help="Write the report as HTML; for every export, - is standard output.",
        rich_help_panel=OUTPUT,
    ),
]
ExportMarkdown = Annotated[
    str | None,
    typer.Option(
        "--export-markdown",
        metavar="FILE",
        help="Write the report as Markdown.",
        rich_help_panel=OUTPUT,
    ),
]
ExportJson = Annotated[
    str | None,
    typer.Option(
        "--export-json",
        metavar="FILE",
        help="Write the result as JSON.",
        rich_help_panel=OUTPUT,
    ),
]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of a workload runs, and with which values."""

    engine: Engines = None
    query: Queries = None
    setting: Settings = None
    program: Annotated[
        list[str] | None,
        typer.Option(
            "--program",
            metavar="NAME=FILE[:FUNCTION]",
            help="Compare a program of your own, or each in a folder (a FOLDER alone); repeatable.",
            rich_help_panel=WHAT,
        ),
    ] = None
    answer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="For code: answer this variable only.", rich_help_panel=WHAT
        ),
    ] = None
    no_python: Annotated[
        bool,
        typer.Option(
            "--no-python",
            help="Reject code, and workloads that contain Python functions, for files you do not "
            "trust.",
            rich_help_panel=WHAT,
        ),
    ] = False


@dataclass(frozen=True, slots=True)
class DataOptions:
    """Which data is read, and whether reading it is timed."""

    data: OwnFiles = None
    load: Annotated[
        str | None,
        typer.Option(
            "--load",
            metavar="MODE",
            help="Start timing with data in memory, with a scan of the file, or measure both: "
            "memory, scan or both.",
            autocompletion=complete_word(LOAD_MODES),
            rich_help_panel=WHAT,
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class LimitOptions:
    """What each engine's process tree may use."""

    memory: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help="Memory limit of each engine's process tree, such as 2GiB or 2G; in a floor "
            "search, the largest limit to try.",
            rich_help_panel=LIMITS,
        ),
    ] = None
    timeout: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Time limit of each process, such as 5min.",
            rich_help_panel=LIMITS,
        ),
    ] = None
    threads: Annotated[
        str | None,
        typer.Option(
            metavar="N", help="Threads and CPU cores of each engine.", rich_help_panel=LIMITS
        ),
    ] = None
    limit_backend: Annotated[
        str | None,
        typer.Option(
            "--limit-backend",
            metavar="NAME",
            help="How limits are enforced: cgroup2, cgroup1, watchdog or none.",
            autocompletion=complete_word(BACKENDS),
            rich_help_panel=LIMITS,
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class MeasureOptions:
    """How often each program runs."""

    runs: Annotated[
        str | None,
        typer.Option(metavar="N", help="Timed runs per process.", rich_help_panel=MEASURING),
    ] = None
    warmup: Annotated[
        str | None,
        typer.Option(
            metavar="N", help="Untimed warm-up runs per process.", rich_help_panel=MEASURING
        ),
    ] = None
    rounds: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Fresh processes per engine and query.",
            rich_help_panel=MEASURING,
        ),
    ] = None
    time_budget: Annotated[
        str | None,
        typer.Option(
            "--time-budget",
            metavar="TIME",
            help="Start no new round after this much time.",
            rich_help_panel=MEASURING,
        ),
    ] = None
    beside: Annotated[
        str | None,
        typer.Option(
            "--beside",
            metavar="MODE",
            help="Also measure break-even points, and probe capabilities: auto (break-even points "
            "of functions; probes for shipped workloads only), all or none.",
            autocompletion=complete_word(SECONDARY),
            rich_help_panel=MEASURING,
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class EnvironmentOptions:
    """Which Python environment runs each engine."""

    isolate: Annotated[
        bool,
        typer.Option(
            "--isolate",
            help="Run the newest version of each engine, in an environment of its own.",
            rich_help_panel=ENVIRONMENTS,
        ),
    ] = False
    interpreter: Annotated[
        str | None,
        typer.Option(
            "--python",
            metavar="PYTHON",
            help="Python interpreter for the engines: a name such as python3.13t, or a path.",
            rich_help_panel=ENVIRONMENTS,
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """In which forms a result is written, and which conditions it has to meet."""

    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="Print a table, markdown, json, jsonl, csv or html.",
            autocompletion=complete_word(FORMATS),
            rich_help_panel=OUTPUT,
        ),
    ] = "table"
    fail_if: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-if",
            metavar="CONDITION",
            help="Exit with status 1 if the condition holds for a query. CONDITION is ENGINE > "
            "NUMBER * baseline, or memory(ENGINE) > SIZE; < is the opposite; repeatable.",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    strict_gates: Annotated[
        bool,
        typer.Option(
            "--strict-gates",
            help="Exit with status 4 if noise or a failure leaves a --fail-if condition undecided.",
            rich_help_panel=OUTPUT,
        ),
    ] = False
    export_html: ExportHtml = None
    export_markdown: ExportMarkdown = None
    export_json: ExportJson = None
    export_jsonl: Annotated[
        str | None,
        typer.Option(
            "--export-jsonl",
            metavar="FILE",
            help="Write one JSON record per engine and query.",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    export_csv: Annotated[
        str | None,
        typer.Option(
            "--export-csv",
            metavar="FILE",
            help="Write one CSV line per engine and query.",
            rich_help_panel=OUTPUT,
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class SweepOutput:
    """In which forms a sweep is written."""

    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="Print a table, markdown, json or html.",
            autocompletion=complete_word(SWEEP_FORMATS),
            rich_help_panel=OUTPUT,
        ),
    ] = "table"
    export_html: ExportHtml = None
    export_markdown: ExportMarkdown = None
    export_json: ExportJson = None


def expand_groups(function: Callable[..., None]) -> Callable[..., None]:
    """Return a command with the fields of its option groups as parameters, each under its name.

    typer makes an option of each parameter and knows no groups. A parameter whose type is a
    dataclass is replaced by the fields of that class, which is built again when the command runs.
    """
    hints = get_type_hints(function, localns=globals(), include_extras=True)
    groups: dict[str, Any] = {n: hint for n, hint in hints.items() if is_dataclass(hint)}

    def run_command(**values: Any) -> None:  # noqa: ANN401 - whatever types the options have
        built = {
            name: group(**{field.name: values.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        function(**built, **values)

    expanded = [
        parameter
        for name, given in inspect.signature(function).parameters.items()
        for parameter in (
            _list_parameters(groups[name])
            if name in groups
            else [given.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)]
        )
    ]
    run_command.__doc__, run_command.__name__ = function.__doc__, function.__name__
    run_command.__signature__ = inspect.Signature(expanded)  # type: ignore[attr-defined]
    run_command.__annotations__ = {parameter.name: parameter.annotation for parameter in expanded}
    return run_command


@cache  # several commands share a group
def _list_parameters(group: Any) -> list[inspect.Parameter]:  # noqa: ANN401 - a class, not an instance
    hints = get_type_hints(group, include_extras=True)
    return [
        given.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
        for name, given in inspect.signature(group).parameters.items()
    ]
