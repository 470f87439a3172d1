"""Writes the golden programs anew: `make golden`, then review the diff.

What an engine cannot say is in `UNSUPPORTED.txt`, with the reason.
"""

from __future__ import annotations

from pathlib import Path

from dfbench.engines import engines, find
from dfbench.testing.conformance.golden import golden

HERE = Path(__file__).parent
UNSUPPORTED = HERE / "UNSUPPORTED.txt"
# Those that read in their own way within the query; the others read as they load.
SCANS = ("pandas/scan", "polars/scan", "duckdb/scan", "dask/scan")


def programs() -> dict[Path, str]:
    """Give the text of every golden file by its path."""
    written: dict[Path, str] = {}
    refused = []
    for engine in (*engines().values(), *map(find, SCANS)):
        folder = HERE / engine.name.replace("/", "-").replace("+", "-")
        found = golden(engine)
        written |= {folder / name: text for name, text in found.programs.items()}
        refused += [
            f"{engine.name} {query}: {reason}\n"
            for query, reason in found.refused.items()
        ]
    return {**written, UNSUPPORTED: "".join(refused)}


def main() -> None:
    """Write every program, and remove those that nothing writes any more."""
    written = programs()
    for path in {*HERE.glob("*/*.py"), *written}:
        if path in written:
            path.parent.mkdir(exist_ok=True)
            path.write_text(written[path])
        else:
            path.unlink()


if __name__ == "__main__":
    main()
