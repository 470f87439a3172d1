"""Print what `make conformance` asks: `python -m dfbench.engines`."""

from __future__ import annotations

import sys

from .registry import list_tested_elsewhere

if __name__ == "__main__":
    sys.stdout.write(" ".join(list_tested_elsewhere()) + "\n")
