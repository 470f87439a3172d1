"""Print what `make conformance` asks: `python -m dfbench.engines`."""

from __future__ import annotations

import sys

from .registry import tested_elsewhere

if __name__ == "__main__":
    sys.stdout.write(" ".join(tested_elsewhere()) + "\n")
