"""Each engine's generated program against a hand-written idiom, interleaved in fresh processes.

`python benchmarks/programs.py [ROWS] [ROUNDS] [ENGINE …]` prints generated over hand-written, the
median over rounds of each round's fastest hot run; below 1.05 is what we promise.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import textwrap
from pathlib import Path

from dfbench.comparison.plan import make_plan
from dfbench.comparison.preparation import ANSWERS, dataset_of
from dfbench.comparison.request import Request
from dfbench.datasets.dataset import make_dataset
from dfbench.engines.base import Program
from dfbench.execution.executor import execute, warm_page_cache
from dfbench.execution.job import Job
from dfbench.execution.limits import choose_backend

# The body of `query(data)`: what a person who knows the library would try beside ours.
BY_HAND = {
    ("pandas", "q1"): 'return data.groupby("id1", sort=False).v1.sum().reset_index()',
    ("pandas", "q3"): """
        answer = data.groupby("id3", sort=False).agg({"v1": "sum", "v3": "mean"})
        return answer.reset_index()
    """,
    ("pandas", "q5"): """
        answer = data.groupby("id6", sort=False).agg({"v1": "sum", "v2": "sum", "v3": "sum"})
        return answer.reset_index()
    """,
    ("pandas", "q7"): """
        groups = data.groupby("id3", sort=False)
        return (groups["v1"].max() - groups["v2"].min()).rename("range_v1_v2").reset_index()
    """,
    ("pandas", "q8"): """
        top = data.dropna(subset="v3").groupby("id6", sort=False)["v3"].nlargest(2)
        return top.rename("largest2_v3").reset_index(level=0)
    """,
    ("pandas", "q10"): """
        keys = ["id1", "id2", "id3", "id4", "id5", "id6"]
        groups = data.groupby(keys, sort=False)["v3"]
        return groups.agg(["sum", "size"]).reset_index().set_axis([*keys, "v3", "count"], axis=1)
    """,
    ("polars", "q1"): 'return data.group_by("id1").agg(pl.sum("v1"))',
    ("polars", "q6"): """
        return data.group_by("id4", "id5").agg(
            median_v3=pl.median("v3"), sd_v3=pl.std("v3")
        )
    """,
    ("polars", "q8"): """
        return (
            data.lazy().drop_nulls("v3").group_by("id6")
            .agg(largest2_v3=pl.col("v3").sort(descending=True).head(2))
            .explode("largest2_v3").collect()
        )
    """,
    ("polars", "q10"): """
        keys = ["id1", "id2", "id3", "id4", "id5", "id6"]
        return data.group_by(keys).agg(pl.sum("v3"), pl.len().alias("count"))
    """,
    ("duckdb", "q8"): """
        sql = '''
            SELECT id6, v3 AS largest2_v3 FROM data WHERE v3 IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY id6 ORDER BY v3 DESC) <= 2
        '''
        return con.sql(sql).to_arrow_table()
    """,
    ("dask", "q10"): """
        keys = ["id1", "id2", "id3", "id4", "id5", "id6"]
        groups = data.groupby(keys, sort=False)["v3"]
        return groups.agg(["sum", "size"], split_out=4).reset_index().compute()
    """,
    ("dask", "q1"): 'return data.groupby("id1").v1.sum().reset_index().compute()',
    ("dask", "q3"): """
        return data.groupby("id3").agg({"v1": "sum", "v3": "mean"}).reset_index().compute()
    """,
    ("dask", "q6"): """
        answer = data.groupby(["id4", "id5"]).agg({"v3": ["median", "std"]}).compute()
        answer.columns = ["median_v3", "sd_v3"]
        return answer.reset_index()
    """,
    ("pandas+numba", "q1"): 'return data.groupby("id1", as_index=False, sort=False)["v1"].sum()',
    ("pandas+numba", "q5"): """
        return data.groupby("id6", as_index=False, sort=False)[["v1", "v2", "v3"]].sum()
    """,
    ("pandas+numba", "q8"): """
        data = data.dropna(subset="v3").sort_values("v3", ascending=False)
        return data.groupby("id6").head(2).rename(columns={"v3": "largest2_v3"})
    """,
}


def by_hand(program: str, body: str) -> str:
    """Put a body in the place of a program's own `query`."""
    written = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    head = r"(?s)(def query\(\w+\):\n).*?(?=\n\n\ndef rows)"
    return re.sub(head, lambda found: found[1] + written, program)


def main() -> None:
    rows = sys.argv[1] if len(sys.argv) > 1 else "1e6"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    request = Request("groupby", engines=tuple(sys.argv[3:]), overrides={"dataset.rows": rows})
    workload = request.read()
    data = make_dataset(dataset_of(workload), request.cache)
    planned = make_plan(workload, data, choose_backend(), request.cache / ANSWERS)
    warm_page_cache(data.path)
    for (engine, query), body in BY_HAND.items():
        if engine not in workload.engines:
            continue
        program = planned.programs[engine, query]
        assert isinstance(program, Program)
        texts = {"generated": program.text, "by hand": by_hand(program.text, body)}
        times: dict[str, list[float]] = {name: [] for name in texts}
        for _ in range(rounds):
            for name, text in texts.items():
                times[name].append(fastest(planned, engine, query, text))
        ours, theirs = (statistics.median(found) for found in times.values())
        print(
            f"{engine:13} {query:4} {ours / theirs:6.2f}  {ours:.4f} s  {theirs:.4f} s", flush=True
        )


def fastest(planned, engine: str, query: str, text: str) -> float:  # noqa: ANN001 - a Plan
    """Run a program once and give its fastest hot execution, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.py"
        path.write_text(text)
        environment = planned.engine(engine).environment(planned.resources)
        limits = planned.workload.limits
        job = Job(
            engine, query, 1, sys.executable, path, "", planned.data.path, None, 1, 5,
            environment, limits,
        )  # fmt: skip
        run = execute(job, planned.backend)
    assert run.times.hot, f"{engine} {query}: {run.evidence}\n{run.log}"
    return min(run.times.hot)


if __name__ == "__main__":
    main()
