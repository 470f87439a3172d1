"""The names that pandas, SQL and dplyr have for words lead to ours, wherever they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.errors import WorkloadError
from dfbench.spec.grammar import QUERY
from dfbench.spec.parser import parse_expression
from dfbench.spec.python_syntax import ExpressionError
from dfbench.spec.reader import read_text
from dfbench.spec.synonyms import EXPRESSIONS, LEFT_OUT, SYNONYMS
from dfbench.spec.vocabulary import AGGREGATIONS, ALIASES, ROW_FUNCTIONS, WINDOWS, suggest

WORDS = {*AGGREGATIONS, *ROW_FUNCTIONS, *WINDOWS, *ALIASES}
CLAUSES = {
    "agg": "aggregate",
    "arrange": "sort",
    "count": "aggregate",
    "drop_duplicates": "distinct",
    "filter": "where",
    "gather": "unpivot",
    "groupBy": "group_by",
    "left_join": "join",
    "merge": "join",
    "mutate": "derive",
    "nrows": "limit",
    "orderby": "sort",
    "by": "group_by",
    "partition_by": "group_by",
    "qualify": "steps",
    "query": "where",
    "rename": "derive",
    "spread": "pivot",
    "then": "steps",
    "unique": "distinct",
    "window": "transform",
    "withColumn": "derive",
}
NAMES = {
    "avg": "did you mean 'mean'?",
    "bool_and": "did you mean 'all'?",
    "ceiling": "did you mean 'ceil'?",
    "char_length": "did you mean 'len'?",
    "countDistinct": "did you mean 'n_unique'?",
    "count_distinct": "did you mean 'n_unique'?",
    "fillna": "did you mean 'coalesce'?",
    "filter": "write the clause 'where'",
    "greatest": "did you mean 'max'?",
    "groupby": "write the clause 'group_by'",
    "if_else": "did you mean 'a if x > 0 else b'?",
    "isnull": "did you mean 'x is None'?",
    "least": "did you mean 'min'?",
    "lpad": "did you mean 'zfill'?",
    "max_by": "did you mean 'arg_max'?",
    "mod": "did you mean 'x % 7'?",
    "mutate": "write the clause 'derive'",
    "n_distinct": "did you mean 'n_unique'?",
    "nanmean": "did you mean 'mean'?",
    "nchar": "did you mean 'len'?",
    "nunique": "did you mean 'n_unique'?",
    "pct_rank": "did you mean 'percent_rank'?",
    "pow": "did you mean 'x ** 2'?",
    "power": "did you mean 'x ** 2'?",
    "row_num": "did you mean 'row_number'?",
    "shift": "did you mean 'lag'?",
    "std_dev": "did you mean 'std'?",
    "stddev": "did you mean 'std'?",
    "stddev_samp": "did you mean 'std'?",
    "str_detect": "did you mean 'matches'?",
    "string_agg": "an answer has one value in each cell",
    "sumif": "did you mean 'sum(x if y > 0 else 0)'?",
    "to_numeric": "did you mean 'number'?",
    "wday": "did you mean 'weekday'?",
    "weekofyear": "did you mean 'week'?",
    "where": "did you mean 'a if x > 0 else b'?",
}
METHODS = {
    "np.log(x)": "the language has no np; write log(…)",
    "math.sqrt(x)": "write sqrt(…)",
    "np.where(x > 0, 1, 2)": "did you mean 'a if x > 0 else b'?",
    "pd.cut(x, 4)": "write bins(…)",
    "city.lower()": "write lower(city)",
}


@pytest.mark.parametrize("word", NAMES)
@pytest.mark.parametrize("text", ["aggregate: {o: '%s(x)'}", "derive: {o: '%s(x)'}"])
def test_a_name_of_the_field_leads_to_our_word(word: str, text: str) -> None:
    queries = f"queries: {{q: {{{text % word}, group_by: k}}}}"
    workload = f"workload: w\ndataset: {{files: a.csv}}\n{queries}\n"
    with pytest.raises(WorkloadError) as error:
        read_text(workload, "w.yaml", Path())
    assert NAMES[word] in str(error.value)


@pytest.mark.parametrize("key", CLAUSES)
def test_a_clause_of_the_field_leads_to_ours(key: str) -> None:
    query = f"{{group_by: k, aggregate: {{n: size()}}, {key}: x}}"
    text = f"workload: w\ndataset: {{files: a.csv}}\nqueries: {{q: {query}}}\n"
    with pytest.raises(WorkloadError) as error:
        read_text(text, "w.yaml", Path())
    assert f"{key!r} in query q; did you mean {CLAUSES[key]!r}?" in str(error.value)


@pytest.mark.parametrize("text", METHODS)
def test_a_method_leads_to_our_function(text: str) -> None:
    with pytest.raises(ExpressionError) as error:
        parse_expression(text)
    assert METHODS[text] in str(error.value)


def test_every_synonym_leads_to_a_word_or_a_clause() -> None:
    assert set(SYNONYMS.values()) <= {*WORDS, *QUERY}
    assert not {*SYNONYMS} & {*EXPRESSIONS, *LEFT_OUT}
    # An aggregation; as a clause, it is dplyr's.
    assert {*SYNONYMS, *EXPRESSIONS} & {*WORDS} == {"count"}


def test_a_column_that_differs_by_spaces_or_case_is_the_nearest() -> None:
    assert suggest("v", ["k", " v ", "w"]) == "; did you mean ' v '?"
    assert suggest("X", ["x", "Y"]) == "; did you mean 'x'?"
