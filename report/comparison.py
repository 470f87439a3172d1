"""A stored comparison in a notebook: it shows itself, its figures, programs and report."""

from __future__ import annotations

import html as escaping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ResultsError
from ..storage import folder
from ..storage.folder import StoredComparison
from . import build, export, html, markdown, terminal
from .model import View

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class ProgramText:
    """A program as it was run; it shows itself highlighted, and `str()` is the text alone."""

    engine: str
    query: str
    text: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from pygments import highlight  # only a notebook needs it  # noqa: PLC0415
        from pygments.formatters import HtmlFormatter  # noqa: PLC0415
        from pygments.lexers import PythonLexer  # noqa: PLC0415

        name = escaping.escape(f"{self.engine} {self.query}")
        code = highlight(self.text, PythonLexer(), HtmlFormatter(noclasses=True, style="friendly"))
        return f"<p>{name}</p>{code}"


class Comparison:
    """A comparison read from its folder; nothing is written, and nothing runs."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    @cached_property
    def stored(self) -> StoredComparison:
        """Return the head, runs and agreements as they are stored."""
        return folder.read(self.path)

    @cached_property
    def view(self) -> View:
        """Return what all reports show."""
        return build.build(self.stored)

    def __repr__(self) -> str:
        return terminal.render(self.view)

    def _repr_html_(self) -> str:
        return html.render_fragment(self.view)

    def to_frame(self) -> pandas.DataFrame:
        """Return a row an engine and question: times in seconds, memory in bytes."""
        import pandas as pd  # an engine, so perhaps not installed  # noqa: PLC0415

        return pd.DataFrame(list(export.list_records(self.view)))

    def program(self, engine: str, query: str) -> ProgramText:
        """Return the program that an engine ran for a question; ResultsError if there is none."""
        text = self.stored.programs.get((engine, query))
        if text is None:
            there = ", ".join(f"{one} {other}" for one, other in self.stored.programs) or "none"
            raise ResultsError(
                f"{self.path}: no program of {engine} for {query}; expected one of: {there}"
            )
        return ProgramText(engine, query, text)

    def report(self) -> str:
        """Return the report as Markdown."""
        return markdown.render(self.view)
