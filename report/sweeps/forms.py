"""A sweep as text for a terminal, as Markdown, as HTML, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import assert_never

from ...errors import DfbenchError
from .. import html, markdown, terminal
from ..formats import Format
from .charts import draw
from .model import SweepView


def render(view: SweepView, form: Format) -> str:
    """Return a sweep in a form; DfbenchError for one that sweeps do not have."""
    match form:
        case Format.TABLE:
            return terminal.render_sections(
                _write_title(view), view.sentences, view.warnings, view.stories
            )
        case Format.MARKDOWN:
            return "\n".join(_list_markdown(view))
        case Format.HTML:
            return html.render_page("sweep.html.jinja", view=view, charts=draw(view))
        case Format.JSON:
            return json.dumps(asdict(view), ensure_ascii=False, indent=2) + "\n"
        case Format.JSONL | Format.CSV:
            raise _make_error(form)
        case other:
            assert_never(other)


def check_form(form: Format) -> None:
    """Raise DfbenchError for a form that sweeps do not have."""
    if form in {Format.JSONL, Format.CSV}:
        raise _make_error(form)


def _make_error(form: Format) -> DfbenchError:
    return DfbenchError(
        f"--format {form}: expected one of: table, markdown, html, json; `dfbench report` on the "
        "folder of a point has the others"
    )


def render_notebook(view: SweepView) -> str:
    """Return the sentences, the curves and the crossovers, for a notebook."""
    return html.render_page("sweep_notebook.jinja", view=view, charts=draw(view))


def _write_title(view: SweepView) -> str:
    return f"{view.workload} over {view.axis} · {view.setting}".rstrip(" ·")


def _list_markdown(view: SweepView) -> Iterator[str]:
    yield from (f"## {markdown.escape(_write_title(view))}", "")
    yield from (f"- {markdown.escape(sentence)}" for sentence in view.sentences)
    yield from (f"- **Warning:** {markdown.escape(warning)}" for warning in view.warnings)
    yield ""
    for story in view.stories:
        yield from markdown.write_story(story, "###")
    yield from ("Reproduce:", "", markdown.write_fence(view.command, "sh"), "")
