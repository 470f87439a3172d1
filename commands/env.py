"""What `dfbench env` does: list, make and prune environments."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from time import monotonic

from rich.console import Console
from rich.table import Table

from ..engines import find
from ..engines.versions import NEWEST, Versioned
from ..environments.pins import load_shipped
from ..environments.provider import build_local_provider, is_current, print_progress
from ..environments.store import list_environments, prune_environments


def show() -> None:
    """Print the environments that are made, and the pins that ship and are not."""
    found = list_environments(build_local_provider().cache)
    table = Table("engine", "python", "made", "by", "disk", "folder", box=None)
    for one in found:
        mark, size = one.mark, f"{one.size() / 2**20:,.0f} MiB"
        table.add_row(mark.engine, mark.python, mark.made[:10], mark.by, size, str(one.path))
    kept = {one.mark.pins for one in found}
    for pins in load_shipped():
        if pins.text not in kept:
            engine, _, version = pins.shipped.rpartition("-")
            table.add_row(f"{engine}@{version}", "", "not made", "", "", "")
    Console().print(table)


def make(names: Sequence[str]) -> None:
    """Make environments; EngineError where one cannot be made."""
    giving = build_local_provider()
    for name in giving.resolved(names):
        engine = find(name)
        if not isinstance(engine, Versioned):
            engine = Versioned(engine, f"{engine.name}@{NEWEST}", NEWEST)
        began = monotonic()
        environment, python = giving.environment(engine, print_progress)
        told = environment.versions(engine.distributions)
        have = ", ".join(f"{name} {version}" for name, version in told.items())
        sys.stdout.write(f"{engine.name}: {have}, Python {python}, in {environment.path}\n")
        sys.stderr.write(f"{monotonic() - began:.1f} s\n")


def prune(*, everything: bool) -> None:
    """Remove what no pins that ship are of; `everything` removes all."""
    gone, freed = prune_environments(
        build_local_provider().cache, lambda one: not everything and is_current(one)
    )
    for path in gone:
        sys.stdout.write(f"{path}\n")
    sys.stderr.write(f"{len(gone)} environments removed, {freed / 2**20:,.0f} MiB freed\n")
