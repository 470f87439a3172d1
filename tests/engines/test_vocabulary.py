"""The vocabulary is closed: every dialect has each word of the language, or says why it has not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import ModuleType

import pytest
from dfbench.engines import daft, datafusion, find, ibis, load_engines, narwhals
from dfbench.engines.chdb import queries as chdb
from dfbench.engines.datatable import words as datatable
from dfbench.engines.duckdb import words as duckdb
from dfbench.engines.pandas import words as pandas
from dfbench.engines.polars import words as polars
from dfbench.engines.pyspark import words as pyspark
from dfbench.engines.writing import loops, python, sql
from dfbench.engines.writing.dialect import Dialect
from dfbench.errors import Unsupported
from dfbench.spec.expression import Expr
from dfbench.spec.parser import parse_expression
from dfbench.spec.schema import Column, Schema
from dfbench.spec.settings import write_example
from dfbench.spec.vocabulary import AGGREGATIONS, RESOLVED, ROW_FUNCTIONS, WINDOWS
from dfbench.spec.workload import YOURS, Output, Query


@dataclass(frozen=True)
class Words:
    """What a dialect has, and why it lacks the rest."""

    functions: Mapping[str, str]
    aggregations: Mapping[str, str]
    windows: Mapping[str, str]
    unsupported: Mapping[str, str]


def of_dialect(dialect: Dialect) -> Words:
    return Words(dialect.functions, dialect.aggregations, dialect.windows, dialect.unsupported)


def of_module(words: ModuleType) -> Words:
    return Words(words.FUNCTIONS, words.AGGREGATIONS, words.WINDOWS, words.UNSUPPORTED)


DIALECTS = {
    "chdb": Words(chdb.FUNCTIONS, chdb.AGGREGATIONS, chdb.WINDOWS, chdb.UNSUPPORTED),
    "daft": of_dialect(daft.DAFT),
    "datafusion": of_dialect(datafusion.DATAFUSION),
    "datatable": of_module(datatable),
    "duckdb": Words(sql.FUNCTIONS, duckdb.AGGREGATIONS, duckdb.WINDOWS, duckdb.UNSUPPORTED),
    "ibis": of_dialect(ibis.IBIS),
    "narwhals": of_dialect(narwhals.NARWHALS),
    "pandas": of_module(pandas),
    "polars": of_dialect(polars.POLARS),
    "pyspark": of_dialect(pyspark.PYSPARK),
}
# Engines that speak another one's language, and those that call Python's functions alone.
SPOKEN = {
    "pandas": {
        "cudf",
        "dask",
        "fireducks",
        "modin",
        "numba",
        "pandas+numba",
        "pandas+numpy",
        "ray",
    },
    "python": {"futures-process", "futures-thread", "joblib", "loky", "multiprocessing", "serial"},
}
FUNCTIONS_ONLY = {"python": python, "loops": loops}


# Those of other environments refuse by default what is not written for them.
ELSEWHERE = {"chdb", "daft", "datafusion", "ibis", "pyspark"}


@pytest.mark.parametrize("name", DIALECTS)
def test_words_are_those_of_the_language(name: str) -> None:
    words = DIALECTS[name]
    tables = (
        (words.functions, ROW_FUNCTIONS),
        (words.aggregations, AGGREGATIONS),
        (words.windows, WINDOWS),
    )
    lacking = set()
    for table, language in tables:
        assert set(table) <= set(language)
        lacking |= set(language) - set(table) - RESOLVED
    assert set(words.unsupported) <= lacking
    if name not in ELSEWHERE:
        assert lacking == set(words.unsupported)


@pytest.mark.parametrize("name", FUNCTIONS_ONLY)
def test_row_functions_are_those_of_the_language(name: str) -> None:
    module = FUNCTIONS_ONLY[name]
    assert set(module.FUNCTIONS).isdisjoint(module.UNSUPPORTED)
    assert {*module.FUNCTIONS, *module.UNSUPPORTED} == set(ROW_FUNCTIONS) - RESOLVED


def test_every_engine_speaks_a_dialect() -> None:
    spoken = set().union(*SPOKEN.values())
    names = {
        name.partition("/")[0] for name in load_engines()
    }  # with code that another test has read
    assert names - {YOURS} == {*DIALECTS, *spoken}


# What a pass rewrites before the dialect is asked.
REWRITTEN = {("daft", "corr")}
REFUSALS = [(n, w) for n, words in DIALECTS.items() for w in words.unsupported]


@pytest.mark.parametrize(("name", "word"), [r for r in REFUSALS if r not in REWRITTEN])
def test_refusal_says_why(name: str, word: str) -> None:
    output = (Output("r", _example(word)),)
    clause = {"aggregate": output} if word in AGGREGATIONS else {"transform": output}
    query = replace(Query("q", "", group_by=("k",)), **clause)
    kinds = {
        "text": ("string", "string"),
        "castable": ("string", "string"),
        "date": ("date", "date32[day]"),
    }
    value = kinds.get((ROW_FUNCTIONS | AGGREGATIONS | WINDOWS)[word].takes, ("float", "double"))
    data = Schema(
        (Column("k", "int", "int64"), Column("x", *value), Column("y", *value)),
        9,
    )
    with pytest.raises(Unsupported, match=re.escape(DIALECTS[name].unsupported[word])):
        find(name).write(query, data)


def _example(word: str) -> Expr:
    return parse_expression(write_example(word, (ROW_FUNCTIONS | AGGREGATIONS | WINDOWS)[word]))


@pytest.mark.parametrize("engine", ["pandas", "modin"])
def test_text_that_is_made_is_held_as_text_that_is_read(engine: str) -> None:
    query = Query("q", "", derive=(Output("a", parse_expression("text(x)")),), select=("a",))
    program = find(engine).write(query, Schema((Column("x", "int", "int64"),), 9)).text
    assert "infer_string = True" in program
