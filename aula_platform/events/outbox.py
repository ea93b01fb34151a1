"""Writes a transaction's events and live topics inside that transaction.

The number of an event is drawn just before its transaction commits, so an event that could know
of another's effect has the higher number. Of two transactions that ran at once either may be first.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from aula_platform.events.encoding import check_event_type, encode
from aula_platform.events.tables import delivery, outbox, subscriber, topic
from aula_platform.storage import EVERYWHERE, GLOBAL, Storage, Write
from aula_sdk.events import Subscriber
from aula_sdk.ids import new_id
from aula_sdk.many import many

_CHUNK = 500

# Nobody asks by which number a row was kept, so neither need SQLAlchemy.
_keep = sa.insert(outbox).inline()
_tell = sa.insert(topic).inline()
_address = sa.insert(delivery).from_select(
    ["sequence", "subscriber", "stream", "municipality_id", "skipped"],
    sa.select(
        outbox.c.sequence,
        subscriber.c.name,
        outbox.c.stream,
        outbox.c.municipality_id,
        sa.false(),
    )
    .join(subscriber, subscriber.c.event == outbox.c.name)
    .where(outbox.c.id.in_(many("ids", outbox.c.id.type))),
)


async def record(unit: Write) -> None:
    """Write the unit's events, a delivery to each subscriber, and its topics as rows.

    They commit with what caused them or not at all. Raises `WrongEvent`, which rolls the write
    back, when an event carries more than ids.
    """
    if unit.events:
        rows = [
            {
                "id": new_id(),
                "municipality_id": event.municipality_id,
                "name": event.name,
                "stream": event.stream,
                "payload": encode(event),
                "created_at": unit.now,
            }
            for event in unit.events
        ]
        await unit.execute(_keep, rows)
        for ids in _chunks([row["id"] for row in rows]):
            await unit.execute(_address, {"ids": ids})
    if unit.topics:
        await unit.execute(
            _tell,
            [
                {
                    "name": changed.name,
                    "profiles": [profile.hex for profile in changed.profiles],
                    "created_at": unit.now,
                }
                for changed in unit.topics
            ],
        )


def _chunks(ids: Sequence[object]) -> Iterable[Sequence[object]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


async def register_subscribers(storage: Storage, subscribers: Sequence[Subscriber]) -> None:
    """Make it known which events are to be kept for whom.

    To be called by every process that writes, before its first write. A subscriber stays
    registered while its plugin is broken or missing, so that its events wait for it, until
    `forget_subscriber`.
    """
    if not subscribers:
        return
    for known in subscribers:
        check_event_type(known.event)
    insert = (sqlite if storage.is_sqlite else postgresql).insert(subscriber)
    statement = insert.on_conflict_do_update(
        index_elements=["name"], set_={"event": insert.excluded.event}
    )
    async with storage.write(GLOBAL) as write:
        await write.execute(
            statement, [{"name": known.name, "event": known.event.name} for known in subscribers]
        )


async def forget_subscriber(storage: Storage, name: str) -> None:
    """Drop a subscriber that will not come back, with everything that waits for it."""
    async with storage.write(EVERYWHERE) as write:
        await write.execute(sa.delete(subscriber).where(subscriber.c.name == name))
        await write.execute(
            sa.delete(delivery).where(
                delivery.c.subscriber == name, delivery.c.delivered_at.is_(None)
            )
        )
