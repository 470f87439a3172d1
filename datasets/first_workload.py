"""A first workload for a person's own data file: its columns, and questions that fit them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from keyword import iskeyword
from pathlib import Path
from types import MappingProxyType

import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import DataError
from ..spec.schema import Column, Kind, Schema
from ..spec.workload import CsvFormat
from .csv_files import detect_delimiter
from .dataset import Dataset

SAMPLE_ROWS = 100_000  # rows: enough to distinguish a key from a measure
MAX_DISTINCT_SHARE = 0.1  # a key has at most this share of the rows looked at as distinct values
NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
SHOWN = 40  # characters of a value in a comment
COMMA = r"^-?\d+(,\d+)?$"
DAY = r"^\s*\d{4}-\d\d-\d\d"
NO_HEADER = "  # header: false # if the first line is a row: its names are numbers or dates"
FEW_ROWS = 100  # of a smaller file, every column whose values repeat may be a key
KEYS: tuple[Kind, ...] = ("string", "bool", "int")
MEASURES: tuple[Kind, ...] = ("float", "decimal", "int")
# Numbers of which no sum or mean means anything, by a word of their name.
NO_MEASURE = re.compile(
    r"(?:^|[\W_])(?:id|key|index|idx|no|nr|code|status|type|class|level|rank|zip|postcode|plz|phone|"
    r"year|month|week|weekday|hour|lat|latitude|lon|lng|long|longitude)(?:[\W_]|$)",
    re.IGNORECASE,
)
UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f]")  # a workload refuses a name with one
# Besides the controls that JSON escapes: C1, marks that reorder text, the byte-order mark.
STEERING = re.compile(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
# Texts that would be numbers or days if they were written otherwise: a pattern, and what helps.
FOREIGN = (
    (
        r"^-?\d{1,3}(\.\d{3})+(,\d+)?$|^-?\d+,\d+$",
        "a number; remove the dots, and set decimal: ','",
    ),
    (r"^-?\d{1,3}(,\d{3})+(\.\d+)?$", "a number; remove the commas"),
    (r"^\d{1,2}[./]\d{1,2}[./]\d{4}$", "a day; write it as 2026-01-31"),
)


@dataclass(frozen=True, slots=True)
class FirstText:
    """The first value of a column that is no number; its line counts from 1, a record a line."""

    line: int
    value: str

    def __str__(self) -> str:
        """Return the place with the value."""
        shown = self.value if len(self.value) <= SHOWN else f"{self.value[:SHOWN]}…"
        return f"line {self.line:,} holds {shown!r}"


@dataclass(frozen=True, slots=True)
class Questions:
    """The columns of a first workload: the key to group by, a time, and measures to aggregate."""

    key: str | None
    measures: tuple[str, ...]
    day: Column | None = None


def write_first_workload(file: Path, data: Dataset, target: Path, csv_format: CsvFormat) -> str:
    """Write a workload for a data file where nothing is yet, and give its text.

    Raises DataError where the target is there, or cannot be written.
    """
    texts: dict[str, object] = {}
    if is_csv(file):
        texts = {**find_first_texts(data, csv_format), **find_foreign(data)}
        csv_format = replace(csv_format, delimiter=detect_delimiter(file, csv_format))
    about = choose_questions(data.schema, measure_distinct(data))
    text = build_text(file, data.schema, about, target, csv_format, texts)
    write_new_file(target, text, "--to")
    return text


def write_new_file(target: Path, text: str, option: str) -> None:
    """Write a text where no file is yet; DataError, which names the option, where it cannot be."""
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise DataError(describe_existing(target, option)) from None
    except OSError as error:
        raise DataError(f"{target}: cannot be written ({error.strerror or error})") from error


def describe_existing(target: Path, option: str) -> str:
    """Return that a file is not overwritten, and how to name another."""
    return f"{target}: already exists; not overwritten; choose another name with {option} FILE"


def measure_distinct(data: Dataset) -> dict[str, float]:
    """Return each column's distinct values as a share of the first rows; 1 if all are null."""
    with pq.ParquetFile(data.path) as parquet:
        batches = parquet.iter_batches(SAMPLE_ROWS, columns=list(data.schema.names))
        head = next(batches, None)
    if head is None or not head.num_rows:
        return dict.fromkeys(data.schema.names, 1.0)
    shares = {}
    for name in data.schema.names:
        column = head.column(name)
        known = len(column) - column.null_count
        shares[name] = pc.count_distinct(column).as_py() / known if known else 1.0
    return shares


