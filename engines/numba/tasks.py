"""Numba: tasks compiled, and run by threads without the interpreter's lock.

Numba knows the functions of `random` and of `np.random`, and no generator objects: a def that makes
one is written for the thread's own generator, seeded for each task, and draws other numbers.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ...errors import Unsupported
from ...spec.workload import Tasks
from ..adapter import Adapter
from ..base import Resources
from ..info import EngineInfo, Work
from ..writing.passes.join import Inputs
from ..writing.program import NONE, Parts, fill
from ..writing.quote import quote, write_literal
from ..writing.tasks import Calls, name_results, parse_definition
from ..writing.user_functions import make_own

GENERATORS = {
    "random.Random": "random",
    "np.random.default_rng": "np.random",
    "np.random.RandomState": "np.random",
}
REWRITTEN = """\
# Numba has no generator objects: each task seeds the generator of its thread instead.
"""
ALL = '''\
@njit(parallel=True)
def calls(count):
    """Call the function on each task; each iteration writes a row of its own."""
    answer = np.empty((count, COLUMNS))
    for seed in prange(count):
        SLOTS = CALL
    return answer
'''


IMPORTS = """\
import numpy as np
import pyarrow as pa
from numba import njit, prange
"""


@dataclass(frozen=True, slots=True)
class NumbaTasks(Adapter):
    """Writes the user's function compiled, inside a parallel loop."""

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:  # noqa: ARG002
        """Raise Unsupported: frames with Numba are pandas'."""
        why = "Numba has no data frames; use pandas+numba"
        raise Unsupported(inputs.query.name, why)

    def write_tasks(self, tasks: Tasks, resources: Resources) -> Parts:  # noqa: ARG002
        """Write the compiled function, and the loop over the tasks."""
        names = name_results(tasks)
        compiled = _compile(tasks)
        mine = make_own(tasks)
        columns = {name: quote("answer[:, i]", i=i) for i, name in enumerate(names)}
        table = {"task": quote("range(len(answer))"), **columns}
        jit = f"{tasks.name} = njit({tasks.name})\n\n" if compiled is None else ""
        return Parts(
            imports="\n".join([IMPORTS, *mine.imports]),
            before="" if compiled is None else f"{REWRITTEN}@njit\n{compiled}\n",
            own=mine if compiled is None else NONE,
            after=f"{jit}{_loop(tasks, len(names))}",
            load=fill("return COUNT", COUNT=write_literal(tasks.count)),
            query="return calls(data)",
            rows=fill("return pa.table(COLUMNS)", COLUMNS=quote("c", c=table)),
        )


def _loop(tasks: Tasks, columns: int) -> str:
    """Write the loop that calls the function; its answers are the columns of an array."""
    slots = ", ".join(f"answer[seed, {i}]" for i in range(columns))
    call = quote("f(*a)", f=quote(tasks.name), a=Calls(tasks).list_arguments("seed"))
    return fill(ALL.replace("SLOTS", slots), COLUMNS=write_literal(columns), CALL=call)


def _compile(tasks: Tasks) -> str | None:
    """Write the def without its generator objects; None where it has none."""
    tree = parse_definition(tasks)
    change = _WithoutGenerators()
    changed = change.visit(tree)
    if not change.found:
        return None
    if tasks.verify == "exact":
        why = "Numba's random numbers differ from Python's; `verify: statistical` accepts that"
        raise Unsupported(tasks.name, why)
    return ast.unparse(ast.fix_missing_locations(changed))


class _WithoutGenerators(ast.NodeTransformer):
    """Puts the module's functions in place of a generator's methods, and its seed in its place."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        match node:
            case ast.Assign([ast.Name(name)], ast.Call(maker, arguments, [])):
                module = GENERATORS.get(ast.unparse(maker))
                if module:
                    self.found[name] = module
                    seed = quote(f"{module}.seed(*a)", a=arguments or [quote("seed")])
                    return ast.Expr(seed)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Attribute(ast.Name(name), "choice"), [ast.Tuple() as values], []) if (
                self.found.get(name) == "random"
            ):
                number = len(values.elts)
                return quote("v[random.randrange(n)]", v=values, n=number)
            case ast.Call(ast.Attribute(ast.Name(name), method), arguments, []) if (
                name in self.found
            ):
                return quote(f"{self.found[name]}.{method}(*a)", a=arguments)
        return node


ENGINE = NumbaTasks(
    EngineInfo(
        "numba",
        ("numba", "numpy", "pyarrow"),
        work=frozenset({Work.TASK}),
        default_for=Work.TASK,
        threads=("NUMBA_NUM_THREADS",),
    )
)
write, run = ENGINE.write, ENGINE.run
