"""What hangs on one person at one institution: roles, rights of their own, and deputies."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.permissions.catalogue import Catalogue
from aula_platform.permissions.granting.bundles import Right, read_roles, said, sentence_of
from aula_platform.permissions.tables import goes_on, grant, holder
from aula_platform.stamdata.tables import group, person, profile, profile_role
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.grants import Decided
from aula_sdk.i18n import Text
from aula_sdk.moving import Entrusted, EntrustedAs
from aula_sdk.operations import Place
from aula_sdk.protocols import ReadUnit

_NOW = sa.bindparam("now", type_=Instant)
_WHOSE = sa.bindparam("profile_id", type_=Id)


class GivenRow(msgspec.Struct, frozen=True):
    """A role or a right as it is kept, which may be handed over."""

    thing: Entrusted
    holder_id: UUID
    """Who has it: the person, or a deputy."""
    role: str = ""
    deputy_for: UUID | None = None
    right: Right = ("", "")
    decided: Decided = "yes"
    group_id: UUID | None = None


_POSTS = (
    sa.select(profile_role.c.id, profile_role.c.role, profile_role.c.valid_to)
    .where(profile_role.c.profile_id == _WHOSE, stamdata.valid(profile_role, _NOW))
    .order_by(profile_role.c.role, profile_role.c.id)
)
_ROLES = (
    sa.select(
        holder.c.id,
        holder.c.profile_id,
        holder.c.role,
        holder.c.deputy_for,
        holder.c.valid_from,
        holder.c.valid_to,
        holder.c.broker,
        person.c.name.label("other"),
    )
    .outerjoin(
        profile,
        profile.c.id
        == sa.case((holder.c.profile_id == _WHOSE, holder.c.deputy_for), else_=holder.c.profile_id),
    )
    .outerjoin(person, person.c.id == profile.c.person_id)
    .where(sa.or_(holder.c.profile_id == _WHOSE, holder.c.deputy_for == _WHOSE), goes_on(holder))
    .order_by(holder.c.id)
)
_RIGHTS = (
    sa.select(
        grant.c.id,
        grant.c.action,
        grant.c.relation,
        grant.c.allowed,
        grant.c.step_up,
        grant.c.group_id,
        grant.c.valid_from,
        grant.c.valid_to,
        group.c.name.label("group_name"),
    )
    .outerjoin(group, group.c.id == grant.c.group_id)
    .where(grant.c.profile_id == _WHOSE, goes_on(grant))
    .order_by(grant.c.action, grant.c.id)
)


async def read_entrusted(
    unit: ReadUnit, catalogue: Catalogue, place: Place, profile_id: UUID
) -> list[GivenRow]:
    """Return what hangs on the person at the place now, or will later."""
    params = {"profile_id": profile_id, "now": unit.now}
    posts = await unit.rows(_POSTS, params)
    roles = await unit.rows(_ROLES, params)
    titles: Mapping[str, Text | str] = {}
    if posts or roles:
        heads = await read_roles(unit, catalogue, place)
        titles = {head.key: head.title for head in heads}
    found = [_of_post(row, titles) for row in posts]
    found += [_of_role(row, titles, profile_id) for row in roles]
    rights = await unit.rows(_RIGHTS, params)
    # What a plugin that has left once described says nothing to anybody.
    return found + [
        _of_right(row, catalogue, profile_id)
        for row in rights
        if catalogue.has(row.action, row.relation)
    ]


def _of_post(row: sa.Row[Any], titles: Mapping[str, Text | str]) -> GivenRow:
    title = titles.get(row.role, row.role)
    thing = _thing(row.id, EntrustedAs.POST, title, valid_to=row.valid_to)
    return GivenRow(thing, row.id, role=row.role)


def _of_role(row: sa.Row[Any], titles: Mapping[str, Text | str], profile_id: UUID) -> GivenRow:
    is_own = row.profile_id == profile_id
    held_as = EntrustedAs.DEPUTISED
    if is_own:
        held_as = EntrustedAs.DEPUTY if row.deputy_for else EntrustedAs.ROLE
    thing = _thing(
        row.id,
        held_as,
        titles.get(row.role, row.role),
        other=row.other or "",
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        can_hand_over=row.broker is None,
    )
    return GivenRow(thing, row.profile_id, row.role, row.deputy_for)


def _of_right(row: sa.Row[Any], catalogue: Catalogue, profile_id: UUID) -> GivenRow:
    right, decided = (row.action, row.relation), said(row.allowed, row.step_up)
    thing = _thing(
        row.id,
        EntrustedAs.RIGHT,
        catalogue.actions[row.action].title,
        sentence=sentence_of(catalogue, right),
        group=row.group_name or "",
        decided=decided,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        can_hand_over=row.allowed,
    )
    return GivenRow(thing, profile_id, right=right, decided=decided, group_id=row.group_id)


def _thing(
    id_: UUID,
    held_as: EntrustedAs,
    title: Text | str,
    *,
    sentence: Text | None = None,
    group: str = "",
    other: str = "",
    decided: Decided = "yes",
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    can_hand_over: bool = False,
) -> Entrusted:
    return Entrusted(
        id_, held_as, title, sentence, group, other, decided, valid_from, valid_to, can_hand_over
    )
