"""The oracle: DuckDB's answers on the same data, and Python's own where a function is the user's.

DuckDB sums with compensation and keeps integers of 128 bits; beside each value it answers what
rounding may carry it (see `verification.rounding`). Each answer is computed once and kept. What the
oracle cannot answer costs that query its oracle, and nothing else.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial, reduce
from pathlib import Path
from typing import cast

from ..datasets.dataset import Dataset
from ..engines import find, versions
from ..engines.base import Engine, Program
from ..engines.duckdb import ENGINE as DUCKDB
from ..engines.duckdb.queries import Statement
from ..engines.writing.properties import Facts
from ..engines.writing.sql import ADD, CAST, MULTIPLY, NEGATIVE, Sql, SqlWriter
from ..errors import DfbenchError, Unsupported
from ..execution.executor import execute
from ..execution.job import Job, OtherData
from ..spec.expression import Agg, Arith, ArithOp, Call, Expr, Lit, children
from ..spec.unpivot import count_rows_of_one
from ..spec.workload import GroupFunction, Query, RowFunction, Tasks
from ..storage.records import Outcome, Run
from ..verification.agreement import Expected
from ..verification.rounding import find_possibilities
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
    return f"{oracle} {versions(find(oracle)).get(oracle, '')}".strip()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Why the oracle gives no answer to a query."""

    why: str


class ExactWriter(SqlWriter):
    """DuckDB's expressions with integers of 128 bits where 64 may be too few."""

    __slots__ = ()

    def arithmetic(self, node: Arith) -> Sql:
        """Write arithmetic; a whole power of an integer is a product, which is not rounded."""
        match node:
            case Arith("**", base, Lit(int() as power)) if self._integers(node):
                return self.write(reduce(partial(Arith, "*"), [base] * power))
        return super().arithmetic(node)

    def negative(self, operand: Expr) -> Sql:
        """Write a number with the other sign: the least of 64 bits has none there."""
        if self._integers(operand) and not self._fits(operand):
            return Sql(f"-{_widen(self.write(operand)).text}", NEGATIVE)
        return super().negative(operand)

    def call(self, node: Call) -> Sql:
        """Write a row function: of integers, these give integers."""
        match node:
            case Call("floor" | "ceil" | "round", (argument,)) if self._integers(argument):
                return self.write(argument)
            case Call("abs", (argument,)) if self._integers(argument):
                return Sql(f"abs({_widen(self.write(argument)).text})")
        return super().call(node)

    def _wide(self, node: Expr, op: str, other: Expr, *, plain: bool) -> Sql:
        made = Arith(cast("ArithOp", op), node, other)
        if op in {"+", "-", "*"} and self._integers(node, other) and not self._fits(made):
            return _widen(self.write(node))
        return super()._wide(node, op, other, plain=plain)

    def _integers(self, *nodes: Expr) -> bool:
        return all(self.facts.kind(node) == "int" and not is_rounded(node) for node in nodes)

    def _modulo(self, left: Expr, right: Expr) -> Sql:
        if not self._integers(left, right) or self._fits(left, right):
            return super()._modulo(left, right)
        x, y = _widen(self.write(left)).text, self._divisor(right)
        return Sql(f"({x} % {y} + {y}) % {y}", MULTIPLY)

    def _floor_division(self, left: Expr, right: Expr) -> Sql:
        if not self._integers(left, right) or self._fits(left, right):
            return super()._floor_division(left, right)
        x, y = _widen(self.write(left)).text, self._divisor(right)
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
            return any(map(is_rounded, children(node)))


class ExactStatement(Statement):
    """DuckDB's statement with sums that lose nothing: compensated, or 128 bits wide."""

    __slots__ = ()

    def _writer(self, facts: Facts | None = None) -> SqlWriter:
        return ExactWriter(facts or self.facts, self._aggregation, self.raises)

    def _makes_double(self, expression: Expr) -> bool:
        return is_rounded(expression)

    def hugeints(self) -> list[str]:
        """Return no output to be cast: what is beyond 64 bits is compared as it is."""
        return []

    def _write_call(self, agg: Agg, arguments: list[str]) -> str:
        plain = super()._write_call(agg, arguments)
        is_window = self.query.transform or self.beside
        is_float = agg.arguments and self.facts.kind(agg.arguments[0]) == "float"
        if is_window or not is_float or agg.function not in COMPENSATED:
            return plain
        exact = f"{COMPENSATED[agg.function]}({arguments[0]})"
        # The compensation of an infinity is no number.
        return f"CASE WHEN isfinite({exact}) THEN {exact} ELSE {plain} END"


