"""Reviewing support, as plugins reach it: implements `aula_sdk.support.Support`."""

from collections import Counter
from functools import cache
from typing import Any, cast
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.break_glass import WISH_LASTS
from aula_platform.identity.tables import break_glass, impersonation
from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.checks import PermissionChecks
from aula_platform.permissions.support.ending import end_sessions_of, may_end_sessions_of
from aula_platform.permissions.support.glass import GlassDesk
from aula_platform.permissions.support.seeing import SeeingAs
from aula_platform.stamdata.tables import person
from aula_platform.storage import Read
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.errors import Forbidden
from aula_sdk.operations import APPROVE_GLASS, READ_GLASSES, READ_SUPPORT
from aula_sdk.paging import Cursor, Page, beyond, page_of
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit
from aula_sdk.support import GlassHead, ImpersonationHead

_whom, _by = stamdata.profile.alias("whom"), stamdata.profile.alias("by")
_at = stamdata.institution.alias("at")


@cache
def _listed(clause: sa.ColumnElement[bool], *, paged: bool) -> sa.Select[Any]:
    found = (
        sa.select(
            impersonation.c.id,
            impersonation.c.municipality_id,
            sa.func.coalesce(_at.c.name, ""),
            sa.func.coalesce(_whom.c.name, ""),
            sa.func.coalesce(_by.c.name, ""),
            impersonation.c.reason,
            impersonation.c.began_at,
            sa.func.coalesce(impersonation.c.ended_at, impersonation.c.ends_at),
        )
        .outerjoin(_whom, _whom.c.id == impersonation.c.profile_id)
        .outerjoin(_by, _by.c.id == impersonation.c.supporter_id)
        .outerjoin(_at, _at.c.id == impersonation.c.institution_id)
        .where(clause, impersonation.c.glass_id.is_(None))
        .order_by(impersonation.c.began_at.desc(), impersonation.c.id.desc())
    )
    if paged:
        found = found.where(beyond(impersonation.c.began_at, impersonation.c.id))
    return found.limit(sa.bindparam("size", type_=sa.Integer))


_is_protected = sa.exists().where(person.c.id == _whom.c.person_id, person.c.protected)
_is_waiting = sa.and_(
    break_glass.c.decided_at.is_(None),
    break_glass.c.asked_at > sa.bindparam("asked_since", type_=Instant),
)
_state = sa.case(
    (_is_waiting, "asked"),
    (break_glass.c.decided_at.is_(None), "lapsed"),
    (break_glass.c.ends_at > sa.bindparam("now", type_=Instant), "open"),
    (break_glass.c.ends_at.is_not(None), "over"),
    (break_glass.c.withdrawn_at.is_not(None), "withdrawn"),
    else_="refused",
)
_asker, _decider = stamdata.profile.alias("asker"), stamdata.profile.alias("decider")


@cache
def _asked(
    kept: sa.ColumnElement[bool], decided: sa.ColumnElement[bool], *, paged: bool
) -> sa.Select[Any]:
    is_mine = break_glass.c.asker_id.in_(sa.bindparam("mine", expanding=True, type_=Id))
    waits = sa.and_(_is_waiting, decided)
    found = (
        sa.select(
            break_glass.c.id,
            break_glass.c.municipality_id,
            break_glass.c.area,
            sa.func.coalesce(_at.c.name, ""),
            sa.func.coalesce(_whom.c.name, ""),
            sa.func.coalesce(_asker.c.name, ""),
            sa.func.coalesce(_decider.c.name, ""),
            break_glass.c.reason,
            break_glass.c.hours,
            break_glass.c.asked_at,
            break_glass.c.decided_at,
            break_glass.c.ends_at,
            _state,
            sa.func.coalesce(is_mine, sa.false()),
            waits,
            sa.and_(waits, _is_protected),
        )
        .outerjoin(_whom, _whom.c.id == break_glass.c.profile_id)
        .outerjoin(_asker, _asker.c.id == break_glass.c.asker_id)
        .outerjoin(_decider, _decider.c.id == break_glass.c.decider_id)
        .outerjoin(_at, _at.c.id == break_glass.c.institution_id)
        .where(sa.or_(kept, is_mine, waits))
        .order_by(break_glass.c.asked_at.desc(), break_glass.c.id.desc())
    )
    if paged:
        found = found.where(beyond(break_glass.c.asked_at, break_glass.c.id))
    return found.limit(sa.bindparam("size", type_=sa.Integer))


