"""A report tells how programs called a def, what text was, and what left the library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dfbench.report.build import build
from dfbench.report.labels import describe_labels, find_calls, leaves_library, name_baseline
from dfbench.spec.reader import SHIPPED
from dfbench.storage.folder import StoredComparison

from tests.support.stored_samples import head, runs

ROWS = "def query(data):\n    return data.apply(rate, axis=1)\n"
GROUPS = "def query(data):\n    return data.groupby('k').apply(lambda group: f(group['x']))\n"
COLUMNS = "def query(data):\n    return np.where(data['x'] > 3, 2 * data['x'], data['x'])\n"


LOOP = """\
def query(data):
    return pd.DataFrame([(key, f(group["x"])) for key, group in data.groupby("k")])
"""


def sample(programs: dict[tuple[str, str], str], **types: str) -> StoredComparison:
    names = ("pandas", "polars", "modin")
    made = head(engines=names, queries=("q1", "q2"))
    versions = {**made.engines, "pandas": {"pandas": "2.3.3"}}
    told = [replace(run, columns={"id1": types.get(run.engine, "")}) for run in runs(made)]
    return StoredComparison(
        Path("nowhere"), replace(made, engines=versions), tuple(told), (), programs
    )


def test_the_headline_names_the_calls_that_its_ratio_is_against() -> None:
    rows = sample({("pandas", "q1"): ROWS, ("pandas", "q2"): ROWS})
    assert "the time of pandas/apply (the def called for each row)" in build(rows).sentences[0]
    half = sample({("pandas", "q1"): COLUMNS, ("pandas", "q2"): GROUPS})
    assert name_baseline("pandas", ["q1", "q2"], half) == (
        "pandas (pandas/apply, the def called for each group, on 1 of 2 questions)"
    )
    plain = sample({("pandas", "q1"): COLUMNS, ("pandas", "q2"): COLUMNS})
    assert "apply" not in build(plain).sentences[0]


def test_text_types_and_a_pandas_that_is_held_back_are_told() -> None:
    stored = sample({}, pandas="str[pyarrow_numpy]", polars="String", modin="str[pyarrow_numpy]")
    text, objects, held = describe_labels(["pandas", "polars", "modin"], stored)
    assert text == "Text columns were str[pyarrow_numpy] in pandas and modin; String in polars."
    assert "`pandas/object`" in objects
    assert "pandas 2.3.3 ran" in held
    assert "-e pandas@newest`" in held
    beside = {**stored.head.engines, "pandas@3.1": {"pandas": "3.1.1"}}
    newer = replace(stored, head=replace(stored.head, engines=beside))
    assert held not in [*describe_labels(["pandas", "pandas@3.1"], newer)]
    plain = describe_labels(["pandas"], sample({}, pandas="object"))
    assert "`pandas/object`" not in " ".join(plain)
    source = (SHIPPED / "groupby.yaml").read_text(encoding="utf-8")
    elsewhere = replace(stored.head, file="/elsewhere/groupby.yaml", source=source)
    for named, made in (
        ("groupby", elsewhere),
        ("/elsewhere/groupby.yaml", replace(elsewhere, source="workload: groupby")),
    ):
        told = [*describe_labels(["pandas"], replace(stored, head=made))][-1]
        assert f"`dfbench compare {named} -e" in told


def test_work_outside_of_modin_and_dask_is_told() -> None:
    stored = sample({("modin", "q1"): COLUMNS, ("modin", "q2"): GROUPS})
    (told,) = (line for line in describe_labels(["modin"], stored) if line.startswith("modin"))
    assert told == "modin: part of q1 ran in pandas or NumPy, in one process."
    warned = tuple(replace(run, log="UserWarning: `x` Defaulting to pandas") for run in stored.runs)
    both = describe_labels(["modin"], replace(stored, runs=warned))
    assert "modin: part of q1 and q2 ran in pandas or NumPy, in one process." in list(both)
    assert leaves_library("modin", "def query(data):\n    return data.modin.to_pandas()\n")
    assert not leaves_library(
        "modin/dask", "def rows(answer):\n    return answer.modin.to_pandas()\n"
    )
    behind = "def query(data):\n    step_1 = data.compute()\n    return step_1.head()\n"
    assert leaves_library("dask@host:8786", behind)
    assert not leaves_library("dask", "def query(data):\n    return data.compute().head()\n")
    assert list(map(find_calls, (ROWS, GROUPS, LOOP, COLUMNS))) == ["row", "group", "group", ""]


def test_the_texts_of_an_enumeration_are_not_listed() -> None:
    told, *_ = describe_labels(["polars"], sample({}, polars="ENUM('id001', 'id002', …"))
    assert told == "Text columns were ENUM in polars."
