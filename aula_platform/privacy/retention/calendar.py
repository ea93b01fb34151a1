"""Before which moment a thing's time must have begun, so that it is over now."""

from calendar import monthrange
from datetime import datetime
from zoneinfo import ZoneInfo

from aula_sdk.retention import RetentionSubject

_ZONE = ZoneInfo("Europe/Copenhagen")
"""The hour at which a school year begins, for all institutions of the country."""
_AUGUST = 8


def boundary(subject: RetentionSubject, months: int, now: datetime) -> datetime:
    """Return the moment before which it must have begun when it is kept for so many months.

    Of what counts by school year that is the beginning of a school year: what began in one counts
    from its end (DEL-R1).
    """
    local = now.astimezone(_ZONE)
    number = local.year * 12 + local.month - 1 - months
    year, month = number // 12, number % 12 + 1
    day = min(local.day, monthrange(year, month)[1])
    back = local.replace(year=year, month=month, day=day)
    if subject.by_school_year:
        begun = year if month >= _AUGUST else year - 1
        back = datetime(begun, _AUGUST, 1, tzinfo=_ZONE)
    return back.astimezone(now.tzinfo)
