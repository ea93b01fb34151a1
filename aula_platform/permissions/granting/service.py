"""Deciding rights, as plugins reach it: implements `aula_sdk.grants.Grants`."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Literal
from uuid import UUID

from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.catalogue import IsActive, is_on, owner_of
from aula_platform.permissions.granting import people
from aula_platform.permissions.granting.ages import decide_ages, read_ages
from aula_platform.permissions.granting.bundles import (
    OWN,
    Right,
    parameters,
    read_bundle,
    read_roles,
    said,
    sentence_of,
    what_it_gives,
)
from aula_platform.permissions.granting.channels import close, read_channels, reopen
from aula_platform.permissions.granting.delegation import DECIDING, Delegation
from aula_platform.permissions.granting.explaining import Explaining
from aula_platform.permissions.granting.giving import Giving
from aula_platform.permissions.granting.matrix import GroupMatrix
from aula_platform.permissions.granting.offers import Offers, wrong
from aula_platform.permissions.granting.writing import GrantWriter
from aula_platform.permissions.places import Deciding
from aula_platform.permissions.rights import Rights
from aula_platform.storage import Storage, around
from aula_sdk.age_limits import DECIDE_AGES, DECIDE_AGES_MUNICIPALITY, AgeLimits
from aula_sdk.channels import Channel
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.grants import (
    EXPLAIN,
    MAX_ROLE_NAME,
    ActionExplained,
    Candidate,
    Decided,
    Holder,
    NotYoursToGive,
    OpenRight,
    Period,
    PersonalGrant,
    RightLine,
    RightToGive,
    RoleGiven,
    RoleHead,
    RolePreview,
    RoleReport,
)
from aula_sdk.group_grants import GroupDecision, GroupLine
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.names import search_key
from aula_sdk.operations import Place
from aula_sdk.people import Actor, Kind
from aula_sdk.permissions import Explanation
from aula_sdk.protocols import ReadUnit, WriteUnit

_ = gettext_for("aula")
_AGES = Deciding(DECIDE_AGES, DECIDE_AGES_MUNICIPALITY)
_PARTS: Mapping[str, Text] = {
    "shell": _("The platform"),
    "plugins": _("Features and settings"),
    "health": _("Running the platform"),
    "stamdata": _("People and imports"),
    "permissions": _("Rights"),
    "audit": _("The log"),
    "identity": _("Support"),
    "privacy": _("Personal data"),
}
"""What the parts of the kernel are called that have rights."""


class GrantDesk:
    """What somebody may decide where, and deciding it."""

    def __init__(
        self,
        storage: Storage,
        rights: Rights,
        actors: ActorLoader,
        names: Mapping[UUID, str],
        is_active: IsActive,
        features: Mapping[str, Text | str],
    ) -> None:
        """``names`` are the municipalities' names by id, ``features`` the plugins' titles."""
        self.features = {**_PARTS, **features}
        self._storage = storage
        self._rights = rights
        self._catalogue = rights.catalogue
        self._names = names
        self._floor = actors.least_secure_area_age
        self._is_active = is_active
        self._matrix = GroupMatrix(rights, is_active)
        self.offers = Offers(rights, actors, is_active)
        self.giving = Giving(rights, self.offers, self._matrix)
        self._explaining = Explaining(rights, actors, self.offers, is_active)

    async def places(self, unit: ReadUnit, actor: Actor) -> Sequence[Place]:
        """Return where the actor decides: municipalities first, then institutions by name."""
        return await DECIDING.places(unit, self._rights, actor, self._names)

    async def roles(self, unit: ReadUnit, actor: Actor, place: Place) -> Sequence[RoleHead]:
        """Return the roles there."""
        await DECIDING.require(unit, self._rights, actor, place)
        return await read_roles(unit, self._catalogue, place)

    async def role(self, unit: ReadUnit, actor: Actor, place: Place, role: str) -> RoleReport:
        """Return a role with every right of the features that are on there."""
        head = await self._head(unit, actor, place, role)
        bundle = await read_bundle(unit, self._catalogue, place, role)
        delegation = Delegation(self._catalogue, actor, place)
        lines = []
        for name, action in self._catalogue.actions.items():
            owner = owner_of(name)
            if not is_on(owner, self._is_active, place.municipality_id, place.institution_id):
                continue
            for right in self._catalogue.rights_of(name):
                word = bundle.get(right)
                lines.append(
                    RightLine(
                        name,
                        action.title,
                        right[1],
                        sentence_of(self._catalogue, right),
                        owner,
                        word.decided if word else None,
                        word.source if word else "",
                        word.chosen if word else None,
                        delegation.is_open(role, right),
                        action.sensitive,
                    )
                )
        return RoleReport(head, tuple(lines))

    async def decide(
        self,
        write: WriteUnit,
        actor: Actor,
        place: Place,
        role: str,
        action: str,
        relation: str,
        decided: Decided | None,
    ) -> None:
        """Decide a right of a role at a place; None takes back what was decided there."""
        await DECIDING.require(write, self._rights, actor, place)
        right = (action, relation)
        delegation = Delegation(self._catalogue, actor, place)
        writer = self._writer(write, actor, place)
        await writer.begin()
        await self._head(write, actor, place, role)
        if decided is not None:
            kept = delegation.require(role, right, decided)
            said = await writer.standing(right, role=role)
            if said is not None and delegation.may_lift(right, said):
                said = None
            await writer.decide(right, kept, role=role, repeats=said)
            return
        delegation.require_changeable(role, right)
        here = (await read_bundle(write, self._catalogue, place, role)).get(right)
        if here is None or here.chosen is None:
            return
        # What is taken back may have closed something, or asked for more proof. Who has decided it
        # so may take it back all the same, or they would close it for themselves for good.
        if here.chosen_by != DECIDING.decider(actor, place):
            delegation.require(role, right, await self._without(write, place, role, right))
        await writer.take_back(right, role=role)

    async def make_role(self, write: WriteUnit, actor: Actor, place: Place, name: str) -> str:
        """Make a role without rights; return its key."""
        await DECIDING.require(write, self._rights, actor, place)
        writer = self._writer(write, actor, place)
        await writer.begin()
        wanted = " ".join(name.split())
        if not wanted or len(wanted) > MAX_ROLE_NAME:
            raise wrong("name", _("A role needs a name of at most 80 characters"))
        heads = await read_roles(write, self._catalogue, place)
        if any(str(head.title).casefold() == wanted.casefold() for head in heads):
            raise wrong("name", _("There is a role of this name already"))
        return await writer.make_role(wanted)

    async def drop_role(self, write: WriteUnit, actor: Actor, place: Place, role: str) -> None:
        """Remove a role that was made at this place, from everybody who has it."""
        await DECIDING.require(write, self._rights, actor, place)
        writer = self._writer(write, actor, place)
        await writer.begin()
        head = await self._head(write, actor, place, role)
        if not head.is_ours:
            raise Forbidden
        gives = await what_it_gives(write, self._catalogue, place, role)
        if not Delegation(self._catalogue, actor, place).may_take(gives):
            raise NotYoursToGive
        await writer.drop_role(UUID(hex=role.removeprefix(OWN)))

    async def holders(self, unit: ReadUnit, actor: Actor, place: Place) -> Sequence[Holder]:
        """Return who has been given a role there, by name."""
        await DECIDING.require(unit, self._rights, actor, place)
        statement = people.holders(at_institution=place.institution_id is not None)
        return await unit.structs(Holder, statement, {**parameters(place), "now": unit.now})

    async def find_people(
        self, unit: ReadUnit, actor: Actor, place: Place, words: str
    ) -> Sequence[Candidate]:
        """Return some people there, by name; of no words nobody."""
        await DECIDING.require(unit, self._rights, actor, place)
        folded = search_key(words)
        if not folded:
            return []
        escaped = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        right = self._rights.visible(actor, EXPLAIN)
        statement = people.found_people(
            right.clause, at_institution=place.institution_id is not None
        )
        given = {"prefix": f"{escaped}%", "inside": f"% {escaped}%", "now": unit.now}
        return await unit.structs(
            Candidate, statement, {**right.params, **parameters(place), **given}
        )

    async def person(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> Candidate:
        """Return a person at a place where the actor decides; raise `NotFound`."""
        return await self.offers.person(unit, actor, profile_id)

    async def personal(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[PersonalGrant]:
        """Return what was decided for this person alone, and is not over."""
        await self.person(unit, actor, profile_id)
        rows = await unit.rows(people.PERSONAL, {"profile_id": profile_id, "now": unit.now})
        return [
            PersonalGrant(
                row.id,
                row.action,
                self._catalogue.actions[row.action].title,
                row.relation,
                sentence_of(self._catalogue, (row.action, row.relation)),
                said(row.allowed, row.step_up),
                row.group_id,
                row.valid_from,
                row.valid_to,
            )
            for row in rows
            # What a plugin that has left once described says nothing to anybody.
            if self._catalogue.has(row.action, row.relation)
        ]

    async def roles_of(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> Sequence[Holder]:
        """Return which roles this person has been given, and has still or will have."""
        await self.person(unit, actor, profile_id)
        params = {"profile_id": profile_id, "now": unit.now}
        return await unit.structs(Holder, people.HOLDINGS_OF, params)

    async def roles_to_give(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[RoleHead]:
        """Return the roles that the actor may give this person."""
        return await self.offers.roles(unit, actor, profile_id)

    async def rights_to_give(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[OpenRight]:
        """Return the rights that the actor may decide for this person, plugin by plugin."""
        return await self.offers.rights(unit, actor, profile_id)

    async def superiors(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[Candidate]:
        """Return for whom this person can act: colleagues whose post brings a role, by name."""
        return await self.offers.superiors(unit, actor, profile_id)

    async def preview_role(
        self,
        unit: ReadUnit,
        actor: Actor,
        profile_id: UUID,
        role: str,
        *,
        deputy_for: UUID | None = None,
    ) -> RolePreview:
        """Return what the person would have by the role, having given it for nobody to see."""
        offer = await self.offers.role(unit, actor, profile_id, role, deputy_for)
        before = await self.offers.holder(unit, profile_id)
        wall = around([offer.person.municipality_id])
        async with self._storage.rehearse(wall, actor) as write:
            # Who has it at present may be given it for another time.
            with suppress(RoleGiven):
                await self.giving.role(
                    write, actor, profile_id, role, Period(), deputy_for=deputy_for
                )
            after = await self.offers.holder(write, profile_id)
        return self.offers.preview(offer, before, after)

    async def give_role(
        self,
        write: WriteUnit,
        actor: Actor,
        profile_id: UUID,
        role: str,
        period: Period,
        *,
        deputy_for: UUID | None = None,
    ) -> UUID:
        """Give somebody a role for a period; return its id."""
        return await self.giving.role(write, actor, profile_id, role, period, deputy_for=deputy_for)

    async def give_right(
        self, write: WriteUnit, actor: Actor, profile_id: UUID, right: RightToGive
    ) -> UUID:
        """Decide a right for one person, in the stead of what was decided before."""
        return await self.giving.right(write, actor, profile_id, right)

    async def take_back(self, write: WriteUnit, actor: Actor, id_: UUID) -> None:
        """End that somebody has a role, or forget what was decided for one person."""
        await self.giving.take_back(write, actor, id_)

    async def explain(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[ActionExplained]:
        """Return everything that has ever been said of the person's rights, explained."""
        return await self._explaining.everything(unit, actor, profile_id)

    async def explain_thing(
        self, write: WriteUnit, actor: Actor, profile_id: UUID, action: str, thing: str
    ) -> Explanation:
        """Say why the person may or may not do this to the thing with this id; audited."""
        return await self._explaining.one(write, actor, profile_id, action, thing)

    async def explain_each(
        self, write: WriteUnit, actor: Actor, profile_id: UUID, thing: str
    ) -> Sequence[ActionExplained]:
        """Say of everything that can be done to a thing whether the person may; audited once."""
        return await self._explaining.each(write, actor, profile_id, thing)

    async def channels(self, unit: ReadUnit, actor: Actor, place: Place) -> Sequence[Channel]:
        """Return which kinds of people can write to which at the place (RGT-3)."""
        await DECIDING.require(unit, self._rights, actor, place)
        return await read_channels(unit, place)

    async def close_channel(
        self, write: WriteUnit, actor: Actor, place: Place, sender: Kind, recipient: Kind
    ) -> None:
        """Let nobody of a kind write to another kind there, from the next message on."""
        await DECIDING.require(write, self._rights, actor, place)
        await close(write, place, sender, recipient, DECIDING.decider(actor, place))

    async def open_channel(
        self, write: WriteUnit, actor: Actor, place: Place, sender: Kind, recipient: Kind
    ) -> None:
        """Open what this very place has closed."""
        await DECIDING.require(write, self._rights, actor, place)
        await reopen(write, place, sender, recipient)

    async def age_places(self, unit: ReadUnit, actor: Actor) -> Sequence[Place]:
        """Return where the actor decides age limits: municipalities first."""
        return await _AGES.places(unit, self._rights, actor, self._names)

    async def ages(self, unit: ReadUnit, actor: Actor, place: Place) -> AgeLimits:
        """Return the age limits at the place, and what each rests on (CNS-4, SEC-6)."""
        await _AGES.require(unit, self._rights, actor, place)
        return await read_ages(unit, place, self._floor)

    async def decide_ages(
        self,
        write: WriteUnit,
        actor: Actor,
        place: Place,
        *,
        consent: int | None,
        secure_area: int | None,
    ) -> None:
        """Decide both age limits at the place; None goes by what is said above."""
        await _AGES.require(write, self._rights, actor, place)
        by = _AGES.decider(actor, place)
        await decide_ages(write, place, self._floor, by, consent=consent, secure_area=secure_area)

    async def group_rights(
        self, unit: ReadUnit, actor: Actor, group_id: UUID
    ) -> Sequence[GroupLine]:
        """Return the matrix of a group (RGT-4)."""
        return await self._matrix.read(unit, actor, group_id)

    async def decide_in_group(
        self,
        write: WriteUnit,
        actor: Actor,
        group_id: UUID,
        kind: Kind,
        right: str,
        decided: Literal["yes", "no"] | None,
    ) -> None:
        """Give or take a right in one group; None: as it is elsewhere."""
        await self._matrix.decide(write, actor, [group_id], [GroupDecision(kind, right, decided)])

    async def new_group_rights(
        self, unit: ReadUnit, actor: Actor, place: Place
    ) -> Sequence[GroupLine]:
        """Return the matrix that a group would have if it were made there now (RGT-4)."""
        return await self._matrix.read_new(unit, actor, place)

    async def rights_in_groups(
        self, unit: ReadUnit, actor: Actor, place: Place, group_ids: Sequence[UUID]
    ) -> Mapping[UUID, Sequence[GroupLine]]:
        """Return the matrix of each of several groups of a place."""
        return await self._matrix.read_several(unit, actor, place, group_ids)

    async def decide_in_groups(
        self,
        write: WriteUnit,
        actor: Actor,
        group_ids: Sequence[UUID],
        decisions: Sequence[GroupDecision],
    ) -> None:
        """Decide the same in several groups; all of it, or nothing."""
        await self._matrix.decide(write, actor, group_ids, decisions)

    async def take_turn(self, write: WriteUnit) -> None:
        """Wait for whoever decides at the same time, and let others wait."""
        await raise_rights_epoch(write)

    async def _head(self, unit: ReadUnit, actor: Actor, place: Place, role: str) -> RoleHead:
        for head in await self.roles(unit, actor, place):
            if head.key == role:
                return head
        raise NotFound

    async def _without(self, unit: ReadUnit, place: Place, role: str, right: Right) -> Decided:
        """Return what holds when this place says nothing."""
        if place.institution_id is not None:
            above = Place(place.municipality_id)
            word = (await read_bundle(unit, self._catalogue, above, role)).get(right)
            return word.decided if word else "no"
        for default in self._catalogue.defaults.get(role, ()):
            if (default.action, default.relation) == right:
                return said(True, default.step_up or self._catalogue.is_sensitive(default.action))
        return "no"

    def _writer(self, write: WriteUnit, actor: Actor, place: Place) -> GrantWriter:
        return GrantWriter(write, place, DECIDING.decider(actor, place))
