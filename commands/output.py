"""From the options of a command line to where its result goes."""

from __future__ import annotations

from ..report.formats import Format
from ..report.output import ReportOutput, prepare
from .options import OutputOptions


def open_output(options: OutputOptions) -> ReportOutput:
    """Return where a result goes; every file is opened once, so that nothing runs in vain.

    Raises DfbenchError for an unknown format or condition, ResultsError for an unwritable file.
    """
    files = {
        Format.HTML: options.export_html,
        Format.MARKDOWN: options.export_markdown,
        Format.JSON: options.export_json,
        Format.JSONL: options.export_jsonl,
        Format.CSV: options.export_csv,
    }
    return prepare(options.form, options.fail_if or (), files, strict_gates=options.strict_gates)
