"""From when the time of a thing counts (DEL-R1)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aula_platform.kernel import retention_of
from aula_platform.plugin_host import start_host
from aula_platform.privacy.retention.calendar import boundary

SUBJECTS = retention_of(start_host())


@pytest.mark.parametrize(
    ("name", "months", "now", "wanted"),
    [
        # Months are calendar months; where the day is missing, the last one of the month.
        ("messages.silent", 60, (2026, 11, 28, 12), (2021, 11, 28, 12)),
        ("messages.silent", 13, (2025, 3, 31, 10), (2024, 2, 29, 11)),
        # A post of May 2025 counts from 31 July 2025: it is due from 1 August 2026 on.
        ("posts.posts", 12, (2026, 7, 31, 21), (2024, 7, 31, 22)),
        ("posts.posts", 12, (2026, 7, 31, 23), (2025, 7, 31, 22)),
        ("posts.posts", 12, (2027, 1, 15, 12), (2025, 7, 31, 22)),
    ],
    ids=["five-years", "short-month", "before-august", "in-august", "in-winter"],
)
def test_the_boundary(
    name: str, months: int, now: tuple[int, ...], wanted: tuple[int, ...]
) -> None:
    """Of posts the beginning of a school year in Denmark, of others so many months ago."""
    given = datetime(*now, tzinfo=UTC)  # type: ignore[arg-type, misc]
    assert boundary(SUBJECTS[name], months, given) == datetime(*wanted, tzinfo=UTC)  # type: ignore[arg-type, misc]
