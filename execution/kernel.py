"""Linux system calls that the standard library does not wrap: prctl, unshare, mount, umount2."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
CAP_SYS_PTRACE, CAP_SYS_ADMIN = 19, 21
CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_NODIRATIME = 1, 2, 4, 8, 1024, 2048
MS_REMOUNT, MS_BIND = 32, 4096
MS_RELATIME = 1 << 21
# A mount of a more privileged user keeps its options: a remount has to repeat them.
MOUNT_OPTIONS = {
    "nosuid": MS_NOSUID,
    "nodev": MS_NODEV,
    "noexec": MS_NOEXEC,
    "noatime": MS_NOATIME,
    "nodiratime": MS_NODIRATIME,
    "relatime": MS_RELATIME,
}
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


def make_read_only(mount: Path, options: Iterable[str]) -> None:
    """Make a mount read-only in this mount namespace; `options` are those it has."""
    kept = sum(MOUNT_OPTIONS.get(option, 0) for option in options)
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | kept
    _check(_libc.mount(None, os.fsencode(mount), None, flags, None))


def hide_folder(folder: Path) -> None:
    """Mount an empty, read-only tmpfs over a folder."""
    flags = MS_RDONLY | MS_NOSUID | MS_NODEV
    _check(_libc.mount(b"dfbench", os.fsencode(folder), b"tmpfs", flags, b"mode=0555,size=4k"))


def renounce_mounting() -> None:
    """Drop the capabilities that mount, and that reach other processes' mounts, at the next exec.

    Raises OSError for users who have none: their next exec drops all capabilities anyway.
    """
    for capability in (CAP_SYS_ADMIN, CAP_SYS_PTRACE):
        _check(_libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))


def unmount(folder: Path) -> None:
    """Detach a mount: it disappears at once, its memory is freed when its last user ends."""
    _check(_libc.umount2(os.fsencode(folder), MNT_DETACH))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
