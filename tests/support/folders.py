"""A folder of its own to work in."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def work_in_empty_folder() -> Iterator[Path]:
    """Work in an empty folder, with a cache of its own."""
    before, cache = Path.cwd(), os.environ.get("DFBENCH_CACHE")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["DFBENCH_CACHE"] = f"{folder}/cache"
        try:
            yield Path(folder)
        finally:
            os.chdir(before)
            os.environ.pop("DFBENCH_CACHE")
            if cache is not None:
                os.environ["DFBENCH_CACHE"] = cache
