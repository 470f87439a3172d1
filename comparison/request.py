"""A request: a workload file and the choices of a command line or a notebook over it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..datasets.cache import default_folder
from ..datasets.source_files import find_suffix
from ..engines import default_engines, load_engines, register_programs, select_installed
from ..engines.info import Work
from ..environments.provider import Provider
from ..errors import CodeError, DataError
from ..reading.model import Reading
from ..spec.reader import read, read_text
from ..spec.workload import YOURS, Workload
from .plan import expand_load_mode, narrow

_CODE = re.compile(r"-|.+\.(py(:\w+)?|ipynb)")
# A person who brings code waits for a first table: two rounds tell factors apart, more decide less.
QUICK = {"measure.rounds": "2"}


def is_code(spec: str) -> bool:
    """Return whether a name is that of code to read, and not of a workload.

    >>> is_code("slow.py:monthly"), is_code("groupby"), is_code("sales.yaml")
    (True, False, False)
    """
    return bool(_CODE.fullmatch(spec))


def override_files(files: Sequence[str]) -> dict[str, str]:
    """Return the override that a workload reads these files instead of its own data; none without.

    >>> override_files(["a.csv"])
    {'dataset': '{"files": ["a.csv"]}'}
    """
    return {"dataset": json.dumps({"files": files}, ensure_ascii=False)} if files else {}


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks over a workload file: the choices of a command line.

    `overrides` are dotted paths with the value as text (`dataset.rows`: `1e6`); `engines` and
    `queries` narrow the workload, and none means all of its own. Without `python`, each `def` of
    the workload is a mistake. `isolate` gives every engine its newest version, in an environment
    of its own; `interpreter` is that of the engines that name none. `code` is what the workload was
    read from: it is compared too, as the engine `yours`.
    """

    workload: str | Path
    engines: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
    results: Path = Path("results")
    backend: str | None = None
    baseline: str | None = None
    python: bool = True
    isolate: bool = False
    interpreter: str = ""
    code: Reading | None = None
    cache: Path = field(default_factory=lambda: default_folder(os.environ))

    def read(self) -> Workload:
        """Read the workload, narrowed to what is asked for."""
        workload = self._read_workload()
        register_programs(workload.programs, self.code)
        kept = narrow(workload, self.engines, self.queries)
        work = Work.TASK if kept.tasks else Work.QUERY
        asked = kept.engines or select_installed(default_engines(work))
        mine = (YOURS,) if self.code else ()
        asked = tuple(dict.fromkeys((*mine, *asked, *(own.name for own in kept.programs))))
        versions = self.provider.resolve_names(asked, isolate=self.isolate, python=self.interpreter)
        # Tasks read no file, whichever way.
        named = versions if kept.tasks else expand_load_mode(versions, kept.measure.load)
        return replace(kept, engines=named)

    def _read_workload(self) -> Workload:
        if find_suffix(file := Path(self.workload)) and file.is_file():
            raise DataError(f"{file} holds data; write a workload for it: `dfbench init {file}`")
        names = tuple(load_engines())
        if self.code is None:
            return read(self.workload, self.overrides, names, python=self.python)
        path = self.code.source.path
        if not self.python:
            raise CodeError(
                f"{path}: --no-python refuses {YOURS}, because it runs on this machine; compare "
                f"its workload alone: `dfbench from {path} --to FILE.yaml`"
            )
        name = f"{path} (workload)"
        workload = read_text(self.code.workload, name, Path.cwd(), self.overrides, names)
        return replace(workload, file=path)

    @property
    def provider(self) -> Provider:
        """Return what finds or makes the engines' environments."""
        return Provider(self.cache, os.environ.get("PATH", os.defpath), Path.home())


def split_names(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return names that are given one by one, or several in a text with commas.

    >>> split_names("pandas, polars"), split_names(["q1,q2", "q7"])
    (('pandas', 'polars'), ('q1', 'q2', 'q7'))
    """
    texts = (given,) if isinstance(given, str) else given
    names = (name.strip() for text in texts for name in text.split(","))
    return tuple(name for name in names if name)
