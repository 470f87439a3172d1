"""The probes: one small script per back-end and question, as a user would write it."""

from __future__ import annotations

import textwrap

from ..engines.writing.program import format_code
from ..storage.probe_results import Question
from .parallel_apis import ParallelApi
from .probe import Probe

SCRIPT = '''\
"""HEADING"""

import json

IMPORTS

BEFORE


def main():
    OPENING
        answers = list(MAPPING)
    print(json.dumps([float(answer) for answer in answers]))


GUARD
'''
GUARDED = """\
if __name__ == "__main__":
    main()"""
SPAWN = """\
import multiprocessing

multiprocessing.set_start_method("spawn", force=True)"""
ADD = """\
def add(x):
    return x + 1.0"""
CLOSURE = """\
def adder(step):
    def add(x):
        return x + step

    return add"""
LOCK = """\
import threading


def held(lock):
    return lock.locked()"""
COSTS = '''\
"""HEADING"""

import time

BEGAN = time.perf_counter()

IMPORTS

IMPORTED = time.perf_counter()

import json

import numpy as np

MIB = 2**20


def nothing(x):
    return x


def array(size):
    return np.ones(int(size), np.uint8)


def work(x):
    total = 0.0
    for i in range(1_000_000):
        total += i * x % 7
    return total


def fastest(call):
    """Return the seconds of the fastest of three calls."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times)


def main():
    few, many = [1.0] * 200, [1.0] * 2000
    small, large = [1.0] * 8, [8.0 * MIB] * 8
    heavy = [1.0] * (4 * WORKERS)
    began = time.perf_counter()
    OPENING
        list(FIRST)
        figures = {"imports": IMPORTED - BEGAN, "first": time.perf_counter() - began}
        list(WARM_ARRAYS)
        list(WARM_WORK)
        figures["few"] = fastest(lambda: list(FEW))
        figures["many"] = fastest(lambda: list(MANY))
        figures["small"] = fastest(lambda: list(SMALL))
        figures["large"] = fastest(lambda: list(LARGE))
        figures["parallel"] = fastest(lambda: list(HEAVY))
    figures["serial"] = fastest(lambda: [work(x) for x in heavy])
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
'''
TASKS = 2000 - 200  # what `many` has more than `few`
MEBIBYTES = 8 * 8  # what `large` returns more than `small`


# The scripts of these are typed into a session, or start new workers.
SESSIONS = {Question.NOTEBOOK, Question.NOTEBOOK_SPAWN}
SPAWNED = {Question.SPAWN, Question.NOTEBOOK_SPAWN, Question.UNGUARDED}
COSTS_TIMES = 4  # as long as another probe: it maps some thirty times


def list_probes(api: ParallelApi, workers: int, name: str = "") -> tuple[Probe, ...]:
    """Return a back-end's probes, under its own name or another."""
    return tuple(build_probe(api, question, workers, name) for question in Question)


def build_probe(api: ParallelApi, question: Question, workers: int, name: str = "") -> Probe:
    """Return the probe of a back-end for a question."""
    return Probe(
        name or api.name,
        question.name,
        format_code(write_script(api, question, workers)),
        api.environment,
        session=question in SESSIONS,
        times=COSTS_TIMES if question is Question.COSTS else 1,
    )


def find_expected_answer(question: Question) -> list[float] | None:
    """Return the one right answer; None where there are many."""
    match question:
        case Question.WORKERS | Question.COSTS:
            return None
        case Question.ARGUMENT:
            return [0.0, 0.0]
        case _:
            return [2.0, 3.0, 4.0]


def write_script(api: ParallelApi, question: Question, workers: int) -> str:
    """Write a probe."""
    heading = f"How {api.name} does: {question}."
    text = _write_costs(api) if question is Question.COSTS else _write_script(api, question)
    return text.replace("HEADING", heading).replace("WORKERS", str(workers))


def _write_script(api: ParallelApi, question: Question) -> str:
    before, function, arguments = _choose_work(api, question)
    bare = question in SESSIONS or question is Question.UNGUARDED
    parts = [*([SPAWN] if question in SPAWNED else []), before.strip()]
    holes = {
        "IMPORTS": api.imports.strip(),
        "BEFORE": "\n\n\n".join(parts),
        "GUARD": "main()" if bare else GUARDED,
        "MAPPING": fill_mapping(api.mapping, function, arguments),
    }
    return _fill(_insert_opening(SCRIPT, api.opening), holes)


def _choose_work(api: ParallelApi, question: Question) -> tuple[str, str, str]:
    arguments = "[1.0, 2.0, 3.0]"
    match question:
        case Question.WORKERS:
            return api.who, "who", "[1.0] * 16"
        case Question.LAMBDA:
            return "", "lambda x: x + 1.0", arguments
        case Question.CLOSURE:
            return CLOSURE, "adder(1.0)", arguments
        case Question.ARGUMENT:
            return LOCK, "held", "[threading.Lock(), threading.Lock()]"
        case _:
            return ADD, "add", arguments


def _write_costs(api: ParallelApi) -> str:
    arrays = api.arrays or api.mapping
    holes = {
        "IMPORTS": api.imports.strip(),
        "FIRST": fill_mapping(api.mapping, "nothing", "[1.0]"),
        "WARM_ARRAYS": fill_mapping(arrays, "array", "[1.0]"),
        "WARM_WORK": fill_mapping(api.mapping, "work", "[1.0]"),
        "FEW": fill_mapping(api.mapping, "nothing", "few"),
        "MANY": fill_mapping(api.mapping, "nothing", "many"),
        "SMALL": fill_mapping(arrays, "array", "small"),
        "LARGE": fill_mapping(arrays, "array", "large"),
        "HEAVY": fill_mapping(api.mapping, "work", "heavy"),
    }
    text = _insert_opening(COSTS, api.opening)
    for hole in list(holes)[1:]:
        text = text.replace(f"list({hole})", f"list({holes[hole]})")
    return text.replace("IMPORTS\n", holes["IMPORTS"] + "\n", 1)


def fill_mapping(mapping: str, function: str, arguments: str) -> str:
    """Fill a back-end's expression.

    >>> fill_mapping("pool.map(FUNCTION, ARGUMENTS)", "add", "[1.0]")
    'pool.map(add, [1.0])'
    """
    return mapping.replace("FUNCTION", function).replace("ARGUMENTS", arguments)


def _insert_opening(template: str, opening: str) -> str:
    """Set the opening; what comes below it moves to the left where it holds nothing."""
    head, _, tail = template.partition("    OPENING\n")
    if opening.endswith(":"):
        return f"{head}    {opening}\n{tail}"
    lines = tail.splitlines(keepends=True)
    inside = next(i for i, line in enumerate(lines) if not line.startswith(" " * 8))
    body = textwrap.indent(textwrap.dedent("".join(lines[:inside])), " " * 4)
    return f"{head}    {opening}\n{body}{''.join(lines[inside:])}"


def _fill(template: str, holes: dict[str, str]) -> str:
    for hole, text in holes.items():
        template = template.replace(hole, text)
    return template
