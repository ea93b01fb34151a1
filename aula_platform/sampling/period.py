"""Which months a sample is about: whole ones, of UTC, as the audit's chains."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from aula_platform.audit.chain import end_of, month_of
from aula_platform.audit.sealing import LATE

ZONE = ZoneInfo("Europe/Copenhagen")
_NIGHT_BEGINS, _NIGHT_ENDS = 22, 6


class Period(NamedTuple):
    """Some months, in their order."""

    months: tuple[str, ...]

    @property
    def start(self) -> datetime:
        """The first moment."""
        return datetime.strptime(self.months[0], "%Y-%m").replace(tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return end_of(self.months[-1])

    def days(self) -> list[tuple[datetime, datetime]]:
        """Return when each day begins and ends where people live, the last ones cut off."""
        return self._spans(0, 24)

    def nights(self) -> list[tuple[datetime, datetime]]:
        """Return when each night begins and ends, by the clock on the wall."""
        return self._spans(_NIGHT_BEGINS, 24 + _NIGHT_ENDS)

    def _spans(self, begins: int, ends: int) -> list[tuple[datetime, datetime]]:
        """Return the same hours of every day that has any in the period."""
        day = self.start.astimezone(ZONE).date() - timedelta(days=1)
        spans: list[tuple[datetime, datetime]] = []
        while True:
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # The zone comes last: hours are counted on the wall.
            start = (midnight + timedelta(hours=begins)).replace(tzinfo=ZONE).astimezone(UTC)
            end = (midnight + timedelta(hours=ends)).replace(tzinfo=ZONE).astimezone(UTC)
            if start >= self.end:
                return spans
            if end > self.start:
                spans.append((max(start, self.start), min(end, self.end)))
            day += timedelta(days=1)


def last_period(now: datetime, months: int) -> Period:
    """Return the last period of so many months that is over, and of which all is in the audit.

    A year has a whole number of them: periods begin where they would in January.
    """
    settled = now - LATE
    count = settled.year * 12 + settled.month - 1
    first = count - count % months - months
    return Period(tuple(_month(first + number) for number in range(months)))


def periods_after(month: str | None, now: datetime, months: int) -> tuple[Period, ...]:
    """Return the periods that follow a month and are over, as `last_period`; the oldest first.

    The first one is shorter where the month is not the last one of such a period: that happens when
    the rhythm has changed. Of a place without any (None) it is the last period alone.
    """
    last = last_period(now, months)
    if month is None:
        return (last,)
    begins, end = _count(month) + 1, _count(last.months[-1])
    found: list[Period] = []
    while begins <= end:
        following = begins - begins % months + months
        found.append(Period(tuple(map(_month, range(begins, following)))))
        begins = following
    return tuple(found)


def this_month(now: datetime) -> Period:
    """Return the month that runs."""
    return Period((month_of(now),))


def _count(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _month(count: int) -> str:
    return f"{count // 12:04}-{count % 12 + 1:02}"
