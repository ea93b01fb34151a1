"""Reviewing support, as plugins reach it: implements `aula_sdk.support.Support`."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from aula_platform.identity.tables import impersonation
from aula_platform.permissions.checks import PermissionChecks
from aula_sdk import stamdata
from aula_sdk.errors import Forbidden
from aula_sdk.operations import READ_SUPPORT
from aula_sdk.paging import Cursor, Page, beyond, page_of
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit
from aula_sdk.support import ImpersonationHead

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
        .where(clause)
        .order_by(impersonation.c.began_at.desc(), impersonation.c.id.desc())
    )
    if paged:
        found = found.where(beyond(impersonation.c.began_at, impersonation.c.id))
    return found.limit(sa.bindparam("size", type_=sa.Integer))


class SupportDesk:
    """What was done by support, filtered in SQL by what the actor may review."""

    def __init__(self, checks: PermissionChecks) -> None:
        self._checks = checks

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
        for town in dict.fromkeys(one.municipality_id for one in page.items):
            count = sum(one.municipality_id == town for one in page.items)
            unit.looked(READ_SUPPORT, municipality_id=town, details={"listed": count})
        return page
