"""From stored comparisons and sweeps to what a site keeps of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ...errors import ResultsError
from ...storage import folder, sweeps
from ...storage.folder import StoredComparison
from ...storage.records import Head
from .. import statistics
from ..build import NOT_RUN
from ..model import Cell, EngineSummary, Row, Verdict, View
from ..sweeps.model import SweepView
from ..verdicts import Material, collect, judge_over
from .model import EngineEntry, Entry, Share, SweepEntry

GIB = 2**30
CHECKED, UNCHECKED, WRONG = "all answers checked", "some answers unchecked", "wrong answers"
DATA = ("dataset", "dataset.files")
SHOWN = ("dataset.rows", "tasks.count", "measure.")  # as the size, the load mode, the verdict
PARTS = (folder.HEAD, folder.RUNS, folder.AGREEMENT)


def find_comparisons(results: Sequence[Path]) -> tuple[Path, ...]:
    """Return the folders of all timed comparisons at or below some paths, oldest name first.

    Checks are left out: they time nothing. Raises ResultsError for a path without a comparison.
    """
    found = _find(results, folder.HEAD)
    timed = tuple(path for path in found if not folder.read_head(path)[0].is_check)
    if not timed:
        names = ", ".join(map(str, results))
        raise ResultsError(
            f"{names}: only checks are stored here, which time nothing; run `dfbench compare`"
        )
    return timed


def find_sweeps(results: Sequence[Path]) -> tuple[Path, ...]:
    """Return the folders of all sweeps at or below some paths."""
    found = (path.parent for root in results for path in root.glob(f"**/{sweeps.HEAD}"))
    return tuple(sorted(dict.fromkeys(found)))


def _find(results: Sequence[Path], head: str) -> tuple[Path, ...]:
    found: dict[Path, None] = {}
    for root in results:
        own = sorted(path.parent for path in root.glob(f"**/{head}"))
        if not own:
            raise ResultsError(f"{root}: no comparison is stored here; name a folder of results")
        found |= dict.fromkeys(own)
    return tuple(found)


def make_key(path: Path, workload: str, head: str) -> str:
    """Return the name of a comparison's or sweep's page, from its head, wherever its folder is."""
    digest = hashlib.sha256((path / head).read_bytes()).hexdigest()[:10]
    return f"{folder.make_safe_name(workload)[:80]}-{digest}"


def digest_folder(path: Path) -> str:
    """Return the digest of all that a comparison's report is made from."""
    found = hashlib.sha256()
    for name in PARTS:
        if (path / name).is_file():
            found.update((path / name).read_bytes())
    return found.hexdigest()


def make_entry(key: str, digest: str, stored: StoredComparison, view: View) -> Entry:
    """Return what a site keeps of a comparison."""
    head = stored.head
    size, unit = _find_size(head.measure, head.dataset)
    return Entry(
        key=key,
        digest=digest,
        workload=view.workload,
        source=hashlib.sha256(head.source.encode()).hexdigest()[:10],
        size=size,
        unit=unit,
        load=str(head.measure.get("load", "memory")),
        machine=_describe_machine(head.machine),
        began=view.began[:10],
        baseline=view.baseline,
        checked=_describe_checks(view),
        engines=_make_engines(stored, view),
        settings=_describe_settings(head),
    )


def make_sweep_entry(key: str, began: str, view: SweepView) -> SweepEntry:
    """Return what a site keeps of a sweep."""
    return SweepEntry(key, view.workload, view.axis, began[:10], view.sentences)


def _find_size(measure: Mapping[str, object], dataset: Mapping[str, object]) -> tuple[int, str]:
    rows = dataset.get("rows")
    if isinstance(rows, int) and rows:
        return rows, "rows"
    sizes = measure.get("sizes")
    counts = [n for n in sizes.values() if isinstance(n, int)] if isinstance(sizes, dict) else []
    return max(counts, default=0), "tasks"


def _describe_settings(head: Head) -> str:
    """Return what was set of a workload, but for its size and how it was measured.

    Other data has its name: the setting is a path, or a dataset in JSON.
    """
    name = str(head.dataset.get("name", ""))
    values = {**head.overrides, **{key: name for key in DATA if key in head.overrides}}
    kept = sorted(item for item in values.items() if not item[0].startswith(SHOWN))
    return ", ".join(f"{key.rpartition('.')[2]} = {text}" for key, text in kept)


def _describe_machine(machine: Mapping[str, object]) -> str:
    cores, memory, cpu = (machine.get(name) for name in ("cores", "memory", "cpu"))
    size = f"{memory / GIB:.0f} GiB" if isinstance(memory, int) else ""
    parts = (str(cpu) if cpu else "", f"{cores} cores" if cores else "", size)
    return ", ".join(part for part in parts if part) or "unknown"


def _describe_checks(view: View) -> str:
    words = {cell.word for row in view.rows for cell in row.cells}
    if any(word.startswith("wrong") for word in words):
        return WRONG
    return UNCHECKED if any(row.unchecked for row in view.rows) else CHECKED


def _make_engines(stored: StoredComparison, view: View) -> tuple[EngineEntry, ...]:
    timed = collect(stored, statistics.read_cold), collect(stored, statistics.load)
    return tuple(_make_engine(view, column, *timed) for column in view.columns)


def _make_engine(view: View, column: EngineSummary, cold: Material, load: Material) -> EngineEntry:
    name, hot = column.engine, column.overall
    pairs = list(_pair_cells(view.rows, name, view.baseline))
    cells = [cell for row in view.rows for cell in row.cells if cell.engine == name]
    bad = [f"{c.query}: {c.word}" for c in cells if not c.ok and c.word != NOT_RUN]
    return EngineEntry(
        engine=name,
        version=column.version,
        hot=Share(hot.value, str(hot.verdict)) if hot else None,
        cold=_judge(pairs, cold),
        load=_judge(pairs, load),
        peak=column.peak,
        answered=column.answered,
        asked=column.asked,
        failures=tuple(bad),
        times={cell.query: cell.time for cell in cells if cell.ok and cell.time},
    )


def _pair_cells(rows: Sequence[Row], engine: str, baseline: str) -> Iterator[tuple[Cell, Cell]]:
    """Yield an engine's and the baseline's cells of the questions that both answered."""
    for row in rows:
        cells = {cell.engine: cell for cell in row.cells if cell.ok}
        if engine in cells and baseline in cells:
            yield cells[engine], cells[baseline]


def _judge(pairs: Sequence[tuple[Cell, Cell]], material: Material) -> Share | None:
    """Compare an engine with the baseline, by another time than that of hot runs."""
    ratio = judge_over(pairs, material)
    if ratio is None:
        return None
    (own, base), *_ = pairs
    same = own.engine == base.engine
    return Share(ratio.value, str(Verdict.BASELINE if same else ratio.verdict))
