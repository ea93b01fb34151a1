"""As whom the site may be seen, and what is left of a person while somebody else looks on (R2).

A supporter sees what the person would see of what is ordinary, and changes nothing. Asked anew at
each request, so that it ends with the right, with the profile, and with a new protection.
"""

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.break_glass import Glass, find_glass
from aula_platform.identity.impersonation import find_seen
from aula_platform.identity.sessions import Seeing
from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.catalogue import Catalogue
from aula_platform.permissions.checks import PermissionChecks
from aula_platform.permissions.narrowing import limit
from aula_platform.permissions.support.glass import areas_of
from aula_platform.storage import EVERYWHERE, Read, around
from aula_sdk import stamdata
from aula_sdk.contributions import DataClass
from aula_sdk.db import Id
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.operations import BREAK_GLASS, SEE_AS
from aula_sdk.people import Actor, Kind, Supporter
from aula_sdk.permissions import MUNICIPALITY_ADMIN

_ = gettext_for("aula")
FRAME = "shell.use"
"""What pages are asked for by, whatever stands in them."""
WHOLE = "municipality"
"""By which name the kernel's resources call the relation to all of a municipality."""
_seen, _institution = stamdata.profile, stamdata.institution
_ONE = _seen.c.id == sa.bindparam("profile_id", type_=Id)


class HoldsMore(Forbidden):
    """The person may do as an administrator what the supporter may not."""

    code = "support.holds-more"
    title = _("You cannot see the site as somebody who may do more than you")


class Seen(msgspec.Struct, frozen=True):
    """Somebody as whom the site may be seen."""

    profile_id: UUID
    person_id: UUID
    institution_id: UUID
    municipality_id: UUID
    kind: str
    name: str
    institution: str


