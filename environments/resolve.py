"""Resolve the pins again with uv: `python -m dfbench.environments.resolve`; review the diff."""

from __future__ import annotations

import subprocess
import sys

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..engines import find, list_own_infos
from ..engines.versions import Versioned
from .pins import SHIPPED, write_requirements

OLDEST_PYTHON = "3.11"


def resolve(requirements: str) -> str:
    """Resolve requirements for every Python that dfbench runs on, a pin a line.

    Raises CalledProcessError where they do not resolve.
    """
    options = ["--universal", "--no-header", "--no-annotate", "--quiet"]
    command = ["uv", "pip", "compile", *options, "--python-version", OLDEST_PYTHON, "-"]
    ran = subprocess.run(command, input=requirements, capture_output=True, text=True, check=True)
    kept = [line for line in ran.stdout.splitlines() if "win32" not in line]
    return "\n".join(line for line in kept if not line.startswith("--")) + "\n"


def main() -> None:
    """Write every pin file again, and remove those that no engine needs any more."""
    written = set()
    for base, version in ((one.name, version) for one in list_own_infos() for version in one.pins):
        engine = Versioned(find(base), f"{base}@{version}", version)
        text = resolve(write_requirements(engine))
        own = canonicalize_name(engine.distributions[0])
        pins = [Requirement(line) for line in text.splitlines()]
        found = max(Version(s.version) for r in pins if r.name == own for s in r.specifier)
        stem = base.removeprefix("pandas+").replace("/", "-")
        file = SHIPPED / f"{stem}-{found.major}.{found.minor}.txt"
        file.write_text(text)
        written.add(file)
        sys.stderr.write(f"{file.name}: {len(pins)} packages\n")
    for old in set(SHIPPED.glob("*.txt")) - written:
        old.unlink()


if __name__ == "__main__":
    main()
