"""Conversations by the million: rows equal to those that the plugin's own services would write.

``tests/benchmarks`` holds the two against each other. Written are the conversations and their
audit; events and live topics, which housekeeping takes away in time, are not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.storage import EVERYWHERE, Storage
from aula_plugins.messages.models import (
    MessageKind,
    RecipientKind,
    message,
    participant,
    participant_child,
    recipient,
    thread,
)
from aula_plugins.messages.service.words import excerpt_of
from aula_sdk.ids import new_id
from aula_sdk.people import Kind
from benchmarks.town.roster import Room, Seat
from benchmarks.town.size import Size

SUBJECT = "Udflugt til skoven"
HTML = (
    "<p>Kære alle. På onsdag tager vi i skoven hele dagen, så husk madpakke, drikkedunk og tøj"
    " til al slags vejr. Vi mødes ved skolen klokken otte og er tilbage omkring klokken to. Sig"
    " gerne til, hvis nogen kan køre med, eller hvis der er noget, vi skal vide.</p>"
)
_ROOMS_AT_ONCE = 10
_BETWEEN = timedelta(minutes=7)
Row = dict[str, object]
Rows = dict[sa.Table, list[Row]]
TABLES = (thread, message, participant, participant_child, recipient)


async def fill_conversations(storage: Storage, rooms: Sequence[Room], size: Size) -> None:
    """Let each class have its conversations; afterwards the database knows its tables anew."""
    rng = random.Random(2026)
    async with storage.read(EVERYWHERE) as read:
        begin = read.now - timedelta(days=100)
    for start in range(0, len(rooms), _ROOMS_AT_ONCE):
        rows: Rows = {table: [] for table in (*TABLES, entry)}
        for room in rooms[start : start + _ROOMS_AT_ONCE]:
            for one in _converse(room, size, begin, rng):
                for table, found in one.items():
                    rows[table] += found
        async with storage.write(EVERYWHERE) as write:
            for table, found in rows.items():
                await write.execute(sa.insert(table), found)
    await settle(storage)


async def settle(storage: Storage) -> None:
    """Let the database gather its statistics now; left alone it does so some minutes later."""
    async with storage.engines.reading.connect() as connection:
        await connection.exec_driver_sql("ANALYZE" if storage.is_sqlite else "VACUUM ANALYZE")


def _converse(room: Room, size: Size, begin: datetime, rng: random.Random) -> Iterator[Rows]:
    for number in range(size.threads):
        messages = size.long_messages if number < size.long_threads else 1
        adults = [seat for seat in room.seats if seat.kind is not Kind.PUPIL]
        authors = [room.teacher, *rng.choices(adults, k=messages - 1)]
        yield thread_rows(room, authors, begin + number * timedelta(days=3))


def thread_rows(room: Room, authors: Sequence[Seat], begin: datetime) -> Rows:
    """Return a conversation of a whole class, in which ``authors`` have written in turn."""
    thread_id = new_id()
    wall: Row = {"municipality_id": room.municipality_id}
    common = wall | {"thread_id": thread_id}
    written = [
        (new_id(), author, begin + number * _BETWEEN) for number, author in enumerate(authors)
    ]
    return {
        thread: [
            wall
            | {
                "id": thread_id,
                "institution_id": room.institution_id,
                "creator_id": room.teacher.profile_id,
                "subject": SUBJECT,
                "started_at": begin,
                "participant_count": len(room.seats),
                "origin_id": None,
            }
        ],
        message: [_message(common, *one) for one in written],
        participant: [_participant(common, seat, written) for seat in room.seats],
        participant_child: [
            common | {"profile_id": seat.profile_id, "child_id": seat.child_id}
            for seat in room.seats
            if seat.child_id
        ],
        recipient: [
            common | _recipient(room, place, kind)
            for place, kind in enumerate((Kind.GUARDIAN, Kind.PUPIL))
        ],
        entry: [_audited(wall, *one) for one in written],
    }


def _message(common: Row, message_id: UUID, author: Seat, at: datetime) -> Row:
    return common | {
        "id": message_id,
        "author_id": author.profile_id,
        "kind": MessageKind.WRITTEN,
        "html": HTML,
        "excerpt": excerpt_of(HTML),
        "attachment_count": 0,
        "sent_at": at,
        "edited_at": None,
        "withdrawn_at": None,
    }


def _participant(common: Row, seat: Seat, written: Sequence[tuple[UUID, Seat, datetime]]) -> Row:
    own = [place for place, (_id, author, _at) in enumerate(written) if author == seat]
    newest, _author, activity_at = written[-1]
    return common | {
        "profile_id": seat.profile_id,
        "kind": seat.kind,
        "joined_at": written[0][2],
        "left_at": None,
        "activity_at": activity_at,
        "last_message_id": newest,
        "unread": len(written) - (own[-1] + 1 if own else 0),
        "last_read_at": written[own[-1]][2] if own else None,
        "muted": False,
    }


def _recipient(room: Room, place: int, kind: Kind) -> Row:
    return {
        "position": place,
        "what": RecipientKind.GROUP,
        "target_id": room.group_id,
        "role": kind.value,
        "reached": len(room.of_kind(kind)),
    }


def _audited(wall: Row, message_id: UUID, author: Seat, at: datetime) -> Row:
    return wall | {
        "id": new_id(),
        "at": at,
        "account_id": None,
        "person_id": None,
        "profiles": [author.profile_id.hex],
        "role": author.kind.value,
        "assurance": 1,
        "action": "messages.message_sent",
        "object_id": message_id,
        "details": {},
        "request_id": "",
    }
