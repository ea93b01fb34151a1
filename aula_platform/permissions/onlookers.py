"""Who has looked at one's own and one's children's data (GDPR art. 15, R19).

What is told is chosen with protected families in mind: an institution is named only where the
reader belongs to it, as soon as the person looked at, or whoever looked, is protected; a name only
where the municipality has chosen so, and never a protected person's. Nothing is told of one's own
readings; nor, of a protected child, of broken glass to who is not protected with the child (R8).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.audit.tables import entry, subject
from aula_platform.permissions.catalogue import Catalogue
from aula_platform.permissions.support.hidden import is_of_glass
from aula_platform.stamdata.tables import institution, person, profile
from aula_sdk.audit import AuditKind
from aula_sdk.db import Id
from aula_sdk.i18n import Text
from aula_sdk.ids import IdKind
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import ReadUnit

PAGE = 25
LOOK = IdKind("aud")


class Onlooker(msgspec.Struct, frozen=True):
    """One reading of data about the reader, or about a child of theirs."""

    id: UUID
    at: datetime
    kind: AuditKind
    about: tuple[str, ...]
    """Whose data it was: names of the reader and of their children."""
    role: str
    """A `Kind`, or ``system``."""
    institution: str
    """Empty where it is not told."""
    name: str
    """Empty where it is not told."""
    purpose: Text | None
    """The right by which it was read, in words; None when nobody has such a right any more."""


class _Who(msgspec.Struct, frozen=True):
    """A profile as far as this is concerned."""

    id: UUID
    institution_id: UUID
    institution: str
    person_id: UUID
    name: str
    protected: bool


_TOLD = (AuditKind.LOOK.value, AuditKind.EXPORT.value)
_persons = sa.bindparam("persons", expanding=True, type_=Id)
_places = sa.bindparam("municipalities", expanding=True, type_=Id)
_OWN = (
    sa.select(profile.c.id, profile.c.person_id, person.c.protected)
    .join(person, person.c.id == profile.c.person_id)
    .where(profile.c.person_id.in_(_persons), profile.c.municipality_id.in_(_places))
)
_about = sa.exists().where(
    subject.c.entry_id == entry.c.id,
    subject.c.profile_id.in_(sa.bindparam("profiles", expanding=True, type_=Id)),
)
_about_hidden = sa.exists().where(
    subject.c.entry_id == entry.c.id,
    subject.c.profile_id.in_(sa.bindparam("hidden", expanding=True, type_=Id)),
)
_LOOKS = (
    sa.select(
        entry.c.id,
        entry.c.at,
        entry.c.municipality_id,
        entry.c.kind,
        entry.c.role,
        entry.c.action,
        entry.c.allowed_by,
        entry.c.profiles,
    )
    .where(
        entry.c.municipality_id.in_(_places),
        entry.c.kind.in_(_TOLD),
        entry.c.account_id.is_distinct_from(sa.bindparam("account_id", type_=Id)),
        _about,
        ~sa.and_(is_of_glass(), _about_hidden),
        entry.c.id < sa.bindparam("before", type_=Id),
    )
    .order_by(entry.c.id.desc())
    .limit(PAGE + 1)
)
_ABOUT = sa.select(subject.c.entry_id, subject.c.profile_id).where(
    subject.c.entry_id.in_(sa.bindparam("entries", expanding=True, type_=Id)),
    subject.c.profile_id.in_(sa.bindparam("profiles", expanding=True, type_=Id)),
)
_WHO = (
    sa.select(
        profile.c.id,
        institution.c.id,
        institution.c.name,
        person.c.id,
        person.c.name,
        person.c.protected,
    )
    .select_from(profile)
    .join(institution, institution.c.id == profile.c.institution_id)
    .join(person, person.c.id == profile.c.person_id)
    .where(
        profile.c.id.in_(sa.bindparam("profiles", expanding=True, type_=Id)),
        profile.c.municipality_id.in_(_places),
    )
)
_LAST = UUID(int=(1 << 128) - 1)


def people_of(actor: Actor) -> dict[UUID, str]:
    """Return whose readings somebody may see: their own, and those of children in their custody."""
    own = {one.person_id: one.name for one in actor.profiles}
    return own | {one.person_id: one.name for one in actor.children if one.custody}


async def list_onlookers(
    read: ReadUnit,
    actor: Actor,
    catalogue: Catalogue,
    names_told: Collection[UUID],
    before: UUID | None = None,
) -> tuple[list[Onlooker], UUID | None]:
    """Return who has looked, the latest first, and where the next page begins.

    ``names_told`` are the municipalities that tell the names of their employees.
    """
    people, places = people_of(actor), list(actor.municipalities)
    own = await read.rows(_OWN, {"persons": list(people), "municipalities": places})
    mine = {row.id: row for row in own}
    params = {
        "municipalities": places,
        "profiles": list(mine),
        "hidden": _hidden(actor, own),
        "account_id": actor.account_id,
        "before": before or _LAST,
    }
    rows = (await read.rows(_LOOKS, params))[: PAGE + 1] if mine else ()
    shown = rows[:PAGE]
    about: dict[UUID, list[UUID]] = {}
    if shown:
        ids = {"entries": [row.id for row in shown], "profiles": list(mine)}
        for found in await read.rows(_ABOUT, ids):
            about.setdefault(found.entry_id, []).append(found.profile_id)
    who = await _find_who(read, shown, places)
    items = []
    for row in shown:
        whom = [mine[one] for one in about.get(row.id, ())]
        is_protected = any(one.protected for one in whom)
        names = tuple(dict.fromkeys(people[one.person_id] for one in whom))
        looker = next((who[one] for one in map(_id, row.profiles) if one in who), None)
        tells = row.municipality_id in names_told
        items.append(_describe(actor, catalogue, row, names, looker, is_protected, tells))
    return items, shown[-1].id if len(rows) > PAGE else None


def _hidden(actor: Actor, rows: Sequence[sa.Row[Any]]) -> list[UUID]:
    """Return the profiles of children who are protected while the reader is not."""
    own = {one.person_id for one in actor.profiles}
    if any(row.protected for row in rows if row.person_id in own):
        return []
    return [row.id for row in rows if row.protected]


def _id(text: str) -> UUID:
    return UUID(hex=text)


async def _find_who(
    read: ReadUnit, rows: Sequence[sa.Row[Any]], places: list[UUID]
) -> Mapping[UUID, _Who]:
    wanted = {_id(one) for row in rows for one in row.profiles}
    if not wanted:
        return {}
    params = {"profiles": sorted(wanted), "municipalities": places}
    return {one.id: one for one in await read.structs(_Who, _WHO, params)}


def _describe(
    actor: Actor,
    catalogue: Catalogue,
    row: sa.Row[Any],
    about: tuple[str, ...],
    looker: _Who | None,
    is_protected: bool,  # noqa: FBT001  # Said by the one caller, above.
    tells: bool,  # noqa: FBT001
) -> Onlooker:
    right = catalogue.actions.get(row.action) or catalogue.actions.get(
        row.allowed_by.partition(":")[0]
    )
    place = name = ""
    if looker is not None:
        own = {one.institution_id for one in actor.profiles}
        # Other families are not told of: where they belong is their own affair.
        is_staff = row.role in {Kind.EMPLOYEE.value, Kind.EXTERNAL.value}
        is_open = is_staff and not (is_protected or looker.protected)
        place = looker.institution if is_open or looker.institution_id in own else ""
        name = looker.name if is_open and tells else ""
    return Onlooker(
        row.id, row.at, AuditKind(row.kind), about, row.role, place, name,
        right.title if right else None,
    )  # fmt: skip
