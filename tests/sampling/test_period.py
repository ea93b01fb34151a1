"""Which months, days and nights a sample is about."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aula_platform.sampling.period import Period, last_period, periods_after, this_month

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


@pytest.mark.parametrize(
    ("after", "months", "expected"),
    [
        (None, 1, [("2026-10",)]),
        ("2026-09", 1, [("2026-10",)]),
        ("2026-10", 1, []),
        # The job stood still.
        ("2026-07", 1, [("2026-08",), ("2026-09",), ("2026-10",)]),
        (
            "2025-12",
            3,
            [
                tuple(f"2026-{one:02}" for one in three)
                for three in ((1, 2, 3), (4, 5, 6), (7, 8, 9))
            ],
        ),
        # Each half year before, each month now, and the other way round.
        ("2026-06", 1, [(f"2026-{one:02}",) for one in (7, 8, 9, 10)]),
        ("2026-07", 3, [("2026-08", "2026-09")]),
        ("2026-10", 3, []),
        ("2026-04", 6, [("2026-05", "2026-06")]),
    ],
)
def test_what_follows_begins_where_the_last_one_ended(
    after: str | None, months: int, expected: list[tuple[str, ...]]
) -> None:
    """Seen at the end of November 2026; what is not over yet is for later."""
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert [one.months for one in periods_after(after, now, months)] == expected


@given(now=MOMENTS, rhythms=st.lists(st.sampled_from([1, 3, 6]), min_size=1, max_size=12))
def test_no_month_is_left_out_or_comes_twice(now: datetime, rhythms: list[int]) -> None:
    """However often the rhythm changes, and whenever somebody looks."""
    drawn = ["2023-12"]
    for months in rhythms:
        for period in periods_after(drawn[-1], now, months):
            drawn += period.months
        now += timedelta(days=17)
    every = [f"{year}-{month:02}" for year in range(2024, 2032) for month in range(1, 13)]
    assert drawn[1:] == every[: len(drawn) - 1]


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
