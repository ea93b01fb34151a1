"""Looking ahead and handing over, as plugins reach it: implements `aula_sdk.moving.Moving`."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.granting.delegation import DECIDING
from aula_platform.permissions.granting.offers import Offers, wrong
from aula_platform.permissions.granting.service import GrantDesk
from aula_platform.permissions.moving import people
from aula_platform.permissions.moving.ending import end_what_was_given
from aula_platform.permissions.moving.entrusted import read_entrusted
from aula_platform.permissions.moving.handing import HandingOver
from aula_platform.permissions.moving.measuring import Measure, Measuring
from aula_platform.permissions.rights import Rights
from aula_platform.stamdata.belonging import (
    Belonging,
    read_belonging,
    read_contacts,
    read_destinations,
    records_of_leaving,
    records_of_lost_access,
)
from aula_platform.stamdata.changes import deliver
from aula_platform.storage import Storage, around
from aula_sdk.errors import NotFound
from aula_sdk.grants import EXPLAIN, Candidate
from aula_sdk.i18n import gettext_for
from aula_sdk.moving import (
    Affected,
    Amount,
    Change,
    ChangeChoices,
    ChangeKind,
    Consequences,
    Ending,
    Entrusted,
    EntrustedAs,
    HandOver,
    HandOverPreview,
)
from aula_sdk.operations import Place
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import ReadUnit, WriteUnit
from aula_sdk.stamdata_source import Record

_ = gettext_for("aula")
_LEAVING = (ChangeKind.LEAVES, ChangeKind.MOVES)


class _Plan(NamedTuple):
    """What would be delivered, and whom it is about."""

    source: str
    records: list[Record]
    whom: list[Candidate]
    place: str = ""
    child: str = ""


class _Look(NamedTuple):
    measure: Measure
    things: list[Entrusted]


class MovingDesk:
    """What happens when somebody moves or stops, told to who decides rights there."""

    def __init__(
        self, storage: Storage, rights: Rights, actors: ActorLoader, grants: GrantDesk
    ) -> None:
        self._storage = storage
        self._rights = rights
        self._offers: Offers = grants.offers
        self._grants = grants
        self._measuring = Measuring(rights, actors)
        self._handing = HandingOver(storage, rights, actors, grants)

    async def choices(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> ChangeChoices:
        """Return which changes can be looked at beforehand of this person."""
        person, belonging = await self._open(unit, actor, profile_id)
        if person.kind == Kind.GUARDIAN:
            children = await self._children(unit, actor, profile_id)
            kinds = (ChangeKind.ACCESS_ENDS,) if children else ()
            return ChangeChoices(kinds, (), tuple(children))
        found = await read_destinations(unit, belonging)
        here = await self._here(unit, actor)
        places = (
            Place(person.municipality_id, one.id, one.name) for one in found if one.id in here
        )
        return ChangeChoices(_LEAVING if found else _LEAVING[:1], tuple(places), ())

    async def preview(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID, change: Change
    ) -> Consequences:
        """Return what the change would do from its delivery on; nothing is changed."""
        person, belonging = await self._open(unit, actor, profile_id)
        here = await self._here(unit, actor)
        plan = await self._plan(unit, actor, (person, belonging), change, here)
        before = [await self._look(unit, one, here) for one in plan.whom]
        wall = around([person.municipality_id])
        async with self._storage.rehearse(wall) as write:
            await deliver(write, person.municipality_id, plan.source, plan.records)
            await end_what_was_given(write, waits=False)
            after = [await self._look(write, one, here) for one in plan.whom]
        unit.looked(
            EXPLAIN,
            municipality_id=person.municipality_id,
            object_id=profile_id,
            subjects=[one.profile_id for one in plan.whom],
            details={"change": change.kind.value},
        )
        affected = zip(plan.whom, before, after, strict=True)
        return Consequences(
            person,
            change,
            plan.place,
            plan.child,
            tuple(self._compare(change, *one) for one in affected),
        )

    async def entrusted(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[Entrusted]:
        """Return what hangs on the person now or later."""
        person, _belonging = await self._open(unit, actor, profile_id)
        return await self._things(unit, person)

    async def successors(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[Candidate]:
        """Return the employees of the same institution who can take over, by name."""
        person, _belonging = await self._open(unit, actor, profile_id)
        return await self._handing.successors(unit, actor, person)

    async def preview_hand_over(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID, wish: HandOver
    ) -> HandOverPreview:
        """Return what the successor would gain."""
        person, _belonging = await self._open(unit, actor, profile_id)
        return await self._handing.preview(unit, actor, person, wish)

    async def hand_over(
        self, write: WriteUnit, actor: Actor, profile_id: UUID, wish: HandOver
    ) -> None:
        """End what is chosen and give it to the successor, all of it or nothing."""
        person, _belonging = await self._open(write, actor, profile_id)
        await self._handing.carry_out(write, actor, person, wish)

    async def _open(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> tuple[Candidate, Belonging]:
        """Return a person at an institution where the actor decides; raise `NotFound`."""
        person = await self._offers.person(unit, actor, profile_id)
        place = Place(person.municipality_id, person.institution_id)
        await DECIDING.require(unit, self._rights, actor, place)
        belonging = await read_belonging(unit, profile_id)
        if belonging is None:
            raise NotFound
        return person, belonging

    async def _plan(
        self,
        unit: ReadUnit,
        actor: Actor,
        whose: tuple[Candidate, Belonging],
        change: Change,
        here: frozenset[UUID],
    ) -> _Plan:
        person, belonging = whose
        if (person.kind == Kind.GUARDIAN) is not (change.kind is ChangeKind.ACCESS_ENDS):
            raise wrong("kind", _("This cannot become of this person"))
        if change.kind is ChangeKind.ACCESS_ENDS:
            return await self._plan_lost_access(unit, actor, whose, change.child)
        to = None
        if change.kind is ChangeKind.MOVES:
            places = await read_destinations(unit, belonging)
            if change.to is None:
                # Of where the asker does not decide nothing is told, so it can be any of those.
                places = [one for one in places if one.id not in here]
            else:
                places = [one for one in places if one.id == change.to and one.id in here]
            if not places:
                raise wrong("to", _("Choose an institution to move to"))
            to = places[0]
        records = await records_of_leaving(unit, belonging, to)
        whom = [person]
        if person.kind == Kind.PUPIL:
            contacts = [row.id for row in await read_contacts(unit, belonging)]
            whom += await self._those(unit, actor, contacts)
        return _Plan(belonging.source, records, whom, to.name if to and change.to else "")

    async def _plan_lost_access(
        self,
        unit: ReadUnit,
        actor: Actor,
        whose: tuple[Candidate, Belonging],
        child_id: UUID | None,
    ) -> _Plan:
        person, guardian = whose
        children = {one.profile_id: one for one in await self._children(
            unit, actor, person.profile_id
        )}  # fmt: skip
        child = await read_belonging(unit, child_id) if child_id in children else None
        if child is None:
            raise wrong("child", _("Choose one of the children"))
        records = records_of_lost_access(guardian, child)
        name = children[child.profile_id].name
        return _Plan(guardian.source, records, [person], child=name)

    async def _children(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> list[Candidate]:
        right = self._rights.visible(actor, EXPLAIN)
        params = {**right.params, "profile_id": profile_id, "now": unit.now}
        return await unit.structs(Candidate, people.children_of(right.clause), params)

    async def _here(self, unit: ReadUnit, actor: Actor) -> frozenset[UUID]:
        """Return where the actor decides, of which alone something is told (R8)."""
        places = await DECIDING.institutions(unit, self._rights, actor)
        return frozenset(one.institution_id for one in places if one.institution_id)

    async def _those(
        self, unit: ReadUnit, actor: Actor, profiles: Sequence[UUID]
    ) -> list[Candidate]:
        if not profiles:
            return []
        right = self._rights.visible(actor, EXPLAIN)
        params = {**right.params, "profiles": list(profiles)}
        return await unit.structs(Candidate, people.those(right.clause), params)

    async def _look(self, unit: ReadUnit, one: Candidate, here: frozenset[UUID]) -> _Look:
        measure = await self._measuring.measure(unit, one.profile_id, here)
        return _Look(measure, await self._things(unit, one))

    async def _things(self, unit: ReadUnit, one: Candidate) -> list[Entrusted]:
        place = Place(one.municipality_id, one.institution_id)
        rows = await read_entrusted(unit, self._rights.catalogue, place, one.profile_id)
        return [row.thing for row in rows]

    def _compare(self, change: Change, person: Candidate, before: _Look, after: _Look) -> Affected:
        goes_on = after.measure.is_somebody
        # What comes with a log-in is not taken away here, and lapses with what one logs in as.
        stay = {thing.id for thing in after.things if goes_on or not _is_by_login(thing)}
        measure = after.measure
        if not goes_on and change.kind is not ChangeKind.MOVES:
            # That somebody still reads what is old would tell that they are somewhere else (R8).
            measure = measure._replace(old={})
        return Affected(
            person,
            goes_on,
            _names_of(before.measure.groups, after.measure.groups),
            _names_of(after.measure.groups, before.measure.groups),
            tuple(Ending(thing, thing.id not in stay) for thing in before.things),
            tuple(self._amounts(before.measure, measure)),
        )

    def _amounts(self, before: Measure, after: Measure) -> list[Amount]:
        found = []
        for name in self._measuring.reading:
            action = self._rights.catalogue.actions[name]
            counts = (
                before.own.get(name, 0) + before.old.get(name, 0),
                after.own.get(name, 0),
                after.old.get(name, 0),
            )
            if any(counts):
                plugin = name.partition(".")[0]
                found.append(Amount(name, action.title, plugin, *counts))
        return found


def _is_by_login(thing: Entrusted) -> bool:
    return thing.held_as in {EntrustedAs.ROLE, EntrustedAs.DEPUTY} and not thing.can_hand_over


def _names_of(groups: Mapping[UUID, str], without: Mapping[UUID, str]) -> tuple[str, ...]:
    return tuple(name for key, name in groups.items() if key not in without)
