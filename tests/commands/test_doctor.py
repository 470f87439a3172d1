"""`dfbench doctor`: what this machine and its engines lack."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.execution import doctor

from tests.support.command_line import run_dfbench

FACTS = {
    "python": "CPython 3.11.7", "cores": 8, "cores_total": 8, "memory": 32 * 2**30,
    "memory_held_by": "machine", "load": 0.1, "swap": 0, "governor": "performance",
    "virtual": None, "shm": 32 * 2**30, "cache": 99 * 2**30, "results": 99 * 2**30,
}  # fmt: skip


def test_a_good_machine_has_nothing_to_mend() -> None:
    assert [found.message for found in doctor.check_facts(FACTS) if not found.passed] == []


@pytest.mark.parametrize(
    ("fact", "value", "mend"),
    [
        ("cores", 1, "--cpus=4"),
        ("memory", 2**30, "dataset.rows=1e6"),
        ("memory", None, "--memory"),
        ("load", 4.0, "stop other processes"),
        ("swap", 2**30, "swapoff"),
        ("governor", "powersave", "cpupower"),
        ("virtual", "virtual machine", "steal"),
        ("shm", 64 * 2**20, "--shm-size"),
        ("shm", None, "mount -t tmpfs"),
        ("cache", 2**30, "DFBENCH_CACHE"),
        ("results", None, "--results"),
    ],
)
def test_each_thing_amiss_is_told_with_its_next_step(fact: str, value: object, mend: str) -> None:
    found = list(doctor.check_facts({**FACTS, fact: value}))
    assert any(mend in one.fix for one in found if not one.passed)
    assert "✗" in doctor.render(found)


def test_the_doctor_looks_at_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_dfbench(monkeypatch, "doctor", "--results", tmp_path) == 0
    told = capsys.readouterr().out.splitlines()
    assert any("memory limits are enforced by" in line for line in told)
    assert all(told[i + 1].startswith("    → ") for i, line in enumerate(told) if line[0] == "✗")


def test_a_missing_engine_is_told_with_the_command_that_adds_it() -> None:
    found = list(doctor.check_engines({"polars": "pip install 'dataframe-bench[polars]'"}))
    assert doctor.render(found) == (
        "✗ polars is not installed\n    → pip install 'dataframe-bench[polars]'\n"
    )


def test_what_makes_ray_slow_to_start_is_told_where_all_of_it_is_installed() -> None:
    installed = {"ray": "2.56.0", "jsonschema": "4.26.0", "rfc3987-syntax": "1.1.0"}
    (found,) = doctor.check_packages(installed)
    assert "jsonschema<4.25" in found.fix
    for name in installed:
        assert not list(doctor.check_packages({k: v for k, v in installed.items() if k != name}))
    assert not list(doctor.check_packages({**installed, "jsonschema": "4.24.1"}))


def test_only_what_can_be_resumed_is_said_to_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "check_machine", stop)
    assert run_dfbench(monkeypatch, "doctor", "--results", tmp_path) == 130
    assert capsys.readouterr().err.strip() == "dfbench: stopped"
