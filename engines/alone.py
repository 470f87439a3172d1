"""Answer a query by a program in a process of its own, from which pools can import it.

Runs by path (`python -P alone.py METHOD PROGRAM ANSWER FRAME [TABLE ...]`): it imports the standard
library only until it loads the program. METHOD is how Python is told to start workers, or empty.
"""

from __future__ import annotations

import importlib
import multiprocessing
import pickle
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any


def compute_answer(program: ModuleType, frame: str, tables: list[str]) -> Any:  # noqa: ANN401 - any engine's own types
    """Load the data of a program, and return what it answers."""
    if hasattr(program, "start"):
        program.started = program.start()  # type: ignore[attr-defined]
    data = program.load(frame, *tables)
    spread = tables and isinstance(data, tuple)
    return program.query(*data) if spread else program.query(data)


def main(method: str, program: str, answer: str, frame: str, *tables: str) -> None:
    """Write the answer, and the error with its traceback, which pickle leaves out; one is None."""
    if method:
        multiprocessing.set_start_method(method)
    file = Path(program)
    # By name, not by file: fresh processes of a pool import its functions again.
    sys.path.insert(0, str(file.parent))
    failed: tuple[Exception, str] | None = None
    found = None
    try:
        found = compute_answer(importlib.import_module(file.stem), frame, list(tables))
    except Exception as error:  # noqa: BLE001 - whatever a person's function raises
        failed = error, traceback.format_exc()
    Path(answer).write_bytes(pickle.dumps((found, failed)))


if __name__ == "__main__":
    main(*sys.argv[1:])
