"""Pictures of the sample's report for the README: `make screenshots`."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from dfbench.reporting import html
from dfbench.reporting.comparison import Comparison

from .report import BROWSER, QUIET

ROOT = Path(__file__).parent.parent.parent
IMAGES = ROOT / "docs" / "images"
LARGEST = 200_000  # bytes


def main() -> None:
    """Take one picture of the page's top in the light, and one of its charts in the dark."""
    page = html.render(Comparison(ROOT / "results" / "sample").view)
    dark = page.replace("(prefers-color-scheme: dark)", "all")
    lower = dark.replace("<main>", '<main><style>main > :not([aria-labelledby="split"], '
                         '[aria-labelledby="memory"], [aria-labelledby="runs"]) '
                         "{ display: none }</style>")  # fmt: skip
    IMAGES.mkdir(exist_ok=True)
    take(page, IMAGES / "report.png", 1200, 1130)
    take(lower, IMAGES / "charts.png", 1200, 1160)


def take(page: str, image: Path, width: int, height: int) -> None:
    """Take a picture of a page's top; RuntimeError where it is too large for a README."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        options = (
            f"--user-data-dir={folder}/profile", f"--screenshot={image}", "--hide-scrollbars",
            f"--window-size={width},{height}",
        )  # fmt: skip
        command = [BROWSER, *QUIET, *options, file.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    if image.stat().st_size > LARGEST:
        message = f"{image} has {image.stat().st_size:,} bytes, more than {LARGEST:,}"
        raise RuntimeError(message)


if __name__ == "__main__":
    main()
