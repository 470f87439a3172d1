"""A difference of a person's code is explained where its word explains the rows, and only there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dfbench.spec.reader import read_text
from dfbench.verification.differences import Rows
from dfbench.verification.meanings import explain_difference

HEADER = ("shop", "column", "expected", "got")
ABSENT: Rows = (HEADER, ("missing", "", "there", "not there"))


def explain(output: str, code: str, rows: Rows) -> str:
    asked = {"group_by": "shop", "aggregate": {"v": output}}
    text = json.dumps({"dataset": {"files": "s.csv"}, "queries": {"q": asked}})
    (query,) = read_text(text, "w.yaml", Path()).queries
    return explain_difference(query, code, rows)


def differ(*pairs: tuple[str, str]) -> Rows:
    return (HEADER, *((f"s{n}", "v", *pair) for n, pair in enumerate(pairs)))


@pytest.mark.parametrize(
    ("output", "code", "rows", "said"),
    [
        ("sum(x)", "df.groupby('shop').sum()", ABSENT, "drops the rows whose shop is missing"),
        (
            "size()",
            "pd.cut(df.x, 3)",
            (HEADER, ("(1, 2]", "", "not there", "there")),
            "a group for each category",
        ),
        ("sum(x)", ".sum(min_count=1)", differ(("0", "missing")), "v: sum(min_count=1)"),
        ("std(x)", "np.std(g)", differ(("1.5", "1.2"), ("missing", "0.0")), "divide by n"),
        ("n_unique(x)", "len(g.unique())", differ(("2", "3")), "counts as one more in unique()"),
        ("count(x)", ".size()", differ(("2", "3"), ("0", "1")), "size and len count all rows"),
        ("first(x)", ".nth(0)", differ(("5", "missing")), "first and last skip missing"),
        ("mean(x)", "np.mean(g.values)", differ(("5", "missing")), "do not skip missing values"),
    ],
)
def test_a_word_that_means_something_else_is_named(
    output: str, code: str, rows: Rows, said: str
) -> None:
    assert said in explain(output, code, rows)


@pytest.mark.parametrize(
    ("output", "code", "rows"),
    [
        ("sum(x)", "df.groupby('shop', dropna=False).sum()", ABSENT),
        ("sum(x)", "df.sum()", (HEADER, ("a", "", "there", "not there"))),
        ("std(x)", "np.std(g)", differ(("1.5", "1.8"))),
        ("count(x)", ".size()", differ(("3", "2"))),
        ("mean(x)", ".size()", differ(("2", "3"))),
        ("mean(x)", "g.mean()", ()),
    ],
)
def test_no_reason_is_guessed(output: str, code: str, rows: Rows) -> None:
    assert explain(output, code, rows) == ""


@pytest.mark.parametrize(
    ("sort", "code", "said"),
    [
        ("x", "df.sort_values('x').head(9)", True),
        ("x", "df.sort_values('x', kind='stable').head(9)", False),
        ("[x, w]", "df.sort_values(['x', 'w']).head(9)", False),
    ],
)
def test_equal_rows_at_a_cut_are_named(sort: str, code: str, said: bool) -> None:
    text = f"""
dataset: {{files: s.csv}}
queries:
  q:
    steps:
      - {{sort: {sort}, limit: 9}}
      - {{group_by: shop, aggregate: {{v: sum(w)}}}}
"""
    (query,) = read_text(text, "w.yaml", Path()).queries
    assert ("with equal x" in explain_difference(query, code, differ(("5", "6")))) == said
