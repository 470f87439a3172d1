"""Where a story goes when it is known: standard output, files, and the conditions it must meet."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import DfbenchError, ResultsError
from ..storage.files import replace
from . import diff_formats, export, gates, terminal
from .diff import Diff
from .formats import Format
from .gates import Gate, GateFindings
from .model import View
from .sweeps import forms as sweep_forms
from .sweeps.model import SweepView

STANDARD = "-"


@dataclass(frozen=True, slots=True)
class ReportOutput:
    """How a story is printed, which files get it too, and what makes the command fail.

    With `strict_gates`, a condition that is not decided fails it too.
    """

    form: Format = Format.TABLE
    gates: tuple[Gate, ...] = ()
    files: tuple[tuple[Format, str], ...] = ()
    strict_gates: bool = False

    def check(self, engines: Sequence[str]) -> None:
        """Raise DfbenchError for a condition on an engine that will not be compared."""
        for gate in self.gates:
            gates.check(gate, engines)

    def tell(self, story: View | Diff) -> GateFindings:
        """Print and export a story; return what its conditions find in it."""
        self.write(story)
        seen = gates.of_view(story) if isinstance(story, View) else gates.of_diff(story)
        return gates.evaluate(self.gates, seen)

    def write(self, story: View | Diff | SweepView) -> None:
        """Print and export a story."""
        # A file that is standard output takes the table's place: a program reads it.
        if not any(name == STANDARD for _, name in self.files):
            _print(story, self.form)
        for form, name in self.files:
            _export(name, render(story, form))


def prepare(
    form: str,
    conditions: Iterable[str],
    files: Mapping[Format, str | None],
    *,
    strict_gates: bool = False,
) -> ReportOutput:
    """Read what a command line asks for, and open each file once, before anything runs.

    Raises DfbenchError for a form or condition that is none, ResultsError for a file that cannot
    be written.
    """
    if form not in set(Format):
        raise DfbenchError(f"--format {form}: unknown format; expected one of: {', '.join(Format)}")
    wanted = tuple((kind, name) for kind, name in files.items() if name is not None)
    if sum(name == STANDARD for _, name in wanted) > 1:
        raise DfbenchError(
            "only one --export can write to standard output; name files for the others"
        )
    for _, name in wanted:
        if name != STANDARD:
            _try_out(Path(name))
    read = tuple(gates.read(one) for one in conditions)
    return ReportOutput(Format(form), read, wanted, strict_gates)


def render(story: View | Diff | SweepView, form: Format) -> str:
    """Return a story in a form."""
    match story:
        case View():
            return export.render(story, form)
        case SweepView():
            return sweep_forms.render(story, form)
        case Diff():
            return diff_formats.render(story, form)


def _print(story: View | Diff | SweepView, form: Format) -> None:
    if form is Format.TABLE and isinstance(story, View):
        terminal.show(story)
    else:
        sys.stdout.write(render(story, form))


def _try_out(path: Path) -> None:
    """Open a file for writing and leave everything as it was."""
    there = path.exists()
    try:
        path.open("a").close()
    except OSError as error:
        raise _make_error(path, error) from error
    if not there:
        path.unlink()


def _export(name: str, text: str) -> None:
    if name == STANDARD:
        sys.stdout.write(text)
        return
    path = Path(name)
    try:
        if path.is_file() or not path.exists():
            replace(path, text)
        else:
            path.write_text(text, encoding="utf-8")  # a pipe or a device, which nothing replaces
    except OSError as error:
        raise _make_error(path, error) from error


def _make_error(path: Path, error: OSError) -> ResultsError:
    return ResultsError(
        f"{path}: cannot be written ({error.strerror or error}); "
        "name another file, or - for standard output"
    )
