"""Python as the oracle: its integers have no end, where those of Arrow have 64 bits."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..engines.base import Program, Resources, Wrapper
from ..engines.writing.program import hash_meaning
from ..spec.schema import Schema
from ..spec.workload import Query, Tasks

MAIN = "\nif __name__ =="
WIDE = '''
rows_of_64_bits = rows


def widen(value):
    import decimal

    return decimal.Decimal(value) if type(value) is int else value


def rows(answer):
    """Return integers beyond 64 bits as decimals, which have 38 digits."""
    try:
        return rows_of_64_bits(answer)
    except OverflowError:
        objects = answer.select_dtypes("object").columns
        return rows_of_64_bits(answer.assign(**{name: answer[name].map(widen) for name in objects}))
'''


@dataclass(frozen=True, slots=True)
class ExactPython(Wrapper):
    """An engine that calls a person's functions; what they return is kept exactly."""

    @property
    def name(self) -> str:
        """Return the engine's own name: its program is another, its answer the same."""
        return self.engine.name

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Return the engine's program with wider rows; Unsupported where it has none."""
        program = self.engine.write(query, data, resources)
        text = program.text.replace(MAIN, f"{WIDE}\n{MAIN}", 1)
        return replace(program, text=text, sha=hash_meaning(text))
