"""Why a person may do something, told to who decides rights where the person is."""

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.catalogue import IsActive, is_on, owner_of
from aula_platform.permissions.explanations import explain, read_names
from aula_platform.permissions.granting import people
from aula_platform.permissions.granting.offers import Offers
from aula_platform.permissions.rights import Rights
from aula_sdk.errors import NotFound
from aula_sdk.grants import EXPLAIN, GRANT, ActionExplained
from aula_sdk.people import Actor, ActorProfile
from aula_sdk.permissions import Explanation
from aula_sdk.protocols import ReadUnit, WriteUnit

EXPLAINED = "permissions.explained"
"""The audit's word for that somebody has asked; no right moves by it."""


class Explaining:
    """Explains one person's rights to one actor; each raises `NotFound` for people of elsewhere."""

    def __init__(
        self, rights: Rights, actors: ActorLoader, offers: Offers, is_active: IsActive
    ) -> None:
        self._rights = rights
        self._catalogue = rights.catalogue
        self._actors = actors
        self._offers = offers
        self._is_active = is_active

    async def everything(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[ActionExplained]:
        """Return everything that has ever been said of the person's rights, explained."""
        await self._offers.person(unit, actor, profile_id)
        other = await self._as_far_as_told(unit, actor, profile_id)
        decisions = await self._actors.decisions(unit, other)
        names = await read_names(unit, other)
        young = await self._actors.age_missed(unit, other)
        found = []
        for name in dict.fromkeys(decision.action for decision in decisions):
            action = self._catalogue.actions[name]
            why = await explain(
                self._rights, unit, other, decisions, name, names=names, too_young=young
            )
            found.append(ActionExplained(name, action.title, owner_of(name), why))
        return sorted(found, key=lambda one: (one.plugin, one.action))

    async def one(
        self, write: WriteUnit, actor: Actor, profile_id: UUID, action: str, thing: str
    ) -> Explanation:
        """Say why the person may or may not do this to the thing with this id; audited."""
        person = await self._offers.person(write, actor, profile_id)
        described = self._catalogue.actions.get(action)
        if described is None or not described.resource:
            raise NotFound
        object_id = self._catalogue.resource_of(action).kind.parse(thing)
        other = await self._as_far_as_told(write, actor, profile_id)
        write.audit(
            EXPLAINED,
            municipality_id=person.municipality_id,
            object_id=object_id,
            subjects=(profile_id,),
            details={"right": action},
        )
        return await self._rights.explain(write, other, action, object_id)

    async def each(
        self, write: WriteUnit, actor: Actor, profile_id: UUID, thing: str
    ) -> Sequence[ActionExplained]:
        """Say of everything that can be done to a thing whether the person may; audited once."""
        person = await self._offers.person(write, actor, profile_id)
        known = {
            name: self._catalogue.resource_of(name).kind
            for name, action in self._catalogue.actions.items()
            if action.resource
            and is_on(
                owner_of(name), self._is_active, person.municipality_id, person.institution_id
            )
        }
        asked = [name for name, kind in known.items() if re.fullmatch(kind.pattern, thing)]
        if not asked:
            return []
        object_id = known[asked[0]].parse(thing)
        other = await self._as_far_as_told(write, actor, profile_id)
        write.audit(
            EXPLAINED,
            municipality_id=person.municipality_id,
            object_id=object_id,
            subjects=(profile_id,),
        )
        return await self._explained(write, other, asked, object_id)

    async def _explained(
        self, unit: ReadUnit, other: Actor, asked: Iterable[str], object_id: UUID
    ) -> list[ActionExplained]:
        # What is the same for all actions is read once.
        decisions = await self._actors.decisions(unit, other)
        names = await read_names(unit, other)
        young = await self._actors.age_missed(unit, other)
        found = []
        for name in asked:
            title = self._catalogue.actions[name].title
            why = await explain(
                self._rights, unit, other, decisions, name, object_id, names=names, too_young=young
            )
            found.append(ActionExplained(name, title, owner_of(name), why))
        return found

    async def _as_far_as_told(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> Actor:
        """Return the person at the places about which the actor may ask.

        Where else somebody is, is told to nobody who does not decide there: it may be where a
        protected family lives (R8).
        """
        other = await self._actors.for_profile(unit, profile_id)
        right = self._rights.visible(actor, EXPLAIN)
        params = {**right.params, "profiles": [profile.id for profile in other.profiles]}
        told = {row.id for row in await unit.rows(people.shown_of(right.clause), params)}
        shown = tuple(profile for profile in other.profiles if profile.id in told)
        left = await self._places_of(unit, actor, other.former)
        ended = tuple(profile for profile in other.former if profile.institution_id in left)
        return msgspec.structs.replace(other, profiles=shown, former=ended)

    async def _places_of(
        self, unit: ReadUnit, actor: Actor, former: Sequence[ActorProfile]
    ) -> set[UUID]:
        """Return at which of these places the actor decides: nobody who has left is anywhere."""
        if not former or not actor.can(GRANT):
            return set()
        right = self._rights.visible(actor, GRANT)
        params = {**right.params, "places": [profile.institution_id for profile in former]}
        return {row.id for row in await unit.rows(people.places_shown(right.clause), params)}
