"""The pages of a site: the table of all comparisons, and the badges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...storage.folder import make_safe_name
from .. import html
from .badges import make_badge
from .history import build_histories
from .model import EngineEntry, Entry, SiteIndex

REPORTS, SWEEPS, BADGES = "reports", "sweeps", "badges"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of the table: an engine of a comparison."""

    entry: Entry
    engine: EngineEntry
    badge: str


def render_index(index: SiteIndex) -> str:
    """Return the page with the table of all comparisons; it reads without script.

    The newest day is first, and within a day each workload from its smallest size to its largest.
    """
    entries = sorted(index.entries.values(), key=lambda e: (e.workload, e.size, e.settings, e.key))
    entries.sort(key=lambda e: e.began, reverse=True)
    badges = dict(render_badges(index))
    rows = [
        TableRow(entry, engine, path if (path := name_badge(entry, engine)) in badges else "")
        for entry in entries
        for engine in entry.engines
    ]
    swept = sorted(index.sweeps.values(), key=lambda s: (s.began, s.key), reverse=True)
    histories = build_histories(index.entries.values())
    return html.render_page(
        "site.html.jinja", rows=rows, sweeps=swept, histories=histories, count=len(entries)
    )


def render_badges(index: SiteIndex) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each badge; the newest comparison of a size has it."""
    newest: dict[str, str] = {}
    for entry in sorted(index.entries.values(), key=lambda e: (e.began, e.key)):
        for engine in entry.engines:
            if badge := make_badge(entry, engine):
                text = html.render_page("badge.svg.jinja", badge=badge)
                newest[name_badge(entry, engine)] = text
    yield from newest.items()


def name_badge(entry: Entry, engine: EngineEntry) -> str:
    """Return the path of an engine's badge."""
    workload = entry.key.rpartition("-")[0]
    names = (entry.settings.replace(" ", "").replace(",", "-"), engine.engine)
    parts = (workload, str(entry.size), *(make_safe_name(name)[:100] for name in names if name))
    return f"{BADGES}/{'-'.join(parts)}.svg"
