"""Where somebody decides something: institutions by `visible`, municipalities by a holding."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from aula_sdk import stamdata
from aula_sdk.db import Id
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.operations import Place
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


class Deciding(NamedTuple):
    """The two actions of deciding something: at an institution, and for a municipality."""

    institution: str
    municipality: str

    def municipalities(self, actor: Actor) -> tuple[UUID, ...]:
        """Return the municipalities for which the actor decides."""
        held = actor.profiles_for(self.municipality)
        return tuple(dict.fromkeys(profile.municipality_id for profile in held))

    async def institutions(
        self, unit: ReadUnit, permissions: Permissions, actor: Actor
    ) -> list[Place]:
        """Return the institutions for which the actor decides, by name."""
        visible = permissions.visible(actor, self.institution)
        return await unit.structs(Place, _listed(visible.clause), visible.params)

    async def places(
        self, unit: ReadUnit, permissions: Permissions, actor: Actor, names: Mapping[UUID, str]
    ) -> list[Place]:
        """Return both, municipalities by these ``names`` first; those without one are left out."""
        own = [Place(one, None, names[one]) for one in self.municipalities(actor) if one in names]
        return [*own, *await self.institutions(unit, permissions, actor)]

    async def require(
        self, unit: ReadUnit, permissions: Permissions, actor: Actor, place: Place
    ) -> None:
        """Pass when the actor decides there; raise `NotFound` to strangers, else `Forbidden`."""
        if place.institution_id is not None:
            visible = permissions.visible(actor, self.institution)
            wanted = {
                "institution_id": place.institution_id,
                "municipality_id": place.municipality_id,
            }
            if await unit.scalar(_found(visible.clause), {**visible.params, **wanted}) is None:
                raise NotFound
        elif place.municipality_id not in self.municipalities(actor):
            held = actor.profiles_for(self.institution)
            manages = {profile.municipality_id for profile in held}
            raise Forbidden if place.municipality_id in manages else NotFound

    def decider(self, actor: Actor, place: Place) -> UUID:
        """Return the profile with which the actor decides, as that municipality knows them."""
        action = self.institution if place.institution_id else self.municipality
        held = [
            profile
            for profile in actor.profiles_for(action)
            if profile.municipality_id == place.municipality_id
        ]
        here = [profile for profile in held if profile.institution_id == place.institution_id]
        return (here or held)[0].id
