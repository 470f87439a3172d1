"""The oracle: DuckDB's answers on the same data, and Python's own where a function is the user's.

DuckDB sums with compensation and keeps integers of 128 bits; beside each value it answers what
rounding may carry it (see `verification.rounding`). Each answer is computed once and kept. What the
oracle cannot answer costs that query its oracle, and nothing else.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial, reduce
from itertools import product
from pathlib import Path
from typing import cast

from ..datasets.dataset import Dataset
from ..engines import find, find_versions
from ..engines.base import Engine, Program, Resources
from ..engines.duckdb import ENGINE as DUCKDB
from ..engines.duckdb.queries import Statement
from ..engines.writing.properties import Facts
from ..engines.writing.sql import ADD, CAST, MULTIPLY, NEGATIVE, Sql, SqlWriter
from ..errors import DfbenchError, Unsupported
from ..execution.executor import execute
from ..execution.job import FurtherProgram, Job
from ..spec.expression import Agg, Arith, ArithOp, Call, Expr, Lit, list_children
from ..spec.schema import Schema
from ..spec.workload import GroupFunction, Query, RowFunction, Tasks
from ..storage.records import Run
from ..verification.agreement import Expected
from ..verification.rounding import find_possibilities
from .exact_python import ExactPython
from .plan import Plan, write_program

SQL = "duckdb"
PYTHON = "serial"


def choose_oracle(query: Query | Tasks) -> str:
    """Name the engine whose answer counts: Python itself for the user's own functions."""
    match query:
        case Query(earlier=(_, *_)):
            return SQL
        case Tasks() | Query(apply=GroupFunction()):
            return PYTHON
        case Query(apply=RowFunction(source=str())):
            return PYTHON
        case _:
            return SQL


def describe_oracle(query: Query | Tasks) -> str:
    """Return the oracle with its version, for reports."""
    return _describe_engine(choose_oracle(query))


def _describe_engine(oracle: str) -> str:
    if oracle == PYTHON:
        return f"Python {platform.python_version()}"
    return f"{oracle} {find_versions(find(oracle)).get(oracle, '')}".strip()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Why the oracle gives no answer to a query."""

    why: str


class ExactWriter(SqlWriter):
    """DuckDB's expressions with integers of 128 bits where 64 may be too few."""

    __slots__ = ()

    def write_arithmetic(self, node: Arith) -> Sql:
        """Write arithmetic; a whole power of an integer is a product, which is not rounded."""
        match node:
            case Arith("**", base, Lit(int() as power)) if self._divide_integers(node):
                return self.write(reduce(partial(Arith, "*"), [base] * power))
        return super().write_arithmetic(node)

    def write_negative(self, operand: Expr) -> Sql:
        """Write a number with the other sign: the least of 64 bits has none there."""
        if self._divide_integers(operand) and not self._fits(operand):
            return Sql(f"-{_widen(self.write(operand)).text}", NEGATIVE)
        return super().write_negative(operand)

    def call(self, node: Call) -> Sql:
        """Write a row function: of integers, these give integers."""
        match node:
            case Call("floor" | "ceil" | "round", (argument,)) if self._divide_integers(argument):
                return self.write(argument)
            case Call("abs", (argument,)) if self._divide_integers(argument):
                return Sql(f"abs({_widen(self.write(argument)).text})")
        return super().call(node)

    def _write_wide(self, node: Expr, op: str, other: Expr, *, plain: bool) -> Sql:
        made = Arith(cast("ArithOp", op), node, other)
        if op in {"+", "-", "*"} and self._divide_integers(node, other) and not self._fits(made):
            return _widen(self.write(node))
        return super()._write_wide(node, op, other, plain=plain)

    def _divide_integers(self, *nodes: Expr) -> bool:
        return all(self.facts.find_kind(node) == "int" and not is_rounded(node) for node in nodes)

    def _write_modulo(self, left: Expr, right: Expr) -> Sql:
        if not self._divide_integers(left, right) or self._fits(left, right):
            return super()._write_modulo(left, right)
        x, y = _widen(self.write(left)).text, self._write_divisor(right)
        return Sql(f"({x} % {y} + {y}) % {y}", MULTIPLY)

    def _write_floor_division(self, left: Expr, right: Expr) -> Sql:
        if not self._divide_integers(left, right) or self._fits(left, right):
            return super()._write_floor_division(left, right)
        x, y = _widen(self.write(left)).text, self._write_divisor(right)
        return Sql(f"{x} // {y} - (sign({x} % {y}) = -sign({y}))::BIGINT", ADD)

    def _fits(self, *nodes: Expr) -> bool:
        """Return whether 63 bits hold the values, so that one addition does not leave 64."""
        ranges = map(self.facts.range, nodes)
        return all(one.low > -LARGEST and one.high < LARGEST for one in ranges)


