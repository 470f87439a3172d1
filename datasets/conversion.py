"""The conversion of a user's data files to one Parquet file that every engine reads alike."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..spec.schema import ROW_GROUP
from .compact_frame import COMPRESSION, Progress
from .csv_files import MistypedError, infer_types, read_batches, widen
from .parquet_schema import check_names, read_error
from .plain_tables import NanFinder, is_plain, simplify_batch, simplify_schema
from .source_files import SourceFiles

GROUP_BYTES = 256 << 20


def is_usable_in_place(source: SourceFiles) -> bool:
    """Return whether a source is one Parquet file that every engine reads alike as it is."""
    if source.form != "Parquet" or len(source.paths) > 1 or source.is_partitioned:
        return False
    try:
        schema = pq.read_schema(source.paths[0])
    except (pa.ArrowException, OSError) as error:
        raise read_error(source.paths[0], "Parquet", error) from error
    check_names(source.paths[0], schema)
    return is_plain(schema)


def convert(source: SourceFiles, target: Path, progress: Progress) -> None:
    """Write all rows of a source into one plain Parquet file, with one type a column."""
    if source.form != "CSV":
        from .arrow_files import open_dataset, scan_batches  # noqa: PLC0415 - slow to import

        dataset = open_dataset(source)
        write_batches(
            dataset.schema, _explain_errors(source, scan_batches(dataset, progress)), target
        )
        return
    types = infer_types(source.paths, source.csv_format)
    while True:
        try:
            batches = read_batches(source.paths, types, progress, source.csv_format)
            write_batches(pa.schema(list(types.items())), batches, target)
        except MistypedError as mistyped:
            types = widen(source.paths, types, mistyped, source.csv_format)
        else:
            return


def _explain_errors(
    source: SourceFiles, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Yield the batches; errors of reading them name the source."""
    try:
        yield from batches
    except (pa.ArrowException, OSError) as error:
        raise read_error(source.name, source.form, error) from error


def write_batches(schema: pa.Schema, batches: Iterator[pa.RecordBatch], target: Path) -> None:
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
        writer.add_key_value_metadata(nans.encode_metadata())


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
