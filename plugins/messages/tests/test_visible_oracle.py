"""``visible`` and ``may`` against a slow oracle in plain Python, over random conversations."""

import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_plugins.messages.models import (
    MessageKind,
    message,
    participant,
    participant_child,
    thread,
)
from aula_plugins.messages.permissions import MESSAGES, THREADS
from aula_sdk import stamdata
from aula_sdk.ids import new_id
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, WriteUnit
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People

THREAD_COUNT = 60


async def write_at_random(write: WriteUnit, chance: random.Random, cast: list[Member]) -> None:
    """Write conversations of every make: left or not, with children of one's own, others', none."""
    children = [member for member in cast if member.kind is Kind.PUPIL]
    for _number in range(THREAD_COUNT):
        key, first = new_id(), chance.choice(cast)
        wall = first.municipality_id
        await write.execute(
            sa.insert(thread),
            {
                "id": key,
                "institution_id": first.institution_id,
                "creator_id": chance.choice([first.profile_id, None]),
                "subject": "x",
                "started_at": write.now,
                "participant_count": 1,
                "origin_id": None,
                "municipality_id": wall,
            },
        )
        messages = [new_id() for _ in range(3)]
        for member in chance.sample(cast, chance.randint(1, 6)):
            left = chance.choice([None, None, write.now])
            await write.execute(
                sa.insert(participant),
                {
                    "thread_id": key,
                    "profile_id": member.profile_id,
                    "kind": member.kind,
                    "joined_at": write.now,
                    "left_at": left,
                    "activity_at": write.now,
                    "last_message_id": messages[0],
                    "unread": 0,
                    "last_read_at": None,
                    "muted": False,
                    "municipality_id": wall,
                },
            )
            for child in chance.sample(children, chance.randint(0, 2)):
                await write.execute(
                    sa.insert(participant_child),
                    {
                        "thread_id": key,
                        "profile_id": member.profile_id,
                        "child_id": child.profile_id,
                        "municipality_id": wall,
                    },
                )
        await write.execute(
            sa.insert(message),
            [
                {
                    "id": one,
                    "thread_id": key,
                    "author_id": chance.choice(cast).profile_id,
                    "kind": MessageKind.WRITTEN,
                    "html": "",
                    "excerpt": "",
                    "attachment_count": 0,
                    "sent_at": write.now.replace(year=write.now.year + number - 1),
                    "edited_at": None,
                    "withdrawn_at": None,
                    "municipality_id": wall,
                }
                for number, one in enumerate(messages)
            ],
        )


class Oracle:
    """The rules as one would say them, over all rows at once."""

    def __init__(self, rows: dict[str, Any], now: Any) -> None:
        self.rows = rows
        self.now = now

    def _has_access(self, row: Any) -> bool:
        children = {
            link.child_id
            for link in self.rows["links"]
            if (link.thread_id, link.profile_id) == (row.thread_id, row.profile_id)
        }
        return any(
            tie.access
            and tie.guardian_id == row.profile_id
            and tie.child_id in children
            and tie.valid_from <= self.now
            and (tie.valid_to is None or tie.valid_to > self.now)
            for tie in self.rows["ties"]
        )

    def rows_of(self, actor: Actor, thread_id: UUID) -> list[Any]:
        """Return the rows with which the actor takes or took part."""
        mine = {profile.id for profile in actor.profiles}
        return [
            row
            for row in self.rows["participants"]
            if row.thread_id == thread_id
            and row.profile_id in mine
            and (row.kind is not Kind.GUARDIAN or self._has_access(row))
        ]

    def threads(self, actor: Actor, *, active: bool) -> set[UUID]:
        """Return the conversations that the actor may read, or (``active``) answer in."""
        return {
            row.id
            for row in self.rows["threads"]
            if row.municipality_id in actor.municipalities
            and any(not active or mine.left_at is None for mine in self.rows_of(actor, row.id))
        }

    def messages(self, actor: Actor) -> set[UUID]:
        """Return the messages that the actor may read."""
        return {
            row.id
            for row in self.rows["messages"]
            if row.municipality_id in actor.municipalities
            and any(
                mine.left_at is None or row.sent_at <= mine.left_at
                for mine in self.rows_of(actor, row.thread_id)
            )
        }


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_is_visible_is_what_the_rules_say(
    platform: Platform, people: People, actor_of: Callable[..., Any], seed: int
) -> None:
    """``visible`` agrees with the oracle for everybody, and ``may`` with ``visible``."""
    async with platform.write() as write:
        await write_at_random(write, random.Random(seed), people.profiles)
    async with platform.read() as read:
        rows = {
            "threads": await read.rows(sa.select(thread)),
            "messages": await read.rows(sa.select(message)),
            "participants": await read.rows(sa.select(participant)),
            "links": await read.rows(sa.select(participant_child)),
            "ties": await read.rows(sa.select(stamdata.guardianship)),
        }
        oracle = Oracle(rows, read.now)
        rights = platform.permissions
        seen_by_somebody: set[UUID] = set()
        for member in people.profiles:
            actor = await actor_of(member)
            for action, resource, expected in (
                ("messages.read", THREADS, oracle.threads(actor, active=False)),
                ("messages.reply", THREADS, oracle.threads(actor, active=True)),
                ("messages.read_message", MESSAGES, oracle.messages(actor)),
            ):
                visible = rights.visible(actor, action)
                statement = sa.select(resource.id).where(visible.clause)
                found = {row[0] for row in await read.rows(statement, visible.params)}
                assert found == expected, (member.key, action)
                for one in rows["threads" if resource is THREADS else "messages"][:5]:
                    may = await rights.may(read, actor, action, one.id)
                    assert may == (one.id in expected)
                seen_by_somebody |= found
        assert seen_by_somebody
