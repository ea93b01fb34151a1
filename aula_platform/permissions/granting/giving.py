"""Giving one person a role or a right, and taking it back; each is checked, audited and at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.permissions.granting import people
from aula_platform.permissions.granting.bundles import what_it_gives
from aula_platform.permissions.granting.delegation import DECIDING, Delegation
from aula_platform.permissions.granting.matrix import GroupMatrix
from aula_platform.permissions.granting.offers import Offers, wrong
from aula_platform.permissions.granting.writing import GrantWriter, Standing
from aula_platform.permissions.holdings import PERSON
from aula_platform.permissions.rights import Rights
from aula_sdk.errors import NotFound
from aula_sdk.grants import NotYoursToGive, Period, RightToGive, RoleFromLogin, RoleGiven
from aula_sdk.i18n import gettext_for
from aula_sdk.operations import Place
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit

_ = gettext_for("aula")


class Giving:
    """What one actor gives to, and takes from, one person (ADM-2)."""

    def __init__(self, rights: Rights, offers: Offers, matrix: GroupMatrix) -> None:
        self._rights = rights
        self._catalogue = rights.catalogue
        self._offers = offers
        self._matrix = matrix

    async def role(
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
        # Who it is comes first: strangers learn nothing, and wait for nobody.
        await self._offers.person(write, actor, profile_id)
        check_period(write, period)
        await raise_rights_epoch(write)
        offer = await self._offers.role(write, actor, profile_id, role, deputy_for)
        begins = max(period.start or write.now, write.now)
        sought = {"profile_id": profile_id, "role": role, "now": begins}
        if await write.scalar(people.HELD_ROLE, sought) is not None:
            raise RoleGiven
        writer = writer_for(write, actor, offer.place)
        return await writer.give_role(
            offer.person.institution_id, profile_id, role, period, deputy_for
        )

    async def right(
        self, write: WriteUnit, actor: Actor, profile_id: UUID, right: RightToGive
    ) -> UUID:
        """Decide a right for one person, in the stead of what was decided before."""
        person = await self._offers.person(write, actor, profile_id)
        place = Place(person.municipality_id, person.institution_id)
        await DECIDING.require(write, self._rights, actor, place)
        check_period(write, right.period)
        wanted = (right.action, right.relation)
        delegation = Delegation(self._catalogue, actor, place)
        decided = delegation.require(PERSON, wanted, right.decided, right.group_id)
        if right.group_id is not None:
            if not self._catalogue.can_narrow(right.action):
                raise wrong("group_id", _("This right cannot be limited to a group"))
            await self._matrix.require_group(write, actor, right.group_id, place)
        writer = writer_for(write, actor, place)
        await writer.begin()
        if await self._offers.is_out_of_reach(write, actor, place, profile_id):
            raise NotYoursToGive
        said = await writer.standing(wanted, profile_id=profile_id, group_id=right.group_id)
        # A "no" for a minute lifts the one in whose stead it comes.
        stays_closed = decided == "no" and right.period == Period()
        may_lift = said is None or delegation.may_lift(wanted, said, right.group_id)
        if not may_lift and not stays_closed:
            raise NotYoursToGive
        return await writer.decide(
            wanted, decided, profile_id=profile_id, group_id=right.group_id, period=right.period
        )

    async def take_back(
        self, write: WriteUnit, actor: Actor, id_: UUID, at: datetime | None = None
    ) -> None:
        """End that somebody has a role, or forget what was decided for one person; with ``at``
        let it end at that later moment.
        """
        given, _is_role = await self._given(write, id_)
        place = Place(given.municipality_id, given.institution_id)
        await DECIDING.require(write, self._rights, actor, place)
        writer = writer_for(write, actor, place)
        await writer.begin()
        # Once more: who decided at the same time may have taken it back.
        given, is_role = await self._given(write, id_)
        delegation = Delegation(self._catalogue, actor, place)
        if is_role:
            if given.broker is not None:
                raise RoleFromLogin
            gives = await what_it_gives(write, self._catalogue, place, given.role)
            is_own = delegation.has_said(given.granted_by)
            if not delegation.may_change(given.role) or not (is_own or delegation.may_take(gives)):
                raise NotYoursToGive
            await writer.end_role(given, at)
            return
        if await self._offers.is_above(write, actor, place, given.profile_id):
            raise NotYoursToGive
        said = Standing(given.allowed, given.step_up, given.granted_by)
        # What was closed for the person opens again, with no more proof than before.
        if not delegation.may_lift((given.action, given.relation), said, given.group_id):
            raise NotYoursToGive
        await writer.take_back_one(given, at)

    async def _given(self, unit: ReadUnit, id_: UUID) -> tuple[sa.Row[Any], bool]:
        """Return what was given to somebody, and whether it is a role; raise `NotFound`."""
        for statement, is_role in ((people.GIVEN_ROLE, True), (people.GIVEN_RIGHT, False)):
            given = await unit.first(statement, {"id": id_})
            if given is not None:
                return given, is_role
        raise NotFound


def check_period(unit: ReadUnit, period: Period) -> None:
    """Raise `Invalid` for a period that is over, or ends before it begins."""
    start = period.start or unit.now
    if period.end is not None and period.end <= max(start, unit.now):
        raise wrong("end", _("The end lies before the beginning, or is past"))


def writer_for(write: WriteUnit, actor: Actor, place: Place) -> GrantWriter:
    """Return the writer of what the actor decides at a place."""
    return GrantWriter(write, place, DECIDING.decider(actor, place))
