"""Remove what supervisors left that were killed before they could clean up."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from .. import processes, sandbox
from . import cgroup
from .selection import own

PATIENCE = 5.0


def sweep() -> None:
    """End the processes and remove the groups and folders that carry a dead supervisor's tag."""
    _end_orphans()
    folders = _folders()
    for group in (*_groups(), *(group for folder in folders for group in _named(folder))):
        end(group)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _end_orphans(patience: float = PATIENCE) -> None:
    """Kill a dead supervisor's processes until they are gone: a kill is only a request."""
    deadline = time.monotonic() + patience
    while orphans := [pid for pid, tag in processes.tagged().items() if not processes.alive(tag)]:
        processes.kill(orphans)
        if time.monotonic() > deadline:
            break
        time.sleep(0.002)


def end(group: Path, patience: float = PATIENCE) -> None:
    """Kill a group's processes until there are none, and remove it."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        cgroup.kill(group)
        inside = cgroup.members(group)
        processes.kill(inside)
        if not inside:
            break
        time.sleep(0.002)
    cgroup.remove(group)


def _groups() -> list[Path]:
    table, memberships = own()
    parents = [cgroup.own_group(table, memberships, name) for name in (None, "memory")]
    return [group for parent in parents if parent for group in dead(parent)]


def _named(folder: Path) -> list[Path]:
    """Read the groups of a dead run; other names than its own are nobody's to remove."""
    try:
        paths = [Path(line) for line in (folder / sandbox.GROUPS).read_text().splitlines()]
    except OSError:
        return []
    return [path for path in paths if path.name == folder.name]


def _folders() -> list[Path]:
    mine = os.getuid()
    found = [folder for root in sandbox.roots() for folder in dead(root)]
    return [folder for folder in found if folder.stat().st_uid == mine]


def dead(parent: Path) -> list[Path]:
    """List the entries of a folder that carry the tag of a supervisor that no longer runs."""
    try:
        names = [entry.name for entry in parent.iterdir()]
    except OSError:
        return []
    tags = {name: processes.owner(name) for name in names}
    return [parent / name for name, tag in tags.items() if tag and not processes.alive(tag)]
