"""Who breaks the glass to whose data, who approves it, and who is told (R2).

A right that is opened so is a reading right of one part of the site, as the person holds it:
whoever opened it sees what the person may read there, and nothing else.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.break_glass import (
    Glass,
    NewGlass,
    ask_for,
    end_glass,
    find_glass,
    settle,
    withdraw_glass,
)
from aula_platform.identity.tables import MAX_REASON, break_glass
from aula_platform.permissions.catalogue import Catalogue, owner_of
from aula_platform.permissions.checks import PermissionChecks
from aula_platform.stamdata.tables import guardianship, person
from aula_sdk import stamdata
from aula_sdk.audit import AuditKind
from aula_sdk.db import Id
from aula_sdk.errors import FieldError, Forbidden, Invalid, NotFound
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.operations import APPROVE_GLASS, BREAK_GLASS, READ_GLASSES
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit
from aula_sdk.support import DecidedAlready, GlassWish, WishLapsed

_ = gettext_for("aula")
ASKED, SETTLED, WITHDRAWN, ENDED = NOTED = (
    "identity.glass_asked",
    "identity.glass_settled",
    "identity.glass_withdrawn",
    "identity.glass_ended",
)
"""What the audit calls what becomes of a wish."""
_whom = stamdata.profile


@cache
def _found(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns = (_whom.c.id, _whom.c.person_id, _whom.c.institution_id, _whom.c.municipality_id)
    one = _whom.c.id == sa.bindparam("profile_id", type_=Id)
    return sa.select(*columns, _whom.c.name).where(one, clause)


_WHOSE = sa.select(_whom.c.person_id, _whom.c.kind).where(
    _whom.c.id == sa.bindparam("profile_id", type_=Id)
)
_IS_PROTECTED = sa.select(person.c.protected).where(
    person.c.id == sa.bindparam("person_id", type_=Id)
)
_GUARDIANS = (
    sa.select(person.c.id, person.c.protected)
    .join(guardianship, guardianship.c.guardian_person_id == person.c.id)
    .where(
        guardianship.c.child_person_id == sa.bindparam("person_id", type_=Id),
        guardianship.c.custody,
        stamdata.valid(guardianship, sa.bindparam("now", type_=break_glass.c.asked_at.type)),
    )
)


def areas_of(catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """Return what can be opened, by the part of the site: actions that say so of themselves."""
    found: dict[str, set[str]] = {}
    for action in catalogue.actions.values():
        if action.break_glass:
            found.setdefault(owner_of(action.name), set()).add(action.name)
    return {area: frozenset(actions) for area, actions in found.items()}


async def owners_of(read: ReadUnit, profile_id: UUID) -> list[UUID]:
    """Return whose the data is: the person, and of a child those who have custody.

    Of a protected child only those who are protected with it: the other may be the one from whom
    the family hides (R8).
    """
    whose = await read.first(_WHOSE, {"profile_id": profile_id})
    if whose is None:
        return []
    is_protected = bool(await read.scalar(_IS_PROTECTED, {"person_id": whose.person_id}))
    rows = await read.rows(_GUARDIANS, {"person_id": whose.person_id, "now": read.now})
    told = [row.id for row in rows if row.protected or not is_protected]
    return [whose.person_id, *told]


class GlassDesk:
    """Asking, approving and ending; each is audited, and nobody approves what they asked for."""

    def __init__(self, checks: PermissionChecks, most_hours: int) -> None:
        self._checks = checks
        self.most_hours = most_hours

    @property
    def areas(self) -> Sequence[str]:
        """The parts of the site that can be opened, by their plugins' names."""
        return sorted(areas_of(self._checks.catalogue))

    def enter(self, actor: Actor) -> None:
        """Raise `Forbidden` to who neither asks, decides nor reviews anywhere."""
        if not any(actor.can(one) for one in (READ_GLASSES, BREAK_GLASS, APPROVE_GLASS)):
            raise Forbidden

    async def may_ask(self, read: ReadUnit, actor: Actor, profile_id: UUID) -> bool:
        """Whether the actor may ask about the person, after a fresh second factor."""
        proved = msgspec.structs.replace(actor, stepped_up=True)
        return await self._checks.may(read, proved, BREAK_GLASS, profile_id)

    async def whom(self, read: ReadUnit, actor: Actor, profile_id: UUID) -> Any:
        """Return the person of whom the actor may ask for something; raise `NotFound`."""
        visible = self._checks.visible(actor, BREAK_GLASS)
        params = {**visible.params, "profile_id": profile_id}
        found = await read.first(_found(visible.clause), params)
        if found is None:
            raise NotFound
        return found

    async def ask(self, write: WriteUnit, actor: Actor, profile_id: UUID, wish: GlassWish) -> UUID:
        """Ask for access to what the person reads in one area; raise `NotFound`, `Invalid`."""
        whom = await self.whom(write, actor, profile_id)
        self._check(wish)
        by = decider(actor, BREAK_GLASS, whom.municipality_id)
        new = NewGlass(
            whom.municipality_id, whom.institution_id, whom.id, by, wish.area,
            wish.reason.strip(), wish.hours,
        )  # fmt: skip
        key = await ask_for(write, new)
        self._note(write, ASKED, whom.municipality_id, key, whom.id, hours=wish.hours)
        return key

    def _check(self, wish: GlassWish) -> None:
        wrong: list[tuple[str, Text]] = []
        if wish.area not in self.areas:
            wrong.append(("area", _("Choose what is to be read")))
        if not wish.reason.strip():
            wrong.append(("reason", _("Say why. The person reads it.")))
        elif len(wish.reason.strip()) > MAX_REASON:
            wrong.append(("reason", _("That is too long")))
        if not 1 <= wish.hours <= self.most_hours:
            wrong.append(("hours", _("Choose one of the times")))
        if wrong:
            raise Invalid(fields=tuple(FieldError(name, str(why)) for name, why in wrong))

    async def decide(self, write: WriteUnit, actor: Actor, key: UUID, *, approved: bool) -> None:
        """Approve or refuse what somebody else has asked for.

        Raises `NotFound` to whoever may not: also to who has asked, in whatever role, and to whose
        data it is; `DecidedAlready` when it is settled, `WishLapsed` after a day.
        """
        if not await self._checks.may(write, actor, APPROVE_GLASS, key):
            raise NotFound
        glass = await find_glass(write, key, actor.municipalities)
        if glass is None:
            raise NotFound
        if glass.has_lapsed(write.now):
            raise WishLapsed
        owners = await owners_of(write, glass.profile_id)
        by = decider(actor, APPROVE_GLASS, glass.municipality_id)
        if not await settle(write, glass, by, approved=approved, owners=owners):
            raise DecidedAlready
        self._note(
            write, SETTLED, glass.municipality_id, key, glass.profile_id, approved=approved,
        )  # fmt: skip

    async def end(self, write: WriteUnit, actor: Actor, key: UUID) -> None:
        """End it before its time: whoever has asked, or may approve; raise `NotFound`.

        Who has asked takes back by it what nobody has decided about.
        """
        self.enter(actor)
        glass = await find_glass(write, key, actor.municipalities)
        if glass is None:
            raise NotFound
        is_mine = glass.asker_id in {one.id for one in actor.profiles}
        # To close something takes no second factor.
        proved = msgspec.structs.replace(actor, stepped_up=True)
        if not is_mine and not await self._checks.may(write, proved, APPROVE_GLASS, key):
            raise NotFound
        if is_mine and await withdraw_glass(write, glass):
            self._note(write, WITHDRAWN, glass.municipality_id, key, glass.profile_id)
        elif await end_glass(write, key):
            self._note(write, ENDED, glass.municipality_id, key, glass.profile_id)

    async def open(self, read: ReadUnit, actor: Actor, key: UUID) -> Glass:
        """Return what the actor has asked for and may read now; raise `NotFound`."""
        glass = await find_glass(read, key, actor.municipalities)
        if glass is None or not glass.is_open(read.now):
            raise NotFound
        if glass.asker_id not in {one.id for one in actor.profiles}:
            raise NotFound
        await self.whom(read, actor, glass.profile_id)
        return glass

    def _note(
        self,
        write: WriteUnit,
        action: str,
        municipality_id: UUID,
        key: UUID,
        about: UUID,
        **details: int,
    ) -> None:
        write.audit(
            action,
            municipality_id=municipality_id,
            object_id=key,
            subjects=(about,),
            details=details,
            kind=AuditKind.GRANT,
        )


def decider(actor: Actor, action: str, municipality_id: UUID) -> UUID:
    """Return the profile with which somebody does it there."""
    held = [one for one in actor.profiles_for(action) if one.municipality_id == municipality_id]
    if not held:
        raise NotFound
    return held[0].id
