"""Coming into a conversation and leaving it, each with a line that all can read (MSG-4)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.messages import _
from aula_plugins.messages.errors import wrong_field
from aula_plugins.messages.events import ParticipantLeft, ParticipantsAdded
from aula_plugins.messages.models import (
    MessageKind,
    RecipientKind,
    draft,
    participant,
    participant_child,
    thread,
)
from aula_plugins.messages.queries import heads, messages, people
from aula_plugins.messages.service import audience as audiences
from aula_plugins.messages.service.choices import Choice
from aula_plugins.messages.service.heads import load_head, require_right
from aula_plugins.messages.service.posting import LIVE_TOPIC, post_line
from aula_plugins.messages.service.sending import Member, child_rows, participant_rows
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, WriteUnit


class _Known(msgspec.Struct, frozen=True):
    """Somebody who takes part already, or did."""

    profile_id: UUID
    person_id: UUID
    kind: Kind
    left_at: object
    belongs: bool
    """Whether the person can still read it as who they were in it (R7, decision 0038)."""

    @property
    def takes_part(self) -> bool:
        """Whether what is written now reaches the person by this row."""
        return self.belongs and self.left_at is None


async def add_people(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    thread_id: UUID,
    choices: Sequence[Choice],
) -> int:
    """Let people into a conversation; return how many came in.

    They can read the whole of it (MSG-18). Nobody comes in twice: a person who is there already is
    `Invalid`, the others of a group come in. Who had left, the conversation or the institution
    where they had it, or is a guardian whose child has, comes back with the whole history.
    """
    head = await load_head(write, platform, actor, thread_id)
    require_right(head, may=head.may_add_participant)
    sender = next(profile for profile in actor.profiles if profile.id == head.profile_id)
    audience = await audiences.resolve(write, platform, actor, sender, choices)
    audiences.check_audience(platform, actor, sender, audience)
    known = await write.structs(
        _Known,
        people.ALREADY_IN,
        {
            "thread_id": thread_id,
            "persons": [person.person_id for person in audience.people],
            "now": write.now,
        },
    )
    there = {(row.person_id, row.kind) for row in known if row.takes_part}
    _refuse_twice(audience, choices, there)
    coming = [one for one in audience.people if (one.person_id, one.kind) not in there]
    if not coming:
        raise wrong_field("recipients", _("They are in the conversation already"), "already-in")
    came = {(one.person_id, one.kind) for one in coming}
    old = [row for row in known if (row.person_id, row.kind) in came]
    more = len(coming) - _counted(old)
    audiences.check_size(platform, actor, sender, head.others + more)
    await _let_in(write, head, coming, old)
    return len(coming)


def _refuse_twice(
    audience: audiences.Audience, choices: Sequence[Choice], there: set[tuple[UUID, Kind]]
) -> None:
    chosen = {one.target_id for one in choices if one.what is RecipientKind.PERSON}
    twice = [
        person.name
        for person in audience.people
        if person.profile_id in chosen and (person.person_id, person.kind) in there
    ]
    if twice:
        raise wrong_field(
            "recipients",
            _("%(name)s is in the conversation already") % {"name": twice[0]},
            "already-in",
        )


async def _let_in(
    write: WriteUnit,
    head: heads.Head,
    coming: Sequence[audiences.Addressee],
    old: Sequence[_Known],
) -> None:
    """Write the rows of those who come in, as who was chosen, in the stead of their ``old`` ones.

    By who they were in it they might not read it: a guardian reads by the profile that the child
    who was reached has beside it.
    """
    about = frozenset(
        row.child_id for row in await write.rows(people.REGARDING, {"thread_id": head.id})
    )
    unread = await write.scalar(messages.MESSAGE_COUNT, {"thread_id": head.id})
    members = [
        Member(
            one.profile_id,
            one.kind,
            one.children(about) if one.kind is Kind.GUARDIAN else frozenset(),
        )
        for one in coming
    ]
    await _forget(write, head.id, [row.profile_id for row in old])
    added = [member.profile_id for member in members]
    common = {"thread_id": head.id, "municipality_id": head.municipality_id}
    # The line of the system is written last, and sets the newest message of everybody.
    rows = participant_rows(write, common, head.id, members, unread=unread)
    await write.execute(sa.insert(participant), rows)
    children = child_rows(common, members)
    if children:
        await write.execute(sa.insert(participant_child), children)
    await _count(write, head.id, len(members) - _counted(old))
    message_id = await post_line(write, head, MessageKind.PEOPLE_ADDED, added)
    write.emit(
        ParticipantsAdded(
            municipality_id=head.municipality_id, thread_id=head.id, message_id=message_id
        )
    )
    write.audit(
        "messages.participants_added",
        municipality_id=head.municipality_id,
        object_id=head.id,
        subjects=added,
    )


def _counted(old: Sequence[_Known]) -> int:
    """Return how many are counted still: who had left the institution alone was all the same."""
    return sum(row.left_at is None for row in old)


async def _forget(write: WriteUnit, thread_id: UUID, profiles: list[UUID]) -> None:
    """Remove the rows of people who had left, who come in anew."""
    if profiles:
        for table in (participant_child, participant):
            await write.execute(
                sa.delete(table).where(
                    table.c.thread_id == thread_id, table.c.profile_id.in_(profiles)
                )
            )


async def _count(write: WriteUnit, thread_id: UUID, difference: int) -> None:
    await write.execute(
        sa.update(thread)
        .where(thread.c.id == thread_id)
        .values(participant_count=thread.c.participant_count + difference)
    )


async def leave(write: WriteUnit, platform: Platform, actor: Actor, thread_id: UUID) -> None:
    """Go out of a conversation: what was sent until now stays readable, nothing new comes.

    The others read who has left (MSG-20).
    """
    head = await load_head(write, platform, actor, thread_id)
    require_right(head, may=head.may_leave)
    await post_line(write, head, MessageKind.PERSON_LEFT)
    mine = (participant.c.thread_id == thread_id, participant.c.profile_id == head.profile_id)
    await write.execute(sa.update(participant).where(*mine).values(left_at=write.now, unread=0))
    await write.execute(
        sa.delete(draft).where(
            draft.c.thread_id == thread_id, draft.c.profile_id == head.profile_id
        )
    )
    await _count(write, thread_id, -1)
    write.changed(LIVE_TOPIC, [head.profile_id])
    write.emit(
        ParticipantLeft(
            municipality_id=head.municipality_id,
            thread_id=thread_id,
            profile_id=head.profile_id,
        )
    )
    write.audit(
        "messages.participant_left",
        municipality_id=head.municipality_id,
        object_id=thread_id,
    )
