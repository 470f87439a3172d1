"""The user's own files: found by pattern, read by suffix, and made one plain Parquet file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import DataError
from ..spec.workload import CsvFormat, Files
from .compact_frame import COMPRESSION, ROW_GROUP, Progress
from .csv_files import MistypedError, infer_types, read_batches, widen
from .parquet_schema import read_error
from .plain_tables import NanFinder, is_plain, simplify_batch, simplify_schema

if TYPE_CHECKING:
    import pyarrow.dataset as ds

Format: TypeAlias = Literal["Parquet", "CSV", "Arrow IPC"]

# Grows with every change of how files are read, so that what is kept from before is not believed.
READER_VERSION = 2
GROUP_BYTES = 256 << 20
SUFFIXES: dict[str, Format] = {
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".csv": "CSV",
    ".csv.gz": "CSV",
    ".csv.zst": "CSV",
    ".tsv": "CSV",
    ".tsv.gz": "CSV",
    ".arrow": "Arrow IPC",
    ".feather": "Arrow IPC",
    ".ipc": "Arrow IPC",
}


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """Files of one form, in order; folders below `base` named `key=value` are columns."""

    paths: tuple[Path, ...]
    form: Format
    base: Path
    csv_format: CsvFormat

    @property
    def name(self) -> str:
        """Return a name for people: the file's own, or the first's and how many more."""
        first = self.paths[0].name[: -len(find_suffix(self.paths[0]))]
        return f"{first}+{len(self.paths) - 1}" if len(self.paths) > 1 else first

    @property
    def partitioned(self) -> bool:
        """Return whether folders hold a column's values."""
        folders = (part for path in self.paths for part in path.relative_to(self.base).parts[:-1])
        return any("=" in folder for folder in folders)

    def identity(self) -> str:
        """Return the files apart from any others, and from themselves before a change."""
        stats = [(str(path), path.stat()) for path in self.paths]
        facts = [(path, stat.st_size, stat.st_mtime_ns) for path, stat in stats]
        return repr((READER_VERSION, self.form, str(self.base), self.csv_format, facts))


def find_suffix(path: Path) -> str:
    """Return the suffix that tells a file's form, as it is written; empty where none does."""
    known = (s for s in sorted(SUFFIXES, key=len, reverse=True) if path.name.lower().endswith(s))
    return path.name[-len(suffix) :] if (suffix := next(known, "")) else ""


def find_files(files: Files) -> SourceFiles:
    """Find the files of a dataset; DataError where there are none, or of several forms."""
    paths, bases = [], []
    for pattern in files.patterns:
        found, base = _match(files.folder, pattern)
        paths += found
        bases.append(base)
    unique = tuple(dict.fromkeys(paths))
    forms = {_find_format(path) for path in unique}
    if len(forms) > 1:
        raise DataError(
            f"{', '.join(files.patterns)}: files of several forms ({', '.join(sorted(forms))}); "
            "name files of one form"
        )
    form = forms.pop()
    if form != "CSV" and files.csv_format != CsvFormat():
        raise DataError(
            f"{', '.join(files.patterns)}: {form} files have no delimiter, quote, decimal, header"
            " or missing; leave these out"
        )
    return SourceFiles(unique, form, Path(os.path.commonpath(bases)), files.csv_format)


def _match(folder: Path, pattern: str) -> tuple[list[Path], Path]:
    """Return the files that a pattern names, sorted, and the folder that the pattern starts from."""
    path = Path(os.path.abspath(folder / Path(pattern).expanduser()))  # noqa: PTH100 keeps links
    if path.is_dir():
        return _list_folder(path), path
    if path.exists():
        return [path], path.parent
    fixed = [part for part, _ in zip(path.parts, _count_fixed(path), strict=False)]
    base = Path(*fixed)
    rest = str(Path(*path.parts[len(fixed) :])) if len(fixed) < len(path.parts) else ""
    found = sorted(match for match in base.glob(rest) if match.is_file()) if rest else []
    if not found:
        raise DataError(
            f"{pattern}: no file in {folder.absolute()} has this name or fits this pattern; "
            "check the path (it counts from the workload's folder)"
        )
    return found, base


def _count_fixed(path: Path) -> Iterator[None]:
    """Yield once for every leading part of a path without a wildcard."""
    for part in path.parts:
        if any(sign in part for sign in "*?["):
            return
        yield None


