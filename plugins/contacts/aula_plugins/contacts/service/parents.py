"""Contact parents of a group (CON-3): chosen by the staff of the group."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.contacts import _
from aula_plugins.contacts.models import parent
from aula_plugins.contacts.queries import sharing as queries
from aula_plugins.contacts.schemas import MAX_PARENTS
from aula_plugins.contacts.service.listing import load_head
from aula_sdk.errors import FieldError, Invalid
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, WriteUnit


async def set_contact_parents(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    group_id: UUID,
    profiles: Sequence[UUID],
) -> int:
    """Make exactly these guardians the contact parents of the group; return how many they are.

    Raises `Forbidden` to who sees the group and does not choose, `NotFound` to strangers, and
    `Invalid` when one of them is no guardian with access in the group.
    """
    await platform.permissions.require(
        write, actor, "contacts.set_contact_parents", group_id, sees="contacts.see_group"
    )
    head = await load_head(write, platform, actor, group_id)
    where = {"group": group_id, "now": write.now}
    here = {row.profile_id for row in await write.rows(queries.GUARDIANS_OF_GROUP, where)}
    wanted = list(dict.fromkeys(profiles))
    if len(wanted) > MAX_PARENTS:
        raise _wrong(_("A group has at most %(count)s contact parents") % {"count": MAX_PARENTS})
    if not here.issuperset(wanted):
        raise _wrong(_("Only guardians of the group's children can be contact parents"))
    before = {row.profile_id for row in await write.rows(queries.PARENTS_OF_GROUP, where)}
    gone = sorted(before - set(wanted))
    if gone:
        await write.execute(
            sa.delete(parent).where(parent.c.group_id == group_id, parent.c.profile_id.in_(gone))
        )
    added = [profile for profile in wanted if profile not in before]
    if added:
        chooser = next(one for one in actor.profiles if one.municipality_id == head.municipality_id)
        await write.execute(
            sa.insert(parent),
            [
                {
                    "group_id": group_id,
                    "profile_id": profile,
                    "chooser_id": chooser.id,
                    "chosen_at": write.now,
                    "municipality_id": head.municipality_id,
                }
                for profile in added
            ],
        )
    if gone or added:
        write.audit(
            "contacts.contact_parents_chosen",
            municipality_id=head.municipality_id,
            object_id=group_id,
            subjects=(*added, *gone),
            details={"added": len(added), "removed": len(gone)},
        )
    return len(wanted)


def _wrong(reason: object) -> Invalid:
    return Invalid(fields=(FieldError("parents", str(reason)),))
