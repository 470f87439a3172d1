"""Watch the answers of a program's executions: each is new, finished, and like the others.

The worker loads this module by its path in the engine's interpreter, where dfbench may not be
installed: it imports the standard library only.
"""

# ruff: noqa: ANN401 - what a program answers may be anything

from __future__ import annotations

import itertools
import sys
import threading
import time
import types
import weakref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# Objects to look at inside of an answer: a list of rows may be long, and its rows are alike.
MAX_OBJECTS = 200
# Their len() is the number of rows, and costs nothing: a lazy frame would compute for it.
SIZED = {"builtins", "numpy", "pandas", "polars", "pyarrow"}
# Python keeps one object for equal values of these.
SCALARS = (type(None), bool, int, float, str, bytes)
CLOCKS = ("perf_counter", "monotonic", "time", "perf_counter_ns", "monotonic_ns", "time_ns")
CLOCK_FUNCTIONS = {name: getattr(time, name) for name in CLOCKS}


class AnswerWatch:
    """The faults found in a program's answers; `file` is the program's own.

    `data` are the arguments of `query`. No answer is kept alive.
    """

    def __init__(self, file: str, data: tuple[Any, ...]) -> None:
        self.faults: list[str] = []
        self._file, self._data = file, data
        self._threads = set(sys._current_frames())  # noqa: SLF001 - the documented way to them
        self._last: Any = None
        self._shape = ""

    def look(self, answer: Any) -> int | None:
        """Note what is wrong with the answer of an execution; return its number of rows."""
        if not isinstance(answer, SCALARS) and any(answer is given for given in self._data):
            self._note("query() returned what load() had returned, and computed nothing")
        elif self._last is not None and self._last() is answer:
            self._note("query() returned an answer that it had kept, and computed nothing")
        self._compare_shape(_describe_shape(answer))
        if unfinished := self._find_unfinished(answer):
            self._note(f"query() returned before its answer was finished ({unfinished})")
        try:
            self._last = weakref.ref(answer)
        except TypeError:  # a list, for example
            self._last = None
        return count_rows(answer)

    def finish(self) -> list[str]:
        """Return the faults, with functions of `time` that the program has replaced."""
        replaced = [name for name, own in CLOCK_FUNCTIONS.items() if getattr(time, name) is not own]
        if replaced:
            self._note(f"the program replaced time.{' and time.'.join(replaced)}")
        return self.faults

    def _note(self, fault: str) -> None:
        if fault not in self.faults:
            self.faults.append(fault)

    def _compare_shape(self, shape: str) -> None:
        if self._shape and shape != self._shape:
            self._note(f"executions returned different answers: {self._shape}, then {shape}")
        self._shape = shape

    def _find_unfinished(self, answer: Any) -> str:
        """Return what is left to do: code of the program in the answer, or in a new thread."""
        for found in self._walk(answer):
            if isinstance(found, threading.Thread) and found.is_alive():
                return "a running thread"
            if isinstance(found, types.GeneratorType | types.CoroutineType):
                return f"a {type(found).__name__}"
            if isinstance(found, types.FunctionType) and found.__code__.co_filename == self._file:
                return f"the function {found.__name__}"
        frames = sys._current_frames()  # noqa: SLF001
        # A frame that names itself is a cycle, which would keep the answer alive.
        del frames[threading.get_ident()]
        if any(self._runs(frames[number]) for number in frames.keys() - self._threads):
            return "a thread that runs the program's code"
        return ""

    def _runs(self, frame: types.FrameType | None) -> bool:
        while frame is not None:
            if frame.f_code.co_filename == self._file:
                return True
            frame = frame.f_back
        return False

    def _walk(self, answer: Any) -> Iterator[Any]:
        """Yield an answer and what Python's own containers in it hold, up to a number."""
        waiting, seen = [answer], 0
        while waiting and seen < MAX_OBJECTS:
            found, seen = waiting.pop(0), seen + 1
            yield found
            if type(found) in {list, tuple, set, dict}:
                inside = found.values() if type(found) is dict else found
                waiting += itertools.islice(inside, MAX_OBJECTS)


def _describe_shape(answer: Any) -> str:
    kind, rows = type(answer), count_rows(answer)
    return kind.__name__ if rows is None else f"{kind.__name__} of {rows}"


def count_rows(answer: Any) -> int | None:
    """Return an answer's number of rows; None where asking for it may compute something."""
    kind = type(answer)
    sized = kind.__module__.partition(".")[0] in SIZED and hasattr(kind, "__len__")
    return len(answer) if sized else None
