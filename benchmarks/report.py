"""How long the reports of ten questions, eight engines and twenty rounds take to build.

`python benchmarks/report.py` prints the seconds of each form, of `dfbench report` from start to
end, and the size of the HTML. The figures to hold: 2 s, 3 s and 300 KB.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from dfbench.report import build, html, markdown, terminal
from dfbench.storage import folder

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests import stored_samples as samples

ROUNDS = 20


def main() -> None:
    """Store 1,600 runs, then build each report of them."""
    with tempfile.TemporaryDirectory() as results:
        path = samples.store(Path(results), samples.head(rounds=ROUNDS)).path
        began = perf_counter()
        shown = build.build(folder.read(path))
        tell("reading and deciding", began)
        for form in (terminal, markdown, html):
            began = perf_counter()
            text = form.render(shown)
            tell(f"{form.__name__.rpartition('.')[2]} ({len(text.encode()):,} bytes)", began)
        began = perf_counter()
        command = [sys.executable, "-m", "dfbench", "report", str(path)]
        subprocess.run(command, check=False, capture_output=True)
        tell("dfbench report, start to end", began)


def tell(what: str, began: float) -> None:
    """Print what took how long."""
    sys.stdout.write(f"{what}: {perf_counter() - began:.2f} s\n")


if __name__ == "__main__":
    main()
