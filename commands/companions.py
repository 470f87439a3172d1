"""What the commands beside `compare` do: history, init, doctor, selftest, open and schema."""

from __future__ import annotations

import os
import sys
import webbrowser
from dataclasses import replace
from pathlib import Path

from ..comparison import session
from ..comparison.session import Request
from ..datasets import first_workload
from ..datasets.cache import default_folder
from ..datasets.dataset import make_dataset
from ..engines import engines, install_command, missing
from ..errors import DataError, DfbenchError, EngineError, ResultsError
from ..execution import doctor as examination
from ..report import export
from ..report import history as histories
from ..report import selftest as selftests
from ..report.formats import Format
from ..report.progress import Progress
from ..report.rebuild import reported
from ..spec import json_schema
from ..spec.workload import CsvFormat, Files, Workload
from ..storage.folder import comparisons, newest, read

TESTED = 5  # questions: enough to borrow each other's spread, few enough to be short


def history(workload: str, results: Path, form: str) -> None:
    """Print all comparisons of a workload, named by itself, its file or its folder of results."""
    if form not in {Format.TABLE, Format.JSONL, Format.CSV}:
        raise DfbenchError(f"--format {form}: a history is a table, jsonl or csv")
    given = Path(workload)
    found = comparisons(*((given.parent, given.name) if given.is_dir() else (results, given.stem)))
    if not found:
        raise ResultsError(f"{results}: no comparison of {workload} is stored here")
    told = histories.build([read(path) for path in found])
    match form:
        case Format.JSONL:
            sys.stdout.write(export.lines(histories.records(told)))
        case Format.CSV:
            sys.stdout.write(export.separated(histories.records(told)))
        case _:
            sys.stdout.write(histories.render(told))


def init(datafile: Path, target: Path) -> None:
    """Write a first workload for a data file, and say what to do with it."""
    if target.exists():
        raise DataError(f"{target}: there already, and kept; write elsewhere by --to FILE")
    files = Files((str(datafile),), Path.cwd())
    made = make_dataset(files, default_folder(os.environ))
    if {".csv", ".tsv"} & set(datafile.suffixes) and first_workload.has_decimal_commas(made):
        files = replace(files, csv_format=CsvFormat(decimal=","))
        made = make_dataset(files, default_folder(os.environ))
    sys.stdout.write(first_workload.write_first_workload(datafile, made, target, files.csv_format))
    sys.stderr.write(f"written to {target}; next: dfbench check {target}\n")


def doctor(results: Path) -> None:
    """Print what this machine can and cannot measure."""
    lacking = {e.name: install_command(e) for e in engines().values() if missing(e)}
    found = examination.check_machine(default_folder(os.environ), results, lacking)
    sys.stdout.write(examination.render(found))


def selftest(request: Request, count: int, rounds: int) -> int:
    """Compare an engine with itself by real runs; give 1 where verdicts err too often."""
    narrowed = request if request.engines else replace(request, engines=_usual_engines())
    chosen = narrowed if request.queries else replace(narrowed, queries=_first(narrowed.read()))
    most = selftests.needed(len(chosen.engines) * len(chosen.queries), count, rounds)
    needed = {"measure.rounds": str(most), "measure.budget": "null"}
    asked = replace(chosen, overrides={**chosen.overrides, **needed})
    return selftest_stored(session.compare(asked, Progress(0)).path, rounds)


def selftest_stored(path: Path, rounds: int) -> int:
    """Test verdicts on the rounds of a comparison; give 1 where they err too often."""
    found = selftests.build(read(newest(path)), rounds)
    sys.stdout.write(selftests.render(found))
    return 0 if found.passed else 1


def open_report(path: Path) -> None:
    """Open a comparison's report in the browser, and print where it is."""
    page = (newest(path) / "report.html").absolute()
    if not page.exists():
        reported(page.parent)
    webbrowser.open(page.as_uri())
    sys.stdout.write(f"{page}\n")


def schema() -> None:
    """Print the JSON schema of workload files."""
    sys.stdout.write(json_schema.written())


def _usual_engines() -> tuple[str, ...]:
    """Return engines that start fast: several, as a single round borrows another's spread."""
    here = [engine.name for engine in engines().values() if not missing(engine)]
    if not here:
        raise EngineError("no engine is installed; make install adds all")
    return tuple(name for name in ("pandas", "polars", "duckdb") if name in here) or (here[0],)


def _first(workload: Workload) -> tuple[str, ...]:
    return tuple(query.name for query in workload.queries[:TESTED])
