"""What is kept about people, why and for how long; how it is given out and erased.

How to reach people is not kept here: it is stamdata, and given out by the kernel.
"""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.contacts import _
from aula_plugins.contacts.models import parent, sharing
from aula_sdk import stamdata
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData, SubjectData
from aula_sdk.protocols import ReadUnit, WriteUnit

_LAW = _("Task of a public authority (GDPR art. 6(1)(e)), under the laws on schools and day-care")
_CONSENT = _("The person's own choice (GDPR art. 6(1)(a)); it can be changed at any time")
_KEPT = _("Until 30 days after the person has left")
_ORDINARY = DataClass.ORDINARY

PERSONAL_DATA = (
    PersonalData(
        sharing.name,
        _("Shows contact data to those with whom the person wants to share it"),
        _CONSENT,
        _KEPT,
        {
            "person_id": FieldPrivacy(_ORDINARY, _("Whose contact data it is about")),
            "chooser_id": FieldPrivacy(
                DataClass.CONFIDENTIAL,
                _("Who chose; for a child somebody with custody, or the child when old enough"),
            ),
            "width": FieldPrivacy(_ORDINARY, _("With whom it is shared")),
            "chosen_at": FieldPrivacy(_ORDINARY, _("When that was chosen")),
        },
    ),
    PersonalData(
        parent.name,
        _("Shows who the contact parents of a group are"),
        _LAW,
        _KEPT,
        {
            "profile_id": FieldPrivacy(_ORDINARY, _("The contact parent")),
            "chooser_id": FieldPrivacy(_ORDINARY, _("Which employee chose")),
            "chosen_at": FieldPrivacy(_ORDINARY, _("When that was chosen")),
        },
        technical=("group_id",),
    ),
)


def _profiles(person_id: UUID) -> sa.Select[Any]:
    return sa.select(stamdata.profile.c.id).where(stamdata.profile.c.person_id == person_id)


async def export_person(
    person_id: UUID, read: ReadUnit
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Yield every row that names the person.

    Who else has answered for the person is left out: it would tell who has custody (CON-6).
    """
    for row in await read.rows(
        sa.select(sharing).where(
            sa.or_(sharing.c.person_id == person_id, sharing.c.chooser_id == person_id)
        )
    ):
        values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it.
        if values["chooser_id"] != person_id:
            del values["chooser_id"]
        yield sharing.name, values
    mine = _profiles(person_id)
    for row in await read.rows(
        sa.select(parent).where(
            sa.or_(parent.c.profile_id.in_(mine), parent.c.chooser_id.in_(mine))
        )
    ):
        yield parent.name, dict(row._mapping)  # noqa: SLF001


async def erase_person(person_id: UUID, write: WriteUnit) -> int:
    """Remove the person's answers and posts; return how many rows that touched.

    Contact parents whom the person has chosen stay, without the name of who chose them.
    """
    answers = await write.execute(
        sa.delete(sharing).where(
            sa.or_(sharing.c.person_id == person_id, sharing.c.chooser_id == person_id)
        )
    )
    mine = _profiles(person_id)
    posts = await write.execute(sa.delete(parent).where(parent.c.profile_id.in_(mine)))
    chosen = await write.execute(
        sa.update(parent).where(parent.c.chooser_id.in_(mine)).values(chooser_id=None)
    )
    return answers.rowcount + posts.rowcount + chosen.rowcount


SUBJECT_DATA = SubjectData("contacts", export_person, erase_person)
