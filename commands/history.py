"""`dfbench history`: print all stored comparisons of a workload over time."""

from __future__ import annotations

import sys
from pathlib import Path

from ..errors import DfbenchError, ResultsError
from ..report import export
from ..report import history as histories
from ..report.formats import Format
from ..storage.folder import list_comparisons, read


def history(workload: str, results: Path, form: str) -> None:
    """Print all comparisons of a workload, given by name, by file or by its folder of results.

    Raises DfbenchError for a form other than table, jsonl or csv, ResultsError for none stored.
    """
    if form not in {Format.TABLE, Format.JSONL, Format.CSV}:
        raise DfbenchError(f"--format {form}: expected one of: table, jsonl, csv")
    given = Path(workload)
    found = list_comparisons(
        *((given.parent, given.name) if given.is_dir() else (results, given.stem))
    )
    timed = [stored for path in found if not (stored := read(path)).head.is_check]
    if not timed:
        raise ResultsError(f"{results}: no comparison of {workload} is stored here")
    built = histories.build(timed)
    match form:
        case Format.JSONL:
            sys.stdout.write(export.write_lines(histories.list_records(built)))
        case Format.CSV:
            sys.stdout.write(export.format_csv(histories.list_records(built)))
        case _:
            sys.stdout.write(histories.render(built))
