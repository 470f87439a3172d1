"""Scripts in the manner of public notebooks: which of their statements are read, and which not.

Each begins with `# FILE ROWS: COLUMN=VALUES; …` for the files that it reads. What is not read, with
these files and without, is kept in `notebooks/unread.txt`; `python -m tests.reading.notebooks`
rewrites it and prints the shares, with `--answers` how pandas' values differ from the oracle's.
"""

from __future__ import annotations

import ast
import csv
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dfbench.reading import DataFile, read_code
from dfbench.reading.magics import leave_magics_out
from dfbench.reading.model import Reading, Source

from tests.reading.answers import compare_script
from tests.support.folders import work_in_empty_folder

HERE = Path(__file__).parent / "notebooks"
UNREAD = HERE / "unread.txt"
KINDS = ("groupby", "apply", "other")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a script: its kind, and what is not read of it."""

    line: int
    kind: str
    unread: str


def scripts() -> list[Path]:
    """Return the scripts."""
    return [path for path in sorted(HERE.glob("*.txt")) if path != UNREAD]


def read_script(path: Path, folder: Path | None) -> Reading:
    """Read a script, with its files in a folder or without any."""
    text = leave_magics_out(path.read_text())
    data = tuple(write_files(text, folder)) if folder else ()
    return read_code(Source(f"{path.stem}.py", text), data)


def write_files(text: str, folder: Path) -> Iterator[DataFile]:
    """Write the files that the head of a script describes."""
    for line in text.splitlines():
        if not line.startswith("# "):
            return
        head, _, columns = line[2:].partition(": ")
        name, _, rows = head.rpartition(" ")
        pairs = [column.split("=", 1) for column in columns.split("; ")]
        draw = random.Random(name)
        made = {label: list(_draw(draw, values, int(rows))) for label, values in pairs}
        with (folder / name).open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(made)
            writer.writerows(zip(*made.values(), strict=True))
        yield DataFile(folder / name)


def _draw(draw: random.Random, values: str, rows: int) -> Iterator[str]:
    missing = values.endswith("?")
    words = values.removesuffix("?")
    for n in range(rows):
        yield "" if missing and draw.random() < 0.15 else _draw_one(draw, words, n)


def _draw_one(draw: random.Random, words: str, n: int) -> str:
    year, month, day = 2015 + n // 30, n % 12 + 1, draw.randint(1, 28)
    low, dots, high = words.partition("..")
    match words:
        case "id":
            return str(n + 1)
        case "unix":
            return str(1_400_000_000 + n * 90_000)
        case "day":
            return f"{year}-{month:02}-{day:02}"
        case "usday":
            return f"{month:02}/{day:02}/{year}"
        case "euday":
            return f"{day:02}/{month:02}/{year}"
        case "stamp":
            return (
                f"{year}-{month:02}-{day:02} {draw.randint(0, 23):02}:{draw.randint(0, 59):02}:00"
            )
    if not dots or "|" in words:
        return draw.choice(words.split("|"))
    if "." in low:
        return f"{draw.uniform(float(low), float(high)):.2f}"
    return str(draw.randint(int(low), int(high)))


def list_statements(path: Path, reading: Reading) -> Iterator[Statement]:
    """Yield the statements of a script, each with the first sentence on what is not read."""
    unread = [one for one in reading.remarks if one.kind == "unread"]
    for node in ast.parse(leave_magics_out(path.read_text())).body:
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        text = ast.unparse(node)
        kind = "groupby" if ".groupby(" in text else "apply" if ".apply(" in text else "other"
        why = next((one.text for one in unread if one.line in lines), "")
        yield Statement(node.lineno, kind, why)


def measure() -> dict[tuple[str, bool], list[Statement]]:
    """Return the statements of each script, read with its files and without."""
    found = {}
    with work_in_empty_folder() as folder:
        for path in scripts():
            for given in (False, True):
                inner = folder / path.stem
                inner.mkdir(exist_ok=True)
                reading = read_script(path, inner if given else None)
                found[path.stem, given] = list(list_statements(path, reading))
    return found


def describe(found: dict[tuple[str, bool], list[Statement]]) -> str:
    """Return what is not read of each script."""
    lines = []
    for (name, given), statements in found.items():
        lines.append(f"## {name}, {'with' if given else 'without'} its files")
        lines += [f"{one.line} {one.kind}: {one.unread}" for one in statements if one.unread]
    return "\n".join(lines) + "\n"


def count_shares(
    found: dict[tuple[str, bool], list[Statement]], *, given: bool
) -> dict[str, float]:
    """Return the share of statements of each kind that are read."""
    every = [one for (_, with_files), ones in found.items() if with_files == given for one in ones]
    kinds = {kind: [one for one in every if one.kind == kind] for kind in KINDS}
    return {kind: sum(not one.unread for one in ones) / len(ones) for kind, ones in kinds.items()}


def compare_answers() -> Iterator[tuple[str, str]]:
    """Yield each value that is read of a script and its files, and how pandas' differs."""
    with work_in_empty_folder() as folder:
        for path in scripts():
            inner = folder / path.stem
            inner.mkdir()
            text = path.read_text()
            data = tuple(write_files(text, inner))
            for answer, how in compare_script(Source(f"{path.stem}.py", text), data, inner):
                yield f"{path.stem}:{answer.line} {answer.query}", how


def print_differences() -> None:
    """Print how pandas' values differ, and how many there are."""
    found = list(compare_answers())
    for place, how in found:
        if how:
            print(f"{place}: {how}")
    print(f"{len(found)} values, {sum(bool(how) for _, how in found)} differ")


def main() -> None:
    """Rewrite what is not read, and print the shares."""
    found = measure()
    UNREAD.write_text(describe(found))
    for given in (False, True):
        shares = count_shares(found, given=given)
        print(
            "with" if given else "without", {kind: f"{share:.1%}" for kind, share in shares.items()}
        )


if __name__ == "__main__":
    print_differences() if "--answers" in sys.argv else main()
