"""`dfbench engines`: list the engines and their versions."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from ..engines import find_missing, find_versions, install_command, list_broken, load_engines


def list_engines() -> None:
    """Print every engine with its versions, or the command that installs it."""
    table = Table("engine", "versions", "to add it", box=None)
    for engine in load_engines().values():
        found = ", ".join(f"{name} {version}" for name, version in find_versions(engine).items())
        lacking = find_missing(engine)
        table.add_row(engine.name, found, install_command(engine) if lacking else "")
    for name, reason in list_broken().items():
        table.add_row(name, "", f"its plug-in cannot be loaded: {reason}")
    Console().print(table)
