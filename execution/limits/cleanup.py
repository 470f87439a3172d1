"""Remove processes, control groups and folders that killed supervisors left behind."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from .. import processes, sandbox
from . import cgroup
from .selection import read_memberships

PATIENCE = 5.0


def clean_up() -> None:
    """End the processes and remove the groups and folders that carry a dead supervisor's tag."""
    _end_orphans()
    folders = _find_folders()
    for group in (
        *_find_groups(),
        *(group for folder in folders for group in _read_groups(folder)),
    ):
        end_group(group)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _end_orphans(patience: float = PATIENCE) -> None:
    """Kill a dead supervisor's processes until they are gone: a kill is only a request."""
    deadline = time.monotonic() + patience
    while orphans := [
        pid for pid, tag in processes.find_tagged().items() if not processes.is_alive(tag)
    ]:
        processes.kill(orphans)
        if time.monotonic() > deadline:
            break
        time.sleep(0.002)


def end_group(group: Path, patience: float = PATIENCE) -> None:
    """Kill a group's processes until there are none, and remove it."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        cgroup.kill(group)
        inside = cgroup.read_members(group)
        processes.kill(inside)
        if not inside:
            break
        time.sleep(0.002)
    cgroup.remove(group)


def _find_groups() -> list[Path]:
    table, memberships = read_memberships()
    parents = [cgroup.find_own_group(table, memberships, name) for name in (None, "memory")]
    return [group for parent in parents if parent for group in find_dead(parent)]


def _read_groups(folder: Path) -> list[Path]:
    """Return the control groups of a dead run; only those with its own name are removed."""
    try:
        paths = [Path(line) for line in (folder / sandbox.GROUPS_FILE).read_text().splitlines()]
    except OSError:
        return []
    return [path for path in paths if path.name == folder.name]


def _find_folders() -> list[Path]:
    found = [folder for root in sandbox.list_roots() for folder in find_dead(root)]
    return list(filter(_is_own, found))


def _is_own(folder: Path) -> bool:
    """Return whether a folder is this user's; another process that cleans up may remove it."""
    try:
        return folder.stat().st_uid == os.getuid()
    except OSError:
        return False


def find_dead(parent: Path) -> list[Path]:
    """List the entries of a folder that carry the tag of a supervisor that no longer runs."""
    try:
        names = [entry.name for entry in parent.iterdir()]
    except OSError:
        return []
    tags = {name: processes.parse_tag(name) for name in names}
    return [parent / name for name, tag in tags.items() if tag and not processes.is_alive(tag)]