def has_decimal_commas(data: Dataset) -> bool:
    """Return whether a column of text holds numbers with a decimal comma."""
    with pq.ParquetFile(data.path) as parquet:
        head = next(parquet.iter_batches(SAMPLE_ROWS), None)
    texts = [head.column(c.name) for c in data.schema.columns if c.kind == "string"] if head else []
    return any(
        pc.all(pc.match_substring_regex(text, COMMA)).as_py() is True
        and pc.any(pc.match_substring(text, ",")).as_py()
        for text in texts
    )


def find_foreign(data: Dataset) -> dict[str, str]:
    """Return how to write the columns of text that hold numbers or days in a local form."""
    with pq.ParquetFile(data.path) as parquet:
        head = next(parquet.iter_batches(SAMPLE_ROWS), None)
    if head is None:
        return {}
    found: dict[str, str] = {}
    for name in (column.name for column in data.schema.columns if column.kind == "string"):
        values = head.column(name).drop_null()
        for pattern, mend in FOREIGN:
            if len(values) and pc.all(pc.match_substring_regex(values, pattern)).as_py():
                found.setdefault(name, f"{values[0].as_py()!r} is {mend}")
    return found


def is_csv(file: Path) -> bool:
    """Return whether a data file is read as CSV."""
    return bool({".csv", ".tsv"} & {suffix.lower() for suffix in file.suffixes})


def find_first_texts(data: Dataset, csv_format: CsvFormat) -> dict[str, FirstText]:
    """Return the value that made a column text, for each such column that begins with numbers."""
    found = {}
    with pq.ParquetFile(data.path) as parquet:
        for name in (column.name for column in data.schema.columns if column.kind == "string"):
            first = _find_first_text(parquet, name, csv_format)
            if first is not None:
                found[name] = first
    return found


def _find_first_text(parquet: pq.ParquetFile, name: str, csv_format: CsvFormat) -> FirstText | None:
    """Return a column's first value that is no number; None where no number comes before it."""
    line, numbers = 1 + csv_format.header, 0
    for batch in parquet.iter_batches(SAMPLE_ROWS, columns=[name]):
        texts = batch.column(0)
        if csv_format.decimal != ".":
            texts = pc.replace_substring(texts, csv_format.decimal, ".")
        is_text = pc.invert(pc.match_substring_regex(texts, NUMBER))
        at = pc.index(is_text, True).as_py()
        if at >= 0:
            numbers += at - texts.slice(0, at).null_count
            return FirstText(line + at, texts[at].as_py()) if numbers else None
        line, numbers = line + len(texts), numbers + len(texts) - texts.null_count
    return None


def choose_questions(schema: Schema, shares: dict[str, float]) -> Questions:
    """Choose the key with the most groups among those with few, a time, and up to two measures.

    Coordinates, codes and identifiers are no measures; integers that are all different are
    identifiers.
    """
    most = 0.99 if schema.rows < FEW_ROWS else MAX_DISTINCT_SHARE
    columns = [c for c in schema.columns if not UNREADABLE.search(c.name)]
    few = [c for c in columns if c.kind in KEYS and shares[c.name] <= most]
    named = [c for c in few if c.kind == "string"] or few
    key = max(named, key=lambda column: shares[column.name], default=None)
    left = [c for c in columns if c.kind in MEASURES and (not key or c.name != key.name)]
    left = [c for c in left if not NO_MEASURE.search(c.name)]
    left = [c for c in left if c.kind != "int" or shares[c.name] < 1 or len(left) == 1]
    left.sort(key=lambda column: (MEASURES.index(column.kind), -shares[column.name]))
    day = next((c for c in columns if c.kind in {"date", "timestamp"}), None)
    measures = tuple(column.name for column in left[:2])
    return Questions(key.name if key else None, measures, day)


def build_text(  # noqa: PLR0913 - a workload names all of them
    file: Path,
    schema: Schema,
    about: Questions,
    target: Path,
    csv_format: CsvFormat,
    texts: Mapping[str, object] = MappingProxyType({}),
) -> str:
    """Return the text of a first workload; the file is named as seen from the workload's folder."""
    columns = tuple(_describe_column(column, texts.get(column.name)) for column in schema.columns)
    head = f"  # {schema.rows:,} rows; columns:"
    named = _make_relative(file, target)
    unnamed = (NO_HEADER,) if csv_format.delimiter and _reads_as_row(schema.names) else ()
    return (
        "\n".join(_write_lines(named, (*unnamed, head, *columns), about, target.stem, csv_format))
        + "\n"
    )


