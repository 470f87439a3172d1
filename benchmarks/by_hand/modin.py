"""Modin by hand: pandas' methods, and the wait for their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modin.utils import execute

from by_hand.pandas import *  # noqa: F403 - the same questions

if TYPE_CHECKING:
    from modin.pandas import DataFrame


def finish(answer: DataFrame) -> DataFrame:
    """Wait for what is still computed."""
    execute(answer)
    return answer