# Beyond so many factors, a power is written as one, and rounded.
MOST_FACTORS = 8
LARGEST = 2**62


def _widen(written: Sql) -> Sql:
    return Sql(f"{written.at(CAST)}::HUGEINT", CAST)


def is_rounded(node: Expr) -> bool:
    """Return whether DuckDB computes an integer as a float, even for the oracle."""
    match node:
        case Arith("**", _, Lit(int() as power)) if not 1 <= power <= MOST_FACTORS:
            return True
        case Call("round", (_, _)):
            return True
        case Agg("count" | "size" | "n_unique"):
            return False
        case _:
            return any(map(is_rounded, list_children(node)))


class ExactStatement(Statement):
    """DuckDB's statement with sums that lose nothing: compensated, or 128 bits wide."""

    def _make_writer(self, facts: Facts | None = None) -> SqlWriter:
        return ExactWriter(facts or self.facts, self._write_aggregation, self.raises)

    def _makes_double(self, expression: Expr) -> bool:
        return is_rounded(expression)

    def cast_hugeints(self) -> list[str]:
        """Return no output to be cast: what is beyond 64 bits is compared as it is."""
        return []

    def _write_call(self, agg: Agg, arguments: list[str]) -> str:
        if agg.function == "values":
            return f"list(DISTINCT {arguments[0]}) FILTER ({arguments[0]} IS NOT NULL)"
        plain = super()._write_call(agg, arguments)
        is_window = self.query.transform or self.beside
        is_float = agg.arguments and self.facts.find_kind(agg.arguments[0]) == "float"
        if is_window or not is_float or agg.function not in COMPENSATED:
            return plain
        exact = f"{COMPENSATED[agg.function]}({arguments[0]})"
        # The compensation of an infinity is no number.
        return f"CASE WHEN isfinite({exact}) THEN {exact} ELSE {plain} END"


# Kahan's sum, as DuckDB has it.
COMPENSATED = {"sum": "fsum", "mean": "favg"}
EXACT = replace(DUCKDB, statement=ExactStatement, database="oracle")

# Up to so many rows, starting DuckDB takes longer than the answers to all queries.
ROWS_TOGETHER = 1_000_000


def find_answer(
    plan: Plan, query: Query | Tasks, beside: Sequence[Plan] = ()
) -> Expected | Unanswered:
    """Return the oracle's answer, or why there is none; it is kept, so that it is computed once.

    Where DuckDB's process has to start, it answers the questions of the plans `beside` as well:
    starting takes longer.
    """
    try:
        if isinstance(query, Tasks) or choose_oracle(query) == PYTHON:
            found = _find_python(plan, query)
        else:
            found = _find_exact(plan, query, beside)
    except DfbenchError as reason:
        return Unanswered(str(reason))
    return replace(found, memory=plan.workload.limits.checking)


def answer_exactly(plan: Plan, query: Query) -> Path:
    """Return the file of DuckDB's answer; DfbenchError where there is none."""
    return _answer(plan, query, EXACT)


def _find_python(plan: Plan, query: Query | Tasks) -> Expected:
    """Return Python's own answer; where a def has a tree, DuckDB knows what its steps may give."""
    answer = _answer(plan, query, ExactPython(find(PYTHON)))
    match query:
        case Query(apply=RowFunction(body=body)) if body is not None:
            found = find_possibilities(query, plan.data.schema)
            variants = map(_drop_errors, found.variants)
            return Expected(answer, variants=_answer_later(plan, tuple(variants)))
        case _:
            return Expected(answer)


def _find_exact(plan: Plan, query: Query, beside: Sequence[Plan]) -> Expected:
    """Return DuckDB's answer with its bounds; its variants are computed when they are needed."""
    found = find_possibilities(query, plan.data.schema)
    answer = _answer(plan, found.query, EXACT, beside)
    later = _answer_later(plan, found.variants)
    return Expected(
        answer,
        found.errors,
        found.mixed,
        later,
        choices=found.choices,
        ranks=found.ranks,
        rounded=found.rounded,
    )


def _drop_errors(query: Query) -> Query:
    """Return a row function's output alone: beside Python's answer stand no bounds."""
    return replace(query, transform=query.transform[:1])


def _answer_later(plan: Plan, variants: tuple[Query, ...]) -> Callable[[], tuple[Path, ...]]:
    """Return what answers the variants once; none where the oracle cannot compute them."""

    @cache
    def answer() -> tuple[Path, ...]:
        try:
            numbered = enumerate(variants)
            return tuple(_answer(plan, _name_variant(one, n), EXACT) for n, one in numbered)
        except DfbenchError:
            return ()

    return answer