def _list_folder(folder: Path) -> list[Path]:
    """Return the data files of a folder and all below, but for hidden and `_` ones."""
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if find_suffix(path) and path.is_file() and not path.name.startswith((".", "_"))
    ]
    if not found:
        raise DataError(
            f"{folder}: the folder holds no data file; put {', '.join(SUFFIXES)} files there"
        )
    return found


def _find_format(path: Path) -> Format:
    suffix = find_suffix(path).lower()
    if not suffix:
        raise DataError(f"{path}: unknown kind of file; name it {', '.join(SUFFIXES)}")
    return SUFFIXES[suffix]


def is_usable_in_place(source: SourceFiles) -> bool:
    """Return whether a source is one Parquet file that every engine reads alike as it is."""
    if source.form != "Parquet" or len(source.paths) > 1 or source.partitioned:
        return False
    try:
        return is_plain(pq.read_schema(source.paths[0]))
    except (pa.ArrowException, OSError) as error:
        raise read_error(source.paths[0], "Parquet", error) from error


def convert(source: SourceFiles, target: Path, progress: Progress) -> None:
    """Write all rows of a source into one plain Parquet file, types told once for all its files."""
    if source.form != "CSV":
        dataset = _open_dataset(source)
        _write(dataset.schema, _explain_errors(source, _scan(dataset, progress)), target)
        return
    types = infer_types(source.paths, source.csv_format)
    while True:
        try:
            batches = read_batches(source.paths, types, progress, source.csv_format)
            _write(pa.schema(list(types.items())), batches, target)
        except MistypedError as mistyped:
            types = widen(types, mistyped)
        else:
            return


def _open_dataset(source: SourceFiles) -> ds.Dataset:
    """Return the files as one dataset, their types brought together."""
    # It imports pandas: a third of a second, that every comparison would start later.
    import pyarrow.dataset as ds  # noqa: PLC0415

    options = {
        "format": "parquet" if source.form == "Parquet" else "ipc",
        "partitioning": "hive" if source.partitioned else None,
        "partition_base_dir": str(source.base),
    }
    paths = [str(path) for path in source.paths]
    schemas = []
    for path in paths:
        try:
            schemas.append(ds.dataset([path], **options).schema)
        except (pa.ArrowException, OSError) as error:
            raise read_error(path, source.form, error) from error
    try:
        schema = pa.unify_schemas(schemas, promote_options="permissive")
        return ds.dataset(paths, schema=schema, **options)
    except pa.ArrowException as error:
        raise DataError(
            f"{source.name}: the files' columns do not fit together ({error}); "
            "give a column the same type in all of them"
        ) from error


def _scan(dataset: ds.Dataset, progress: Progress) -> Iterator[pa.RecordBatch]:
    # Little is read ahead: the default holds up to 64 batches of every column.
    scanner = dataset.scanner(batch_readahead=4, fragment_readahead=1)
    total, done = max(dataset.count_rows(), 1), 0
    for batch in scanner.to_batches():
        yield batch
        done += batch.num_rows
        progress(done / total)


def _explain_errors(
    source: SourceFiles, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Pass batches on; what reading them raises is told of the source."""
    try:
        yield from batches
    except (pa.ArrowException, OSError) as error:
        raise read_error(source.name, source.form, error) from error


def _write(schema: pa.Schema, batches: Iterator[pa.RecordBatch], target: Path) -> None:
    """Write batches as one Parquet file of large row groups, noting which columns hold NaN.

    The next row group is read while the last is encoded.
    """
    schema = simplify_schema(schema)
    nans = NanFinder(schema)
    # Numbers are faster to write and to read without a dictionary, and hardly larger.
    texts = [field.name for field in schema if field.type == pa.string()]

    def encode(group: pa.Table) -> None:
        nans.look(group)
        writer.write_table(group, row_group_size=ROW_GROUP)

    with (
        pq.ParquetWriter(target, schema, compression=COMPRESSION, use_dictionary=texts) as writer,
        ThreadPoolExecutor(1) as encoder,
    ):
        pending: Future[None] | None = None
        for group in _gather(schema, batches):
            if pending:
                pending.result()
            pending = encoder.submit(encode, group)
        if pending:
            pending.result()
        writer.add_key_value_metadata(nans.metadata())


def _gather(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Put batches together to tables of about a row group, or of as many bytes as are held well."""
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        waiting.append(simplify_batch(batch, schema))
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= ROW_GROUP or size >= GROUP_BYTES:
            yield pa.Table.from_batches(waiting, schema)
            waiting, rows, size = [], 0, 0
    if waiting:
        yield pa.Table.from_batches(waiting, schema)
