"""Read pandas code as a workload, by its syntax alone: nothing of it is run."""

from __future__ import annotations

from collections.abc import Sequence

from .data_files import parse_data
from .model import DataFile, Reading, Source
from .sources import open_source

__all__ = ["DataFile", "open_source", "parse_data", "read_code"]


def read_code(source: Source, data: Sequence[DataFile] = (), answer: str | None = None) -> Reading:
    """Return what code asks, as a workload; `read.read_code` describes it.

    The reader is imported only here, because most commands read no code.
    """
    from .read import read_code as read  # noqa: PLC0415

    return read(source, data, answer)
