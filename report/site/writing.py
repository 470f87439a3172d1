"""A site on disk: written beside what is there already, and over nothing that is not its own.

site/
    index.html                  the table of all comparisons
    reports/<key>.html          each comparison's report
    sweeps/<key>.html           each sweep's curves
    badges/<workload>-<size>-<engine>.svg
    dfbench-site.json           what is on the page, and which files dfbench wrote
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ...errors import ResultsError
from ...storage import files, folder, sweeps
from .. import build, html
from ..sweeps.build import build as build_sweep
from ..sweeps.charts import draw
from ..sweeps.model import PointLink, SweepView
from .entries import (
    digest_folder,
    find_comparisons,
    find_sweeps,
    make_entry,
    make_key,
    make_sweep_entry,
)
from .model import Entry, SiteIndex, SweepEntry, read_entry, read_sweep
from .pages import REPORTS, SWEEPS, render_badges, render_index

INDEX, PAGE, LOCK = "dfbench-site.json", "index.html", ".dfbench-site.lock"
SCHEMA_VERSION = 1
OPTION = "-o DIR"


@dataclass(frozen=True, slots=True)
class SiteSummary:
    """What a run did to a site: comparisons that were added, and all that it shows."""

    page: Path
    added: int
    total: int


def write_site(results: Sequence[Path], site: Path) -> SiteSummary:
    """Add the comparisons and sweeps below some paths to a site, made where it is not there yet.

    Raises ResultsError for a path without comparisons, a file that dfbench did not write, and
    while another process writes the same site.
    """
    found = find_comparisons(results)
    with files.report_errors(site, OPTION):
        site.mkdir(parents=True, exist_ok=True)
    with _lock(site):
        before = _read_index(site)
        writer = _SiteWriter(site, set(before.files))
        index = SiteIndex(dict(before.entries), dict(before.sweeps), writer.own)
        try:
            _add_all(results, found, writer, index)
        finally:
            _write_index(site, index)
        return SiteSummary(
            site / PAGE, len(index.entries) - len(before.entries), len(index.entries)
        )


def _add_all(
    results: Sequence[Path], found: Sequence[Path], writer: _SiteWriter, index: SiteIndex
) -> None:
    keys = {path: _add_comparison(path, writer, index.entries) for path in found}
    for path in find_sweeps(results):
        _add_sweep(path, writer, index.sweeps, keys)
    for name, text in render_badges(index):
        writer.write(name, text)
    writer.write(PAGE, render_index(index))


@dataclass(frozen=True, slots=True)
class _SiteWriter:
    """Writes the files of a site, and none over a file that dfbench did not write.

    `own` are the files that it wrote, now and before.
    """

    site: Path
    own: set[str]

    def write(self, name: str, text: str) -> None:
        path = self.site / name
        if name not in self.own and _differs(path, text):
            raise _make_foreign_error(path)
        with files.report_errors(path, OPTION):
            path.parent.mkdir(exist_ok=True)
        files.write(path, text)
        self.own.add(name)


def _differs(path: Path, text: str) -> bool:
    """Return whether something else lies at a path; a killed run may have left the same text."""
    if not path.exists() and not path.is_symlink():
        return False
    return not path.is_file() or path.read_bytes() != text.encode()


def _add_comparison(path: Path, writer: _SiteWriter, entries: dict[str, Entry]) -> str:
    """Add a comparison, unless the site has it as it is; return its key."""
    head, _ = folder.read_head(path)
    key, digest = make_key(path, head.workload, folder.HEAD), digest_folder(path)
    if key in entries and entries[key].digest == digest:
        return key
    stored = folder.read(path)
    view = build.build(stored)
    writer.write(f"{REPORTS}/{key}.html", html.render(view))
    entries[key] = make_entry(key, digest, stored, view)
    return key


def _add_sweep(
    path: Path, writer: _SiteWriter, entries: dict[str, SweepEntry], keys: Mapping[Path, str]
) -> None:
    stored = sweeps.read(path)
    key = make_key(path, stored.head.workload, sweeps.HEAD)
    view = _link_reports(build_sweep(stored), path, keys)
    text = html.render_page("sweep.html.jinja", view=view, charts=draw(view))
    writer.write(f"{SWEEPS}/{key}.html", text)
    entries[key] = make_sweep_entry(key, stored.head.began, view)


def _link_reports(view: SweepView, path: Path, keys: Mapping[Path, str]) -> SweepView:
    """Return a sweep's view whose points lead to their reports in the site."""
    points = (
        PointLink(point.text, point.folder, f"../{REPORTS}/{key}.html")
        for point in view.points
        if (key := keys.get(path / point.folder))
    )
    return replace(view, points=tuple(points))


@contextmanager
def _lock(site: Path) -> Iterator[None]:
    """Hold a site alone; ResultsError where another process holds it."""
    path = site / LOCK
    with files.report_errors(path, OPTION):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ResultsError(
            f"{site}: another `dfbench page` is writing here; run this one when it has ended"
        ) from None
    finally:
        os.close(handle)


def _read_index(site: Path) -> SiteIndex:
    if not (site / INDEX).exists():
        _check_new(site / PAGE)
        return SiteIndex({}, {}, set())
    record = folder.read_record(site / INDEX, "the index of a site")
    if record.get("schema_version") != SCHEMA_VERSION:
        raise _make_index_error(site, f"schema version {record.get('schema_version')!r}")
    try:
        return SiteIndex(
            _index_by_key(record["entries"], read_entry),
            _index_by_key(record["sweeps"], read_sweep),
            set(map(str, record["files"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _make_index_error(site, repr(error)) from error


def _check_new(page: Path) -> None:
    """Raise ResultsError for a page that dfbench did not write, before any file is written.

    A run that was killed may have left a page without an index.
    """
    if page.is_symlink() or (page.exists() and b"dfbench" not in page.read_bytes()):
        raise _make_foreign_error(page)


def _make_foreign_error(path: Path) -> ResultsError:
    return ResultsError(
        f"{path}: dfbench did not write this file and does not overwrite it; "
        "choose another folder with `-o`"
    )


def _index_by_key(records: Sequence[Mapping[str, Any]], read: Callable[..., Any]) -> dict[str, Any]:
    return {entry.key: entry for entry in map(read, records)}


def _make_index_error(site: Path, why: str) -> ResultsError:
    return ResultsError(
        f"{site / INDEX}: cannot be read as the index of a site ({why}); choose another folder "
        "with `-o`"
    )


def _write_index(site: Path, index: SiteIndex) -> None:
    record = {
        "schema_version": SCHEMA_VERSION,
        "entries": [asdict(index.entries[key]) for key in sorted(index.entries)],
        "sweeps": [asdict(index.sweeps[key]) for key in sorted(index.sweeps)],
        "files": sorted(index.files),
    }
    files.write(site / INDEX, files.to_json(record) + "\n")
