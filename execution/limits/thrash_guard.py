"""Detection of thrashing: a tree at its limit that faults in its own pages for ever."""

from __future__ import annotations

# Measured: Ray with big tasks faults its own code pages in again for 60 s and more without any
# out-of-memory event; pandas near its limit, spilling polars and reading a file of seven times
# the limit never stay above all three for as long.
FULL = 0.9
REFAULTS_PER_SECOND = 100e6
SECONDS = 5.0
LOOK_EVERY = 0.5


class ThrashDetector:
    """Detector of a tree that was full and faulted pages in for five seconds without a pause."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._looked: float | None = None
        self._refaulted = 0
        self._since: float | None = None

    def feed(self, now: float, used: int, refaulted: int) -> bool:
        """Return whether the tree thrashes.

        A sample is a time in seconds, the bytes held, and the bytes refaulted so far.
        """
        if self._looked is None:
            self._looked, self._refaulted = now, refaulted
            return False
        if now - self._looked < LOOK_EVERY:
            return False
        rate = (refaulted - self._refaulted) / (now - self._looked)
        thrashes = used > FULL * self._limit and rate > REFAULTS_PER_SECOND
        began, self._looked, self._refaulted = self._looked, now, refaulted
        if not thrashes:
            self._since = None
        elif self._since is None:
            self._since = began
        return self._since is not None and now - self._since >= SECONDS
