"""A teacher's message to a whole class: durable, and unread for everybody."""

from __future__ import annotations

from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.storage import EVERYWHERE
from aula_plugins.messages.models import participant, thread
from aula_sdk.ids import GROUP
from aula_sdk.people import Kind
from benchmarks.flow import Aim, RequestFlow
from benchmarks.load import Request, WrongAnswer
from benchmarks.town.conversations import HTML
from benchmarks.town.visitors import Visitor
from benchmarks.world import World

_SUBJECT = "Husk gymnastiktøj"
_SENT = (
    sa.select(
        participant.c.thread_id,
        sa.func.count().label("people"),
        sa.func.sum(participant.c.unread).label("unread"),
    )
    .join(thread, thread.c.id == participant.c.thread_id)
    .where(thread.c.subject == _SUBJECT)
    .group_by(participant.c.thread_id)
)


def start_thread(world: World) -> tuple[Visitor, Request]:
    """Return a teacher, and the request by which the teacher writes to the class."""
    teachers = [visitor for visitor in world.visitors if visitor.seat.kind is Kind.EMPLOYEE]
    teacher = world.rng.choice(teachers)
    group = GROUP.format(teacher.room.group_id)
    new = {
        "subject": _SUBJECT,
        "html": HTML,
        "recipients": [f"{group}:{Kind.GUARDIAN.value}", f"{group}:{Kind.PUPIL.value}"],
    }
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": UUID(int=world.rng.getrandbits(128)).hex,
    }
    return teacher, Request(
        "/api/v1/messages/threads",
        teacher.headers | headers,
        method="POST",
        body=msgspec.json.encode(new),
        status=201,
        row='"thr_',
        rows=1,
    )


async def _verify(world: World, sent: int) -> None:
    """Every message reached the class and its teacher, and is unread for all but the teacher."""
    async with world.storage.read(EVERYWHERE) as read:
        rows = await read.rows(_SENT)
    people = world.size.people_of_class
    if len(rows) != sent:
        raise WrongAnswer(f"{len(rows)} conversations instead of {sent}")
    wrong = [row for row in rows if (row.people, row.unread) != (people, people - 1)]
    if wrong:
        raise WrongAnswer(f"{len(wrong)} messages have not reached their class")


FLOW = RequestFlow(
    "class-message",
    "a message to a class, durable",
    lambda world: start_thread(world)[1],
    Aim(8.0, 150),
    place=30,
    verify=_verify,
)
