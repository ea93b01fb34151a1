"""What somebody may give one person, and what giving it would mean (ADM-2)."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.catalogue import IsActive, is_on, owner_of
from aula_platform.permissions.granting import people
from aula_platform.permissions.granting.bundles import (
    Right,
    read_bundle,
    read_bundles,
    read_roles,
    sentence_of,
)
from aula_platform.permissions.granting.delegation import DECIDING, Delegation, sleeping
from aula_platform.permissions.holdings import PERSON
from aula_platform.permissions.rights import Rights
from aula_sdk.errors import FieldError, Invalid, NotFound
from aula_sdk.grants import (
    EXPLAIN,
    Candidate,
    Decided,
    NotYoursToGive,
    OpenRight,
    RoleGain,
    RoleHead,
    RolePreview,
)
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.operations import Place
from aula_sdk.people import Actor, Kind
from aula_sdk.permissions import MUNICIPALITY_ADMIN
from aula_sdk.protocols import ReadUnit

_ = gettext_for("aula")


class Offer(NamedTuple):
    """A role that may be given to a person."""

    person: Candidate
    place: Place
    """From where it is given: the widest place at which the giver decides."""
    head: RoleHead
    gives: Mapping[Right, Decided]
    deputy_for: Candidate | None


class Offers:
    """What one actor may give one person; each raises `NotFound` for people of elsewhere."""

    def __init__(
        self,
        rights: Rights,
        actors: ActorLoader,
        is_active: IsActive,
    ) -> None:
        self._rights = rights
        self._catalogue = rights.catalogue
        self._actors = actors
        self._is_active = is_active

    async def person(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> Candidate:
        """Return a person at a place where the actor decides."""
        right = self._rights.visible(actor, EXPLAIN)
        params = {**right.params, "profile_id": profile_id}
        found = await unit.structs(Candidate, people.one_person(right.clause), params)
        if not found:
            raise NotFound
        return found[0]

    async def role(
        self,
        unit: ReadUnit,
        actor: Actor,
        profile_id: UUID,
        role: str,
        deputy_for: UUID | None = None,
    ) -> Offer:
        """Return what is to be given; raise `Invalid` and `NotYoursToGive`."""
        person = await self.person(unit, actor, profile_id)
        place = _place_of(actor, person)
        await DECIDING.require(unit, self._rights, actor, place)
        if await self.is_self(unit, actor, place, profile_id):
            raise NotYoursToGive
        here = _home(person)
        heads = {head.key: head for head in await read_roles(unit, self._catalogue, here)}
        if role not in heads:
            raise NotFound
        if not _fits(heads[role], person):
            raise wrong("role", _("This role cannot be given to this person"))
        superior = None
        if deputy_for is not None:
            superior = await self._colleague(unit, actor, person, deputy_for)
        bundle = await read_bundle(unit, self._catalogue, here, role)
        gives = {right: word.decided for right, word in bundle.items()}
        missing = Delegation(self._catalogue, actor, place).not_open(gives)
        if missing and not missing <= await self._sleeping(unit, actor, here):
            raise NotYoursToGive
        return Offer(person, place, heads[role], gives, superior)

    async def roles(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> list[RoleHead]:
        """Return the roles that the actor may give the person."""
        person = await self.person(unit, actor, profile_id)
        place, here = _place_of(actor, person), _home(person)
        await DECIDING.require(unit, self._rights, actor, place)
        if await self.is_self(unit, actor, place, profile_id):
            return []
        heads = [
            head for head in await read_roles(unit, self._catalogue, here) if _fits(head, person)
        ]
        bundles = await read_bundles(unit, self._catalogue, here, [head.key for head in heads])
        delegation = Delegation(self._catalogue, actor, place)
        held = await self._sleeping(unit, actor, here)
        found = []
        for head in heads:
            gives = {right: word.decided for right, word in bundles[head.key].items()}
            if delegation.not_open(gives) <= held:
                found.append(head)
        return found

    async def rights(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> list[OpenRight]:
        """Return the rights that the actor may decide for the person, plugin by plugin."""
        person = await self.person(unit, actor, profile_id)
        here = _home(person)
        await DECIDING.require(unit, self._rights, actor, here)
        if await self.is_out_of_reach(unit, actor, here, profile_id):
            return []
        delegation = Delegation(self._catalogue, actor, here)
        return [
            OpenRight(
                name,
                action.title,
                right[1],
                sentence_of(self._catalogue, right),
                owner_of(name),
                self._catalogue.can_narrow(name),
            )
            for name, action in self._catalogue.actions.items()
            if self._is_on(name, here)
            for right in self._catalogue.rights_of(name)
            if delegation.is_open(PERSON, right)
        ]

    async def superiors(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> list[Candidate]:
        """Return the colleagues whose post brings a role."""
        person = await self.person(unit, actor, profile_id)
        await DECIDING.require(unit, self._rights, actor, _home(person))
        right = self._rights.visible(actor, EXPLAIN)
        params = {
            "municipality_id": person.municipality_id,
            "institution_id": person.institution_id,
            "profile_id": profile_id,
            "now": unit.now,
        }
        return await unit.structs(
            Candidate, people.superiors(right.clause), {**right.params, **params}
        )

    async def holder(self, unit: ReadUnit, profile_id: UUID) -> Actor:
        """Return somebody to whom a role may be given, with what they hold now."""
        return await self._actors.for_profile(unit, profile_id)

    def preview(self, offer: Offer, before: Actor, after: Actor) -> RolePreview:
        """Return every right of the role, and which the person has by it and not already, given
        what they hold ``before`` and ``after`` it is given.
        """
        lines = []
        for right, decided in offer.gives.items():
            action = right[0]
            if decided == "no" or not self._is_on(action, _home(offer.person)):
                continue
            if self._catalogue.is_former(*right):
                continue  # Nobody has it while the role lasts, which ends when they leave.
            has, will = (_held(one, offer.person.profile_id, right) for one in (before, after))
            lines.append(
                RoleGain(
                    action,
                    self._catalogue.actions[action].title,
                    sentence_of(self._catalogue, right),
                    owner_of(action),
                    decided if will == "no" else will,
                    is_new=will != "no" and has not in {"yes", will},
                    is_closed=will == "no",
                )
            )
        return RolePreview(offer.person, offer.head, offer.deputy_for, tuple(lines))

    async def is_self(self, unit: ReadUnit, actor: Actor, place: Place, profile_id: UUID) -> bool:
        """Whether the actor would give to themselves, with whatever profile, what is not theirs for
        good: only who decides for the municipality may. A deputy would keep what they give.
        """
        if place.municipality_id in DECIDING.municipalities(actor):
            return False
        person = await unit.scalar(people.WHOSE, {"profile_id": profile_id})
        return person in {profile.person_id for profile in actor.profiles}

    async def is_above(self, unit: ReadUnit, actor: Actor, place: Place, profile_id: UUID) -> bool:
        """Whether the person administers the municipality, and the actor an institution of it."""
        if place.municipality_id in DECIDING.municipalities(actor):
            return False
        sought = {
            "municipality_id": place.municipality_id,
            "profile_id": profile_id,
            "role": MUNICIPALITY_ADMIN,
            "now": unit.now,
        }
        return bool(await unit.scalar(people.BROUGHT_OR_GIVEN, sought))

    async def is_out_of_reach(
        self, unit: ReadUnit, actor: Actor, place: Place, profile_id: UUID
    ) -> bool:
        """Whether the actor may decide no right of this one person (ADM-2)."""
        return await self.is_self(unit, actor, place, profile_id) or await self.is_above(
            unit, actor, place, profile_id
        )

    async def _colleague(
        self, unit: ReadUnit, actor: Actor, person: Candidate, other_id: UUID
    ) -> Candidate:
        other = await self.person(unit, actor, other_id)
        if other.institution_id != person.institution_id or other.profile_id == person.profile_id:
            raise wrong("deputy_for", _("A deputy acts for somebody else at the same institution"))
        return other

    async def _sleeping(
        self, unit: ReadUnit, actor: Actor, place: Place
    ) -> set[tuple[Right, Decided]]:
        return sleeping(await self._actors.decisions(unit, actor), place)

    def _is_on(self, action: str, place: Place) -> bool:
        owner = owner_of(action)
        return is_on(owner, self._is_active, place.municipality_id, place.institution_id)


def wrong(field: str, reason: Text) -> Invalid:
    """Return the error of one field."""
    return Invalid(fields=(FieldError(field, str(reason)),))


def _fits(head: RoleHead, person: Candidate) -> bool:
    # Roles known to the platform are made for those who work there.
    return head.can_be_given and (head.is_own or person.kind == Kind.EMPLOYEE)


def _home(person: Candidate) -> Place:
    return Place(person.municipality_id, person.institution_id)


def _held(actor: Actor, profile_id: UUID, right: Right) -> Decided:
    """Return whether somebody holds a right with this profile, and in more than single groups."""
    found = [
        one.step_up
        for one in actor.holdings.get(right[0], ())
        if one.relation == right[1] and profile_id in one.profiles and not one.groups
    ]
    if not found:
        return "no"
    return "two_factors" if all(found) else "yes"


def _place_of(actor: Actor, person: Candidate) -> Place:
    """Return from where the actor gives the person something: the widest place."""
    if person.municipality_id in DECIDING.municipalities(actor):
        return Place(person.municipality_id)
    return _home(person)
