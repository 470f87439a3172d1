"""The cell magic of notebooks: `%load_ext dfbench`, then `%%dfbench -e polars` on pandas code."""

from __future__ import annotations

import os
import shlex
from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any, NoReturn

from .api import compare_code
from .comparison.live_code import read_cell
from .datasets.cache import default_folder
from .errors import CodeError, DfbenchError
from .report.comparison import Comparison
from .spec.reader import OPTIONS

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add the cell magic `%%dfbench`, which compares the pandas code of a cell with engines.

    The cell is not run in the notebook: its code runs in the limited process, on the frames that
    are there.
    """

    def dfbench(line: str, cell: str) -> Comparison:
        """Compare the pandas code of this cell: %%dfbench -e polars -e duckdb."""
        from IPython.core.error import UsageError  # only there in a notebook  # noqa: PLC0415

        try:
            return _compare_cell(shell, line, cell)
        except DfbenchError as error:
            raise UsageError(str(error)) from None  # which is shown without a traceback

    shell.magics_manager.register_function(dfbench, "cell")


def _compare_cell(shell: InteractiveShell, line: str, cell: str) -> Comparison:
    options = _read_options(line)
    cache, answer = default_folder(os.environ), options.pop("answer", None)
    code = read_cell(cell, shell.execution_count, shell.user_ns, cache, answer)
    return compare_code(code, **options)


class _OptionParser(ArgumentParser):
    """A parser whose mistakes are CodeErrors."""

    def error(self, message: str) -> NoReturn:
        """Raise CodeError."""
        raise CodeError(f"%%dfbench: {message}; for example: %%dfbench -e polars -e duckdb")


def _read_options(line: str) -> dict[str, Any]:
    """Return the options of the magic that are given, by the names of arguments."""
    options = _OptionParser("%%dfbench", add_help=False)
    options.add_argument("-e", "--engine", dest="engines", action="append")
    options.add_argument("-q", "--query", dest="queries", action="append")
    options.add_argument("--answer")
    options.add_argument("--results")
    for name in OPTIONS.values():
        options.add_argument(name)
    given = vars(options.parse_args(shlex.split(line)))
    return {name: value for name, value in given.items() if value is not None}
