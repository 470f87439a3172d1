"""Functions that fail: on every road an outcome in words, with the row, and never a hang."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.storage.records import Outcome

from tests.support.apply_samples import answer, groups_query, rows_query, run, tasks

ROADS = ("pandas", "serial", "multiprocessing", "futures-process", "futures-thread", "loky")
POOLS = ("multiprocessing", "futures-process", "loky")

RAISES = """\
def risky(x):
    if x["A"] == 712:
        raise ValueError("boom")
    return x["A"] + x["B"]
"""


@pytest.mark.parametrize("road", ROADS)
def test_an_exception_tells_the_row_and_its_values(road: str, tmp_path: Path) -> None:
    ended = run(road, rows_query(RAISES), tmp_path)
    assert ended.outcome is Outcome.CRASHED
    assert "ValueError: boom" in ended.evidence
    assert "row 712: A=712, B=5" in ended.evidence
    assert 'raise ValueError("boom")' in ended.log


@pytest.mark.parametrize("road", POOLS)
@pytest.mark.parametrize("code", [7, 0])
def test_a_worker_that_dies_is_told_at_once(road: str, code: int, tmp_path: Path) -> None:
    last = f"    if x.A == 712:\n        os._exit({code})\n    return x.A\n"
    source = f"def die(x):\n    import os\n{last}"
    ended = run(road, rows_query(source), tmp_path, time=25)
    assert ended.outcome is Outcome.CRASHED
    assert "after 25 s" not in ended.evidence
    said = {"multiprocessing": f"exit code {code}", "futures-process": "BrokenProcessPool"}
    assert said.get(road, "TerminatedWorkerError") in ended.evidence


ENDINGS = {
    "recursion": (
        "def f(x):\n    def down(n):\n        return down(n + 1)\n    return down(x.A)\n",
        Outcome.CRASHED, "RecursionError",
    ),
    "memory": (
        "def f(x):\n    a = [x.A]\n    while a:\n        a.append(bytearray(10**7))\n    return 1",
        Outcome.OUT_OF_MEMORY,
        "",
    ),
    "standard input": (
        "def f(x):\n    return int(input()) + x.A\n", Outcome.CRASHED, "EOFError",
    ),
    "types": (
        "def f(x):\n    for one in 'a':\n        return one if x.A == 5 else x.A\n    return 1\n",
        Outcome.CRASHED,
        "Arrow",
    ),
    "exit": (
        "def f(x):\n    if x.A == 9:\n        raise SystemExit(3)\n    return x.A\n",
        Outcome.CRASHED, "3",
    ),
    "endless": ("def f(x):\n    while x.A > 0:\n        pass\n    return 1\n", Outcome.TIMEOUT, ""),
}  # fmt: skip


@pytest.mark.parametrize("road", ["serial", "multiprocessing", "futures-process"])
@pytest.mark.parametrize("name", ENDINGS)
def test_a_function_that_cannot_end_well_ends_in_words(
    name: str, road: str, tmp_path: Path
) -> None:
    source, outcome, said = ENDINGS[name]
    if (name, road) == ("exit", "multiprocessing"):
        outcome, said = Outcome.CRASHED, "WorkerDied"
    ended = run(road, rows_query(source), tmp_path, time=1 if name == "endless" else 30)
    assert ended.outcome is outcome, ended.evidence
    assert said in ended.evidence


@pytest.mark.parametrize("road", ["serial", "multiprocessing"])
def test_a_function_that_prints_and_forks_is_heard_out(road: str, tmp_path: Path) -> None:
    source = (
        "def f(x):\n    import os\n    if x.A == 3:\n        print('y' * 10**8)\n"
        "    if x.A == 5 and os.fork() == 0:\n        os._exit(0)\n    return x.A\n"
    )
    ended = run(road, rows_query(source), tmp_path)
    assert ended.outcome is Outcome.OK, ended.evidence
    assert answer(tmp_path)["y"].to_pylist() == list(range(1000))


@pytest.mark.parametrize("road", ["multiprocessing", "futures-process", "loky"])
def test_what_cannot_be_sent_back_is_told(road: str, tmp_path: Path) -> None:
    source = "def f(seed):\n    return (n for n in range(seed))\n"
    ended = run(road, tasks(source), tmp_path)
    assert ended.outcome is Outcome.CRASHED
    assert "pickle" in ended.evidence + ended.log


def test_a_compiled_group_function_that_returns_an_array_is_told(tmp_path: Path) -> None:
    source = "def f(A):\n    for value in A:\n        pass\n    return A * 2\n"
    ended = run("pandas+numba", groups_query(source), tmp_path)
    assert ended.outcome is Outcome.CRASHED
    assert "the function returns an array; a group function must return one" in ended.evidence
