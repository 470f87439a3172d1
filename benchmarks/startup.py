"""Start-up of the command line against bare Python and a bare import of typer."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import typer": [sys.executable, "-c", "import typer"],
    "dfbench --help": [sys.executable, "-m", "dfbench", "--help"],
}
ROUNDS = 15
HEAVY = ("pandas", "polars", "dask", "modin", "datatable", "duckdb", "numba", "pyarrow", "numpy")


def seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    medians = {name: statistics.median(found) for name, found in times.items()}
    bare = medians["python -c pass"]
    for name, median in medians.items():
        print(f"{name:16} {median * 1e3:6.0f} ms  {median / bare:5.2f} x bare Python")
    found = "import sys, dfbench.cli; print([n for n in sys.argv[1:] if n in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", found, *HEAVY], check=True, capture_output=True)
    print(f"heavy imports of dfbench.cli: {loaded.stdout.decode().strip()}")


if __name__ == "__main__":
    main()