@cache
def _found(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns = ("id", "person_id", "institution_id", "municipality_id", "kind", "name")
    return (
        sa.select(*(_seen.c[name] for name in columns), _institution.c.name)
        .join_from(_seen, _institution, _institution.c.id == _seen.c.institution_id)
        .where(_ONE, clause)
    )


@cache
def _reached(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The profiles of a person that a supporter may see the site as, in one municipality."""
    wanted = (
        _seen.c.person_id == sa.bindparam("person_id", type_=Id),
        _seen.c.kind == sa.bindparam("kind"),
    )
    return sa.select(_seen.c.id).where(*wanted, clause)


class SeeingAs:
    """Says who may see the site as whom, and as what kind of actor."""

    def __init__(self, checks: PermissionChecks, actors: ActorLoader) -> None:
        self._checks = checks
        self._actors = actors
        self._administrative = administrative(checks.catalogue)

    async def find(
        self, read: Read, supporter: Actor, profile_id: UUID, glass: Glass | None = None
    ) -> tuple[Seen, Actor]:
        """Return whom the supporter would see the site as, and what would be left of that person:
        what is ordinary, or what the broken ``glass`` opens and nothing else.

        Raises `NotFound` for nobody, for oneself, for who is out of reach, without a glass for who
        is protected, and `HoldsMore`. A second factor is asked for when it begins, not again at
        each request; what takes one is there while the session's own is fresh.
        """
        action = BREAK_GLASS if glass else SEE_AS
        proved = msgspec.structs.replace(supporter, stepped_up=True)
        visible = self._checks.visible(proved, action)
        asked = {**visible.params, "profile_id": profile_id}
        found = await read.structs(Seen, _found(visible.clause), asked)
        if not found:
            raise NotFound
        whom = found[0]
        own = {**visible.params, "person_id": whom.person_id, "kind": whom.kind}
        rows = await read.rows(_reached(visible.clause), own)
        person = await self._load(read, supporter, profile_id)
        if glass is None and self._holds_more(person, proved, whom.municipality_id):
            raise HoldsMore
        opened = self._ordinary if glass is None else self._opened(glass)
        left = limit(
            person, opened, [row.id for row in rows], proved=bool(glass) and supporter.stepped_up
        )
        if left is None:
            raise NotFound
        withheld = frozenset(person.holdings) - frozenset(left.holdings)
        return whom, msgspec.structs.replace(left, withheld=withheld)

    async def may_see(self, read: Read, supporter: Actor, profile_id: UUID) -> bool:
        """Whether the supporter would be let in as the person, after a fresh second factor."""
        if not supporter.can(SEE_AS):
            return False
        try:
            await self.find(read, supporter, profile_id)
        except (NotFound, Forbidden):
            return False
        return True

    async def as_other(self, read: Read, supporter: Actor | None, seeing: Seeing) -> Actor | None:
        """Return as whom the supporter's session sees the site now; None when it may not any more:
        also when the supporter is nobody now, and when the glass is whole again.
        """
        seen = await find_seen(read, seeing.id) if supporter else None
        if supporter is None or seen is None:
            return None
        glass = None
        if seen.glass_id is not None:
            glass = await find_glass(read, seen.glass_id, supporter.municipalities)
            if glass is None or not glass.is_open(read.now):
                return None
        try:
            whom, actor = await self.find(read, supporter, seen.profile_id, glass)
        except (NotFound, Forbidden):
            return None
        action = BREAK_GLASS if glass else SEE_AS
        by = supporter_of(supporter, action, whom.municipality_id, whom.institution_id)
        return msgspec.structs.replace(
            actor,
            seen_by=Supporter(
                seeing.id, supporter.account_id, by[1], by[0], supporter.role,
                supporter.assurance, seeing.until, action, seen.glass_id,
            ),
        )  # fmt: skip

    def _opened(self, glass: Glass) -> frozenset[str]:
        """Return what the glass opens, beside the frame that pages stand in."""
        return areas_of(self._checks.catalogue).get(glass.area, frozenset()) | {FRAME}

    @property
    def _ordinary(self) -> frozenset[str]:
        actions = self._checks.catalogue.actions.values()
        return frozenset(one.name for one in actions if one.reads is DataClass.ORDINARY)

    async def _load(self, read: Read, supporter: Actor, profile_id: UUID) -> Actor:
        """Load the person as they would act; their other municipalities are left out afterwards."""
        read.wall = EVERYWHERE
        try:
            return await self._actors.for_profile(read, profile_id)
        finally:
            read.wall = around(supporter.municipalities)

    def _holds_more(self, person: Actor, supporter: Actor, municipality_id: UUID) -> bool:
        """Whether the person may do something as an administrator there that the supporter may not,
        or for the whole municipality what the supporter may at an institution alone.
        """
        for action in self._administrative:
            theirs = _relations(person, action, municipality_id)
            own = _relations(supporter, action, municipality_id)
            if (theirs and not own) or WHOLE in theirs - own:
                return True
        return False


def _relations(actor: Actor, action: str, municipality_id: UUID) -> frozenset[str]:
    return frozenset(
        holding.relation
        for holding in actor.holdings.get(action, ())
        if municipality_id in holding.municipalities
    )


def administrative(catalogue: Catalogue) -> frozenset[str]:
    """Return what a municipality's administrators may from the start and no kind of person: rights
    over rights, over features, over requests, and what plugins leave to them.
    """
    of_kinds = {
        default.action for kind in Kind for default in catalogue.defaults.get(kind.value, ())
    }
    of_administrators = {one.action for one in catalogue.defaults.get(MUNICIPALITY_ADMIN, ())}
    return frozenset(of_administrators - of_kinds)


def supporter_of(
    actor: Actor, action: str, municipality_id: UUID, institution_id: UUID
) -> tuple[UUID, UUID]:
    """Return profile and person with which somebody supports there, at the institution if any."""
    held = {profile for holding in actor.holdings.get(action, ()) for profile in holding.profiles}
    here = [
        one for one in actor.profiles if one.id in held and one.municipality_id == municipality_id
    ]
    there = [one for one in here if one.institution_id == institution_id]
    found = (there or here)[0]
    return found.id, found.person_id
