"""What a site of 200 comparisons costs: `python benchmarks/site.py`.

Prints the seconds that `dfbench page` takes for all of them, and once more with nothing new, and
the bytes of the page and of the whole site. The comparisons are copies of the sample.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from dfbench.report.site.writing import write_site

COMPARISONS = 200
SAMPLE = Path(__file__).parent.parent / "results" / "sample"


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        results, site = Path(place) / "results", Path(place) / "site"
        for number in range(COMPARISONS):
            copy_sample(results / f"{number}", number)
        for words in ("new", "again"):
            began = perf_counter()
            write_site([results], site)
            sys.stdout.write(f"{words}: {perf_counter() - began:.1f} s\n")
        page = (site / "index.html").stat().st_size
        whole = sum(file.stat().st_size for file in site.glob("**/*") if file.is_file())
        sys.stdout.write(f"page: {page / 1e6:.2f} MB, site: {whole / 1e6:.1f} MB\n")


def copy_sample(folder: Path, number: int) -> None:
    shutil.copytree(SAMPLE, folder)
    head = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
    head["began"] = f"20{number // 300 + 20}-{number % 12 + 1:02d}-{number % 28 + 1:02d}T12:00:00"
    (folder / "comparison.json").write_text(json.dumps(head), encoding="utf-8")


if __name__ == "__main__":
    main()
