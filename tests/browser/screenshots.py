"""Pictures of the sample's report for the README: `make screenshots`.

Beside them stands the hash of the page that they show; a test compares it with today's page.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path

from dfbench.report import html
from dfbench.report.comparison import Comparison

from .chromium import Page, Scheme, chromium

ROOT = Path(__file__).parent.parent.parent
IMAGES = ROOT / "docs" / "images"
HASH = IMAGES / "page.sha256"
LARGEST = 200_000  # bytes
CHARTS = ("split", "memory", "runs")


def main() -> None:
    """Take one picture of the page's top in the light, and one of its charts in the dark."""
    page = render_sample()
    with tempfile.TemporaryDirectory() as folder, chromium(Path(folder) / "profile") as browser:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        take(browser, file, "light", IMAGES / "report.png", 1130)
        take(browser, file, "dark", IMAGES / "charts.png", 1160, CHARTS)
    HASH.write_text(hash_page(page) + "\n", encoding="utf-8")


def render_sample() -> str:
    """Return the HTML report of the sample as it is today."""
    return html.render(Comparison(ROOT / "results" / "sample").view)


def hash_page(page: str) -> str:
    """Return the SHA-256 of what a picture shows of a page: all but its script."""
    shown = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    return hashlib.sha256(shown.encode()).hexdigest()


def take(
    browser: Page, file: Path, scheme: Scheme, image: Path, height: int, only: tuple[str, ...] = ()
) -> None:
    """Take a picture of a page's top, with some sections only; RuntimeError where too large."""
    browser.open(file, scheme)
    if only:
        kept = ", ".join(f'[aria-labelledby="{name}"]' for name in only)
        browser.told(
            f"document.querySelectorAll('main > :not({kept})').forEach(e => e.remove()), 0"
        )
    browser.picture(image, height=height)
    if image.stat().st_size > LARGEST:
        message = f"{image} has {image.stat().st_size:,} bytes, more than {LARGEST:,}"
        raise RuntimeError(message)


if __name__ == "__main__":
    main()
