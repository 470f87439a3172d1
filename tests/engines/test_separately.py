"""`run` on pools of processes: the program is importable there, and nothing of it stays."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dfbench.engines import find, pools
from dfbench.errors import DfbenchError
from dfbench.spec.reader import read_text

WORKLOAD = """\
workload: shops
dataset: {files: shops.parquet}
queries:
  prices:
    apply:
      rows: |
        def price(row):
            return row["qty"] * 2.5
      as: price
  spreads:
    group_by: shop
    apply:
      groups: |
        def spread(qty):
            return float(qty.max() - qty.min())
      as: spread
  fails:
    apply:
      rows: |
        def price(row):
            return 1 // (row["qty"] - 2)
      as: price
  ends:
    apply:
      rows: |
        import os
        import signal
        def price(row):
            os.killpg(0, signal.SIGKILL)
            return row["qty"] * 2.5
      as: price
"""
QUERIES = read_text(WORKLOAD, "shops.yaml", Path())
FRAME = pd.DataFrame({"shop": ["a", "b", "a"], "qty": [1, 2, 3]})
POOLS = [pools.SERIAL_INFO.name, *pools.POOLS]
# A script without `if __name__ == "__main__"`, which a spawned worker would run again.
SCRIPT = """\
import multiprocessing, sys
sys.path.insert(0, {path!r})
print("began")
multiprocessing.set_start_method({method!r})
from dfbench.engines import find
from dfbench.spec.reader import read_text
from pathlib import Path
query = read_text({workload!r}, "shops.yaml", Path()).query("prices")
frame = {{"shop": ["a", "b"], "qty": [1, 2]}}
print(find({pool!r}).run(query, frame)["price"].tolist())
"""


@pytest.mark.parametrize("pool", POOLS)
def test_every_pool_answers_and_leaves_nothing(pool: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("DFBENCH_TEST", str(tmp_path))
    before = set(sys.modules), list(sys.path)
    answer = find(pool).run(QUERIES.query("prices"), FRAME)
    assert answer["price"].tolist() == [2.5, 5.0, 7.5]
    new = [name for name in set(sys.modules) - before[0] if name.startswith("dfbench_program")]
    assert (new, sys.path) == ([], before[1])
    assert list(tmp_path.iterdir()) == []
    # Python's resource trackers end by themselves, once no other process is left.
    while _list_processes(f"DFBENCH_TEST={tmp_path}"):
        time.sleep(0.05)


def test_a_function_of_groups_is_answered() -> None:
    answer = find("multiprocessing").run(QUERIES.query("spreads"), FRAME)
    assert dict(zip(answer["shop"], answer["spread"], strict=True)) == {"a": 2.0, "b": 0.0}


@pytest.mark.parametrize(
    ("pool", "method"),
    [
        ("multiprocessing", "spawn"),
        ("futures-process", "forkserver"),
    ],
)
def test_a_script_without_a_guard_is_not_run_again(pool: str, method: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    said = SCRIPT.format(path=sys.path[0], method=method, workload=WORKLOAD, pool=pool)
    script.write_text(said, encoding="utf-8")
    command = [sys.executable, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    assert done.stdout.splitlines() == ["began", "[2.5, 5.0]"]


def test_code_that_is_entered_answers() -> None:
    names: dict[str, Any] = {
        "__name__": "__main__",
        "frame": FRAME,
        "query": QUERIES.query("prices"),
    }
    cell = "import dfbench.engines as e; answer = e.find('multiprocessing').run(query, frame)"
    exec(cell, {**names, "__name__": "__main__"}, names)
    assert names["answer"]["price"].tolist() == [2.5, 5.0, 7.5]


@pytest.mark.parametrize("pool", ["serial", "multiprocessing", "joblib"])
def test_an_error_of_the_function_is_raised_with_its_row(pool: str) -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        find(pool).run(QUERIES.query("fails"), FRAME)
    assert raised.value.__notes__ == ["row 1: qty=2"]
    cause = raised.value.__cause__
    assert cause is None or 'return 1 // (row["qty"] - 2)' in str(cause)


def test_a_program_that_is_ended_from_outside_is_a_sentence() -> None:
    with pytest.raises(DfbenchError, match="the program ended with status -9 before it answered"):
        find("multiprocessing").run(QUERIES.query("ends"), FRAME)


def _list_processes(variable: str) -> list[str]:
    """Return the identifiers of the processes that began with an environment variable."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if variable in (folder / "environ").read_text("utf-8", "replace"):
                found.append(folder.name)
    return found
