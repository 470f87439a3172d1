"""Run several programs in one process, so that their engine starts once.

Each line of standard input is a request in JSON (number, program, data, path), each line of
standard output the request's number and an error or `null`. Imports the standard library only:
dfbench may not be installed here.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import sys
import traceback
import warnings
from pathlib import Path
from types import ModuleType

MODULES: dict[tuple[str, str], ModuleType] = {}
# What a library says of a call that it will drop: no program may have one.
DEPRECATIONS = (DeprecationWarning, FutureWarning, PendingDeprecationWarning)


def load_module(program: str) -> ModuleType:
    """Return a program as a module: the same one for the same text, with what it has compiled.

    A deprecated call in the program itself is an error; those within libraries are none.
    """
    key = program, Path(program).read_text(encoding="utf-8")
    if key not in MODULES:
        spec = importlib.util.spec_from_file_location(Path(program).stem, program)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        for category in DEPRECATIONS:
            warnings.filterwarnings("error", category=category, module=f"{spec.name}$")
        spec.loader.exec_module(module)
        MODULES[key] = module
    return MODULES[key]


def run_program(program: str, data: list[str], path: str, *, first: bool) -> None:
    """Run a program on its files, and write its answer."""
    module = load_module(program)
    if first and hasattr(module, "start"):
        globals()["started"] = module.start()  # a cluster ends when nothing refers to it
    loaded = module.load(*data)
    joined = len(data) > 1 and isinstance(loaded, tuple)
    rows = module.rows(module.query(*(loaded if joined else (loaded,))))
    import pyarrow as pa  # noqa: PLC0415 - the engine starts before it

    with pa.ipc.new_file(path, rows.schema) as writer:
        writer.write_table(rows.unify_dictionaries())


def main() -> None:
    """Run requests until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    first = True
    for line in sys.stdin:
        number, problem = 0, None
        try:
            request = json.loads(line)
            number = request.pop("number")
            run_program(**request, first=first)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001 - whatever an engine raises, Rust's panics too, is told
            problem = traceback.format_exc(limit=-4)
        first = False
        with contextlib.suppress(BrokenPipeError):
            replies.write(json.dumps([number, problem]) + "\n")


if __name__ == "__main__":
    main()