def _reads_as_row(names: Iterable[str]) -> bool:
    """Return whether the first line of a file names no column but with a number or a day."""
    return all(re.search(NUMBER, name) or re.search(DAY, name) for name in names)


def _make_relative(file: Path, target: Path) -> str:
    folder = target.absolute().parent
    path = file.absolute()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _write_lines(
    file: str, columns: Sequence[str], about: Questions, stem: str, csv_format: CsvFormat
) -> Iterator[str]:
    yield "# Which engine should answer this? Try it with `dfbench check`; measure with `compare`."
    yield f"workload: {re.sub('[^A-Za-z0-9_-]', '-', stem).lstrip('-') or 'mine'}"
    yield f"about: {_quote(f'questions about {Path(file).name}')}"
    yield ""
    yield "dataset:"
    yield f"  files: {_quote(file)} # or a pattern: data/*.parquet"
    if csv_format.delimiter:
        yield f"  delimiter: {_quote(csv_format.delimiter)}"
        yield f"  decimal: {_quote(csv_format.decimal)}"
    if csv_format.encoding:
        yield f"  csv: {{encoding: {csv_format.encoding}}} # guessed"
    yield from columns
    yield ""
    yield "queries:"
    yield from _write_grouped(about) if about.key is not None else _write_whole(about)
    if about.day:
        yield from _write_daily(about, about.day)
    yield "  # more clauses: where, derive, having, sort, limit, largest, transform, apply"
    yield ""
    yield "# engines: [pandas, polars] # left out: the usual ones that are installed"
    yield "limits: {time: 5min} # memory: 2GiB limits each engine's whole process tree"
    yield ""


def _describe_column(column: Column, text: object) -> str:
    missing = ", some missing" if column.missing else ""
    name = column.name if column.name.isprintable() else repr(column.name)
    because = f" ({text})" if text else ""
    return f"  #   {name}: {column.arrow}{because}{missing}"


def _write_grouped(about: Questions) -> Iterator[str]:
    key = str(about.key)
    yield "  per_group:"
    yield f"    question: {_quote(f'{_list_asked(about)} by {key}')}"
    yield f"    group_by: [{_quote(key)}]"
    yield from _write_aggregate(about)


def _write_whole(about: Questions) -> Iterator[str]:
    yield "  whole:"
    yield f"    question: {_quote(f'{_list_asked(about)} over all rows')}"
    yield "    # no column has few distinct values; group_by: [KEY] would ask for each group"
    yield from _write_aggregate(about)


def _write_daily(about: Questions, day: Column) -> Iterator[str]:
    key = day.name
    each = key if day.kind == "date" else f"day of {key}"
    yield "  per_day:"
    yield f"    question: {_quote(f'{_list_asked(about)} by {each}')}"
    if day.kind == "timestamp":
        truncated = f"truncate({_to_expression(key)}, 'day')"
        key = f"day_of_{_to_identifier(day.name)}"
        yield f"    derive: {{{key}: {_quote(truncated)}}}"
    yield f"    group_by: [{_quote(key)}]"
    yield from _write_aggregate(about)


def _list_asked(about: Questions) -> str:
    words = [f"{what} {name}" for what, name in zip(("sum", "mean"), about.measures, strict=False)]
    return ", ".join((*words, "number of rows"))


def _write_aggregate(about: Questions) -> Iterator[str]:
    yield "    aggregate: # name of the column in the answer: expression"
    for what, name in zip(("sum", "mean"), about.measures, strict=False):
        yield f"      {what}_{_to_identifier(name)}: {_quote(f'{what}({_to_expression(name)})')}"
    yield "      rows: size()"


def _to_identifier(name: str) -> str:
    return re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "value"


def _to_expression(name: str) -> str:
    plain = name.isidentifier() and not iskeyword(name)
    return name if plain else f"col({json.dumps(name, ensure_ascii=False)})"


def _quote(text: str) -> str:
    """Return a text as YAML reads it back: JSON's string, with what steers a terminal escaped."""
    quoted = json.dumps(text, ensure_ascii=False)
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
