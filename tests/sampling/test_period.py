"""Which months, days and nights a sample is about."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aula_platform.sampling.period import Period, last_period, this_month

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("now", "months", "expected"),
    [
        ("2026-11-28T12:00", 1, ("2026-10",)),
        ("2026-11-28T12:00", 3, ("2026-07", "2026-08", "2026-09")),
        ("2026-01-02T00:00", 3, ("2025-10", "2025-11", "2025-12")),
        ("2026-07-01T02:00", 6, tuple(f"2026-{number:02}" for number in range(1, 7))),
        # What is done in the last minutes is in the chain an hour later at the latest.
        ("2026-11-01T00:30", 1, ("2026-09",)),
    ],
)
def test_a_period_is_whole_and_over(now: str, months: int, expected: tuple[str, ...]) -> None:
    """A quarter begins in January, April, July and October."""
    assert last_period(datetime.fromisoformat(now).replace(tzinfo=UTC), months).months == expected


@given(now=MOMENTS, months=st.sampled_from([1, 3, 6]))
def test_nothing_of_the_period_is_still_to_come(now: datetime, months: int) -> None:
    """Every moment of the period is over for an hour, and the period after it is not."""
    period = last_period(now, months)
    assert len(period.months) == months
    assert period.end + timedelta(hours=1) <= now
    assert period.end + timedelta(days=31 * months + 1) > now
    assert this_month(now).start <= now < this_month(now).end


@pytest.mark.parametrize("month", ["2026-03", "2026-10", "2026-06"])
def test_nights_go_by_the_clock_on_the_wall(month: str) -> None:
    """Also when it is changed: 22 to 6 in Denmark, cut off where the month is."""
    period = Period((month,))
    nights = period.nights()
    inner = [(start, end) for start, end in nights if start > period.start and end < period.end]
    lengths = {end - start for start, end in inner}
    assert lengths <= {timedelta(hours=hours) for hours in (7, 8, 9)}
    changes = {"2026-03": timedelta(hours=7), "2026-10": timedelta(hours=9)}
    assert changes.get(month, timedelta(hours=8)) in lengths
    for (_start, end), (start, _end) in itertools.pairwise(nights):
        assert end < start
    days = period.days()
    assert (days[0][0], days[-1][1]) == (period.start, period.end)
    assert all(end == start for (_s, end), (start, _e) in itertools.pairwise(days))