class SupportDesk(GlassDesk):
    """What was done by support, filtered in SQL by what the actor may review; and broken glass."""

    def __init__(self, checks: PermissionChecks, actors: ActorLoader, most_hours: int) -> None:
        """``actors`` say what people hold whom somebody would log out."""
        super().__init__(checks, most_hours)
        self._actors = actors
        self._seeing = SeeingAs(checks, actors)

    async def may_see_as(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> bool:
        """Whether the actor may see the site as the person, after a fresh second factor."""
        return await self._seeing.may_see(cast(Read, unit), actor, profile_id)

    async def name_of(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> str:
        """Return the name of somebody about whom the actor may ask; raise `NotFound`."""
        return str((await self.whom(unit, actor, profile_id)).name)

    async def may_end_sessions(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> bool:
        """Whether the actor may log the person out, after a fresh second factor."""
        return await may_end_sessions_of(unit, self._checks, self._actors, actor, profile_id)

    async def end_sessions(self, unit: WriteUnit, actor: Actor, profile_id: UUID) -> int:
        """Log the person out everywhere; return how many sessions that were."""
        return await end_sessions_of(unit, self._checks, self._actors, actor, profile_id)

    async def glasses(
        self, unit: ReadUnit, actor: Actor, *, after: Cursor | None = None, size: int = 20
    ) -> Page[GlassHead]:
        """Return what was asked for, the latest first: by the actor, for the actor to decide, or
        for review; that it was read is audited.
        """
        self.enter(actor)
        kept = self._checks.visible(actor, READ_GLASSES)
        # To see that something waits takes no second factor; to decide about it does.
        proved = msgspec.structs.replace(actor, stepped_up=True)
        decided = self._checks.visible(proved, APPROVE_GLASS)
        statement = _asked(kept.clause, decided.clause, paged=after is not None)
        params: dict[str, object] = {
            **kept.params,
            **decided.params,
            "mine": [one.id for one in actor.profiles],
            "now": unit.now,
            "asked_since": unit.now - WISH_LASTS,
            "size": size + 1,
            **(after.params if after else {}),
        }
        rows = await unit.structs(GlassHead, statement, params)
        page = page_of(rows, size, lambda one: Cursor(one.asked_at, one.id))
        _note_listed(unit, READ_GLASSES, [one.municipality_id for one in page.items])
        return page

    async def impersonations(
        self, unit: ReadUnit, actor: Actor, *, after: Cursor | None = None, size: int = 20
    ) -> Page[ImpersonationHead]:
        """Return who has seen the site as whom, the latest first; that it was read is audited."""
        if not actor.can(READ_SUPPORT):
            raise Forbidden
        visible = self._checks.visible(actor, READ_SUPPORT)
        params = {**visible.params, "size": size + 1, **(after.params if after else {})}
        statement = _listed(visible.clause, paged=after is not None)
        rows = await unit.structs(ImpersonationHead, statement, params)
        page = page_of(rows, size, lambda one: Cursor(one.began_at, one.id))
        _note_listed(unit, READ_SUPPORT, [one.municipality_id for one in page.items])
        return page


def _note_listed(unit: ReadUnit, action: str, towns: list[UUID]) -> None:
    for town, count in Counter(towns).items():
        unit.looked(action, municipality_id=town, details={"listed": count})
