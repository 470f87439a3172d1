"""A comparison on disk: written run by run, read back whatever became of it.

results/<workload>/<time>-<n>/
    comparison.json             the head: what was compared, on what, under which limits
    runs.jsonl                  one line a run, on the disk before the next run begins
    agreement.jsonl             one line a question whose answers were checked
    runs.parquet                the same runs as one table, when all have ended
    programs/<engine>/<query>.py
    report.md, report.html
    tenth/                      the same at a tenth of its size, where break-evens are told
"""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, Field, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from ..errors import ResultsError
from .files import append_record, read_lines, report_errors, to_json, write
from .records import SCHEMA_VERSION, Agreement, Disagreement, Head, Outcome, Run
from .sanitize import sanitize, sanitize_json

HEAD = "comparison.json"
TENTH, TENTH_HEAD = "tenth", "tenth.json"  # what has another head is no comparison of its own
RUNS = "runs.jsonl"
AGREEMENT = "agreement.jsonl"
TABLE = "runs.parquet"
PROGRAMS = "programs"
# No run has more bytes or seconds; what is larger was not measured, and overflows in a chart.
MOST = 1e18
SEVERAL = {"warmups", "hot", "workers"}  # what a run has several numbers of


def make_safe_name(name: str) -> str:
    """Return a name as one component of a path.

    >>> make_safe_name("polars/in-memory"), make_safe_name("pandas+numba"), make_safe_name("../x")
    ('polars-in-memory', 'pandas-numba', '-x')
    """
    return re.sub(r"[^\w.@=-]", "-", name).lstrip(".") or "-"


@dataclass(frozen=True, slots=True)
class Folder:
    """One comparison's folder, to be written to."""

    path: Path

    def append(self, run: Run) -> None:
        """Add a run; it is on the disk when this returns."""
        append_record(self.path / RUNS, run.to_dict())

    def append_agreement(self, agreement: Agreement) -> None:
        """Add what the check of one question found; it is on the disk when this returns."""
        append_record(self.path / AGREEMENT, asdict(agreement))

    def write_program(self, engine: str, query: str, text: str) -> str:
        """Store a program and give its path, relative to the folder."""
        relative = build_program_path(engine, query)
        path = self.path / relative
        with report_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        write(path, text)
        return relative

    def write_report(self, name: str, text: str) -> Path:
        """Store a report beside the runs it was made from and return its path."""
        write(self.path / name, text)
        return self.path / name

    def finish(self) -> Path:
        """Write all runs as one Parquet table and return its path."""
        from .runs_table import write_table  # pyarrow takes 0.2 s  # noqa: PLC0415

        path = self.path / TABLE
        write_table(path, read(self.path).runs)
        return path


