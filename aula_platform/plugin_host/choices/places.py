"""Where somebody may choose, in SQL: `visible` says which institutions, a holding which
municipalities.
"""

from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_sdk import stamdata
from aula_sdk.db import Id
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.operations import MANAGE, MANAGE_MUNICIPALITY, Place
from aula_sdk.people import Actor
from aula_sdk.protocols import Permissions, ReadUnit

_institution = stamdata.institution
_ONE = sa.and_(
    _institution.c.id == sa.bindparam("institution_id", type_=Id),
    _institution.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
)


@cache
def _listed(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns = (_institution.c.municipality_id, _institution.c.id, _institution.c.name)
    order = (_institution.c.municipality_id, _institution.c.name, _institution.c.id)
    return sa.select(*columns).where(clause).order_by(*order)


@cache
def _found(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(sa.literal(1)).where(_ONE, clause)


def managed_municipalities(actor: Actor) -> tuple[UUID, ...]:
    """Return the municipalities for which the actor may choose."""
    held = actor.profiles_for(MANAGE_MUNICIPALITY)
    return tuple(dict.fromkeys(profile.municipality_id for profile in held))


async def managed_institutions(
    unit: ReadUnit, permissions: Permissions, actor: Actor
) -> list[Place]:
    """Return the institutions for which the actor may choose, by name."""
    visible = permissions.visible(actor, MANAGE)
    return await unit.structs(Place, _listed(visible.clause), visible.params)


async def require_place(
    unit: ReadUnit, permissions: Permissions, actor: Actor, place: Place
) -> None:
    """Pass when the actor may choose there; raise `NotFound` to strangers, else `Forbidden`."""
    if place.institution_id is not None:
        visible = permissions.visible(actor, MANAGE)
        wanted = {
            "institution_id": place.institution_id,
            "municipality_id": place.municipality_id,
        }
        if await unit.scalar(_found(visible.clause), {**visible.params, **wanted}) is None:
            raise NotFound
    elif place.municipality_id not in managed_municipalities(actor):
        manages = {profile.municipality_id for profile in actor.profiles_for(MANAGE)}
        raise Forbidden if place.municipality_id in manages else NotFound


def chooser(actor: Actor, place: Place) -> UUID:
    """Return the profile with which the actor chooses there, as that municipality knows them."""
    action = MANAGE if place.institution_id else MANAGE_MUNICIPALITY
    held = [
        profile
        for profile in actor.profiles_for(action)
        if profile.municipality_id == place.municipality_id
    ]
    here = [profile for profile in held if profile.institution_id == place.institution_id]
    return (here or held)[0].id
