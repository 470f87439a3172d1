"""The one template of a program: join, passes, body, assembly. An engine adds its own words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..errors import Unsupported
from ..spec.reader import check_query
from ..spec.schema import Schema
from ..spec.workload import Query, Tasks
from . import interactive
from .base import Program, Resources
from .info import EngineInfo
from .writing.passes.join import Inputs, resolve_inputs
from .writing.passes.kinds import Conditions, resolve_kinds
from .writing.passes.presence import drop_presence
from .writing.passes.truths import fold_truths
from .writing.program import Parts, assemble
from .writing.sequence import StepQuery

# Rewrites a query over the rows that it sees; raises Unsupported for what the engine lacks.
Pass = Callable[[Query, Schema], Query]


@dataclass(frozen=True, slots=True)
class Adapter(ABC):
    """An engine: facts about it, the passes that its queries take, and how it writes the rest."""

    info: EngineInfo
    passes: tuple[Pass, ...] = ()
    # The type in which the library has numbers of rows, which a later step may widen.
    counts: ClassVar[str] = "int64"
    # Of which conditions the library takes the mean as they are.
    averages_conditions: ClassVar[Conditions] = "none"

    @property
    def name(self) -> str:
        """Return the engine's name with its variant: `polars/in-memory`."""
        return self.info.name

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter, the engine's own first."""
        return self.info.distributions

    def environment(self, resources: Resources) -> dict[str, str]:
        """Return the environment variables that set the engine's limits and switches."""
        threads = self.info.threads if resources.threads else ()
        return {**self.info.environment, **dict.fromkeys(threads, str(resources.threads))}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write the program for a query over some data, or for tasks, which need none.

        Raises WorkloadError for a column that the data lacks or a value of the wrong type, and
        Unsupported where the engine cannot express the query.
        """
        if isinstance(query, Tasks):
            return assemble(self.name, query, replace(self.write_tasks(query, resources), path=""))
        query = check_query(query, data)
        inputs = self.rewrite(resolve_inputs(query, data, self.counts))
        parts = self.write_parts(inputs, resources)
        named = replace(parts, path=inputs.paths, data=parts.data or inputs.frames)
        return assemble(self.name, query, named)

    def rewrite(self, inputs: Inputs) -> Inputs:
        """Return the inputs with each step as the passes leave it."""
        first, *later = map(self.rewrite_step, inputs.steps)
        return replace(inputs, query=first.query, later=tuple(later))

    def rewrite_step(self, step: StepQuery) -> StepQuery:
        """Return a step as the passes leave it."""
        query = fold_truths(step.query, step.rows)
        query = resolve_kinds(query, step.rows, averages=self.averages_conditions)
        for rewrite in (drop_presence, *self.passes):
            query = rewrite(query, step.rows)
        return replace(step, query=query)

    @abstractmethod
    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write the reader, the body and the footer of a query's program."""

    def write_tasks(self, tasks: Tasks, resources: Resources) -> Parts:  # noqa: ARG002 - pools need them
        """Write the parts of the program of tasks; Unsupported where the engine only has frames."""
        why = "tasks read no frame, and this engine works on frames only"
        raise Unsupported(tasks.name, why)

    def run(self, query: Query | Tasks, frame: object, **tables: object) -> Any:  # noqa: ANN401 - any engine's own types
        """Answer a query on a frame, in the engine's own form; never timed.

        A frame is one of pandas, Polars (lazy too), Arrow, DuckDB, Dask, Modin or datatable, a
        Series, a list of dicts, or a dict of lists. `tables` are those that it joins, by name.
        It runs in this process, on pools of processes in one of its own, which then ends.

        Raises DataError for another value, WorkloadError for a column that the frame lacks or a
        value of the wrong type, and Unsupported where the engine cannot express the query.
        """
        return interactive.run(self, query, frame, **tables)