def _name_variant(query: Query, number: int) -> Query:
    return replace(query, name=f"{query.name}~{number}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A program that answers a query on a dataset, and the file where its answer is kept."""

    query: Query | Tasks
    program: Program
    data: Dataset
    kept: Path

    @property
    def failed(self) -> Path:
        """Return the file that says that its process failed: it is asked by itself only."""
        return self.kept.with_suffix(".failed")

    @property
    def is_known(self) -> bool:
        """Return whether its answer is kept, or its process has failed."""
        return self.kept.exists() or self.failed.exists()


def _answer(plan: Plan, query: Query | Tasks, oracle: Engine, beside: Sequence[Plan] = ()) -> Path:
    """Return the file of an answer, computed where it is not kept; DfbenchError where it is not.

    It is kept under the hashes of the data and the program.
    """
    asked = _ask(plan, query, oracle)
    if isinstance(asked, Unsupported):
        raise asked
    if not asked.kept.exists():
        asked.kept.parent.mkdir(parents=True, exist_ok=True)
        _compute(plan, asked, _find_further(asked, beside or (plan,)) if oracle is EXACT else ())
    return asked.kept


def _ask(plan: Plan, query: Query | Tasks, oracle: Engine) -> Asked | Unsupported:
    given = query, plan.data.schema, plan.resources
    program = _write_exact(*given) if oracle is EXACT else write_program(oracle, *given)
    if isinstance(program, Unsupported):
        return program
    version = _describe_engine(program.engine).rpartition(" ")[2]
    kept = plan.answers / f"{plan.data.sha}-{program.sha}-{version}.arrow"
    return Asked(query, program, plan.data, kept)


@lru_cache(maxsize=1024)  # each is asked for with the others, then by itself
def _write_exact(query: Query | Tasks, data: Schema, limits: Resources) -> Program | Unsupported:
    return write_program(EXACT, query, data, limits)


def _find_further(first: Asked, plans: Sequence[Plan]) -> Iterator[Asked]:
    """Find what the process may answer beside its own query: all of the plans on small data.

    The plans have the same questions. One that fails ends the process: those before it come first,
    at each size.
    """
    found = {first.kept}
    small = (plan for plan in plans if plan.data.rows <= ROWS_TOGETHER)
    ascending = sorted(small, key=lambda plan: plan.data.rows)
    for number, plan in product(range(len(plans[0].workload.questions)), ascending):
        query = _widen_query(plan, plan.workload.questions[number])
        asked = query and _ask(plan, query, EXACT)
        if isinstance(asked, Asked) and asked.kept not in found and not asked.is_known:
            found.add(asked.kept)
            yield asked


def _widen_query(plan: Plan, query: Query | Tasks) -> Query | None:
    """Return a query with the outputs that the oracle adds, None where DuckDB cannot answer it."""
    if isinstance(query, Tasks) or choose_oracle(query) == PYTHON:
        return None
    try:
        return find_possibilities(query, plan.data.schema).query
    except DfbenchError:
        return None


def _compute(plan: Plan, asked: Asked, further: Iterable[Asked]) -> None:
    """Compute an answer, and those of further programs as far as the process comes."""
    with tempfile.TemporaryDirectory(dir=asked.kept.parent, prefix=f"{os.getpid()}-") as folder:
        all_asked = (asked, *further)
        texts = [Path(folder, f"{number}.py") for number, _ in enumerate(all_asked)]
        for one, text in zip(all_asked, texts, strict=True):
            text.write_text(one.program.text)
        run = execute(_build_job(plan, all_asked, texts), plan.backend)
        for one, text in zip(all_asked, texts, strict=True):
            if not text.with_suffix(".arrow").exists():
                one.failed.touch()
                break
            text.with_suffix(".arrow").replace(one.kept)
    if not asked.kept.exists():
        raise DfbenchError(_describe_failure(run))


def _describe_failure(run: Run) -> str:
    words = run.outcome.value.replace("_", " ")
    first = run.evidence.strip().partition("\n")[0]
    return f"{run.engine} as the oracle: {words}{f', {first}' if first else ''}"


def _build_job(plan: Plan, all_asked: Sequence[Asked], texts: Sequence[Path]) -> Job:
    """Return the oracle's job: under the workload's own limits, as every engine's."""
    first, *_ = all_asked
    further = (
        FurtherProgram(
            text, one.data.path, one.data.find_joins(one.query), text.with_suffix(".arrow")
        )
        for one, text in zip(all_asked[1:], texts[1:], strict=True)
    )
    return Job(
        engine=first.program.engine,
        query=first.query.name,
        round=0,
        python=sys.executable,
        program=texts[0],
        program_sha=first.program.sha,
        data=None if isinstance(first.query, Tasks) else first.data.path,
        answer=texts[0].with_suffix(".arrow"),
        warmups=0,
        runs=0,
        environment=find(first.program.engine).environment(plan.resources),
        limits=plan.workload.limits,
        tables=first.data.find_joins(first.query),
        further=tuple(further),
    )
