"""Boot Debian's user-mode Linux, and run the tests of limits under control groups of version 2.

    python -m tests.machines

A machine of its own, with systemd and an ordinary user's session, that needs no virtualisation: its
kernel is a program. It has one core. The exit code is that of the tests there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from dfbench.datasets.cache import default_folder

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
PYTHON = "3.11"  # of Debian 12, whose kernel and packages the machine has
PACKAGES = "systemd-sysv,dbus-user-session,libpam-systemd,python3"
ENGINES = ("pandas", "polars", "duckdb")
MEMORY = "8G"
SECONDS = 3600
HOOKS = (
    f"copy-in {HERE / 'dfbench.service'} /etc/systemd/system",
    'chroot "$1" systemctl enable dfbench.service',
    'chroot "$1" systemctl mask getty.target console-getty.service e2scrub_reap.service',
    'chroot "$1" useradd --create-home somebody',
)


def digest(*made_of: object) -> str:
    return hashlib.sha256(repr(made_of).encode()).hexdigest()[:12]


def system(folder: Path) -> Path:
    """Make the machine's disk: a Debian with systemd, Python, and a user."""
    unit = (HERE / "dfbench.service").read_text()
    disk = folder / f"debian-{digest(PACKAGES, HOOKS, unit)}.ext2"
    if not disk.exists():
        part = disk.with_stem("part")
        hooks = [f"--customize-hook={hook}" for hook in HOOKS]
        command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", *hooks]
        subprocess.run([*command, "bookworm", part], check=True)
        part.rename(disk)
    return disk


def libraries(folder: Path, needed: list[str]) -> Path:
    """Install what dfbench needs, three engines and pytest for the machine's Python."""
    pins = PROJECT / "constraints.txt"
    place = folder / f"libraries-{digest(PYTHON, needed, pins.read_text())}"
    if not place.exists():
        binary = ("--only-binary", ":all:", "--python-version", PYTHON)
        install(place, "--constraint", pins, *binary, *needed)
    return place


def install(place: Path, *words: str | Path) -> None:
    part = place.with_name("part")
    shutil.rmtree(part, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", part]
    subprocess.run([*pip, *words], check=True)
    part.rename(place)


def needs() -> list[str]:
    told = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    extras = [name for engine in ENGINES for name in told["optional-dependencies"][engine]]
    tests = [name for name in told["optional-dependencies"]["dev"] if name.startswith("pytest")]
    return [*told["dependencies"], *extras, *tests]


def boot(disk: Path, places: dict[str, Path]) -> None:
    """Run the machine until it powers itself off; what it writes to its disk is forgotten."""
    machine = [f"mem={MEMORY}", "root=/dev/ubda", "rw", f"ubd0={places['TOLD'] / 'written'},{disk}"]
    console = ["con0=fd:0,fd:1", "con=null", "quiet", "loglevel=2", "systemd.show_status=no"]
    # The kernel hands what it does not know to its first process, and that to our service.
    told = [f"DFBENCH_{name}={place}" for name, place in places.items()]
    command = ["linux.uml", *machine, *console, *told]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True) as running:
        try:
            running.wait(SECONDS)
        finally:
            # Every process of the machine is one of this machine's too.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)


def main() -> int:
    folder = default_folder(os.environ) / "machines"
    folder.mkdir(parents=True, exist_ok=True)
    disk, site = system(folder), libraries(folder, needs())
    with tempfile.TemporaryDirectory() as place:
        told = Path(place)
        told.chmod(0o755)  # for the machine's ordinary user
        install(told / "dfbench", "--no-deps", PROJECT)
        boot(disk, {"PROJECT": PROJECT, "LIBRARIES": site, "TOLD": told})
        return int((told / "failed").read_text())


if __name__ == "__main__":
    sys.exit(main())