# Kahan's sum, as DuckDB has it.
COMPENSATED = {"sum": "fsum", "mean": "favg"}
EXACT = replace(DUCKDB, statement=ExactStatement)


def find_answer(
    plan: Plan, query: Query | Tasks, other: Dataset | None = None
) -> Expected | Unanswered:
    """Return the oracle's answer, or why there is none; it is kept, so that it is computed once.

    DuckDB's process answers the `other` rows as well where it has to start: starting takes longer.
    """
    try:
        if isinstance(query, Tasks) or choose_oracle(query) == PYTHON:
            found = _find_python(plan, query)
        else:
            found = _find_exact(plan, query, other)
    except DfbenchError as reason:
        return Unanswered(str(reason))
    return replace(found, memory=plan.workload.limits.checking)


def _find_python(plan: Plan, query: Query | Tasks) -> Expected:
    """Return Python's own answer; where a def has a tree, DuckDB knows what its steps may give."""
    answer = _answer(plan, query, find(PYTHON))
    match query:
        case Query(apply=RowFunction(body=body)) if body is not None:
            found = find_possibilities(query, plan.data.schema)
            variants = map(_drop_errors, found.variants)
            return Expected(answer, variants=_answer_later(plan, tuple(variants)))
        case _:
            return Expected(answer)


def _find_exact(plan: Plan, query: Query, other: Dataset | None) -> Expected:
    """Return DuckDB's answer with its bounds; its variants are computed when they are needed."""
    found = find_possibilities(query, plan.data.schema)
    answer = _answer(plan, found.query, EXACT, other)
    return Expected(answer, found.errors, found.mixed, _answer_later(plan, found.variants))


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


def _answer(plan: Plan, query: Query | Tasks, oracle: Engine, other: Dataset | None = None) -> Path:
    """Return the file of an answer, computed where it is not kept; DfbenchError where it is not.

    It is kept under the hashes of the data and the program, and so is that to `other` rows where
    the program for them is the same.
    """
    program = write_program(oracle, query, plan.data.schema, plan.resources)
    if isinstance(program, Unsupported):
        raise program
    kept = _name_answer(plan, plan.data, program)
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        same = other and write_program(oracle, query, other.schema, plan.resources) == program
        _compute(plan, query, program, kept, other if same else None)
    return kept


def _name_answer(plan: Plan, data: Dataset, program: Program) -> Path:
    version = _describe_engine(program.engine).rpartition(" ")[2]
    return plan.answers / f"{data.sha}-{program.sha}-{version}.arrow"


def _compute(
    plan: Plan, query: Query | Tasks, program: Program, kept: Path, other: Dataset | None
) -> None:
    suffixes = ("py", "arrow", "other.arrow")
    made = [kept.with_suffix(f".{os.getpid()}.{suffix}") for suffix in suffixes]
    text, fresh, beside = made
    text.write_text(program.text)
    job = _build_job(plan, query, program, text, fresh)
    if other:
        most = count_rows_of_one(query)
        rows = OtherData(other.path, other.joins(query), beside, other.rows, most)
        job = replace(job, other=rows)
    try:
        run = execute(job, plan.backend)
        if other and run.outcome in {Outcome.CRASHED, Outcome.WRONG}:  # perhaps by the other rows
            other, run = None, execute(replace(job, other=None), plan.backend)
        if run.outcome is not Outcome.OK:
            raise DfbenchError(_describe_failure(run))
        fresh.replace(kept)
        if other:
            beside.replace(_name_answer(plan, other, program))
    finally:
        for file in made:
            file.unlink(missing_ok=True)


def _describe_failure(run: Run) -> str:
    words = run.outcome.value.replace("_", " ")
    first = run.evidence.strip().partition("\n")[0]
    return f"{run.engine} as the oracle: {words}{f', {first}' if first else ''}"


def _build_job(plan: Plan, query: Query | Tasks, program: Program, text: Path, fresh: Path) -> Job:
    """Return the oracle's job: under the workload's own limits, as every engine's."""
    return Job(
        engine=program.engine,
        query=query.name,
        round=0,
        python=sys.executable,
        program=text,
        program_sha=program.sha,
        data=None if isinstance(query, Tasks) else plan.data.path,
        answer=fresh,
        warmups=0,
        runs=0,
        environment=find(program.engine).environment(plan.resources),
        limits=plan.workload.limits,
        tables=plan.data.joins(query),
    )
