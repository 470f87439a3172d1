"""Times with a zone: what a clock there shows, and which instant it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from ..spec.intervals import CLOCK, find_step


class FixedOffset(dt.tzinfo):
    """A zone while its clocks stand so far from UTC.

    Python takes two times of one zone for equal where its clocks show the same, though they were
    put back between the two. Times of two such zones are compared as instants.
    """

    def __init__(self, zone: dt.tzinfo, offset: dt.timedelta | None) -> None:
        self.zone = zone
        self.offset = offset

    def utcoffset(self, _: dt.datetime | None) -> dt.timedelta | None:
        """Return how far the clocks are ahead of UTC."""
        return self.offset

    def tzname(self, _: dt.datetime | None) -> str:
        """Return the zone's name."""
        return str(self.zone)

    def dst(self, _: dt.datetime | None) -> dt.timedelta | None:
        """Return nothing: it is part of the offset."""
        return None


def to_instant(moment: dt.datetime) -> dt.datetime:
    """Return a time that is compared as an instant, and shown as before."""
    if moment.tzinfo is None or isinstance(moment.tzinfo, FixedOffset):
        return moment
    return moment.replace(tzinfo=FixedOffset(moment.tzinfo, moment.utcoffset()), fold=0)


def to_local(moment: dt.datetime) -> dt.datetime:
    """Return a time in its zone again."""
    zone = moment.tzinfo
    return moment.astimezone(zone.zone) if isinstance(zone, FixedOffset) else moment


def truncate(moment: dt.date, unit: str) -> dt.date:
    """Return the begin of a time's year, month, day, hour or `15min`, as a clock there shows it."""
    if step := find_step(unit):
        number, word = step
        assert isinstance(moment, dt.datetime)
        past = dt.timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)
        past += dt.timedelta(microseconds=moment.microsecond)
        return moment - past % dt.timedelta(seconds=number * CLOCK[word])
    return TRUNCATIONS[unit](moment)


def _start_of_day(moment: dt.date, day: int, month: int | None = None) -> dt.date:
    """Return the begin of a day of the same year; the offset may have been another then."""
    if not isinstance(moment, dt.datetime):
        return moment.replace(month=month or moment.month, day=day)
    zone = moment.tzinfo.zone if isinstance(moment.tzinfo, FixedOffset) else moment.tzinfo
    return to_instant(dt.datetime(moment.year, month or moment.month, day, tzinfo=zone))


def _start_of_week(moment: dt.date) -> dt.date:
    """Return the begin of a time's Monday."""
    back = dt.timedelta(days=moment.weekday())
    if not isinstance(moment, dt.datetime):
        return moment - back
    day = dt.date(moment.year, moment.month, moment.day) - back
    return _start_of_day(moment.replace(year=day.year, month=day.month, day=day.day), day.day)


TRUNCATIONS: dict[str, Callable[..., dt.date]] = {
    "year": lambda moment: _start_of_day(moment, 1, 1),
    "quarter": lambda moment: _start_of_day(moment, 1, (moment.month - 1) // 3 * 3 + 1),
    "month": lambda moment: _start_of_day(moment, 1),
    "week": _start_of_week,
    "day": lambda moment: _start_of_day(moment, moment.day),
}
