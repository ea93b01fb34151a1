"""Comparing the administrators' roles that come with profiles."""

from collections.abc import Iterator

import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.delivery.matching import ADDED, RETURNING, SAME, classify_new, leave
from aula_platform.stamdata.delivery.scope import Scope

STAGE, LIVE, PROFILE = tables.profile_role, live_tables.profile_role, tables.profile


def compare(scope: Scope) -> Iterator[sa.Executable]:
    """A delivered profile's roles are those delivered with it; roles from elsewhere stay."""
    yield (
        sa.update(STAGE)
        .where(scope.staged(STAGE), scope.sound(PROFILE), PROFILE.c.row == STAGE.c.profile_row)
        .values(profile_id=PROFILE.c.id, institution_id=PROFILE.c.institution_id)
    )
    same = sa.and_(LIVE.c.profile_id == STAGE.c.profile_id, LIVE.c.role == STAGE.c.role)
    yield (
        sa.update(STAGE)
        .where(scope.staged(STAGE), LIVE.c.source == scope.source, scope.holds(LIVE), same)
        .values(live_id=LIVE.c.id, change=SAME)
    )
    before = sa.exists().where(same)
    # A role whose profile was refused is reported with the profile and goes no further.
    fate = sa.case((STAGE.c.profile_id.is_(None), SAME), (before, RETURNING), else_=ADDED)
    yield classify_new(scope, STAGE, fate)
    spoken_of = sa.select(PROFILE.c.live_id).where(
        scope.sound(PROFILE), PROFILE.c.live_id.is_not(None), ~PROFILE.c.derived
    )
    dropped = sa.and_(
        LIVE.c.source == scope.source,
        LIVE.c.profile_id.in_(spoken_of),
        ~scope.delivered(STAGE, LIVE),
    )
    yield leave(scope, "profile_role", LIVE, dropped)
    yield leave(scope, "profile_role", LIVE, scope.leaves("profile", LIVE.c.profile_id))
