"""Handing over: what was given to somebody ends, and a successor's begins, in one transaction.

It is taking and giving by the rules of both (decision 0027), so nobody gets more by it than the
actor may give, and nobody loses what the actor may not take.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.catalogue import owner_of
from aula_platform.permissions.granting.bundles import Right, sentence_of
from aula_platform.permissions.granting.giving import Giving
from aula_platform.permissions.granting.offers import Offers, wrong
from aula_platform.permissions.granting.service import GrantDesk
from aula_platform.permissions.moving import people
from aula_platform.permissions.moving.entrusted import GivenRow, read_entrusted
from aula_platform.permissions.rights import Rights
from aula_platform.permissions.tables import goes_on, grant, holder
from aula_platform.stamdata.belonging import read_belonging
from aula_platform.storage import Storage, around
from aula_sdk.db import Id
from aula_sdk.errors import NotFound
from aula_sdk.grants import (
    EXPLAIN,
    Candidate,
    Decided,
    Period,
    RightToGive,
    RoleGain,
    RoleGiven,
)
from aula_sdk.i18n import gettext_for
from aula_sdk.moving import EntrustedAs, HandOver, HandOverPreview
from aula_sdk.operations import Place
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import ReadUnit, WriteUnit

_ = gettext_for("aula")
_WHOSE = sa.bindparam("profile_id", type_=Id)
_GROUP = sa.bindparam("group_id", type_=Id)


_SAID = sa.select(grant.c.allowed, grant.c.valid_from, grant.c.valid_to).where(
    grant.c.profile_id == _WHOSE,
    grant.c.action == sa.bindparam("action", type_=sa.String),
    grant.c.relation == sa.bindparam("relation", type_=sa.String),
    # A no everywhere closes each group; a yes everywhere is another right than one in a group.
    sa.or_(
        grant.c.group_id.is_not_distinct_from(_GROUP),
        sa.and_(grant.c.group_id.is_(None), ~grant.c.allowed),
    ),
    goes_on(grant),
)
"""What was decided of one right for one person, and is not over."""
_HAS = sa.select(holder.c.valid_from, holder.c.valid_to).where(
    holder.c.profile_id == _WHOSE,
    holder.c.role == sa.bindparam("role", type_=sa.String),
    holder.c.deputy_for.is_not_distinct_from(sa.bindparam("deputy_for", type_=Id)),
    goes_on(holder),
)
"""For when somebody has a role already, and not to act for somebody else."""


class _Hand(NamedTuple):
    """One handing over, opened."""

    actor: Actor
    successor: Candidate
    start: datetime | None
    """Later than now; None: at once."""

    def begins(self, unit: ReadUnit, row: GivenRow) -> datetime:
        """Return when the successor's begins: not before the old one would have."""
        return max(self.start or unit.now, row.thing.valid_from or unit.now)

    def changes(self, unit: ReadUnit, row: GivenRow) -> bool:
        """Whether it is not over by itself before the successor's would begin."""
        return row.thing.valid_to is None or row.thing.valid_to > self.begins(unit, row)


class _Held(NamedTuple):
    """A right, and where it holds."""

    right: Right
    groups: tuple[UUID, ...]
    without: tuple[UUID, ...]


def _hand_of(unit: ReadUnit, actor: Actor, successor: Candidate, wish: HandOver) -> _Hand:
    later = wish.start is not None and wish.start > unit.now
    return _Hand(actor, successor, wish.start if later else None)


