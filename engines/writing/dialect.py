"""The words of a library of method chains: templates for what the language has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UNITS = {unit: unit for unit in ("year", "month", "day", "hour")}


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words of a library: `x` and `y` are operands, `n` a name, `c` a condition, `v` values.

    `functions`, `aggregations` and `windows` have the language's words, and `unsupported` the
    reason for each that the library lacks. `variants` are words for a part of what one means:
    `round_2` and `round_tens` (to places), `sum_truth` (of truth values), `split_words` (at white
    space), `std_population`, `var_population`, `covar`, `covar_population`, `pct_change_complete`
    (of values of which none is missing or infinite), and `truncate_date` as any `FUNCTION_KIND` for
    values of one kind. `units` maps the language's units to the library's.

    `nothing` is a missing number, and `by_zero` is x / 0 for a library that raises there.
    `of_nothing` fills in what an aggregation of no values lacks. `narrow`: counts and sums have as
    few as 32 bits.
    `counts_missing` names the aggregations for which a missing value is a value, unless
    `drop_missing` removes it. A window is of `n` rows away, or has the method `m` and options `o`.
    `bare_choices`: what is chosen from may be a plain constant, unless it is text; `bare_cases`: so
    may the value of a condition, text too; `bare_arguments`: so may the further arguments of a
    function. `by_name` names the aggregations that take
    columns by name. `over` writes the aggregation of a row's group, with `k` for the keys.
    `decided` makes a missing condition false, where the library would return missing for it.
    `drop_rows` drops the rows in which one of the columns `n` is missing. `without_otherwise`: what
    no condition chooses is missing by default. `shares`: of an aggregation that occurs twice, the
    library computes one. `sorts_stably`: equal rows can keep their order.
    """

    column: str
    constant: str
    missing: str
    present: str
    member: str
    without_nan: str
    named: str
    when: str
    and_when: str
    otherwise: str
    wide: str
    divisor: str
    modulo: str
    floor_divide: str
    functions: Mapping[str, str]
    aggregations: Mapping[str, str]
    unsupported: Mapping[str, str]
    windows: Mapping[str, str] = field(default_factory=dict)
    variants: Mapping[str, str] = field(default_factory=dict)
    divide: str = "x / y"
    by_zero: str = ""
    nothing: str = ""
    power: str = "x ** y"
    negative: str = "-x"
    modulo_float: str = ""
    floor_divide_float: str = ""
    of_nothing: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=lambda: dict(UNITS))
    narrow: bool = False
    counts_missing: frozenset[str] = frozenset()
    drop_missing: str = ""
    bare_choices: bool = False
    bare_cases: bool = False
    bare_arguments: bool = True
    by_name: frozenset[str] = frozenset()
    unpivot: str = ""
    over: str = ""
    decided: str = ""
    drop_rows: str = ""
    without_otherwise: bool = False
    shares: bool = True
    sorts_stably: bool = False
