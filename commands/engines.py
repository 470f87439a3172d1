"""`dfbench engines`: list the engines and their versions."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from ..engines import engines, find_missing, install_command, versions


def list_engines() -> None:
    """Print every engine with its versions, or the command that installs it."""
    table = Table("engine", "versions", "to add it", box=None)
    for engine in engines().values():
        found = ", ".join(f"{name} {version}" for name, version in versions(engine).items())
        lacking = find_missing(engine)
        table.add_row(engine.name, found, install_command(engine) if lacking else "")
    Console().print(table)