class HandingOver:
    """Previews and carries out one handing over at a time."""

    def __init__(
        self, storage: Storage, rights: Rights, actors: ActorLoader, grants: GrantDesk
    ) -> None:
        self._storage = storage
        self._rights = rights
        self._catalogue = rights.catalogue
        self._actors = actors
        self._offers: Offers = grants.offers
        self._giving: Giving = grants.giving

    async def successors(self, unit: ReadUnit, actor: Actor, person: Candidate) -> list[Candidate]:
        """Return the other employees of the person's institution, by name."""
        right = self._rights.visible(actor, EXPLAIN)
        params = {
            "institution_id": person.institution_id,
            "profile_id": person.profile_id,
            "now": unit.now,
        }
        statement = people.colleagues(right.clause)
        return await unit.structs(Candidate, statement, {**right.params, **params})

    async def preview(
        self, unit: ReadUnit, actor: Actor, person: Candidate, wish: HandOver
    ) -> HandOverPreview:
        """Return what the successor would gain, having done it for nobody to see: at the moment
        from which it is handed over.
        """
        successor = await self._successor(unit, actor, person, wish.successor)
        chosen = await self._chosen(unit, person, wish)
        async with self._storage.rehearse(around([person.municipality_id]), actor) as write:
            now, hand = write.now, _hand_of(write, actor, successor, wish)
            things = tuple(row.thing for row in chosen if hand.changes(write, row))
            write.now = hand.start or now
            before = await self._held(write, successor)
            write.now = now
            await self.carry_out(write, actor, person, wish)
            write.now = hand.start or now
            after = await self._held(write, successor)
        gained = {
            held.right: self._gain(held.right, decided)
            for held, decided in after.items()
            if before.get(held) not in {"yes", decided}
        }
        return HandOverPreview(person, successor, things, tuple(gained.values()))

    async def carry_out(
        self, write: WriteUnit, actor: Actor, person: Candidate, wish: HandOver
    ) -> None:
        """End what is chosen and give it to the successor, all of it or nothing."""
        successor = await self._successor(write, actor, person, wish.successor)
        # Whoever decides at the same time waits; what is read from here on is what is changed.
        await raise_rights_epoch(write)
        hand = _hand_of(write, actor, successor, wish)
        await _require_still_there(write, hand)
        chosen = await self._chosen(write, person, wish)
        rows = [row for row in chosen if hand.changes(write, row)]
        for row in rows:
            await self._giving.take_back(write, actor, row.thing.id, hand.start)
        # Only now: a deputy who succeeds is given the role, and not taken for who has it already.
        for row in rows:
            await self._hand(write, hand, row)

    async def _hand(self, write: WriteUnit, hand: _Hand, row: GivenRow) -> None:
        start = hand.begins(write, row)
        period = Period(start if start > write.now else None, row.thing.valid_to)
        if row.thing.held_as is EntrustedAs.RIGHT:
            await self._hand_right(write, hand, row, period)
            return
        whom, deputy_for = hand.successor.profile_id, row.deputy_for
        if row.thing.held_as is EntrustedAs.DEPUTISED:
            whom, deputy_for = row.holder_id, hand.successor.profile_id
        if whom == deputy_for:
            return  # Nobody acts for themselves: the deputy succeeds, and has the post.
        try:
            await self._giving.role(
                write, hand.actor, whom, row.role, period, deputy_for=deputy_for
            )
        except RoleGiven:
            sought = {
                "profile_id": whom,
                "role": row.role,
                "deputy_for": deputy_for,
                "now": write.now,
            }
            _require_cover(await write.rows(_HAS, sought), write, row, period)

    async def _hand_right(
        self, write: WriteUnit, hand: _Hand, row: GivenRow, period: Period
    ) -> None:
        sought = {
            "profile_id": hand.successor.profile_id,
            "action": row.right[0],
            "relation": row.right[1],
            "group_id": row.group_id,
            "now": write.now,
        }
        said = await write.rows(_SAID, sought)
        if not all(one.allowed for one in said):
            raise wrong("things", _("This is closed for the successor: %(right)s") % {
                "right": row.thing.title
            })  # fmt: skip
        if said:
            _require_cover(said, write, row, period)
            return
        right = RightToGive(*row.right, row.decided, row.group_id, period)
        await self._giving.right(write, hand.actor, hand.successor.profile_id, right)

    async def _successor(
        self, unit: ReadUnit, actor: Actor, person: Candidate, profile_id: UUID
    ) -> Candidate:
        try:
            found = await self._offers.person(unit, actor, profile_id)
        except NotFound as error:
            raise _not_a_colleague() from error
        is_here = found.institution_id == person.institution_id
        if not is_here or found.profile_id == person.profile_id or found.kind != Kind.EMPLOYEE:
            raise _not_a_colleague()
        return found

    async def _chosen(self, unit: ReadUnit, person: Candidate, wish: HandOver) -> list[GivenRow]:
        """Return what is to be handed over; raise `NotFound` for what does not hang on the person,
        `Invalid` for nothing.
        """
        if not wish.things:
            raise wrong("things", _("Choose what the successor takes over"))
        place = Place(person.municipality_id, person.institution_id)
        rows = await read_entrusted(unit, self._catalogue, place, person.profile_id)
        known = {row.thing.id: row for row in rows if row.thing.can_hand_over}
        if not known.keys() >= set(wish.things):
            raise NotFound
        return [row for key, row in known.items() if key in wish.things]

    async def _held(self, unit: ReadUnit, one: Candidate) -> dict[_Held, Decided]:
        """Return the rights that somebody holds at the institution, and in which groups; raise
        `Invalid` when they are not there any more.
        """
        try:
            actor = await self._actors.for_profile(unit, one.profile_id)
        except NotFound as gone:  # By then: now they are a colleague.
            raise _not_a_colleague() from gone
        found: dict[_Held, Decided] = {}
        for action, holdings in actor.holdings.items():
            for held in holdings:
                if one.profile_id in held.profiles:
                    key = _Held((action, held.relation), held.groups, held.without)
                    if found.get(key) != "yes":
                        found[key] = "two_factors" if held.step_up else "yes"
        return found

    def _gain(self, right: Right, decided: Decided) -> RoleGain:
        title = self._catalogue.actions[right[0]].title
        sentence = sentence_of(self._catalogue, right)
        return RoleGain(right[0], title, sentence, owner_of(right[0]), decided, is_new=True)


async def _require_still_there(unit: ReadUnit, hand: _Hand) -> None:
    """Pass when the successor is still employed by the day on which it is handed over."""
    belonging = await read_belonging(unit, hand.successor.profile_id)
    ends_at = belonging.ends_at if belonging else unit.now
    if ends_at is not None and ends_at <= (hand.start or unit.now):
        raise _not_a_colleague()


def _require_cover(
    held: Sequence[sa.Row[Any]], unit: ReadUnit, row: GivenRow, wanted: Period
) -> None:
    """Pass when what the successor has lasts for the whole period: it is not given twice.

    Raises `Invalid` otherwise: nobody would have it for some of the time.
    """
    start = wanted.start or unit.now
    for one in held:
        has_begun = one.valid_from is None or one.valid_from <= start
        lasts = one.valid_to is None or (wanted.end is not None and one.valid_to >= wanted.end)
        if has_begun and lasts:
            return
    raise wrong("things", _(
        "The successor has this already, for another time or as a deputy, and that has to be"
        " taken back first: %(right)s"
    ) % {"right": row.thing.title})  # fmt: skip


def _not_a_colleague() -> Exception:
    return wrong("successor", _("Choose an employee of the same institution"))
