"""One process for many programs: what is slow by others' work is not slow by its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from dfbench.execution.warm_process import FORGED, WarmProcess, compute_own_time

PROGRAM = """
import time


def load(path):
    time.sleep(600)
"""


@pytest.mark.parametrize(
    ("used", "waited", "counted"),
    [
        pytest.param(1.0, 0.0, 1.0, id="it had the processor"),
        pytest.param(0.1, 0.9, 0.1, id="others had it"),
        pytest.param(0.1, 3.9, 0.025, id="others had it, and four threads waited"),
        pytest.param(0.0, 0.0, 1.0, id="it waits for nothing"),
        pytest.param(0.001, 0.05, 1.0, id="it does next to nothing"),
        pytest.param(-2.0, 0.5, 1.0, id="a process of it has ended"),
    ],
)
def test_time_counts_as_far_as_the_processes_could_work(
    used: float, waited: float, counted: float
) -> None:
    assert compute_own_time(1.0, used, waited) == pytest.approx(counted)


def test_a_process_that_waits_for_nothing_is_given_up(tmp_path: Path) -> None:
    program, process = tmp_path / "p.py", WarmProcess(sys.executable, tmp_path, {})
    program.write_text(PROGRAM)
    told = process.answer(program, program, tmp_path / "answer.arrow", patience=0.3)
    assert told == "no answer within 0.3 s"
    assert not process.alive


FORGER = """
import os


def load(path):
    for number in range(3, 40):
        try:
            os.write(number, b"null\\n[1, null]\\n")
        except OSError:
            pass
"""


def test_a_program_that_writes_replies_itself_is_found(tmp_path: Path) -> None:
    program, process = tmp_path / "p.py", WarmProcess(sys.executable, tmp_path, {})
    program.write_text(FORGER)
    assert process.answer(program, program, tmp_path / "answer.arrow") == FORGED
    assert not process.alive


WARNER = """
import warnings

import pyarrow as pa


def load(path):
    warnings.warn("of no account", UserWarning)
    exec(compile("warnings.warn('its own', FutureWarning)", "library", "exec"),
         {"warnings": warnings, "__name__": "library"})


def query(data):
    warnings.warn("call it otherwise", FutureWarning)


def rows(answer):
    return pa.table({"a": [1]})
"""


def test_a_deprecated_call_of_a_program_itself_is_an_error(tmp_path: Path) -> None:
    program, process = tmp_path / "p.py", WarmProcess(sys.executable, tmp_path, {})
    program.write_text(WARNER)
    told = process.answer(program, program, tmp_path / "answer.arrow")
    assert told is not None
    assert told.endswith("FutureWarning: call it otherwise\n")
    program.write_text(WARNER.replace("FutureWarning)\n\n\ndef rows", "UserWarning)\n\n\ndef rows"))
    assert process.answer(program, program, tmp_path / "answer.arrow") is None
    process.end()
