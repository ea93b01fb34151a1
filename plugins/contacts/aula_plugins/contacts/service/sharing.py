"""With whom contact data is shared: everybody for themselves, for a child who has custody.

From the age for own consent on a pupil decides alone (CNS-4, decision 0045).
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.contacts.models import Audience, sharing
from aula_plugins.contacts.queries import sharing as queries
from aula_plugins.contacts.schemas import SharingChoice
from aula_sdk.ages import day_number
from aula_sdk.errors import NotFound
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


async def list_choices(
    read: ReadUnit, platform: Platform, actor: Actor
) -> tuple[SharingChoice, ...]:
    """Return the reader and the children of whom the reader has custody, each once.

    For those who decide alone the reader does not choose, and sees what holds.
    """
    people = [profile.id for profile in actor.profiles]
    people += [child.profile_id for child in actor.children]
    found: dict[UUID, SharingChoice] = {}
    for row in await _rows(read, platform, actor, people):
        choice = _choice(row, actor)
        # Somebody can decide alone at one institution and not yet at another.
        if row.person_id not in found or choice.may_choose:
            found[row.person_id] = choice
    return tuple(sorted(found.values(), key=lambda choice: not choice.is_me))


async def age_to_choose(read: ReadUnit, actor: Actor) -> int | None:
    """Return from which age a pupil decides alone, at one institution at least; None to others."""
    if actor.role is not Kind.PUPIL:
        return None
    people = [profile.id for profile in actor.profiles]
    ages = await read.rows(queries.AGES, {"people": people, "now": read.now})
    return min((row[0] for row in ages), default=None)


async def _rows(
    read: ReadUnit, platform: Platform, actor: Actor, people: Sequence[UUID]
) -> list[queries.ChoiceRow]:
    choose = platform.permissions.visible(actor, "contacts.choose_sharing")
    see = platform.permissions.visible(actor, "contacts.see_contact_data")
    return await read.structs(
        queries.ChoiceRow,
        queries.choices(choose.clause, see.clause),
        {
            **see.params,
            **choose.params,
            "people": people,
            "choosers": [profile.person_id for profile in actor.profiles],
            "custody": [child.profile_id for child in actor.children if child.custody],
            "now": read.now,
            "today": day_number(read.now),
        },
    )


def _choice(row: queries.ChoiceRow, actor: Actor) -> SharingChoice:
    return SharingChoice(
        row.key,
        row.name,
        row.person_id in {profile.person_id for profile in actor.profiles},
        row.may_choose,
        None if row.chosen is None else Audience.of_width(row.chosen),
        Audience.of_width(row.in_force or 0),
    )


async def choose(
    write: WriteUnit, platform: Platform, actor: Actor, profile_id: UUID, audience: Audience
) -> SharingChoice:
    """Share the person's contact data with this audience, from the next request on.

    The answer holds wherever that person is. For a child the narrowest answer of those who have
    custody counts (CNS-9), until the child is old enough and has answered (CNS-4). Raises
    `Forbidden` for somebody whom the actor sees and does not choose for (CNS-3), `NotFound` for
    strangers.
    """
    await platform.permissions.require(
        write, actor, "contacts.choose_sharing", profile_id, sees="contacts.see_person"
    )
    row = await _one(write, platform, actor, profile_id)
    chooser = _chooser(actor, row.municipality_id)
    await write.execute(queries.FORGET_ANSWER, {"whose": row.person_id, "chooser": chooser})
    await write.execute(
        sa.insert(sharing),
        {
            "person_id": row.person_id,
            "chooser_id": chooser,
            "width": audience.width,
            "chosen_at": write.now,
            "municipality_id": row.municipality_id,
        },
    )
    write.audit(
        "contacts.sharing_chosen",
        municipality_id=row.municipality_id,
        object_id=profile_id,
        subjects=(profile_id,),
        details={"audience": audience.value},
    )
    return _choice(await _one(write, platform, actor, profile_id), actor)


async def _one(
    read: ReadUnit, platform: Platform, actor: Actor, profile_id: UUID
) -> queries.ChoiceRow:
    found = await _rows(read, platform, actor, [profile_id])
    if not found:
        raise NotFound
    return found[0]


def _chooser(actor: Actor, municipality_id: UUID) -> UUID:
    """Return the actor as a person of that municipality."""
    here = (one for one in actor.profiles if one.municipality_id == municipality_id)
    return next(here).person_id
