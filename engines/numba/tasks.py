"""Numba: tasks compiled, and run by threads without the interpreter's lock.

Numba knows the functions of `random` and of `np.random`, and no generator objects: a def that makes
one is written for the thread's own generator, seeded for each task, and draws other numbers.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial

from ...errors import Unsupported
from ...spec.schema import Schema
from ...spec.workload import Query, Tasks
from .. import interactive
from ..base import Program, Resources
from ..writing import tasks as task_programs
from ..writing.program import Parts, assemble, fill
from ..writing.quote import literal, quote
from ..writing.user_functions import own

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


@dataclass(frozen=True, slots=True)
class NumbaTasks:
    """Writes the user's function compiled, inside a parallel loop."""

    name: str = "numba"

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        return ("numba", "numpy", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:
        """Return the number of threads."""
        return {"NUMBA_NUM_THREADS": str(resources.threads)} if resources.threads else {}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,  # noqa: ARG002
        resources: Resources = Resources(),  # noqa: ARG002, B008
    ) -> Program:
        """Write the tasks; frames with Numba are pandas'."""
        if not isinstance(query, Tasks):
            why = "Numba itself has no frames; the engine pandas+numba has"
            raise Unsupported(query.name, why)
        names = task_programs.returned(query)
        compiled = _compiled(query)
        mine = own(query)
        numbers = range(len(names))
        slots = ", ".join(f"answer[seed, {i}]" for i in numbers)
        call = quote("f(*a)", f=quote(query.name), a=task_programs.Calls(query).fixed("seed"))
        columns = {name: quote("answer[:, i]", i=i) for i, name in enumerate(names)}
        table = {"task": quote("range(len(answer))"), **columns}
        after = fill(ALL.replace("SLOTS", slots), COLUMNS=literal(len(names)), CALL=call)
        jit = f"{query.name} = njit({query.name})\n\n"
        parts = Parts(
            imports="\n".join(
                [
                    *mine.imports,
                    "import numpy as np",
                    "import pyarrow as pa",
                    "from numba import njit, prange",
                ]
            ),
            before="" if compiled is None else f"{REWRITTEN}@njit\n{compiled}\n",
            own=mine.source if compiled is None else "",
            after=f"{jit if compiled is None else ''}{after}",
            load=fill("return COUNT", COUNT=literal(query.count)),
            query="return calls(data)",
            rows=fill("return pa.table(COLUMNS)", COLUMNS=quote("c", c=table)),
            path="",
        )
        return assemble(self.name, query, parts)


def _compiled(tasks: Tasks) -> str | None:
    """Write the def without its generator objects; None where it has none."""
    tree = task_programs.definition(tasks)
    change = _WithoutGenerators()
    changed = change.visit(tree)
    if not change.found:
        return None
    if tasks.verify == "exact":
        why = "Numba draws other random numbers than Python; `verify: statistical` allows that"
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


ENGINE = NumbaTasks()
VARIANTS = ()
write = ENGINE.write
run = partial(interactive.run, ENGINE)
