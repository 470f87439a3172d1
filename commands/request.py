"""From the options of a command line to a request."""

from __future__ import annotations

import json
from pathlib import Path

from ..comparison.request import QUICK, Request, is_code, override_files, split_names
from ..errors import CodeError, ResultsError
from ..spec.reader import OPTIONS
from .options import DataOptions, EnvironmentOptions, LimitOptions, MeasureOptions, Selection
from .own_code import read_own_code

NO_DATA = DataOptions()
NO_LIMITS = LimitOptions()
NO_MEASURE = MeasureOptions()
NO_ENVIRONMENTS = EnvironmentOptions()


def build_request(  # noqa: PLR0913 - one for each group of options
    workload: str,
    selection: Selection,
    data: DataOptions = NO_DATA,
    limits: LimitOptions = NO_LIMITS,
    measure: MeasureOptions = NO_MEASURE,
    environments: EnvironmentOptions = NO_ENVIRONMENTS,
    results: Path = Path("results"),
    baseline: str | None = None,
) -> Request:
    """Return the request of a command line; ResultsError for a `--set` without a value.

    Code is read as a workload first, and CodeError says why where that fails.
    Files are relative to the current folder. An option of its own wins over `--set`.
    """
    code = None
    if is_code(workload):
        code = read_own_code(workload, data.data or (), selection.answer)
    elif selection.answer:
        raise CodeError(
            f"--answer {selection.answer}: {workload} is a workload; choose with --query"
        )
    files = override_files(data.data or ()) if code is None else {}
    settings = dict(map(_split_setting, selection.setting or ()))
    quick = QUICK if code and not (measure.rounds or measure.time_budget) else {}
    return Request(
        workload,
        split_names(selection.engine or ()),
        split_names(selection.query or ()),
        {
            **files,
            **_read_programs(selection),
            **quick,
            **settings,
            **_list_overrides(data, limits, measure),
        },
        results,
        limits.limit_backend,
        baseline,
        python=not selection.no_python,
        isolate=environments.isolate,
        interpreter=environments.interpreter or "",
        code=code,
    )


def _list_overrides(
    data: DataOptions, limits: LimitOptions, measure: MeasureOptions
) -> dict[str, str]:
    """Return the values that have an option of their own, by their dotted key in a workload."""
    values = {
        "--memory": limits.memory,
        "--timeout": limits.timeout,
        "--threads": limits.threads,
        "--runs": measure.runs,
        "--warmup": measure.warmup,
        "--rounds": measure.rounds,
        "--time-budget": measure.time_budget,
        "--load": data.load,
        "--beside": measure.beside,
    }
    return {key: value for key, name in OPTIONS.items() if (value := values[name]) is not None}


def _read_programs(selection: Selection) -> dict[str, str]:
    """Return each program's file by its dotted key; those of a folder have their files' names."""
    found = {}
    for text in selection.program or ():
        name, equals, file = text.partition("=")
        if equals:
            found[f"programs.{name.strip()}"] = json.dumps(file.strip(), ensure_ascii=False)
            continue
        files = sorted(Path(text).glob("*.py")) if Path(text).is_dir() else []
        if not files:
            raise ResultsError(f"--program {text}: write NAME=FILE.py, or a folder of programs")
        found |= {f"programs.{one.stem}": json.dumps(str(one)) for one in files}
    return found


def _split_setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise ResultsError(f"--set {text}: the value is missing; write --set {text}=VALUE")
    return key.strip(), value.strip()
