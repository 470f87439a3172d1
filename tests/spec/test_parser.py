"""Expressions: what each form means, what is refused and where, and that text and tree agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.spec.calls import Context
from dfbench.spec.expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    Expr,
    IsIn,
    IsMissing,
    Lit,
    Neg,
    Not,
    build_case,
    walk,
)
from dfbench.spec.parser import LARGEST, parse, parse_expression
from dfbench.spec.python_syntax import ExpressionError
from dfbench.spec.ranges import compute_whole
from dfbench.spec.settings import RULES, write_example
from dfbench.spec.unparse import write_text
from dfbench.spec.vocabulary import AGGREGATIONS, BINNING, ROW_FUNCTIONS, WINDOWS
from hypothesis import assume, given, settings
from hypothesis import strategies as st

A, B, C = Col("a"), Col("b"), Col("c")
ONE, TWO = Lit(1), Lit(2)

FORMS = {
    "a": A,
    "1": ONE,
    "1.5": Lit(1.5),
    "'x'": Lit("x"),
    "True": Lit(True),
    "None": Lit(None),
    "-1": Neg(ONE),
    "+a": A,
    "-a ** 2": Neg(Arith("**", A, TWO)),
    "(-1) ** 2": Arith("**", Neg(ONE), TWO),
    "a // 2 % b": Arith("%", Arith("//", A, TWO), B),
    "a < 1": Compare("<", A, ONE),
    "1 < a <= b": Bool("and", (Compare("<", ONE, A), Compare("<=", A, B))),
    "a < b < c and a": Bool("and", (Compare("<", A, B), Compare("<", B, C), A)),
    "a and (b and c)": Bool("and", (A, B, C)),
    "a and b or c": Bool("or", (Bool("and", (A, B)), C)),
    "not a": Not(A),
    "a is None": IsMissing(A),
    "a is not None": Not(IsMissing(A)),
    "a in (1, -2)": IsIn(A, (ONE, Lit(-2))),
    "a not in [1]": Not(IsIn(A, (ONE,))),
    "'x' in a": Call("contains", (A, Lit("x"))),
    "1 if a else 2": Case(((A, ONE),), TWO),
    "1 if a else 2 if b else c": Case(((A, ONE), (B, TWO)), C),
    "min(a, b)": Call("min", (A, B)),
    "max(a)": Agg("max", (A,)),
    "round(a, -1)": Call("round", (A, Neg(ONE))),
    "size()": Agg("size", ()),
    "quantile(a, 0.9)": Agg("quantile", (A, Lit(0.9))),
    "corr(a, b) ** 2": Arith("**", Agg("corr", (A, B)), TWO),
    'col("unit price") * 2': Arith("*", Col("unit price"), TWO),
    'col("class")': Col("class"),
    "a\n  + b  # why\n": Arith("+", A, B),
    "split(a, ',')[-1]": Call("split", (A, Lit(","), Lit(-1))),
    "split(a)[0]": Call("split", (A, Lit(None), Lit(0))),
    "len(split(a))": Call("count_words", (A,)),
    "map(a, {S: 1, 'M': -2}, 0)": Call("map", (A, Lit(0), Lit("S"), ONE, Lit("M"), Lit(-2))),
    "map(a, {1: 2})": Call("map", (A, Lit(None), ONE, TWO)),
    "fill(a, 1)": Call("coalesce", (A, ONE)),
    "1 if a is None else a": Call("coalesce", (A, ONE)),
    "a if a is not None else b": Call("coalesce", (A, B)),
    "b if a is None else 2": Case(((IsMissing(A), B),), TWO),
    "clip(a, -1, 2)": Call("clip", (A, Lit(-1), TWO)),
    "days(a - b)": Call("days", (A, B)),
    "a - hours(3)": Call("offset", (A, Lit(-3), Lit("hours"))),
    "date(a)": Call("date", (A,)),
    "a[1:-2]": Call("slice", (A, ONE, Lit(-2))),
    "lower(a)[:2]": Call("slice", (Call("lower", (A,)), Lit(0), TWO)),
    "a[-1]": Call("slice", (A, Lit(-1), Lit(None))),
    "extract(a, '(\\d)')": Call("extract", (A, Lit("([0-9])"), ONE)),
    "extract(a, '\\d')": Call("extract", (A, Lit("[0-9]"), Lit(0))),
    "rank(a, method='max')": Agg("rank", (A, Lit("max"))),
    "rank(a, descending=True)": Agg("rank", (A, Lit("min"), Lit(True))),
    "percent_rank(a, True)": Agg("percent_rank", (A, Lit(True))),
    "row_number() - 1": Arith("-", Agg("row_number", ()), ONE),
    "rolling_mean(a, 2, at_least=1)": Agg("rolling_mean", (A, TWO, ONE)),
    "bins(a, [0, 1, 2.5], right=False)": Case(
        (
            (Compare("<", A, Lit(0)), Lit(None)),
            (Compare("<", A, ONE), Lit("[0.0, 1.0)")),
            (Compare("<", A, Lit(2.5)), Lit("[1.0, 2.5)")),
        ),
        Lit(None),
    ),
    "quantile_bins(a, 2, labels=['low', 'high'])": Case(
        (
            (Compare("<=", A, Agg("quantile", (A, Lit(0.5)))), Lit("low")),
            (Not(IsMissing(A)), Lit("high")),
        ),
        Lit(None),
    ),
    "matches(a, '(x|y)')": Call("matches", (A, Lit("(?:x|y)"))),
}


@pytest.mark.parametrize("written", FORMS)
def test_each_form_becomes_its_tree(written: str) -> None:
    assert parse_expression(written) == FORMS[written]


REFUSED = {
    "sume(a)": (0, "unknown function 'sume'; did you mean 'sum'?"),
    "a + meen(b)": (4, "unknown function 'meen'; did you mean 'mean'?"),
    "é + sume(é)": (4, "unknown function 'sume'; did you mean 'sum'?"),
    "nunique(a)": (0, "unknown function 'nunique'; did you mean 'n_unique'?"),
    "fillna(a, 0)": (0, "unknown function 'fillna'; did you mean 'coalesce'?"),
    "isnull(a)": (0, "unknown function 'isnull'; did you mean 'x is None'?"),
    "a.std_dev()": (0, "columns have no methods; write std(a)"),
    "a.isna()": (0, "columns have no methods; did you mean 'x is None'?"),
    "sum(a, b)": (0, "sum takes one argument, not 2"),
    "round(a, b, c)": (0, "round takes one argument or 2, not 3"),
    "min()": (0, "min takes one argument, not 0"),
    "sum(mean(a))": (4, "mean is inside sum; aggregations cannot be nested"),
    "quantile(a, 2)": (12, "quantile needs a number from 0 to 1"),
    "quantile(a, b)": (12, "quantile needs a number from 0 to 1"),
    "round(a, b)": (9, "round needs a whole number of decimal places, -22 to 22"),
    "round(a, 400)": (9, "round needs a whole number of decimal places, -22 to 22"),
    "lag(a, 99999999999)": (7, "lag needs a whole number of rows, 1 to 2,147,483,647"),
    "a & b": (0, "'&' is not supported; write 'and'"),
    "a ^ 2": (0, "'^' is not supported; write '**' for powers"),
    "a @ b": (0, "Python's MatMult is not supported here"),
    "~a": (0, "'~' is not supported; write 'not'"),
    "a == None": (5, "a comparison with None is never true; write 'is None' or 'is not None'"),
    "a is 1": (5, "'is' only works with None; compare with '=='"),
    "a in b": (5, "'in' needs a list of constants, such as in (1, 2)"),
    "a in ()": (5, "this list is empty; give at least one value"),
    "a in (b,)": (6, "'in' needs constants; compare columns with '=='"),
    "a in (None,)": (6, "None cannot be in a list; write 'is None'"),
    "df.a": (0, "write a column by its name alone, without a dot"),
    "x['a']": (0, "write a column by its name alone, without brackets"),
    "a.sum()": (0, "columns have no methods; write sum(a)"),
    "a.b.sum()": (0, "only functions of the workload language can be called"),
    "rank(a, metod='max')": (
        14,
        "rank has no setting 'metod'; did you mean 'method'?",
    ),
    "rank(a, 'median')": (8, "rank needs a method: one of min, max, average, dense, first"),
    "rolling_mean(a)": (0, "rolling_mean takes two arguments or 3, not 1"),
    "rolling_mean(a, 0)": (
        16,
        f"rolling_mean needs {RULES['window'].needs}",
    ),
    "forward_fill(a)": (0, "unknown function 'forward_fill'; did you mean 'ffill'?"),
    "sum(a=1)": (0, "sum takes positional arguments only"),
    "sum(*a)": (0, "sum takes positional arguments only"),
    "col(a)": (0, 'col takes one name in quotes: col("unit price")'),
    "lambda x: 1": (0, "lambdas are not supported; write a def, or the expression alone"),
    "a, b": (0, "an expression must have one value, not several"),
    "[a for a in b]": (0, "Python's ListComp is not supported here"),
    "1j": (0, "Python's Constant is not supported here"),
    "99999999999999999999": (0, "this number does not fit in 64 bits"),
    "x + 10 ** 20": (4, "this number does not fit in 64 bits"),
    "x + 2 ** 62 * 4": (4, "this number does not fit in 64 bits"),
    "x + -3 ** 9 ** 99": (10, "this number does not fit in 64 bits"),
    "1e999": (0, "this number is too large for a float"),
    "a = 1": (0, "'=' assigns a value; compare with '=='"),
    "f(a) = 1": (0, "'=' assigns a value; compare with '=='"),
    "import os": (0, "expected an expression, not a statement"),
    "": (0, "an expression is missing"),
    "  (a": (2, "not Python: '(' was never closed"),
    "a b": (2, "not Python: invalid syntax"),
    "sum(class)": (4, "'class' is a keyword of Python; write the column as col('class')"),
    "a and and b": (6, "not Python: invalid syntax"),
    "a) + (b": (1, "not Python: unmatched ')'"),
    "a\n) + (\nb": (0, "not Python: unmatched ')'"),
    "'a": (0, "not Python: unterminated string literal"),
    "'a?": (0, "not Python: unterminated string literal"),
    "contains(a, b)": (12, "contains needs a text in quotes"),
    "split(a, ',')": (0, "split gives several texts; take one: split(x, ',')[0]"),
    "split(a, '')[0]": (9, "split needs a separator in quotes with at least one character"),
    "split(a)[b]": (9, "[ ] needs a whole number"),
    "split(a)[1:2]": (9, "a part of split is taken by one number: split(x, ',')[0]"),
    "map(a, b)": (0, "map takes a value, a table and a default: map(x, {a: 1}, 0)"),
    "map(a, {1: b})": (11, "a table of map has constants; use if … else for expressions"),
    "clip(a, b, 2)": (8, "clip needs two numbers as bounds"),
    "truncate(a, '7min')": (
        12,
        f"truncate needs {RULES['unit'].needs}",
    ),
    "parse(a, 'dd/mm/yyyy')": (
        9,
        "parse needs a format of %Y %y %m %d %b %B %H %M %S, such as '%d/%m/%Y'",
    ),
    "a && b": (3, "not Python: invalid syntax; write 'and' for '&&'"),
    "a || b": (3, "not Python: invalid syntax; write 'or' for '||', and '+' between texts"),
    "a === 'b && c'": (4, "not Python: invalid syntax; compare with '=='"),
    "a <> 1": (2, "not Python: invalid syntax; compare with '!='"),
    "a LIKE 'b%'": (2, "not Python: invalid syntax; write contains(x, 'a'), or matches(x, 'a.*b')"),
    "a between 1 and 2": (2, "not Python: invalid syntax; write a <= x <= b"),
    "case when a > 1 then 2 end": (5, "not Python: invalid syntax; write 2 if x > 1 else 3"),
    "a > 1 ? 2 : 3": (6, "not Python: invalid syntax; write 2 if x > 1 else 3"),
    "cast(a as int)": (7, "not Python: invalid syntax; write integer(x), number(x) or text(x)"),
    "count(*)": (7, "not Python: invalid syntax; write size() for the number of rows"),
    "a is NULL": (5, "'is' only works with None; write 'is None' for a missing value"),
    "a.fillna(0)": (0, "columns have no methods; write coalesce(a, 0)"),
    "a.str.lower()": (0, "columns have no methods; write lower(a)"),
    "dt.year(a)": (0, "columns have no methods; write year(a)"),
    "f'{a}b'": (0, "texts are joined with '+': text(x) + 'a'"),
    "parse(a, '%j')": (
        9,
        "parse needs a format of %Y %y %m %d %b %B %H %M %S, such as '%d/%m/%Y'",
    ),
    "a[::2]": (4, "a slice of text takes no step"),
    "a[-1:2]": (2, "a slice of text from its end cannot end from its start"),
    "matches(a, '(')": (
        11,
        "matches: not a regular expression: missing ), unterminated subpattern at position 0",
    ),
    "extract(a, '(x)', 2)": (
        18,
        "extract: the last group of the pattern is 1; 0 is the whole match",
    ),
    "extract(a, '(x)|y')": (
        11,
        "extract: its group has to be in every match; avoid '|', ')?' and ')*'",
    ),
    "a\0": (0, "not Python: source code string cannot contain null bytes"),
}


@pytest.mark.parametrize("written", REFUSED)
def test_each_mistake_has_its_place_and_words(written: str) -> None:
    with pytest.raises(ExpressionError) as error:
        parse_expression(written)
    slips = error.value.slips
    assert [(slip.offset, slip.message) for slip in slips] == [REFUSED[written]]


def test_a_row_refuses_aggregations() -> None:
    with pytest.raises(ExpressionError, match="sum is an aggregation") as error:
        parse("a > sum(b)", Context.ROW)
    assert error.value.slips[0].offset == 4


def test_an_aggregate_refuses_columns_outside_aggregations() -> None:
    with pytest.raises(ExpressionError, match=r"'b' is used outside.*sum\(b\)") as error:
        parse("sum(a) + b", Context.AGGREGATE)
    assert error.value.slips[0].offset == 9


@pytest.mark.parametrize("format_", ["%Y-%m", "%B", "%d", "%a %d. %b, %H:%M:%S %j%%", "Q%Y"])
def test_a_format_of_a_time_is_its_parts_and_written_again(format_: str) -> None:
    tree = parse_expression(f"format(a, {format_!r})")
    assert isinstance(tree, Call | Case)
    assert write_text(tree) == f"format(a, {format_!r})"


@pytest.mark.parametrize("format_", ["", "day", "%%", "%q", "%Y%", 3])
def test_a_format_without_a_part_that_all_engines_have_is_a_mistake(format_: object) -> None:
    with pytest.raises(ExpressionError, match="format needs a format of"):
        parse_expression(f"format(a, {format_!r})")


def test_all_mistakes_of_an_expression_are_told() -> None:
    with pytest.raises(ExpressionError) as error:
        parse_expression("sume(a) + (b & c)\n + meen(d)")
    assert [slip.offset for slip in error.value.slips] == [0, 11, 21]


def test_every_function_of_the_tables_can_be_called() -> None:
    for table in (ROW_FUNCTIONS, AGGREGATIONS, WINDOWS):
        for name, function in table.items():
            if name not in {*BINNING, "format"}:
                assert parse_expression(write_example(name, function)).function == name


@pytest.mark.parametrize(
    "written", ["(" * 300 + "a" + ")" * 300, "-" * 5000 + "a", "a" + "+a" * 400]
)
def test_what_is_nested_too_deeply_is_a_mistake(written: str) -> None:
    with pytest.raises(ExpressionError, match=r"nested|not Python"):
        parse_expression(written)


def test_a_tree_as_deep_as_allowed_can_be_written_again() -> None:
    tree = parse_expression("a" + " + a" * 95)
    assert parse_expression(write_text(tree)) == tree


def test_nothing_is_evaluated(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with pytest.raises(ExpressionError):
        parse_expression(f"__import__('pathlib').Path({str(mark)!r}).touch()")
    assert not mark.exists()


names = st.sampled_from(["a", "b", "v1", "unit price", "class", "é", "x'y", "None", "ﬁ"])
constants = st.one_of(
    st.integers(0, 2**63),
    st.floats(0, allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.booleans(),
)
members = st.one_of(constants, st.integers(-9, -1)).map(Lit)


def _grown(inner: object) -> object:
    ops = st.sampled_from(["+", "-", "*", "/", "//", "%", "**"])
    comparisons = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    not_chain = inner.filter(lambda node: not isinstance(node, Bool))
    not_none = inner.filter(lambda node: node != Lit(None))
    branches = st.lists(st.tuples(inner, inner), min_size=1, max_size=3).map(tuple)
    not_case = inner.filter(lambda node: not isinstance(node, Case))
    return st.one_of(
        st.builds(Arith, ops, inner, inner),
        st.builds(Neg, inner),
        st.builds(Not, inner),
        st.builds(IsMissing, inner),
        st.builds(Compare, comparisons, not_none, not_none),
        st.builds(IsIn, inner, st.lists(members, min_size=1, max_size=3).map(tuple)),
        st.builds(
            Bool,
            st.sampled_from(["and", "or"]),
            st.lists(not_chain, min_size=2, max_size=3).map(tuple),
        ),
        st.builds(build_case, branches, not_case),
        st.builds(lambda x: Call("sqrt", (x,)), inner),
        st.builds(lambda x, y: Call("min", (x, y)), inner, inner),
    )


trees = st.recursive(st.one_of(st.builds(Col, names), constants.map(Lit)), _grown, max_leaves=12)


@settings(max_examples=300, deadline=None)
@given(trees)
def test_a_tree_written_and_read_is_the_same_tree(tree: Expr) -> None:
    assume(all(abs(compute_whole(node) or 0) <= LARGEST for node in walk(tree)))
    assert repr(parse_expression(write_text(tree))) == repr(tree)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_an_expression_or_an_expression_error(written: str) -> None:
    try:
        tree = parse_expression(written)
    except ExpressionError as error:
        offsets = [slip.offset for slip in error.slips]
    else:
        offsets = []
        assert repr(parse_expression(write_text(tree))) == repr(tree)
    assert all(0 <= offset <= len(written) for offset in offsets)


@pytest.mark.parametrize(
    "asked", ["first(x, order_by=t)", "last(x + 1, order_by=t)", "first(x)", "arg_max(x, t)"]
)
def test_what_is_first_in_an_order_is_written_as_it_is_asked(asked: str) -> None:
    assert write_text(parse_expression(asked, Context.AGGREGATE)) == asked
