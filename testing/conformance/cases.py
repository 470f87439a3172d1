"""What every engine has to answer alike: small frames, and a query for each line of the language.

A case is a query in the workload language and the frame it is asked of; the expected answer is the
plain-Python oracle's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ...spec.reader import read_text
from ...spec.workload import Query
from .frames import FRAMES, TABLES

AGGREGATIONS = (
    "sum mean min max count n_unique std var median first last any all".split()  # noqa: SIM905
)
TRUTH = {"any", "all"}

QUERIES = {
    **{
        name: f"{{group_by: k, aggregate: {{out: {name}({'b' if name in TRUTH else 'z'})}}}}"
        for name in AGGREGATIONS
    },
    **{
        f"{name}_int": f"{{group_by: k, aggregate: {{out: {name}(x)}}}}"
        for name in AGGREGATIONS
        if name not in TRUTH
    },
    **{
        f"{name}_nan": f"{{group_by: k, aggregate: {{out: {name}(w)}}}}"
        for name in AGGREGATIONS
        if name not in TRUTH
    },
    "size": "{group_by: k, aggregate: {out: size()}}",
    "sum_and_size": "{group_by: [k, g], aggregate: {out: sum(z), rows: size()}}",
    "quantile": "{group_by: k, aggregate: {out: 'quantile(z, 0.9)'}}",
    "quantile_and_sum": "{group_by: k, aggregate: {out: 'quantile(z, 0.25)', total: sum(x)}}",
    "corr": "{group_by: k, aggregate: {out: 'corr(x, y)'}}",
    "corr_floats": "{group_by: k, aggregate: {out: 'corr(z, y)'}}",
    "corr_squared": "{group_by: [k, g], aggregate: {out: 'corr(x, y) ** 2'}}",
    "n_unique_text": "{group_by: g, aggregate: {out: n_unique(t)}}",
    "extreme_texts": (
        "{transform: {a: 'max(t, u)', c: min('b', t), e: 'max(t, u, k)', f: \"min(d, date('2024-01-05'))\","
        " h: \"max(m, timestamp('1969-12-31 23:05:00'))\"}}"
    ),
    "joined_choices": (
        "{transform: {a: \"map(k, {'a': 'p'}) + t\", c: '(u if b else k) + t',"
        " e: 'concat(t, u if b else k)'}}"
    ),
    "max_made_text": "{aggregate: {m: max(text(len(u)))}}",
    "date_later": "{transform: {a: date(m + hours(3))}}",
    "replaced": "{transform: {x: z * 2, f: x + 1}}",
    "where_chosen": "{where: b if x > 3 else None, aggregate: {n: size()}}",
    "where_not_chosen": "{where: not (b if x > 3 else None), aggregate: {n: size()}}",
    "where_filled": "{where: 'coalesce(b, x > 3)', aggregate: {n: size()}}",
    "where_not_filled": "{where: 'y > 2 and not coalesce(b, x > 3)', aggregate: {n: size()}}",
    "where_mapped": "{where: \"not map(k, {'a': True, 'n': False})\", aggregate: {n: size()}}",
    "chosen_conditions": (
        "{transform: {a: (b if x > 3 else None) or y > 2, c: not (b if x > 3 else y > 2),"
        " e: 'not coalesce(b, x > 3)', f: \"1 if not map(k, {'a': True}, False) else 2\"}}"
    ),
    "min_text": "{group_by: g, aggregate: {low: min(t), high: max(t)}}",
    "date_keys": "{group_by: d, aggregate: {out: sum(x)}}",
    "bool_key": "{group_by: b, aggregate: {out: sum(x), rows: size()}}",
    "several_keys": "{group_by: [k, g, t], aggregate: {out: sum(x), mean: mean(z)}}",
    "same_function": "{group_by: k, aggregate: {x: mean(x), y: mean(y), z: mean(z)}}",
    "over_aggregations": "{group_by: k, aggregate: {out: max(x) - min(y), share: sum(x) / size()}}",
    "of_expression": "{group_by: k, aggregate: {out: sum(x * y), mean: mean(z + 1)}}",
    "where": "{where: x > 1, group_by: k, aggregate: {out: sum(z), rows: size()}}",
    "where_and": "{where: x > 0 and not y > 2, group_by: k, aggregate: {rows: size()}}",
    "where_or": "{where: x < 0 or z >= 2.5, group_by: k, aggregate: {rows: size()}}",
    "where_not_equal": "{where: x != 5, group_by: k, aggregate: {rows: size()}}",
    "where_not": "{where: not (x == 5 or y < 2), group_by: k, aggregate: {rows: size()}}",
    "where_chain": "{where: -3 < x <= 4, group_by: k, aggregate: {rows: size()}}",
    "where_text": "{where: t == 'x' or t == 'Lima', group_by: k, aggregate: {rows: size()}}",
    "where_in": "{where: 'x in (1, 4, -7)', group_by: k, aggregate: {rows: size()}}",
    "where_not_in": "{where: 'x not in (1, 4)', group_by: k, aggregate: {rows: size()}}",
    "where_missing": "{where: z is None, group_by: k, aggregate: {rows: size()}}",
    "where_present": "{where: w is not None, group_by: k, aggregate: {out: sum(w)}}",
    "where_nan": "{where: w > 1, group_by: k, aggregate: {rows: size()}}",
    "where_bool": "{where: b, group_by: k, aggregate: {rows: size()}}",
    "where_nothing": "{where: x > 1000, group_by: k, aggregate: {out: sum(x)}}",
    "derive": "{derive: {r: x / 4}, group_by: k, aggregate: {out: sum(r)}}",
    "derive_twice": "{derive: {r: x * 2, v: r + y}, group_by: k, aggregate: {out: sum(v)}}",
    "derive_case": "{derive: {c: '1 if x > 2 else 0'}, group_by: c, aggregate: {rows: size()}}",
    "derive_cases": (
        "{derive: {c: \"'high' if x > 3 else 'mid' if x > 1 else 'low'\"},"
        " group_by: c, aggregate: {rows: size()}}"
    ),
    "divide": "{derive: {r: x / y}, group_by: k, aggregate: {out: max(r), n: count(r)}}",
    "floor_divide": "{derive: {r: x // y}, group_by: k, aggregate: {out: sum(r), n: count(r)}}",
    "modulo": "{derive: {r: x % y}, group_by: k, aggregate: {out: sum(r), n: count(r)}}",
    "modulo_constant": "{derive: {r: x % 3}, group_by: r, aggregate: {rows: size()}}",
    "floor_constant": "{derive: {r: x // 3}, group_by: r, aggregate: {rows: size()}}",
    "power": "{derive: {r: -x ** 2}, group_by: k, aggregate: {out: sum(r)}}",
    "negative": "{derive: {r: -(x - y)}, group_by: k, aggregate: {out: sum(r)}}",
    "infinity_less_infinity": (
        "{derive: {r: exp(x * 1000) - exp(x * 1000)},"
        " group_by: k, aggregate: {out: sum(r), n: count(r)}}"
    ),
    "roots": "{derive: {r: sqrt(z)}, group_by: k, aggregate: {out: sum(r), n: count(r)}}",
    "rounds": "{derive: {r: round(z)}, group_by: r, aggregate: {rows: size()}}",
    "functions": (
        "{derive: {r: 'abs(z) + exp(x / 10)', v: floor(z), h: ceil(z)},"
        " group_by: k, aggregate: {r: sum(r), v: sum(v), h: sum(h)}}"
    ),
    "row_extremes": "{derive: {r: 'max(x, y)'}, group_by: k, aggregate: {out: sum(r), n: count(r)}}",
    "largest": "{group_by: k, largest: {column: z, n: 2, as: top}}",
    "smallest": "{group_by: k, smallest: {column: x, n: 1, as: low}}",
    "largest_where": "{where: z is not None, group_by: [k, g], largest: {column: z, n: 2, as: top}}",
    "largest_all": "{largest: {column: z, n: 3, as: top}}",
    "having": "{group_by: k, aggregate: {out: sum(x)}, having: out > 4}",
    "having_nan": "{group_by: k, aggregate: {out: mean(w)}, having: out > 2}",
    "having_corr": "{group_by: k, aggregate: {out: 'corr(x, y)'}, having: out > -2}",
    "sort": "{group_by: k, aggregate: {out: mean(z)}, sort: [out, k]}",
    "sort_descending": "{group_by: k, aggregate: {out: sum(x)}, sort: [-out, k], limit: 3}",
    "limit": "{group_by: k, aggregate: {out: sum(z)}, sort: k, limit: 2}",
    "share": "{group_by: k, transform: {share: z / sum(z)}}",
    "z_score": "{group_by: k, transform: {score: '(x - mean(x)) / std(x)'}}",
    "transform_all": "{transform: {share: x / sum(x), rows: size()}}",
    "transform_group": "{group_by: [k, g], transform: {high: max(z), rows: size(), n: count(z)}}",
    "transform_more": (
        "{group_by: k, transform: {a: median(z), b: n_unique(t), c: first(x), d: last(x), e: var(z),"
        " f: min(x)}}"
    ),
    "transform_quantile": "{group_by: k, transform: {out: 'x - quantile(x, 0.25)'}}",
    "transform_corr": "{group_by: k, transform: {out: 'corr(x, y)'}}",
    "transform_nan": "{group_by: k, transform: {out: w - mean(w), r: rank(w), s: cumsum(w)}}",
    "transform_truth": "{group_by: k, transform: {out: x > mean(x), any: any(b), all: all(b)}}",
    "transform_expression": "{group_by: k, transform: {out: 'sum(x * y) - x', r: rank(-x)}}",
    "transform_where": (
        "{where: y > 1, derive: {r: x * 2}, group_by: k, transform: {out: r - min(r), n: size()}}"
    ),
    "transform_having": (
        "{group_by: k, transform: {share: x / sum(x)}, having: share > 0.2, sort: [-share, k], limit: 3}"
    ),
    "transform_limit": "{group_by: k, transform: {before: lag(x)}, limit: 3}",
    "rank": "{group_by: k, transform: {out: rank(x), mean: rank(z) / size()}}",
    "rank_text": "{group_by: g, transform: {out: rank(t)}}",
    "lags": "{group_by: k, transform: {a: lag(x), b: 'lag(z, 2)', c: lead(t), d: x - lead(x)}}",
    "lags_all": "{transform: {a: lag(d), b: 'lead(x, 3)'}}",
    "cumsum": "{group_by: k, transform: {a: cumsum(x), b: cumsum(z) / sum(z), c: cumsum(s)}}",
    "windows": (
        "{group_by: k, transform: {a: row_number(), b: cumcount(), c: diff(x), d: 'pct_change(z, 2)',"
        " e: cummin(x), n: cummax(z), h: ffill(t), i: bfill(b), j: ffill(d), l: diff(s)}}"
    ),
    "windows_all": (
        "{transform: {a: row_number(), b: cumcount(), c: 'diff(x, 2)', d: pct_change(x), e: cummin(w),"
        " h: bfill(t), i: cummax(x) - x}}"
    ),
    "rolling": (
        "{group_by: k, transform: {a: 'rolling_sum(x, 2)', b: 'rolling_mean(z, 3, at_least=1)',"
        " c: 'rolling_std(x, 3, at_least=2)', d: 'rolling_count(t, 2)', e: 'rolling_sum(s, 2, 1)'}}"
    ),
    "rolling_ends": (
        "{group_by: [k, g], order_by: y, transform: {a: 'rolling_min(x, 2)', b: 'rolling_max(w, 2, at_least=1)',"
        " c: 'x - rolling_median(x, 3, 1)'}}"
    ),
    "rolling_all": "{transform: {a: 'rolling_sum(x, 3)', b: 'rolling_count(w, 2)'}}",
    "rolling_time": (
        "{group_by: k, order_by: d, transform: {a: \"rolling_sum(x, '3d')\", b: \"rolling_mean(z, '50h')\","
        " c: \"rolling_std(x, '5d', at_least=3)\", h: \"rolling_count(t, '3d')\", i: lag(x)}}"
    ),
    "rolling_time_all": (
        "{order_by: m, transform: {a: \"rolling_min(x, '2h')\", b: \"rolling_max(w, '90min', 2)\","
        " c: \"x - rolling_median(x, '121s')\"}}"
    ),
    "rolling_zone": (
        "{group_by: [k, g], order_by: o, transform: {a: \"rolling_sum(s, '1d')\", b: \"rolling_mean(z, '300d')\"}}"
    ),
    "ewm": "{group_by: k, transform: {a: 'ewm_mean(x, 3)', b: 'ewm_mean(w, 1.5)'}}",
    "ranks": (
        "{group_by: k, transform: {a: dense_rank(z), b: percent_rank(x), c: \"rank(x, method='average')\","
        " d: 'rank(t, descending=True)', e: \"rank(y, 'max')\", h: \"rank(x, 'first')\","
        " i: 'percent_rank(w, descending=True)'}}"
    ),
    "order_by": (
        "{group_by: k, order_by: [y, z], transform: {a: lag(x), b: cumsum(z), c: row_number(), d: ffill(t),"
        " e: 'x - lag(x, 2)', h: sum(x), i: bfill(z)}}"
    ),
    "order_by_all": (
        "{derive: {r: w / 2}, order_by: [-r, -x], transform: {a: diff(x), b: cumsum(s), c: ffill(z), d: count(x)}}"
    ),
    "order_by_ends": (
        "{where: z is not None, group_by: k, order_by: [-x, z], transform: {a: first(z), b: last(z), c: x}, limit: 5}"
    ),
    "cumsum_all": "{transform: {a: cumsum(x)}}",
    "dates": "{derive: {a: year(d), n: month(d), c: day(d)}, group_by: [a, n], aggregate: {c: sum(c)}}",
    "date_compared": "{where: d >= date('2023-12-20'), group_by: k, aggregate: {rows: size()}}",
    "date_between": (
        "{where: \"date('2023-12-19') < d <= date('2024-01-05')\", aggregate: {rows: size()}}"
    ),
    "date_in": (
        "{where: \"d in (date('2023-12-20'), date('2024-01-05'))\", aggregate: {rows: size()}}"
    ),
    "date_extremes": "{group_by: k, aggregate: {low: min(d), high: max(d), n: n_unique(d)}}",
    "time_parts": (
        "{transform: {a: hour(m), b: minute(m), c: second(m), d: weekday(d), e: weekday(m),"
        " f: quarter(d), h: date(m), i: \"days(d - date('2024-01-01'))\"}}"
    ),
    "time_weeks": (
        "{derive: {a: \"truncate(m, 'week')\", c: \"truncate(d, 'quarter')\"}, group_by: [a, c],"
        " aggregate: {n: size(), w: sum(week(d)), y: max(day_of_year(m))}}"
    ),
    "time_steps": (
        "{transform: {a: \"truncate(m, '15min')\", b: \"truncate(m, '10s')\", c: \"truncate(m, 'minute')\","
        " d: m + hours(30), e: d - days(3), f: m - days(1),"
        " g: \"m + days(1) if k == 'a' else None\", h: \"None if k == 'a' else date(m) if k == 'b' else d\"}}"
    ),
    "time_between": (
        "{where: \"hours(m - timestamp('2000-01-01 05:30:00')) > -1000000\", transform: {"
        "a: \"days(m - timestamp('2024-02-29 05:30:00'))\", b: \"hours(timestamp('2024-02-29 05:30:00') - m)\","
        ' c: "seconds(m - (m - minutes(5)))", d: "minutes(m + seconds(90) - m)"}}'
    ),
    "time_parsed": (
        "{transform: {a: \"parse(text(d), '%Y-%m-%d')\", b: \"parse(text(d) + ' 05:06', '%Y-%m-%d %H:%M')\"}}"
    ),
    "time_texts": (
        "{transform: {a: \"format(d, '%Y-%m')\", b: \"format(m, '%a %d. %b %Y, %H:%M:%S')\","
        " c: \"format(d, 'the %d. of %B, %j%%')\", f: \"format(d, '%B')\"}}"
    ),
    "time_of_days": "{transform: {a: \"format(date(m), '%B %j%%')\"}}",
    "zone_texts": "{transform: {a: \"format(o, '%A %H')\", b: date(o)}}",
    "zone_times": (
        "{transform: {a: hour(o), b: weekday(o), c: date(o), d: o + days(1), e: \"truncate(o, '15min')\","
        " f: \"hours(o - timestamp('2024-01-01 00:00:00+00:00'))\", h: week(o)}}"
    ),
    "times": "{derive: {a: year(m), h: month(m), c: day(m)}, group_by: [a, h, c], aggregate: {n: size()}}",
    "time_compared": (
        "{where: \"m < timestamp('2024-02-29 06:00:00')\", group_by: k, aggregate: {rows: size()}}"
    ),
    "time_extremes": "{group_by: k, aggregate: {low: min(m), high: max(m)}}",
    **{
        f"truncate_{unit}": (
            f"{{derive: {{a: \"truncate(m, '{unit}')\"}}, group_by: a, aggregate: {{n: size()}}}}"
        )
        for unit in ("year", "month", "day", "hour")
    },
    "truncate_date": (
        "{derive: {a: \"truncate(d, 'month')\"}, group_by: a, aggregate: {n: size(), last: max(d)}}"
    ),
    "zone_keys": "{group_by: o, aggregate: {n: size()}}",
    "zone_parts": "{derive: {a: year(o), h: month(o), c: day(o)}, group_by: [a, h, c], aggregate: {n: size()}}",
    "zone_compared": (
        "{where: \"o >= timestamp('2024-10-27 01:00:00+00:00')\", group_by: k, aggregate: {rows: size()}}"
    ),
    "zone_extremes": "{group_by: k, aggregate: {low: min(o), high: max(o), n: n_unique(o)}}",
    **{
        f"truncate_zone_{unit}": (
            f"{{derive: {{a: \"truncate(o, '{unit}')\"}}, group_by: a, aggregate: {{n: size()}}}}"
        )
        for unit in ("month", "day", "hour", "6h")
    },
    "trigonometry": (
        "{transform: {a: sin(z), b: cos(x), c: tan(z / 10), d: asin(z / 4), e: acos(z / 4),"
        " f: atan(z), h: 'atan2(z, x)', i: radians(x), j: degrees(z), l: sinh(z), n: cosh(z), o: tanh(z),"
        " p: 'hypot(x, z)'}}"
    ),
    "numbers": (
        "{transform: {a: sign(z), b: 'clip(x, -1, 3)', c: 'clip(z, 0.5, 2)', d: log1p(z), e: expm1(z / 10),"
        " f: log2(w), h: 'sin(x * 1000) + cos(w)', i: sign(x) * 300}}"
    ),
    "filled": (
        "{transform: {a: 'coalesce(x, 0)', b: 'fill(z, y, -1)', c: \"coalesce(t, '?')\","
        " d: 'coalesce(w, x) + 1', e: 'coalesce(log(z), 0.5)', f: 'coalesce(b, False)'}}"
    ),
    "mapped": (
        "{transform: {a: \"map(k, {a: 1, b: 2}, 0)\", b: \"map(t, {Lima: 'L', x: 'X'}, '-')\","
        " c: 'map(x, {1: 0.5, 5: -1.0}, z)', d: \"map(k, {a: 1.5})\", e: 'map(x, {1: True, 3: False}, False)'},"
        " having: a < 2}"
    ),
    "bins": (
        "{derive: {a: 'bins(x, [-3, 0, 2, 6])', c: 'bins(z / 2, [-1, 0.25, 4], right=False, labels=[\"p\", \"q\"])'},"
        " group_by: [a, c], aggregate: {n: size()}}"
    ),
    "bins_numbered": (
        "{where: 'bins(x, 4) != 3', derive: {y2: y * 2, c: \"bins(y2, 3, labels=['p', 'q', 'r'])\"},"
        " group_by: c, aggregate: {n: size(), x: sum(x)}}"
    ),
    "bins_of_groups": "{group_by: k, transform: {a: 'bins(x, 2)', c: 'bins(x, [0, 2, 9])'}}",
    "quantile_bins": "{derive: {q: 'quantile_bins(x, 4)'}, group_by: [k, q], aggregate: {n: size()}}",
    "pivot": "{pivot: {index: k, columns: {g: [1, 3, 9]}, values: sum(x)}, sort: k}",
    "pivot_rows": (
        "{where: y > 0, derive: {r: x + 1}, pivot: {index: [r, b], columns: {t: [Lima, x, X y]}, values: size()}}"
    ),
    "pivot_means": (
        "{pivot: {index: k, columns: {t: [Lima, x]}, values: mean(z)}, having: Lima is None or Lima > 1}"
    ),
    "pivot_whole": "{pivot: {index: k, columns: {b: [true, false]}, values: 'sum(x) / size()'}}",
    "pivot_texts": "{pivot: {index: g, columns: {k: [a, o]}, values: min(t)}}",
    "fill_gaps": (
        "{derive: {since: \"truncate(d, 'week')\"}, group_by: [g, since], fill_gaps: true,"
        " aggregate: {n: size(), s: sum(x), a: mean(z), b: any(x > 0), t: count(t)}}"
    ),
    "fill_gaps_alone": (
        "{where: x > 0, derive: {day: date(d)}, group_by: day, fill_gaps: true,"
        " aggregate: {s: sum(z), r: sum(x) / count(z)}, having: s >= 0, sort: -day}"
    ),
    "fill_gaps_steps": (
        "{steps: [{derive: {at: \"truncate(m, '15min')\"}, group_by: at, fill_gaps: true,"
        " aggregate: {n: size()}, sort: at}, {transform: {at: at, c: cumsum(n)}}]}"
    ),
    "unpivot": "{unpivot: {index: [k, t], on: [x, z, s]}}",
    "unpivot_texts": (
        "{where: x > 0, derive: {r: lower(t)}, unpivot: {on: [k, r], index: b, names: what, values: text}, having: text != 'a'}"
    ),
    "unpivot_steps": (
        "{steps: [{unpivot: {index: g, on: [x, y], names: what}}, {where: value is not None, group_by: [g, what],"
        " aggregate: {n: size(), v: sum(value)}}, {pivot: {index: g, columns: {what: [x, y]}, values: sum(v)}, sort: g}]}"
    ),
    "texts": "{derive: {a: lower(t), n: len(t)}, group_by: a, aggregate: {n: sum(n)}}",
    "text_made": (
        "{transform: {a: upper(u), b: strip(u), c: \"replace(u, 'b', '__')\", d: 'count_words(u)',"
        " f: \"split(u, ',')[1]\", m: \"split(u, '1.')[1]\","
        " o: \"split(u, 'b,')[0]\", h: \"split(u, ',')[-1]\", i: 'split(u)[0]', j: 'zfill(u, 4)',"
        " l: \"extract(u, '[a-z](\\\\d+)')\", n: \"extract(u, '([a-z])([a-z0-9])', 2)\","
        " p: \"extract(u, '[a-z]+$')\", q: \"lower(strip(u)) + '!'\"}}"
    ),
    "text_keys": (
        "{derive: {a: \"upper(split(t, 'o')[0])\", n: len(u) + count_words(u)},"
        " group_by: a, aggregate: {n: sum(n), rows: size()}}"
    ),
    "text_numbers": "{transform: {a: integer(u), b: number(u), c: 'integer(split(u, \",\")[0]) + 1'}}",
    "text_cut": (
        "{transform: {a: 'u[1:3]', b: 'u[-2:]', f: 'u[0]', h: 'u[2:]',"
        " i: \"'<' + u + '|' + t\", j: text(x), l: text(d), n: 'text(x + 1) + t'}}"
    ),
    "text_tests": (
        "{where: \"not ends_with(u, '5')\", transform: {a: \"ends_with(u, 'b')\", b: is_numeric(u),"
        " c: \"matches(u, '^[a-z],|\\\\d$')\"}}"
    ),
    "casts": (
        "{transform: {a: integer(z), b: number(x), c: integer(b), d: integer(-w), f: number(b),"
        " h: 'u[:-1]', i: 'u[-3:-1]', j: integer(z * 1e19), l: \"integer(text(x) + '00000000000000000000')\","
        " m: \"integer('-999999999999999999' + text(x))\","
        " n: \"integer('922337203685477' + text(4784 + 0 * x))\"}}"
    ),
    "text_letters": "{transform: {a: \"upper('weiß ' + k)\", b: \"lower('É' + k)\"}}",
    "text_case": "{where: \"matches(u, '(?i)AB') or matches(u, '[,;]$')\", aggregate: {n: size()}}",
    "text_holds": (
        "{where: \"contains(t, 'o') or starts_with(t, 'L')\", group_by: k, aggregate: {rows: size()}}"
    ),
    "text_not": "{where: \"not contains(t, 'x')\", group_by: k, aggregate: {rows: size()}}",
    "text_or_nothing": "{derive: {c: \"'high' if x > 3 else None\"}, group_by: c, aggregate: {n: size()}}",
    "sum_of_truth": "{group_by: k, aggregate: {out: sum(b)}}",
    "condition_shares": (
        "{group_by: k, aggregate: {a: mean(b), c: mean(x > 2), d: count_if(x > 2), n: count_if(b),"
        " h: mean(z is None)}}"
    ),
    "products": "{group_by: k, aggregate: {a: prod(z), c: prod(x), d: prod(w) / 2}}",
    "whole_products": "{where: x > 1, aggregate: {a: prod(x), c: count_if(t == 'x'), d: mean(b)}}",
    "sum_of_condition": "{group_by: k, aggregate: {out: sum(x > 2), n: sum(b and x > 2)}}",
    "float_keys": "{group_by: w, aggregate: {out: sum(x), rows: size()}}",
    "first_and_corr": "{group_by: k, aggregate: {low: min(x), r: 'corr(z, y)'}}",
    "row_function": "{apply: {rows: x * 2 + y, as: out}}",
    "row_function_years": "{apply: {rows: year(d) ** 3 + month(d) * day(d), as: out}}",
    "derived_power": "{derive: {r: x ** 2}, aggregate: {out: sum(r // 3), top: max(r % 4)}}",
    "derived_longest": "{derive: {r: 'max(x, len(k))'}, aggregate: {out: sum(r), n: n_unique(x)}}",
    "row_function_sorted": "{apply: {rows: x / y, as: out}, sort: -out}",
    "row_function_called": ("{apply: {rows: '1 if z is None else x', as: out, on_missing: call}}"),
    "any_of": "{group_by: k, aggregate: {out: any(x > 3), other: all(z > 0)}}",
    "narrow_sum": "{group_by: k, aggregate: {out: sum(s), mean: mean(s)}}",
    "narrow_quantile": "{aggregate: {out: 'quantile(s, 0.3)', mid: median(s)}}",
    "narrow_extreme": "{group_by: k, aggregate: {out: max(s) * 2, low: -min(s)}}",
    "narrow_product": "{derive: {r: s * 4, q: s + s}, group_by: k, aggregate: {out: sum(r), q: max(q)}}",
    "exact_sum": "{group_by: k, aggregate: {out: sum(e)}}",
    "exact_keys": "{group_by: e, aggregate: {rows: size()}}",
    "exact_extremes": "{group_by: k, aggregate: {low: min(e), high: max(e)}}",
    "minus_square": "{derive: {r: -x ** 2, q: (-x) ** 2}, group_by: k, aggregate: {r: sum(r), q: sum(q)}}",
    "divide_zero": "{derive: {r: x / 0, q: x // 0, p: x % 0}, group_by: k, aggregate: {r: max(r), q: count(q), p: count(p)}}",
    "compare_missing": "{derive: {r: x > y, q: not x > y}, group_by: k, aggregate: {r: count(r), q: count(q)}}",
    "either_missing": "{derive: {r: x > 2 or y > 2, q: x > 2 and y > 2}, group_by: k, aggregate: {r: count(r), q: count(q)}}",
    "rounds_places": "{derive: {r: 'round(z, 1)'}, group_by: r, aggregate: {rows: size()}}",
    "whole_places": "{derive: {r: 'round(x, 1) % 4'}, group_by: k, aggregate: {r: sum(r)}}",
    "rounds_tens": "{derive: {r: 'round(w, -1)'}, group_by: k, aggregate: {r: sum(r)}}",
    "small_counts": "{group_by: k, aggregate: {out: size() - 10, n: count(x) - 100}}",
    "whole_size": "{aggregate: {n: size()}}",
    "transform_one": "{transform: {n: count(x)}}",
    "whole": "{aggregate: {out: sum(x), mean: mean(z), rows: size(), n: n_unique(t)}}",
    "whole_spread": "{aggregate: {out: std(z), mid: median(w), q: 'quantile(z, 0.1)', r: 'corr(x, y)'}}",
    "constants": (
        "{group_by: k, aggregate: {a: sum(1), b: count(1), c: max(7), d: mean(2.5),"
        " f: n_unique('a'), u: min('b'), v: median(4), w: sum(1) + sum(x)}}"
    ),
    "constants_quantile": "{group_by: k, aggregate: {a: 'quantile(3, 0.5)'}}",
    "constants_first": "{group_by: k, aggregate: {a: first(3), b: last('z'), c: std(2), d: var(1.5)}}",
    "constants_missing": "{group_by: k, aggregate: {a: sum(None), b: count(None)}}",
    "whole_constants": "{aggregate: {a: sum(1), b: count(1), c: max(7), d: sum(1 + 1)}}",
    "constants_beside": "{group_by: k, transform: {a: 7, b: sum(1), c: \"'x'\", d: max(2) - x}}",
    "constants_ranked": "{group_by: k, transform: {a: cumsum(1), b: rank(5)}}",
    "constants_lagged": "{group_by: k, transform: {a: lag(1), b: 'lead(2, 2)'}}",
    "whole_constants_beside": "{transform: {a: 7, b: sum(2), c: cumsum(1)}}",
    "whole_over": "{aggregate: {out: max(x) - min(y)}}",
}


JOINS = {
    "join": "{join: {table: shops, on: k}}",
    "join_left": "{join: {table: shops, on: k, how: left}}",
    "join_repeated": "{join: {table: twice, on: g}, aggregate: {n: size(), v: sum(v), x: sum(x)}}",
    "join_left_repeated": "{join: {table: twice, on: g, how: left}}",
    "join_two_keys": "{join: {table: pairs, on: [k, g], how: left}}",
    "join_narrow": "{join: {table: narrow, on: x}, group_by: k, aggregate: {n: sum(n), rows: size()}}",
    **{
        f"join_truths_{how}": f"{{join: {{table: truths, on: b, how: {how}}}, where: not b}}"
        for how in ("inner", "left")
    },
    "join_coded": "{join: {table: coded, on: k}, derive: {r: x + 1}}",
    "join_nobody": "{join: {table: nobody, on: k}, aggregate: {n: sum(n), rows: size()}}",
    "join_left_nobody": "{join: {table: nobody, on: k, how: left}, group_by: k, aggregate: {n: sum(n)}}",
    "join_keys_only": "{join: {table: shops, on: k}, group_by: k, aggregate: {rows: size()}}",
    "join_then": (
        "{join: {table: shops, on: k, how: left}, where: x > 0 or v is None, derive: {r: n * x},"
        " group_by: [k, t_right], aggregate: {r: sum(r), v: max(v)}, sort: [k, t_right], limit: 4}"
    ),
    "join_largest": (
        "{join: {table: shops, on: k}, group_by: t_right, largest: {column: z, n: 2, as: top}}"
    ),
    "join_sorted": "{join: {table: shops, on: k}, where: n < 3, sort: [-x, k], limit: 3}",
    "join_derived": "{join: {table: shops, on: k}, derive: {r: v * 2}, having: r > 1}",
    **{
        f"join_{how}": f"{{join: {{table: shops, on: k, how: {how}}}}}"
        for how in ("right", "outer", "semi")
    },
    "join_anti": "{join: {table: pairs, on: [k, g], how: anti}}",
    "join_names": "{join: {table: shops, on: {t: k}, how: left}, select: [t, n, k_right]}",
    "join_names_cased": "{join: {table: cased, on: {k: K}, how: left}, select: [k, m]}",
    "join_names_cased_twice": (
        "{join: [{table: pairs, on: [k, g], how: left}, {table: cased, on: {k: K}}],"
        " group_by: [k, g], aggregate: {m: sum(m), n: sum(n)}}"
    ),
    "join_names_outer": (
        "{join: {table: pairs, on: {x: n, k: k}, how: outer}, select: [x, n, k, g, g_right]}"
    ),
    "join_coded_outer": "{join: {table: coded, on: k, how: outer}, select: [k, x]}",
    "join_list": (
        "{join: [{table: shops, on: k, how: left}, {table: pairs, on: {k: k, g: g}, how: left}],"
        " group_by: k, aggregate: {s: sum(n), m: sum(n_right), rows: size()}}"
    ),
    "join_cross": "{join: {table: narrow, how: cross}, where: n > 2, group_by: k, aggregate: {s: sum(n * x)}}",
    "join_asof": "{join: {table: quotes, asof: {on: d, by: k, within: 20d}}, select: [k, d, price]}",
    "join_asof_names": "{join: {table: quotes, asof: {on: {d: since}}}, select: [k, d, since, price]}",
}
STEPS = {
    "rows": "{where: x > 1, sort: [-x, d], limit: 3}",
    "rows_select": "{where: x > 1, derive: {r: x + 1}, select: [r, k]}",
    "distinct": "{where: x > 0, distinct: [k, t]}",
    "steps_share": (
        "{steps: [{group_by: [k, g], aggregate: {s: sum(x), n: size()}},"
        " {group_by: k, transform: {g: g, share: 100 * s / sum(s), m: n - 10}}]}"
    ),
    "steps_sizes": (
        "{steps: [{group_by: k, transform: {x: x, r: rank(x), p: lag(x)}}, {where: r <= 2},"
        " {group_by: k, aggregate: {n: size(), x: sum(x), p: sum(p)}},"
        " {group_by: n, aggregate: {m: size(), x: mean(x), p: max(p)}}]}"
    ),
    "steps_cut": (
        "{steps: [{sort: [-x], limit: 5}, {group_by: k, transform: {c: cumsum(x), z: lag(z)}},"
        " {derive: {q: c * 2}, sort: [q]}]}"
    ),
    "steps_rows": (
        "{steps: [{where: x > 0, derive: {r: x * 2}}, {where: r > 2}, {derive: {q: r + 1},"
        " select: [q, t, d]}]}"
    ),
    "steps_sorted": (
        "{steps: [{group_by: k, aggregate: {s: sum(x), n: count(z)}, sort: k},"
        " {transform: {k: k, c: cumsum(s), n: n * 2}}, {where: c > 0}]}"
    ),
    "steps_apply": (
        "{steps: [{apply: {rows: x * 2 + 1, as: out}}, {aggregate: {m: max(out), n: count(out)}}]}"
    ),
    "keys_present": (  # what pandas' groups leave out by themselves
        "{where: k is not None and x is not None and b is not None, group_by: [k, b],"
        " aggregate: {s: sum(z), n: size()}, sort: [k, b]}"
    ),
    "keys_present_later": (
        "{derive: {h: x + z}, group_by: [h, g], aggregate: {s: sum(x),"
        " m: mean(z)}, having: h is not None and g is not None and s > 0, sort: [h, g, s]}"
    ),
    "key_present_and_read": (
        "{where: x is not None, derive: {y: 2 * x}, group_by: x, aggregate: {s: sum(y)}, sort: x}"
    ),
    "steps_apply_def": (  # read as its expression
        "{steps: [{group_by: k, aggregate: {m: max(x), n: count(x)}}, {apply: {as: size,"
        " rows: \"def rate(r):\\n  if r['m'] > 2:\\n    return 'large'\\n  return 'small'\"}}]}"
    ),
    "any_value": (  # what has one value in each group has one answer
        "{derive: {n: 'len(t) if x > 0 else None'}, group_by: t,"
        " aggregate: {a: any_value(n), b: any_value(t), s: size()}}"
    ),
    "any_value_whole": "{where: x > 0, derive: {y: 7}, aggregate: {a: any_value(y)}}",
    "composed_beside": (
        "{group_by: k, transform: {m: mode(x), a: 'arg_max(z, x)',"
        " f: 'z if z is not None else mode(x)', s: skew(x), x: x}}"
    ),
    "composed": (
        "{group_by: k, aggregate: {a: 'arg_max(x, z)', b: 'arg_min(d, z * 2)', n: mode(x),"
        " c: 'last(z, order_by=x)', s: size()}}"
    ),
    "composed_texts": (
        "{where: x > -5, aggregate: {a: 'arg_max(t, x)', m: mode(t), q: 'quantile(z, [0.25, 0.5])',"
        " s: skew(z), r: 'skew(x) + 1'}}"
    ),
    "largest_rows": "{group_by: k, largest: {column: z, n: 2, keep: row}, sort: [k, z]}",
    "smallest_rows": "{where: x > 0, smallest: {column: d, keep: row}}",
    "steps_largest": (
        "{steps: [{group_by: k, largest: {column: z, n: 2, as: top}},"
        " {group_by: k, aggregate: {m: mean(top)}}, {where: m > 1, distinct: m}]}"
    ),
    "join_steps": (
        "{steps: [{join: {table: shops, on: k, how: left}}, {group_by: t_right,"
        " transform: {share: x / sum(x), n: n}}, {group_by: n, aggregate: {s: sum(share)}}]}"
    ),
    "join_later": (
        "{steps: [{group_by: k, aggregate: {s: sum(x), rows: size()}},"
        " {join: {table: shops, on: k, how: left}, where: n > 1 or s > 0},"
        " {group_by: t, aggregate: {s: sum(s), v: max(v)}}]}"
    ),
    "join_in_order": (
        "{steps: [{transform: {k: k, s: cumsum(x)}}, {join: {table: shops, on: k},"
        " group_by: k, aggregate: {s: max(s), n: sum(n)}}]}"
    ),
    "join_derived_key": (
        "{steps: [{derive: {y: x + 1}}, {join: {table: narrow, on: {y: x}}, group_by: k,"
        " aggregate: {s: sum(n)}}]}"
    ),
    "join_transform": "{join: {table: shops, on: k}, group_by: t_right, transform: {s: x / sum(x)}}",
}


@dataclass(frozen=True, slots=True)
class ConformanceCase:
    """A query and the name of its frame."""

    name: str
    frame: str
    text: str

    def query(self) -> Query:
        """Read the query as a workload's."""
        return _read(self.text)


_FILES = "{" + ", ".join(f"{name}: {name}.parquet" for name in TABLES) + "}"


@cache
def _read(text: str) -> Query:
    workload = (
        f"workload: conformance\ndataset: {{files: frame.parquet, tables: {_FILES}}}\nqueries:\n"
        f"  asked: {text}\nengines: [pandas]\n"
    )
    (query,) = read_text(workload, "conformance.yaml", Path()).queries
    return query


CASES = (
    *(
        ConformanceCase(f"{name}-{frame}", frame, text)
        for name, text in QUERIES.items()
        for frame in FRAMES
    ),
    *(
        ConformanceCase(f"{name}-{frame}", f"sold_{frame}", text)
        for name, text in (JOINS | STEPS).items()
        for frame in FRAMES
    ),
)
