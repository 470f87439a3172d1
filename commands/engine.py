"""`dfbench engine`: create an engine plug-in, test it, and write its golden programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ..engines import find, template
from ..testing.conformance import golden, kit
from ..testing.conformance.kit import KitPart

SHOWN = 10  # failures of a part; more of them repeat the first


def create_plugin(name: str, folder: Path | None) -> None:
    """Write a package for an engine plug-in, by default in `dfbench-NAME`, and print its files."""
    for path in template.create_package(name, folder or Path(f"dfbench-{name}")):
        sys.stdout.write(f"{path}\n")


def run_kit(name: str, reviewed: Path | None, badge: Path | None) -> int:
    """Run the conformance kit on an engine and print the results; return 1 if a part failed."""
    parts = []
    for part in kit.test(name, reviewed):
        parts.append(part)
        sys.stderr.write(f"{part.name}: {part.met} of {part.total}\n")
    Console().print(_build_table(parts))
    for part in parts:
        for failure in part.failures[:SHOWN]:
            sys.stdout.write(f"{part.name}: {failure}\n")
        if len(part.failures) > SHOWN:
            sys.stdout.write(f"{part.name}: and {len(part.failures) - SHOWN} more\n")
    sys.stdout.write(f"{name}: {summarize(parts)}\n")
    if badge:
        badge.write_text(json.dumps(shield(parts), indent=2) + "\n")
    return 1 if any(part.failures for part in parts) else 0


def save_golden(name: str, folder: Path) -> None:
    """Write an engine's golden programs into a folder, and print their paths."""
    for path in golden.save(golden.write_golden(find(name)), folder):
        sys.stdout.write(f"{path}\n")


def summarize(parts: Iterable[KitPart]) -> str:
    """Return a line with the number of cases that an engine answers, and the parts that fail."""
    answers = [part for part in parts if part.name in {"answers", "missing values"}]
    met, asked = sum(p.met for p in answers), sum(p.total for p in answers)
    failed = [part.name for part in parts if part.failures]
    ending = f"fails in {', '.join(failed)}" if failed else "nothing fails"
    return f"{met} of {asked} cases, {ending}"


def shield(parts: list[KitPart]) -> dict[str, str | int]:
    """Return the summary as the JSON that shields.io reads from an endpoint."""
    failed = any(part.failures for part in parts)
    color = "red" if failed else "brightgreen"
    return {"schemaVersion": 1, "label": "dfbench", "message": summarize(parts), "color": color}


def _build_table(parts: list[KitPart]) -> Table:
    table = Table("part", box=None, header_style="bold underline")
    for heading in ("right", "unsupported", "known wrong", "failed"):
        table.add_column(heading, justify="right")
    for part in parts:
        counts = part.met, part.unsupported, part.known, len(part.failures)
        table.add_row(part.name, *(str(count) if count else "·" for count in counts))
    return table
