"""The command line in the process of the test."""

from __future__ import annotations

import sys

import pytest
from dfbench import cli


def run_dfbench(monkeypatch: pytest.MonkeyPatch, *words: object) -> object:
    """Run a command and return its exit status."""
    monkeypatch.setattr(sys, "argv", ["dfbench", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code
