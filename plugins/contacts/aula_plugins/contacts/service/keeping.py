"""What is let go of by itself: answers and posts of people who have left."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from aula_plugins.contacts.models import parent, sharing
from aula_sdk import stamdata
from aula_sdk.db import Instant
from aula_sdk.protocols import Platform

KEPT_FOR = timedelta(days=30)
"""Who comes back within this time finds everything as it was (GRP-6)."""
_SINCE = sa.bindparam("since", type_=Instant)


def _lasts(view: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.or_(view.c.valid_to.is_(None), view.c.valid_to > _SINCE)


def _no_place(column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    profile = stamdata.profile
    there = sa.select(sa.literal(1)).where(profile.c.person_id == column, _lasts(profile))
    return ~sa.exists(there.correlate(sharing))


_LEFT_ANSWERS = sa.delete(sharing).where(
    sa.or_(_no_place(sharing.c.person_id), _no_place(sharing.c.chooser_id))
)
_LEFT_PARENTS = sa.delete(parent).where(
    ~sa.exists(
        sa.select(sa.literal(1))
        .where(
            stamdata.reach.c.group_id == parent.c.group_id,
            stamdata.reach.c.profile_id == parent.c.profile_id,
            _lasts(stamdata.reach),
        )
        .correlate(parent)
    )
)


async def drop_left(platform: Platform) -> None:
    """Remove answers of and about people, and posts of contact parents, gone for `KEPT_FOR`."""
    async with platform.write() as write:
        since = {"since": write.now - KEPT_FOR}
        await write.execute(_LEFT_ANSWERS, since)
        await write.execute(_LEFT_PARENTS, since)
