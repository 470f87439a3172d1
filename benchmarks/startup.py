"""CPU time of the start-up of the command line against bare Python and a bare import of typer."""

from __future__ import annotations

import os
import subprocess
import sys

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import typer": [sys.executable, "-c", "import typer"],
    "dfbench --help": [sys.executable, "-m", "dfbench", "--help"],
}
ROUNDS = 15
HEAVY = ("pandas", "polars", "dask", "modin", "datatable", "duckdb", "numba", "pyarrow", "numpy")


def cpu_seconds(command: list[str]) -> float:
    """Return the CPU time of a command, which other programs on the machine hardly change."""
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    used = after.children_user + after.children_system
    return used - before.children_user - before.children_system


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            times[name].append(cpu_seconds(command))
    least = {name: min(found) for name, found in times.items()}
    bare = least["python -c pass"]
    for name, used in least.items():
        print(f"{name:16} {used * 1e3:6.0f} ms of CPU, {(used - bare) * 1e3:4.0f} over bare Python")
    found = "import sys, dfbench.cli; print([n for n in sys.argv[1:] if n in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", found, *HEAVY], check=True, capture_output=True)
    print(f"heavy imports of dfbench.cli: {loaded.stdout.decode().strip()}")


if __name__ == "__main__":
    main()
