"""Memory limits of a process tree, by the strongest backend that the machine has."""

from __future__ import annotations

from .base import Backend, Cause, Limit
from .cleanup import clean_up
from .selection import NAMES, choose_backend, find_backend

__all__ = ["NAMES", "Backend", "Cause", "Limit", "choose_backend", "clean_up", "find_backend"]
