"""Parquet and Arrow IPC files as one Arrow dataset.

`pyarrow.dataset` imports pandas, which takes a third of a second: import it only to convert.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow.fs import LocalFileSystem

from ..errors import DataError
from .compact_frame import Progress
from .parquet_schema import check_names, read_error
from .source_files import SourceFiles


def open_dataset(source: SourceFiles) -> ds.Dataset:
    """Return the files as one dataset, their types brought together."""
    form = ds.ParquetFileFormat() if source.form == "Parquet" else ds.IpcFileFormat()
    options = {
        "format": form,
        "partitioning": "hive" if source.is_partitioned else None,
        "partition_base_dir": str(source.base),
    }
    paths = [str(path) for path in source.paths]
    schemas = []
    for path in paths:
        try:
            check_names(path, form.inspect(path, LocalFileSystem()))
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


def scan_batches(dataset: ds.Dataset, progress: Progress) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a dataset in batches; `progress` takes the share that is done."""
    # Little is read ahead: the default holds up to 64 batches of every column.
    scanner = dataset.scanner(batch_readahead=4, fragment_readahead=1)
    total, done = max(dataset.count_rows(), 1), 0
    for batch in scanner.to_batches():
        yield batch
        done += batch.num_rows
        progress(done / total)
