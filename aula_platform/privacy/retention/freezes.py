"""Freezing: saying from what nothing is deleted, why and until when; and lifting it again."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from aula_platform.privacy.retention.held import hold_off_deleting, is_active
from aula_platform.privacy.retention.tables import freeze
from aula_platform.stamdata.tables import group, institution, person, profile
from aula_sdk.db import Id, Instant
from aula_sdk.errors import Conflict, FieldError, Invalid, NotFound
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.ids import GROUP, INSTITUTION, MUNICIPALITY, PERSON, PROFILE, WrongIdKind, new_id
from aula_sdk.protocols import ReadUnit, WriteUnit
from aula_sdk.retention import (
    DECIDE_RETENTION,
    MAX_REASON,
    FreezeKind,
    FreezeLine,
    RetentionSubject,
)

_ = gettext_for("aula")
FROZEN, LIFTED = "privacy.retention_frozen", "privacy.retention_lifted"
_MOST = 500
_who = profile.alias("who")
_held_person = person.alias("held_person")


class AlreadyFrozen(Conflict):
    """This very thing is frozen already."""

    code = "retention.frozen-already"
    title = _("This is exempt from deletion already")


class Target(NamedTuple):
    """What is to be frozen."""

    kind: FreezeKind
    id: UUID


def _listed() -> sa.Select[tuple[object, ...]]:
    names = sa.func.coalesce(institution.c.name, group.c.name, _held_person.c.name, "")
    return (
        sa.select(
            freeze.c.id,
            freeze.c.municipality_id,
            freeze.c.kind,
            freeze.c.target_id,
            names.label("name"),
            freeze.c.reason,
            freeze.c.frozen_at,
            freeze.c.until,
            sa.func.coalesce(person.c.name, "").label("by"),
        )
        .outerjoin(institution, institution.c.id == freeze.c.target_id)
        .outerjoin(group, group.c.id == freeze.c.target_id)
        .outerjoin(_held_person, _held_person.c.id == freeze.c.target_id)
        .outerjoin(_who, _who.c.id == freeze.c.frozen_by)
        .outerjoin(person, person.c.id == _who.c.person_id)
        .where(
            freeze.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
            is_active(sa.bindparam("now", type_=Instant)),
        )
        .order_by(freeze.c.frozen_at.desc(), freeze.c.id.desc())
        .limit(_MOST)
    )


_LISTED = _listed()


async def list_freezes(read: ReadUnit, municipality_id: UUID) -> list[FreezeLine]:
    """Return what is frozen now, the newest first; each is noted as read, about whom it is."""
    rows = await read.rows(_LISTED, {"municipality_id": municipality_id, "now": read.now})
    found = [
        FreezeLine(**{**dict(row._mapping), "kind": FreezeKind(row.kind)})  # noqa: SLF001  # SQLAlchemy's public name for it.
        for row in rows
    ]
    people = {one.target_id for one in found if one.kind is FreezeKind.PERSON}
    profiles = await _profiles_of(read, municipality_id, people) if people else {}
    for one in found:
        read.looked(
            DECIDE_RETENTION,
            municipality_id=municipality_id,
            object_id=one.id,
            subjects=profiles.get(one.target_id, ()),
        )
    return found


async def _profiles_of(
    read: ReadUnit, municipality_id: UUID, people: Collection[UUID]
) -> dict[UUID, list[UUID]]:
    theirs = profile.c.municipality_id == municipality_id, profile.c.person_id.in_(people)
    found: dict[UUID, list[UUID]] = {}
    for row in await read.rows(sa.select(profile.c.person_id, profile.c.id).where(*theirs)):
        found.setdefault(row.person_id, []).append(row.id)
    return found


async def set_freeze(
    write: WriteUnit,
    municipality_id: UUID,
    by: UUID | None,
    target: str,
    reason: str,
    until: datetime | None,
    subjects: Mapping[str, RetentionSubject],
) -> UUID:
    """Freeze what the id names; return the freeze's id. Audited, without the reason."""
    reason = reason.strip()
    if not reason:
        raise _wrong("reason", _("Say why it must not be deleted"))
    if len(reason) > MAX_REASON:
        raise _wrong("reason", _("That is too long"))
    if until is not None and until <= write.now:
        raise _wrong("until", _("This day has passed"))
    await hold_off_deleting(write, municipality_id)
    wanted = await find_target(write, municipality_id, target.strip(), subjects)
    now = sa.literal(write.now, Instant)
    same = freeze.c.kind == wanted.kind, freeze.c.target_id == wanted.id, is_active(now)
    here = freeze.c.municipality_id == municipality_id
    if await write.first(sa.select(freeze.c.id).where(here, *same)) is not None:
        raise AlreadyFrozen
    key = new_id()
    await write.execute(
        sa.insert(freeze),
        {
            "id": key,
            "municipality_id": municipality_id,
            "kind": wanted.kind,
            "target_id": wanted.id,
            "reason": reason,
            "frozen_by": by,
            "frozen_at": write.now,
            "until": until,
        },
    )
    write.audit(
        FROZEN, municipality_id=municipality_id, object_id=key, details={"kind": wanted.kind.value}
    )
    return key


async def lift_freeze(write: WriteUnit, by: Mapping[UUID, UUID | None], freeze_id: UUID) -> None:
    """End a freeze of one of these municipalities; raise `NotFound` when it holds no more.

    ``by`` says by municipality which profile does so; None: the operator.
    """
    now = sa.literal(write.now, Instant)
    this = freeze.c.id == freeze_id, freeze.c.municipality_id.in_(by), is_active(now)
    row = await write.first(sa.select(freeze.c.municipality_id, freeze.c.kind).where(*this))
    if row is None:
        raise NotFound
    lifted = {"lifted_by": by[row.municipality_id], "lifted_at": write.now}
    await write.execute(sa.update(freeze).where(freeze.c.id == freeze_id).values(lifted))
    write.audit(
        LIFTED,
        municipality_id=row.municipality_id,
        object_id=freeze_id,
        details={"kind": row.kind},
    )


async def find_target(
    unit: ReadUnit, municipality_id: UUID, target: str, subjects: Mapping[str, RetentionSubject]
) -> Target:
    """Return what an id on the wire names in the municipality; raise `Invalid` for nothing.

    A profile stands for its person: who is frozen is frozen at every institution.
    """
    for kind, prefix, columns in (
        (FreezeKind.INSTITUTION, INSTITUTION, (institution.c.id, institution.c.id)),
        (FreezeKind.GROUP, GROUP, (group.c.id, group.c.id)),
        (FreezeKind.PERSON, PERSON, (person.c.id, person.c.id)),
        (FreezeKind.PERSON, PROFILE, (profile.c.id, profile.c.person_id)),
        *(
            (FreezeKind.THING, one.kind, (one.id_column, one.id_column))
            for one in subjects.values()
        ),
    ):
        try:
            key = prefix.parse(target)
        except WrongIdKind:
            continue
        known, wanted = columns
        here = known.table.c.municipality_id == municipality_id
        row = await unit.first(sa.select(wanted.label("id")).where(known == key, here))
        if row is not None:
            return Target(kind, row.id)
    if target == MUNICIPALITY.format(municipality_id):
        return Target(FreezeKind.MUNICIPALITY, municipality_id)
    raise _wrong("target", _("There is nothing of this id in the municipality"))


def _wrong(field: str, told: Text) -> Invalid:
    return Invalid(told, fields=(FieldError(field, str(told)),))
