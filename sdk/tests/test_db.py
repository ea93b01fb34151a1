"""The types of columns: what drivers are given is what Python code gets back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from aula_sdk.db import Id, Instant

DIALECTS: list[sa.Dialect] = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its constructor untyped.
MOMENT = datetime(2026, 3, 1, 12, 30, 0, 250, UTC)


def through(type_: Any, value: Any, dialect: sa.Dialect) -> Any:
    """Give the value to the driver and take it back."""
    given, taken = type_.bind_processor(dialect), type_.result_processor(dialect, None)
    stored = given(value) if given else value
    return taken(stored) if taken else stored


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_values_come_back(dialect: sa.Dialect) -> None:
    """Rules 10 and 14: ids stay ids, moments keep their microseconds; nothing stays nothing."""
    for type_, value in ((Id(), UUID(int=7)), (Instant(), MOMENT)):
        assert through(type_, value, dialect) == value
        assert through(type_, None, dialect) is None


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_moment_of_no_time_zone_is_refused(dialect: sa.Dialect) -> None:
    """Rule 14: it would be read as local time; one of another zone is the same moment."""
    abroad = MOMENT.astimezone(timezone(timedelta(hours=5)))
    assert through(Instant(), abroad, dialect) == MOMENT
    with pytest.raises(ValueError, match="time zone"):
        through(Instant(), MOMENT.replace(tzinfo=None), dialect)
