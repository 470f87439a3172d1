"""datatable by hand, as notebooks have it; its texts have regular expressions and slices."""

from __future__ import annotations

import datatable as dt
from datatable import Frame, by, f, ifelse, sort

from by_hand.datatable import finish, load

__all__ = ["finish", "load"]


def total(data: Frame, *, missing: bool) -> Frame:
    return data[:, dt.sum(f["quantity", "price"]), by(f.store)]


def rows_of_groups(data: Frame, *, missing: bool) -> Frame:
    words = {"rows": dt.count(), "ratings": dt.count(f.rating), "rating": dt.mean(f.rating)}
    return data[:, words, by(f.store, f.payment)]


def several_aggregates(data: Frame, *, missing: bool) -> Frame:
    words = {"rows": dt.count(), "mean": dt.mean(f.price), "std": dt.sd(f.price)}
    words |= {"low": dt.min(f.price), "mid": dt.median(f.price), "high": dt.max(f.price)}
    return data[:, words, by(f.product)]


def distinct_values(data: Frame, *, missing: bool) -> Frame:
    words = {"customers": dt.nunique(f.customer), "quantity": dt.mean(f.quantity)}
    return data[:, words, by(f.store)]


def value_counts(data: Frame, *, missing: bool) -> Frame:
    answer = data[:, {"rows": dt.count(), "quantity": dt.sum(f.quantity)}, by(f.code)]
    return answer[:, :, sort(-f.rows, f.code)][:10, :]


def filter(data: Frame, *, missing: bool) -> Frame:  # noqa: A001 - the question's name
    paid = (f.payment == "card") | (f.payment == "cash")
    data = data[(f.quantity >= 5) & paid & (f.price > 20), :]
    return data[:, {"rows": dt.count(), "price": dt.mean(f.price)}, by(f.store)]


def fill_gaps(data: Frame, *, missing: bool) -> Frame:
    filled = ifelse(dt.math.isna(f.discount), 0.0, f.discount)
    return data[:, {"discount": dt.mean(filled)}, by(f.product)]


def missing_share(data: Frame, *, missing: bool) -> Frame:
    unpaid = dt.sum(f.payment == None)
    return data[:, {"missing": dt.mean(dt.math.isna(f.discount)), "unpaid": unpaid}, by(f.store)]


def new_column(data: Frame, *, missing: bool) -> Frame:
    revenue = f.quantity * f.price
    return data[:, {"revenue": dt.sum(revenue), "largest": dt.max(revenue)}, by(f.product)]


def condition_column(data: Frame, *, missing: bool) -> Frame:
    size = ifelse(f.quantity > 7, "large", f.quantity > 3, "medium", "small")
    data = data[:, {"size": size, "price": f.price}]
    return data[:, {"rows": dt.count(), "price": dt.mean(f.price)}, by(f.size)]


def by_month(data: Frame, *, missing: bool) -> Frame:
    month = dt.time.ymd(dt.time.year(f.sold_at), dt.time.month(f.sold_at), 1)
    data = data[:, {"month": dt.as_type(month, dt.Type.time64), "revenue": f.quantity * f.price}]
    return data[:, {"revenue": dt.sum(f.revenue)}, by(f.month)]


def parts_of_dates(data: Frame, *, missing: bool) -> Frame:
    parts = {"weekday": dt.time.day_of_week(f.sold_at) - 1, "hour": dt.time.hour(f.sold_at)}
    data = data[:, parts | {"price": f.price}]
    return data[:, {"rows": dt.count(), "price": dt.mean(f.price)}, by(f.weekday, f.hour)]


def lookup(data: Frame, *, missing: bool) -> Frame:
    now = (f.payment == "card") | (f.payment == "cash")
    paid = ifelse(now, "now", f.payment == "invoice", "later", "other")
    data = data[:, {"paid": paid, "revenue": f.quantity * f.price}]
    return data[:, {"revenue": dt.sum(f.revenue)}, by(f.paid)]


def text_search(data: Frame, *, missing: bool) -> Frame:
    data = data[dt.re.match(f.product, ".*tea.*") & dt.re.match(f.store, "n.*"), :]
    return data[:, {"rows": dt.count(), "price": dt.mean(f.price)}, by(f.store)]


def share_of_group(data: Frame, *, missing: bool) -> Frame:
    answer = data[:, ["store", "price"]]
    share, above = 100 * f.price / dt.sum(f.price), f.price - dt.mean(f.price)
    answer[:, dt.update(share=share, above=above), by(f.store)]
    return answer[:, ["store", "share", "above"]]


def largest_of_group(data: Frame, *, missing: bool) -> Frame:
    return data[:3, f.price, by(f.store), sort(-f.price)]


def since_last(data: Frame, *, missing: bool) -> Frame:
    answer = data[:, ["customer", "quantity"]]
    before, so_far = dt.shift(f.quantity), dt.cumsum(f.quantity)
    answer[:, dt.update(before=before, so_far=so_far), by(f.customer)]
    return answer[:, ["customer", "before", "so_far"]]


def percent_of_total(data: Frame, *, missing: bool) -> Frame:
    answer = data[:, {"revenue": dt.sum(f.quantity * f.price)}, by(f.product)]
    return answer[:, {"product": f.product, "percent": 100 * f.revenue / dt.sum(f.revenue)}]
