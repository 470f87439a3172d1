"""The names that pandas, SQL and dplyr have for words lead to ours, wherever they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.errors import WorkloadError
from dfbench.spec.calls import Context
from dfbench.spec.grammar import DATASET, QUERY
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
    "take": "limit",
    "columns": "select",
    "compute": "derive",
    "measures": "aggregate",
    "predicate": "where",
    "dedupe": "distinct",
    "stack": "unpivot",
    "unstack": "pivot",
    "cross_join": "join",
    "keys": "group_by",
    "cte": "steps",
    "udf": "apply",
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
    "rownumber": "did you mean 'row_number'?",
    "approx_count_distinct": "did you mean 'n_unique'?",
    "most_frequent": "did you mean 'mode'?",
    "deg2rad": "did you mean 'radians'?",
    "vlookup": "did you mean 'map'?",
    "n": "did you mean 'size'?",
    "weighted_mean": "did you mean 'sum(x * y) / sum(y)'?",
    "percent_of_total": "did you mean 'x / sum(x)'?",
    "nullif": "did you mean 'None if x == 0 else x'?",
    "case": "did you mean 'a if x > 0 else b'?",
    "left": "did you mean 'x[0:3]'?",
    "instr": "contains(x, 'a')",
    "day_name": "did you mean",
    "sem": "did you mean 'std(x) / sqrt(count(x))'?",
    "is_not_null": "did you mean 'x is not None'?",
    "now": "an answer is the same in each run",
    "random": "an answer is the same in each run",
    "describe": "write each: count(x)",
    "mad": "take mean(abs(x - m))",
    "cumprod": "exp(cumsum(log(x)))",
    "desc": "a minus is for the largest first",
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
    assert set(SYNONYMS.values()) <= {*WORDS, *QUERY, *DATASET}
    assert not {*SYNONYMS} & {*EXPRESSIONS, *LEFT_OUT}
    # An aggregation; as a clause, it is dplyr's.
    assert {*SYNONYMS, *EXPRESSIONS} & {*WORDS} == {"count"}


def test_a_column_that_differs_by_spaces_or_case_is_the_nearest() -> None:
    assert suggest("v", ["k", " v ", "w"]) == "; did you mean ' v '?"
    assert suggest("X", ["x", "Y"]) == "; did you mean 'x'?"


FOREIGN = {
    "sum(v) over (partition by k)": "write the window in transform",
    "sum(v) filter (where v > 1)": "write sum(x if y > 0 else 0)",
    "!(v > 1)": "write 'not' for '!'",
    "v %in% c(1, 2)": "write x in (1, 2)",
    "v::int": "write integer(x)",
    "v + interval 1 day": "write x + days(3)",
    "if v > 1 then 1 else 2": "write 2 if x > 1 else 3",
    "v mod 2": "write x % 7",
    "`v` + 1": "write a column by its name alone",
}


@pytest.mark.parametrize("text", FOREIGN)
def test_the_syntax_of_sql_and_r_leads_to_ours(text: str) -> None:
    with pytest.raises(ExpressionError) as error:
        parse_expression(text)
    assert FOREIGN[text] in str(error.value)


NAMES_ELSEWHERE = {
    "sort: v1 desc": "write -v1 for the largest first",
    "sort: desc(v1)": "write -v1 for the largest first",
    "select: v1 as price": "write derive: {price: v1} first",
    "select: '*'": "an answer without select has all columns",
    "select: v1 + 1": "write derive: {name: 'v1 + 1'} first",
    "distinct: 'id1, id2'": "write a list: [id1, id2]",
    "distinct: year(v1)": "write derive: {name: 'year(v1)'} first",
    "distinct: id 1": "did you mean 'id1'?",
}


@pytest.mark.parametrize("clause", NAMES_ELSEWHERE)
def test_what_sql_writes_for_a_column_leads_to_ours(clause: str) -> None:
    data = "dataset: {generate: db-benchmark-groupby, rows: 1e6}"
    with pytest.raises(WorkloadError) as error:
        read_text(f"workload: w\n{data}\nqueries: {{q: {{{clause}}}}}\n", "w.yaml", Path())
    assert NAMES_ELSEWHERE[clause] in str(error.value)


def test_a_function_alone_is_called() -> None:
    with pytest.raises(ExpressionError, match=r"write mean\(x\)"):
        parse_expression("mean", Context.AGGREGATE)
