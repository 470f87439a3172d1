"""`dfbench audit`: find impossible entries in db-benchmark's published results."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ..audit import findings as auditing
from ..audit.published import read


def audit(published: Path, *, as_json: bool) -> int:
    """Print the findings about a published result file; return 1 if an answer is wrong, else 0."""
    findings = auditing.audit(read(published))
    if as_json:
        sys.stdout.write(auditing.lines(findings))
    elif findings:
        table = Table("what", "where", "evidence", box=None, header_style="bold underline")
        for finding in findings:
            table.add_row(finding.flag.value, finding.where, finding.evidence)
        Console().print(table)
    wrong = sum(finding.flag.wrong for finding in findings)
    sys.stderr.write(f"{len(findings)} findings, {wrong} of them impossible answers\n")
    return 1 if wrong else 0
