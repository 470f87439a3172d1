"""`dfbench doctor`: describe what this machine can and cannot measure."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..datasets.cache import default_folder
from ..engines import find_missing, install_command, load_engines
from ..execution import doctor as examination


def doctor(results: Path) -> None:
    """Print what this machine can and cannot measure, with a remedy for each problem."""
    lacking = {e.name: install_command(e) for e in load_engines().values() if find_missing(e)}
    found = examination.check_machine(default_folder(os.environ), results, lacking)
    sys.stdout.write(examination.render(found))
