"""The steps of a query, each but the last with a frame of its own."""

from __future__ import annotations

from collections.abc import Sequence

from ..writing.sequence import StepQuery, step_name
from .queries import PandasSteps
from .text_types import TextType

# How a first step ends where others follow.
FIRST = f"{step_name(1)} = ANSWER"


def write_steps(
    first: PandasSteps, later: Sequence[StepQuery], returned: str = "return ANSWER"
) -> str:
    """Write all steps, each but the last to a frame of its own."""
    if not later:
        return first.write_body(returned)
    behind = write_later(later, returned, text=first.text, plain=first.plain)
    return "\n".join([first.write_body(FIRST), behind])


def write_later(  # noqa: PLR0913 - what a step needs beside its query
    later: Sequence[StepQuery],
    returned: str = "return ANSWER",
    *,
    text: TextType = TextType.STRINGS,
    table: str = "t",
    before: int = 1,
    plain: bool = True,
) -> str:
    """Write the steps behind the first ones, so many `before`, whose answer is in its frame.

    `table` is how pandas has the frame of a table `t`; `plain` frames are pandas' own.
    """
    lines = []
    for place, step in enumerate(later, before):
        end = f"{step_name(place + 1)} = ANSWER" if step is not later[-1] else returned
        steps = PandasSteps(
            step.query,
            step.rows,
            step_name(place),
            text=text,
            joinings=step.joinings,
            table=table,
            plain=plain,
        )
        lines.append(steps.write_body(end))
    return "\n".join(lines)
