"""`dfbench audit`: find impossible entries in db-benchmark's published results."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ..audit.findings import audit as find
from ..audit.findings import write_lines
from ..audit.groups import Group, group, summarize
from ..audit.published import read
from ..audit.right_answers import compute_right_answers
from ..datasets.cache import default_folder


def audit(published: Path, *, as_json: bool, compute: int) -> int:
    """Print the findings about a published result file; return 1 if an answer is wrong, else 0.

    The right answers on data sets of up to `compute` rows are computed.
    """
    entries = read(published)
    names = {entry.data for entry in entries}
    computed = compute_right_answers(names, compute, default_folder(os.environ), _tell)
    findings = find(entries, computed)
    groups = group(findings)
    if as_json:
        sys.stdout.write(write_lines(findings))
    elif groups:
        _print(groups)
    _tell(summarize(groups))
    return 1 if any(finding.flag.wrong for finding in findings) else 0


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def _print(groups: tuple[Group, ...]) -> None:
    table = Table("what", "solution, question", "evidence", "data", box=None)
    table.header_style = "bold underline"
    for one in groups:
        table.add_row(one.flag.value, one.subject, one.evidence, one.data)
    Console().print(table)
