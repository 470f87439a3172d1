"""Write the answers of a program's executions, so that each can be checked and not the last alone.

The worker loads this module by its path in the engine's interpreter, where dfbench may not be
installed: it imports the standard library only.
"""

# ruff: noqa: ANN401 - what a program answers may be anything

from __future__ import annotations

import os
import time
from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# An answer is written if that takes this share of its execution, or so many seconds; one that takes
# longer is written as seldom as that makes up for. What a row costs includes its check afterwards:
# measured, 0.3 s for a million rows of a join.
SHARE, FREE_SECONDS, ROW_SECONDS = 0.02, 0.02, 3e-7
READ_BYTES = 1 << 20
# Taken before the program is imported, which may replace the modules' own.
clock, draw = time.perf_counter, os.urandom


class AnswerFiles:
    """The answers of the executions before the last, in files beside the last one's.

    `write` writes an answer into a file. As many are written as the time allows, at random; all of
    them where they are small. A file whose bytes another one has is removed.
    """

    def __init__(self, last: str, write: Callable[[Any, str], object]) -> None:
        self._last, self._write = last, write
        self._files: dict[bytes, str] = {}
        self._executions, self._seconds = 0, 0.0

    def choose(self, seconds: float, rows: int | None) -> bool:
        """Return whether to write the answer of an execution: how long it took, how many rows."""
        self._executions += 1
        cost = max(self._seconds, ROW_SECONDS * (rows or 0))
        share = max(SHARE * seconds, FREE_SECONDS)
        return cost * int.from_bytes(draw(4), "big") <= share * 2**32

    def keep(self, answer: Any) -> None:
        """Write the answer of the execution that was chosen."""
        began = clock()
        file = f"{self._last.removesuffix('.arrow')}.{self._executions}.arrow"
        self._write(answer, file)
        digest = _hash_file(file)
        if digest in self._files:
            os.unlink(file)  # noqa: PTH108 - pathlib is one more import in each timing
        else:
            self._files[digest] = file
        self._seconds = clock() - began

    def finish(self) -> None:
        """Remove the file with the bytes of the last answer, which is written."""
        if self._files and (file := self._files.get(_hash_file(self._last))):
            os.unlink(file)  # noqa: PTH108


def _hash_file(name: str) -> bytes:
    found = blake2b()
    with open(name, "rb", buffering=0) as file:  # noqa: PTH123
        while part := file.read(READ_BYTES):
            found.update(part)
    return found.digest()
