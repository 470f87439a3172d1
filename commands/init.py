"""`dfbench init`: write a first workload for the user's own data."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from ..datasets import first_workload
from ..datasets.cache import default_folder
from ..datasets.dataset import make_dataset
from ..datasets.text_encoding import EncodingError
from ..errors import DataError
from ..spec.workload import CsvFormat, Files


def init(datafile: Path, target: Path | None) -> None:
    """Write a first workload for a data file, named after it unless `target` is given.

    Raises DataError where the workload exists already.
    """
    target = target or _choose_target(datafile)
    if target.exists():
        raise DataError(first_workload.describe_existing(target, "--to"))
    files = Files((str(datafile),), Path.cwd())
    try:
        made = make_dataset(files, default_folder(os.environ))
    except EncodingError as error:
        files = replace(files, csv_format=CsvFormat(encoding=error.encoding))
        made = make_dataset(files, default_folder(os.environ))
    if first_workload.is_csv(datafile) and first_workload.has_decimal_commas(made):
        files = replace(files, csv_format=replace(files.csv_format, decimal=","))
        made = make_dataset(files, default_folder(os.environ))
    sys.stdout.write(first_workload.write_first_workload(datafile, made, target, files.csv_format))
    sys.stderr.write(f"written to {target}; next: dfbench check {target}\n")


def _choose_target(datafile: Path) -> Path:
    """Return a name that is free, or that of a workload for this very file."""
    stem, _, ending = datafile.name.partition(".")
    usual = Path(f"{stem or 'mine'}.yaml")
    if usual.is_file() and datafile.name not in usual.read_text(encoding="utf-8", errors="replace"):
        return Path(f"{usual.stem}-{ending.replace('.', '-') or 'data'}.yaml")
    return usual
