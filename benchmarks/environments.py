"""Six environments made with a warm package cache, and found again; a second comparison's start.

    python benchmarks/environments.py

The first creation warms the package cache, and is reported separately.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

SIX = ("pandas@2.3", "pandas@3.1", "polars@1.30", "polars@2.1", "duckdb@1.4", "narwhals@newest")
DFBENCH = [sys.executable, "-m", "dfbench"]
COMPARISON = ["compare", "groupby", "-q", "q1", "--set", "dataset.rows=1e5", "--rounds", "1"]


def seconds(arguments: list[str], cache: Path, folder: Path) -> float:
    began = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "DFBENCH_CACHE": str(cache)}
    subprocess.run([*DFBENCH, *arguments], check=True, cwd=folder, env=environment, **quiet)
    return time.perf_counter() - began


def runs(folder: Path) -> list[dict]:
    (newest,) = sorted((folder / "results" / "groupby").glob("2*/runs.jsonl"))[-1:]
    return [json.loads(line) for line in newest.read_text().splitlines()]


def main() -> None:
    with TemporaryDirectory() as made:
        folder = Path(made)
        cold, warm = folder / "cold", folder / "warm"
        cold_seconds = seconds(["env", "make", *SIX], cold, folder)
        print(f"made, package cache as it was: {cold_seconds:.1f} s")
        print(f"made, package cache warm: {seconds(['env', 'make', *SIX], warm, folder):.1f} s")
        print(f"found again: {seconds(['env', 'make', *SIX], warm, folder):.1f} s")
        asked = [*COMPARISON, *(word for name in SIX for word in ("-e", name))]
        seconds(asked, warm, folder)
        began = time.time()
        whole = seconds(asked, warm, folder)
        found = runs(folder)
        first = min(datetime.fromisoformat(run["began"]).timestamp() for run in found)
        walls = sum(run["times"]["wall"] for run in found)
        print(f"second comparison: {first - began:.2f} s to its first engine's start,")
        print(f"  {whole - walls:.2f} s beyond its {len(found)} workers' {walls:.2f} s in all")


if __name__ == "__main__":
    main()
