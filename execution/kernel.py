"""Linux system calls that the standard library does not wrap: prctl, unshare, mount, umount2."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
MS_NOSUID, MS_NODEV = 2, 4
MS_REC, MS_PRIVATE = 0x4000, 0x40000
MNT_DETACH = 2

_libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent dies (a subreaper)."""
    _check(_libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


def die_with_parent(signal_number: int) -> None:
    """Make the kernel send this process a signal when the thread that started it ends."""
    _check(_libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0))


def unshare_mounts() -> None:
    """Move this process into a mount namespace of its own, which its children inherit.

    Users other than root need a user namespace for it, in which this process keeps its user id. For
    root without the capability (in a container) that would lose access to other users' files.
    Raises OSError.
    """
    if os.geteuid() == 0:
        _check(_libc.unshare(CLONE_NEWNS))
    else:
        _unshare_user_namespace()
    _check(_libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))


def _unshare_user_namespace() -> None:
    user, group = os.geteuid(), os.getegid()
    _check(_libc.unshare(CLONE_NEWUSER | CLONE_NEWNS))
    # An unprivileged process may map its group only after setgroups is denied (user_namespaces(7)).
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def mount_memory(folder: Path) -> None:
    """Mount an empty tmpfs, as large as the machine's memory, over a folder."""
    options = b"mode=1777,size=100%"
    target = os.fsencode(folder)
    _check(_libc.mount(b"dfbench", target, b"tmpfs", MS_NOSUID | MS_NODEV, options))


def unmount(folder: Path) -> None:
    """Detach a mount: it disappears at once, its memory is freed when its last user ends."""
    _check(_libc.umount2(os.fsencode(folder), MNT_DETACH))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
