"""What ClickHouse calls the words of the language."""

from __future__ import annotations

from ...spec.vocabulary import ROLLING
from ..duckdb import words as duckdb
from ..writing.sql import ADD, COMPARE

AGGREGATIONS = {
    "sum": "sum",
    "mean": "avg",
    "prod": "arrayProduct",
    "min": "min",
    "max": "max",
    "count": "count",
    # The plain ones lose digits where values are close together, and `median` is a guess.
    "std": "stddevSampStable",
    "var": "varSampStable",
    "corr": "corrStable",
    "any": "max",
    "all": "min",
    "n_unique": "uniqExact",
    "size": "count(*)",
    "median": "quantileExactInclusive",
    "quantile": "quantileExactInclusive",
    "any_value": "any",
    "first": "argMin",
    "last": "argMax",
}
ROLLED = AGGREGATIONS | {"median": "quantileExactInclusive(0.5)"}
WINDOWS = {
    **{word: template for word, template in duckdb.WINDOWS.items() if word not in ROLLING},
    "ffill": "last_value({x}) IGNORE NULLS OVER {w}",
    "bfill": "first_value({x}) IGNORE NULLS OVER {following}",
    **{name: f"{ROLLED[reduced]}({{x}}) OVER {{rows}}" for name, reduced in ROLLING.items()},
}
ORDERED_ENDS = {
    "first": "first_value({x}) IGNORE NULLS OVER {whole}",
    "last": "last_value({x}) IGNORE NULLS OVER {whole}",
}
UNSUPPORTED = {
    "ewm_mean": "ClickHouse's exponential averages decay by time, not by rows",
}
# What is infinite of one value, and NaN of none.
UNDEFINED = {"std", "var", "corr"}
POPULATION = {"std_population": "stddevPopStable", "var_population": "varPopStable"}
LENGTHS = {
    "days": 86_400_000_000,
    "hours": 3_600_000_000,
    "minutes": 60_000_000,
    "seconds": 1_000_000,
}
FUNCTIONS = {
    "sqrt": "sqrt({0})",
    "log": "log({0})",
    "log10": "log10({0})",
    "exp": "exp({0})",
    "floor": "floor({0})",
    "ceil": "ceil({0})",
    "round": "roundBankers({0}, {1})",
    "lower": "lowerUTF8({0})",
    "len": "lengthUTF8({0})",
    "starts_with": "startsWith({0}, {1})",
    "log2": "log2({0})",
    "log1p": "log1p({0})",
    "expm1": "exp({0}) - 1",
    **{f: f"{f}({{0}})" for f in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh")},
    **{f: f"{f}({{0}})" for f in ("tanh", "radians", "degrees", "sign")},
    "atan2": "atan2({0}, {1})",
    "hypot": "hypot({0}, {1})",
    "clip": "CASE WHEN {0} < {1} THEN {1} WHEN {0} > {2} THEN {2} ELSE {0} END",
    "coalesce": "coalesce({0})",
    "upper": "upperUTF8({0})",
    "strip": r"replaceRegexpAll({0}, '^[\\s\\p{{Z}}]+|[\\s\\p{{Z}}]+$', '')",
    "count_words": r"countMatches({0}, '[^\\s\\p{{Z}}]+')",
    "ends_with": "endsWith({0}, {1})",
    "is_numeric": "match({0}, '^[0-9]+$')",
    "matches": "match({0}, {1})",
    "extract": "CASE WHEN match({0}, {1}) THEN regexpExtract({0}, {1}, {2}) END",
    "replace": "replaceAll({0}, {1}, {2})",
    "split": "arrayElementOrNull(splitByString({1}, {0}), {2})",
    "slice": "substringUTF8({0}, {1})",
    "zfill": (
        "CASE WHEN substring({0}, 1, 1) IN ('-', '+') THEN concat(substring({0}, 1, 1),"
        " leftPadUTF8(substringUTF8({0}, 2), greatest({1}, lengthUTF8({0})) - 1, '0'))"
        " ELSE leftPadUTF8({0}, greatest({1}, lengthUTF8({0})), '0') END"
    ),
    "concat": "||",
    "text": "toString({0})",
    "integer": "accurateCastOrNull(trunc({0}), 'Int64')",
    "number": "toFloat64({0})",
    "hour": "toHour({0})",
    "minute": "toMinute({0})",
    "second": "toSecond({0})",
    "weekday": "toDayOfWeek({0}) - 1",
    "day_of_year": "toDayOfYear({0})",
    "week": "toISOWeek({0})",
    "quarter": "toQuarter({0})",
    **{
        word: f"toInt64(floor(({{0}} - {{1}}) / {microseconds}))"
        for word, microseconds in LENGTHS.items()
    },
    "offset": "add{2}({0}, {1})",
    "parse": "parseDateTime64({0}, {1}, 'UTC')",
    "year": "toYear({0})",
    "month": "toMonth({0})",
    "day": "toDayOfMonth({0})",
    "date": "toDate32({0})",
    "abs": "abs({0})",
    "contains": "position({0}, {1}) > 0",
    "truncate": "date_trunc({0}, {1})",
    "min": "least({0})",
    "max": "greatest({0})",
}
# Words for a part of what one means, by the kind of the value or the form of a setting.
VARIANTS = {
    "split_words": r"arrayElementOrNull(extractAll({0}, '[^\\s\\p{{Z}}]+'), {2})",
    "integer_string": "toInt64OrNull(extract({0}, '^[+-]?[0-9]+$'))",
    "integer_bool": "toInt64({0})",
    "integer_int": "toInt64({0})",
    "number_string": r"toFloat64OrNull(replaceRegexpAll({0}, '^\\s+|\\s+$', ''))",
    "days_date": "dateDiff('day', {1}, {0})",
    "parse_date": "toDate32(parseDateTime64({0}, {1}, 'UTC'))",
}
LEVELS = {"contains": COMPARE, "expm1": ADD, "weekday": ADD}
