"""What is kept about people, why and for how long; how it is given out and erased."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.groups import _
from aula_plugins.groups.models import (
    application,
    chosen,
    editor,
    part,
    set_up,
    template,
    template_right,
)
from aula_sdk import stamdata
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData, SubjectData
from aula_sdk.i18n import Text
from aula_sdk.protocols import ReadUnit, WriteUnit

_TASK = _("Groups in which school, day-care and home work together")
_LAW = _("Task of a public authority (GDPR art. 6(1)(e)), under the laws on schools and day-care")
_KEPT = _("As long as the group is kept, under the municipality's retention schedule")
_DECIDED = _("Until it is decided or withdrawn, and then as long as the municipality has set")
_ORDINARY, _CONFIDENTIAL = DataClass.ORDINARY, DataClass.CONFIDENTIAL


def _table(
    table: sa.Table,
    purpose: Text,
    *,
    retention: Text = _KEPT,
    technical: tuple[str, ...] = (),
    **fields: FieldPrivacy,
) -> PersonalData:
    return PersonalData(table.name, purpose, _LAW, retention, fields, technical)


PERSONAL_DATA = (
    _table(
        set_up,
        _TASK,
        description=FieldPrivacy(_ORDINARY, _("What those who look after it say about the group")),
        maker_id=FieldPrivacy(_ORDINARY, _("Who made the group")),
        technical=(
            "institution_id",
            "made_here",
            "across",
            "access",
            "show_members",
            "for_employee",
            "for_pupil",
            "for_guardian",
            "for_external",
        ),
    ),
    _table(
        chosen,
        _TASK,
        profile_id=FieldPrivacy(_ORDINARY, _("Who was added or has joined")),
        technical=("group_id",),
    ),
    _table(
        part,
        _TASK,
        technical=("group_id", "part_id", "kind", "follower_id"),
    ),
    _table(
        editor,
        _("Shows who looks after a group, and lets them"),
        profile_id=FieldPrivacy(_ORDINARY, _("Who looks after the group")),
        technical=("group_id",),
    ),
    _table(
        application,
        _("Lets those who look after a group decide who joins it"),
        retention=_DECIDED,
        profile_id=FieldPrivacy(_ORDINARY, _("Who would become a member")),
        applicant_id=FieldPrivacy(_ORDINARY, _("Who has asked")),
        words=FieldPrivacy(_CONFIDENTIAL, _("What the person wrote about it")),
        state=FieldPrivacy(_ORDINARY, _("What was decided")),
        decider_id=FieldPrivacy(_ORDINARY, _("Who has decided")),
        technical=("group_id",),
    ),
    _table(
        template,
        _TASK,
        description=FieldPrivacy(_ORDINARY, _("What those who look after it say about the group")),
        technical=(
            "institution_id",
            "name",
            "access",
            "show_members",
            "for_employee",
            "for_pupil",
            "for_guardian",
            "for_external",
        ),
    ),
    _table(
        template_right,
        _("Says what kinds of people may do in groups that take a template"),
        technical=("template_id", "kind", "right_name", "allowed"),
    ),
)

_ABOUT: tuple[tuple[sa.Table, str], ...] = (
    (set_up, "maker_id"),
    (chosen, "profile_id"),
    (editor, "profile_id"),
    (application, "profile_id"),
    (application, "applicant_id"),
    (application, "decider_id"),
)
"""Every column that names a person."""


def _profiles(person_id: UUID) -> sa.Select[Any]:
    return sa.select(stamdata.profile.c.id).where(stamdata.profile.c.person_id == person_id)


async def export_person(
    person_id: UUID, read: ReadUnit
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Yield every row that names the person; what others wrote is theirs and stays out."""
    for table, column in _ABOUT:
        rows = await read.rows(sa.select(table).where(table.c[column].in_(_profiles(person_id))))
        for row in rows:
            found = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it.
            if column == "decider_id":
                del found["words"]
            yield table.name, found


async def erase_person(person_id: UUID, write: WriteUnit) -> int:
    """Remove the person from every row; return how many were touched.

    Groups stay without their maker, decisions without who has taken them. Memberships are
    stamdata, which the kernel erases.
    """
    touched = 0
    mine = _profiles(person_id)
    for table, column in ((chosen, "profile_id"), (editor, "profile_id")):
        gone = await write.execute(sa.delete(table).where(table.c[column].in_(mine)))
        touched += gone.rowcount
    asked = sa.or_(application.c.profile_id.in_(mine), application.c.applicant_id.in_(mine))
    touched += (await write.execute(sa.delete(application).where(asked))).rowcount
    for table, column in ((set_up, "maker_id"), (application, "decider_id")):
        changed = await write.execute(
            sa.update(table).where(table.c[column].in_(mine)).values({column: None})
        )
        touched += changed.rowcount
    return touched


SUBJECT_DATA = SubjectData("groups", export_person, erase_person)
