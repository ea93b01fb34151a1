"""How groups end: what they were set up with goes some time after the group has ended."""

from collections.abc import Sequence
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
from aula_sdk.ids import GROUP
from aula_sdk.protocols import WriteUnit
from aula_sdk.retention import KeptOtherwise, Link, RetentionSubject


def _ended_before(before: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    group = stamdata.group
    ended = sa.exists().where(group.c.id == set_up.c.id, group.c.valid_to < before)
    return ended.correlate(set_up)


async def remove_groups(ids: Sequence[UUID], write: WriteUnit) -> int:
    """Remove who was chosen, looked after and applied, and the set-up; return how many rows.

    The group's name stays in the stamdata: posts and conversations say for whom they were. So does
    what other groups have of it as their part (GRP-7).
    """
    touched = 0
    for statement in (
        *(
            sa.delete(table).where(table.c.group_id.in_(ids))
            for table in (application, editor, part, chosen)
        ),
        sa.delete(set_up).where(set_up.c.id.in_(ids)),
    ):
        touched += (await write.execute(statement)).rowcount
    return touched


RETENTION: tuple[RetentionSubject | KeptOtherwise, ...] = (
    RetentionSubject(
        "groups.ended",
        _("Who was in groups that have ended, and how these were set up"),
        _("after the group has ended"),
        GROUP,
        set_up,
        12,
        1,
        60,
        _ended_before,
        remove_groups,
        (set_up.name, chosen.name, part.name, editor.name, application.name),
        people=(
            Link(chosen.c.group_id, chosen.c.profile_id),
            Link(editor.c.group_id, editor.c.profile_id),
            Link(application.c.group_id, application.c.profile_id),
            Link(application.c.group_id, application.c.applicant_id),
            Link(set_up.c.id, set_up.c.maker_id),
        ),
        groups=(Link(set_up.c.id, set_up.c.id),),
    ),
    KeptOtherwise(
        "groups.templates",
        (template.name, template_right.name),
        _("Templates name nobody; administrators remove them"),
    ),
)
