"""`dfbench env`: list, make and prune the environments of versioned engines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from time import monotonic

from rich.console import Console
from rich.table import Table

from ..engines import find
from ..engines.info import NEWEST
from ..engines.versions import Versioned
from ..environments.pins import load_shipped
from ..environments.provider import build_local_provider, is_current, print_progress
from ..environments.store import list_environments, prune_environments


def print_environments() -> None:
    """Print the environments that exist, and the shipped pins that have none yet."""
    found = list_environments(build_local_provider().cache)
    table = Table("engine", "python", "made", "by", "disk", "folder", box=None)
    for one in found:
        mark, size = one.mark, f"{one.measure_size() / 2**20:,.0f} MiB"
        table.add_row(mark.engine, mark.python, mark.made[:10], mark.by, size, str(one.path))
    kept = {one.mark.pins for one in found}
    for pins in load_shipped():
        if pins.text not in kept:
            engine, _, version = pins.shipped.rpartition("-")
            table.add_row(f"{engine}@{version}", "", "not made", "", "", "")
    Console().print(table)


def make_environments(names: Sequence[str]) -> None:
    """Make environments and print their versions; EngineError where one cannot be made."""
    provider = build_local_provider()
    for name in provider.resolve_names(names):
        engine = find(name)
        if not isinstance(engine, Versioned):
            engine = Versioned(engine, f"{engine.name}@{NEWEST}", NEWEST)
        began = monotonic()
        environment, python = provider.provide_environment(engine, print_progress)
        versions = environment.find_versions(engine.distributions)
        have = ", ".join(f"{package} {version}" for package, version in versions.items())
        sys.stdout.write(f"{engine.name}: {have}, Python {python}, in {environment.path}\n")
        sys.stderr.write(f"{monotonic() - began:.1f} s\n")


def remove_environments(*, everything: bool) -> None:
    """Remove environments that no shipped pins describe; with `everything`, all of them."""
    removed, freed = prune_environments(
        build_local_provider().cache, lambda one: not everything and is_current(one)
    )
    for path in removed:
        sys.stdout.write(f"{path}\n")
    sys.stderr.write(f"{len(removed)} environments removed, {freed / 2**20:,.0f} MiB freed\n")
