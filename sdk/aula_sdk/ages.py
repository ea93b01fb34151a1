"""Age limits that municipalities and institutions decide: for one's own consent (CNS-4), and for
what is sensitive (SEC-6, LOG-14).

From the birthday on which a pupil reaches the age for own consent, the pupil answers alone where
those who have custody answered before (CNS-3). A plugin puts `consents_alone` into a relation.
"""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from aula_sdk.db import Id
from aula_sdk.stamdata import views

CONSENT_AGE = 16
"""The age for own consent where neither institution nor municipality has decided another (CNS-4)"""
LEAST_CONSENT_AGE = 15
"""Nobody decides a lower one: below it a child's own consent counts for no service of the
information society (databeskyttelsesloven § 6(2), 15 instead of 13 since January 1, 2024)."""
GROWN_UP = 18
"""Nobody decides a higher one of either: from then on nobody has custody (værgemålsloven § 1)."""

decided = sa.Table(
    "permissions_age_v1",
    views,
    sa.Column("id", Id),
    sa.Column("municipality_id", Id),
    sa.Column("institution_id", Id),
    sa.Column("consent_age", sa.Integer),
)
"""The ages for own consent that places have decided; without an institution: for all of the
municipality's that have decided none."""

birth = sa.Table(
    "stamdata_birth_v1",
    views,
    sa.Column("profile_id", Id),
    sa.Column("born", sa.Integer),
    sa.Column("municipality_id", Id),
)
"""When pupils were born, as `day_number` counts; those are missing of whom it is not known. For
conditions such as `consents_alone`: nobody is shown it."""

_ZONE = ZoneInfo("Europe/Copenhagen")
_QUARTER = 900
"""Seconds; no day begins within a quarter of an hour, in whatever zone."""


def day_number(now: datetime) -> int:
    """Return the day in Denmark as one number: 20261128. A day so many years later is the sum with
    ten thousand times the years, which for February 29 comes to be reached on March 1.
    """
    return _day_of(int(now.timestamp() // _QUARTER))


@lru_cache(2)
def _day_of(quarter: int) -> int:
    day = datetime.fromtimestamp(quarter * _QUARTER, UTC).astimezone(_ZONE).date()
    return day.year * 10_000 + day.month * 100 + day.day


def consent_age(person: sa.FromClause) -> sa.ColumnElement[int]:
    """Return the age for own consent that holds where the row of ``person`` is, as a column.

    ``person`` is `aula_sdk.stamdata.profile` or an alias of it.
    """
    here, above = decided.alias("consent_here"), decided.alias("consent_above")

    def said(word: sa.FromClause, of_place: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return (
            sa.select(sa.func.max(word.c.consent_age))
            .where(word.c.municipality_id == person.c.municipality_id, of_place)
            .correlate(person)
            .scalar_subquery()
        )

    return sa.func.coalesce(
        said(here, here.c.institution_id == person.c.institution_id),
        said(above, above.c.institution_id.is_(None)),
        CONSENT_AGE,
    )


def consents_alone(person: sa.FromClause, today: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition that the row of ``person`` is a pupil old enough for own consent.

    ``person`` is `aula_sdk.stamdata.profile` or an alias of it, ``today`` a `day_number`: in a
    relation `aula_sdk.permissions.Me.today`. Of unknown age nobody is.
    """
    own = birth.alias("own_birth")
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(own)
        .where(own.c.profile_id == person.c.id, own.c.born + 10_000 * consent_age(person) <= today)
        .correlate(person)
        .offset(0)  # Asked of one person; see `stamdata.is_reached`.
    )
