"""The user's own data files: found by pattern, their format known by suffix."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from ..errors import DataError
from ..spec.workload import CsvFormat, Files

Format: TypeAlias = Literal["Parquet", "CSV", "Arrow IPC"]

# Grows with every change of how files are read, so that what is kept from before is not believed.
READER_VERSION = 3
SUFFIXES: dict[str, Format] = {
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".csv": "CSV",
    ".csv.gz": "CSV",
    ".csv.zst": "CSV",
    ".tsv": "CSV",
    ".tsv.gz": "CSV",
    ".arrow": "Arrow IPC",
    ".feather": "Arrow IPC",
    ".ipc": "Arrow IPC",
}


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """Files of one form, in order; folders below `base` named `key=value` are columns."""

    paths: tuple[Path, ...]
    form: Format
    base: Path
    csv_format: CsvFormat

    @property
    def name(self) -> str:
        """Return a name for people: the file's own, or the first's and how many more."""
        first = self.paths[0].name[: -len(find_suffix(self.paths[0]))]
        return f"{first}+{len(self.paths) - 1}" if len(self.paths) > 1 else first

    @property
    def is_partitioned(self) -> bool:
        """Return whether folders hold a column's values."""
        folders = (part for path in self.paths for part in path.relative_to(self.base).parts[:-1])
        return any("=" in folder for folder in folders)

    def identify(self) -> str:
        """Return the files apart from any others, and from themselves before a change."""
        stats = [(str(path), path.stat()) for path in self.paths]
        facts = [(path, stat.st_size, stat.st_mtime_ns) for path, stat in stats]
        return repr((READER_VERSION, self.form, str(self.base), self.csv_format, facts))


def find_suffix(path: Path) -> str:
    """Return the suffix that identifies a file's form, as it is written; empty if none does."""
    known = (s for s in sorted(SUFFIXES, key=len, reverse=True) if path.name.lower().endswith(s))
    return path.name[-len(suffix) :] if (suffix := next(known, "")) else ""


def find_files(files: Files) -> SourceFiles:
    """Find the files of a dataset; DataError where there are none, or of several forms."""
    paths, bases = [], []
    for pattern in files.patterns:
        found, base = _match(files.folder, pattern)
        paths += found
        bases.append(base)
    unique = tuple(dict.fromkeys(paths))
    forms = {_find_format(path) for path in unique}
    if len(forms) > 1:
        raise DataError(
            f"{', '.join(files.patterns)}: files of several formats ({', '.join(sorted(forms))}); "
            "name files of one format"
        )
    form = forms.pop()
    if form != "CSV" and files.csv_format not in (CsvFormat(), CsvFormat(whole=False)):
        raise DataError(
            f"{', '.join(files.patterns)}: {form} files have no delimiter, quote, decimal, header,"
            " missing or csv; leave these out"
        )
    return SourceFiles(unique, form, Path(os.path.commonpath(bases)), files.csv_format)


def is_pattern(path: str) -> bool:
    """Return whether a path, or a part of one, has signs of a pattern."""
    return any(sign in path for sign in "*?[")


def _match(folder: Path, pattern: str) -> tuple[list[Path], Path]:
    """Return the files that a pattern matches, sorted, and the folder that it starts from."""
    path = Path(os.path.abspath(folder / Path(pattern).expanduser()))  # noqa: PTH100 keeps links
    if path.is_dir():
        return _list_folder(path), path
    if path.exists():
        return [path], path.parent
    fixed = [part for part, _ in zip(path.parts, _count_fixed(path), strict=False)]
    base = Path(*fixed)
    rest = str(Path(*path.parts[len(fixed) :])) if len(fixed) < len(path.parts) else ""
    found = sorted(match for match in base.glob(rest) if match.is_file()) if rest else []
    if not found:
        raise DataError(
            f"{pattern}: no file in {folder.absolute()} matches this name or pattern; "
            "check the path (relative to the workload's folder)"
        )
    return found, base


def _count_fixed(path: Path) -> Iterator[None]:
    """Yield once for every leading part of a path without a wildcard."""
    for part in path.parts:
        if is_pattern(part):
            return
        yield None


def _list_folder(folder: Path) -> list[Path]:
    """Return the data files of a folder and all below, but for hidden and `_` ones."""
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if find_suffix(path) and path.is_file() and not path.name.startswith((".", "_"))
    ]
    if not found:
        raise DataError(
            f"{folder}: the folder holds no data file; put {', '.join(SUFFIXES)} files there"
        )
    return found


def _find_format(path: Path) -> Format:
    suffix = find_suffix(path).lower()
    if not suffix:
        raise DataError(f"{path}: unknown kind of file; name it {', '.join(SUFFIXES)}")
    return SUFFIXES[suffix]