@dataclass(frozen=True, slots=True)
class StoredComparison:
    """A comparison read back; `warnings` say what could not be read, or was strange."""

    path: Path
    head: Head
    runs: tuple[Run, ...]
    agreements: tuple[Agreement, ...]
    programs: dict[tuple[str, str], str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    tenth: StoredComparison | None = None


def build_program_path(engine: str, query: str) -> str:
    """Return where a program lies in its comparison's folder."""
    return f"{PROGRAMS}/{make_safe_name(engine)}/{make_safe_name(query)}.py"


def create(results: Path, head: Head, name: str = HEAD) -> Folder:
    """Make a new folder for a comparison, its head written; ResultsError where that fails.

    `name` is the head's file: what is stored under another one is no comparison.
    """
    path = claim(results, head.workload, head.began)
    try:
        write(path / name, to_json(asdict(head), indent=2) + "\n")
    except ResultsError:
        path.rmdir()  # nothing half written stays
        raise
    return Folder(path)


def claim(results: Path, workload: str, began: str) -> Path:
    """Make a new folder for what began at an ISO time; ResultsError where that fails."""
    parent = results / make_safe_name(workload)
    with report_errors(parent):
        parent.mkdir(parents=True, exist_ok=True)
        return _claim(parent, _stamp(began))


def make_tenth_folder(path: Path, head: Head) -> Folder:
    """Return the folder of a comparison's tenth, made where it is not there yet."""
    return create_at(path / TENTH, head, TENTH_HEAD)


def create_at(path: Path, head: Head, name: str = HEAD) -> Folder:
    """Return the folder at a path, made with its head where it is not there yet."""
    with report_errors(path):
        path.mkdir(exist_ok=True)
    if not (path / name).exists():
        write(path / name, to_json(asdict(head), indent=2) + "\n")
    return Folder(path)


def reopen(path: Path) -> Folder:
    """Open a comparison's folder to go on with it; ResultsError where there is none."""
    read_head(path)
    return Folder(path)


def find_latest(results: Path, workload: str) -> Path:
    """Return the newest comparison of a workload; ResultsError where there is none."""
    for path in reversed(list_comparisons(results, workload)):
        if not read_head(path)[0].is_check:
            return path
    raise ResultsError(
        f"{results / make_safe_name(workload)}: no comparison of {workload} is stored here; "
        f"`dfbench compare {workload}` makes one"
    )


def find_newest(path: Path) -> Path:
    """Return a comparison's own folder, or the newest one below a folder; ResultsError for none."""
    if (path / HEAD).exists():
        return path
    found = sorted(path.glob(f"**/{HEAD}"), key=lambda head: head.stat().st_mtime)
    if not found:
        raise ResultsError(
            f"{path}: no comparison is stored here; `dfbench compare groupby` makes one"
        )
    return found[-1].parent


def list_comparisons(results: Path, workload: str) -> tuple[Path, ...]:
    """Return the folders of all comparisons of a workload, oldest first."""
    heads = (results / make_safe_name(workload)).glob(f"*/{HEAD}")
    return tuple(sorted((head.parent for head in heads), key=_compute_age))


def read(path: Path, name: str = HEAD) -> StoredComparison:
    """Read a comparison, finished or not.

    Raises ResultsError where there is no head, or a later dfbench wrote it. Lines that cannot be
    read are left out, and the warnings say so.
    """
    head, warnings = read_head(path, name)
    runs, skipped_runs = read_lines(path / RUNS, read_run)
    kept, repeated = _keep_last(runs)
    agreements, skipped_agreements = read_lines(path / AGREEMENT, _read_agreement)
    checks, uncovered = _keep_covering(tuple({a.query: a for a in agreements}.values()), kept)
    warnings = (*warnings, *skipped_runs, *repeated, *skipped_agreements, *uncovered)
    programs, below = _read_programs(path, head, kept), path / TENTH
    tenth = read(below, TENTH_HEAD) if (below / TENTH_HEAD).exists() else None
    return StoredComparison(path, head, kept, checks, programs, warnings, tenth)


def _claim(parent: Path, stamp: str) -> Path:
    """Make the first folder of a time that nobody else has made."""
    number = 1
    while True:
        path = parent / f"{stamp}-{number}"
        try:
            path.mkdir()
        except FileExistsError:
            number += 1
        else:
            return path


def _stamp(began: str) -> str:
    """Return an ISO time as `YYYY-mm-ddTHHMMSS`; ResultsError where it is none."""
    match = re.match(r"(\d{4}-\d\d-\d\dT)(\d\d):?(\d\d):?(\d\d)", began)
    if not match:
        raise ResultsError(f"began is {began!r}; write an ISO time: 2026-01-31T12:00:00")
    return "".join(match.groups())


def _compute_age(path: Path) -> tuple[str, int, str]:
    stamp, _, number = path.name.rpartition("-")
    return (stamp, int(number) if number.isdigit() else 0, path.name)


def read_head(path: Path, file: str = HEAD) -> tuple[Head, tuple[str, ...]]:
    """Read a head, and say what of it could not be read; ResultsError where there is none."""
    record = read_record(path / file)
    version = record.get("schema_version", 0)
    if not isinstance(version, int) or version > SCHEMA_VERSION:
        raise ResultsError(
            f"{path / file}: schema version {version} is newer than this dfbench reads "
            f"({SCHEMA_VERSION}); `pip install --upgrade dataframe-bench`"
        )
    values, warnings, types = {}, [], get_type_hints(Head)
    for part in fields(Head):
        usual = _default_of(part, path)
        value = record.get(part.name, usual)
        needed = part.default is MISSING and part.default_factory is MISSING
        if type(value) is not type(usual) or (needed and part.name not in record):
            warnings.append(
                f"{file}: `{part.name}` is missing or not as dfbench wrote it; left out"
            )
            value = usual
        if not _is_of(types[part.name], value):
            inner = get_args(types[part.name])[1]
            value = {name: one for name, one in value.items() if _is_of(inner, one)}
            warnings.append(
                f"{file}: parts of `{part.name}` are not as dfbench wrote them; left out"
            )
        values[part.name] = value
    return Head(**values), tuple(warnings)


def _default_of(part: Field[Any], path: Path) -> Any:  # noqa: ANN401 - as the field's own type
    """Return what stands for a part of the head that is missing: its default, else nothing."""
    if part.default is not MISSING:
        return part.default
    if part.default_factory is not MISSING:
        return part.default_factory()
    if part.name == "workload":
        return path.parent.name
    return {} if str(part.type).startswith("dict") else ""


def read_record(path: Path, what: str = "a comparison") -> dict[str, Any]:
    """Read a JSON object whose texts are plain; ResultsError where it is none.

    `what` names what the file is to be.
    """
    try:
        record = sanitize_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ResultsError(
            f"{path}: not found; name the folder of {what}: results/<workload>/<time>-<n>"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise ResultsError(f"{path}: cannot be read as {what} ({error})") from error
    if not isinstance(record, dict):
        raise ResultsError(f"{path}: cannot be read as {what} (not a JSON object)")
    return record


def _list_parts(value: object) -> tuple[object, ...]:
    match value:
        case tuple():
            return value
        case dict():
            return tuple(value.values())
        case _:
            return (value,)


def read_run(record: dict[str, Any]) -> Run:
    """Read a run, and hold its numbers to being numbers; ValueError and TypeError otherwise."""
    run = Run.from_dict(record)
    texts = (run.engine, run.query, run.evidence, run.log, run.program, run.began)
    if not all(isinstance(text, str) for text in (*texts, run.memory.measure)):
        raise TypeError("engine, query, evidence, log, program, began and measure are text")
    if not (_is_of(dict[str, str], run.columns) and _is_of(dict[str, str], run.environment)):
        raise TypeError("columns and environment name texts")
    if type(run.round) is not int:
        raise TypeError("round is a whole number")
    measured = (asdict(run.times), asdict(run.memory), asdict(run.noise), {"round": run.round})
    for name, value in (item for part in measured for item in part.items() if item[0] != "measure"):
        for number in _list_parts(value) if name in SEVERAL else (value,):
            if not _is_amount(number):
                raise ValueError(f"{name} is {number!r}, not a number from 0 to {MOST:g}")
    if not all(run.times.hot):
        raise ValueError("a hot run took 0 seconds, which no clock measures")
    return run


def _is_of(type_: object, value: object) -> bool:
    """Return whether a value is of a type, as far as types of parts of a record go."""
    match get_args(type_):
        case (_, inner):
            return isinstance(value, dict) and all(_is_of(inner, one) for one in value.values())
        case _:
            return type_ is Any or isinstance(value, type_)  # type: ignore[arg-type]


def _is_amount(number: object) -> bool:
    if number is None:
        return True
    return type(number) in (int, float) and 0 <= number <= MOST  # type: ignore[operator]


def _read_agreement(record: dict[str, Any]) -> Agreement:
    differ = tuple(
        Disagreement(
            d["engine"],
            d["reason"],
            tuple(tuple(map(str, row)) for row in d["rows"]),
            str(d.get("why", "")),
        )
        for d in record["differ"]
    )
    unchecked = str(record.get("unchecked", ""))
    agreement = Agreement(
        record["query"], record["oracle"], tuple(record["agree"]), differ, unchecked
    )
    texts = (agreement.query, agreement.oracle, *agreement.agree)
    if not all(isinstance(text, str) for text in (*texts, *(d.engine for d in differ))):
        raise TypeError("query, oracle and engines are text")
    return agreement


def _keep_last(runs: tuple[Run, ...]) -> tuple[tuple[Run, ...], tuple[str, ...]]:
    """Keep the last of runs that stand for the same engine, query and round."""
    kept = {(run.engine, run.query, run.round): run for run in runs}
    repeated = len(runs) - len(kept)
    if not repeated:
        return runs, ()
    return tuple(kept.values()), (
        f"{repeated} runs replace earlier ones of the same round; the last of each counts",
    )


def _keep_covering(
    agreements: tuple[Agreement, ...], runs: tuple[Run, ...]
) -> tuple[tuple[Agreement, ...], tuple[str, ...]]:
    """Keep the checks that name every engine that answered, or say that one differs.

    Where one is not named, nobody knows whether all of them agree.
    """
    answered = {(run.query, run.engine) for run in runs if run.outcome is Outcome.OK}
    kept, warnings = [], []
    for one in agreements:
        named = {*one.agree, *(different.engine for different in one.differ)}
        missing = sorted(e for query, e in answered if query == one.query and e not in named)
        if missing and not one.differ:
            told = f"{AGREEMENT} does not name {', '.join(missing)} on {one.query}"
            warnings.append(f"{told}: its answers count as unchecked; compare again")
        else:
            kept.append(one)
    return tuple(kept), tuple(warnings)


def _read_programs(path: Path, head: Head, runs: tuple[Run, ...]) -> dict[tuple[str, str], str]:
    engines = dict.fromkeys((*head.engines, *(run.engine for run in runs)))
    queries = dict.fromkeys((*head.queries, *(run.query for run in runs)))
    programs = {}
    for engine in engines:
        for query in queries:
            file = path / build_program_path(engine, query)
            if not file.resolve().is_relative_to(path.resolve()):
                continue  # a link in a stranger's folder would copy a file of the reader's
            try:
                programs[engine, query] = sanitize(file.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError):
                continue  # an engine that cannot express a query has no program
    return programs
