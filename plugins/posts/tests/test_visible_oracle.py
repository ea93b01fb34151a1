"""``visible`` and ``may`` against a slow oracle in plain Python, over random lives and posts."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_plugins.posts.models import WithdrawnBy, audience, comment, post
from aula_plugins.posts.permissions import COMMENTS, POSTS
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.ids import new_id
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, WriteUnit
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People

POST_COUNT = 60
_DAYS = (-40, -30, -20, -10, -3, 2)


def _moving(name: str, *columns: str) -> sa.TableClause:
    ids = (sa.column(column, Id) for column in ("id", "municipality_id", *columns))
    times = (sa.column(column, Instant) for column in ("valid_from", "valid_to"))
    return sa.table(name, *ids, *times, *(sa.column(one) for one in ("role", "source")))


MEMBERSHIPS = _moving("stamdata_membership", "group_id", "profile_id")
TIES = sa.table(
    "stamdata_guardianship",
    sa.column("id", Id),
    sa.column("valid_from", Instant),
    sa.column("valid_to", Instant),
    sa.column("custody", sa.Boolean),
    sa.column("extended_access", sa.Boolean),
)
GROUPS = sa.table("stamdata_group", sa.column("id", Id), sa.column("valid_to", Instant))


def _span(chance: random.Random, now: datetime) -> dict[str, datetime | None]:
    """Return a time that has begun or will, ended or not; also one without any length."""
    start = now + timedelta(days=chance.choice(_DAYS))
    end = now + timedelta(days=chance.choice(_DAYS))
    return {"valid_from": start, "valid_to": chance.choice([None, None, end])}


async def live_at_random(
    write: WriteUnit, chance: random.Random, people: People, cast: list[Member]
) -> None:
    """Let people come and go, groups close, and contact persons gain and lose access."""
    for member in cast:
        if member.kind is Kind.GUARDIAN:
            continue
        for group in chance.sample(sorted(people.groups.values()), chance.randint(0, 2)):
            await write.execute(
                sa.insert(MEMBERSHIPS).values(
                    id=new_id(),
                    municipality_id=member.municipality_id,
                    group_id=group,
                    profile_id=member.profile_id,
                    role="member",
                    source="test",
                    **_span(chance, write.now),
                )
            )
    closed = chance.choice(sorted(people.groups.values()))
    await write.execute(
        sa.update(GROUPS)
        .where(GROUPS.c.id == closed)
        .values(valid_to=write.now + timedelta(days=chance.choice(_DAYS)))
    )
    for row in await write.rows(sa.select(TIES.c.id)):
        if chance.random() < 0.5:
            await write.execute(
                sa.update(TIES)
                .where(TIES.c.id == row.id)
                .values(
                    custody=chance.choice([True, False]),
                    extended_access=chance.choice([True, False]),
                    **_span(chance, write.now),
                )
            )


async def post_at_random(
    write: WriteUnit, chance: random.Random, people: People, cast: list[Member]
) -> None:
    """Write posts of every make: past, to come, ended, withdrawn, taken off a group."""
    for _number in range(POST_COUNT):
        key, author = new_id(), chance.choice(cast)
        at = write.now + timedelta(days=chance.choice([-35, -25, -15, -5, -1, 1]))
        gone = chance.choice([None, None, None, at - timedelta(hours=1), at + timedelta(hours=1)])
        common = {"municipality_id": author.municipality_id}
        await write.execute(
            sa.insert(post),
            common
            | {
                "id": key,
                "institution_id": author.institution_id,
                "author_id": chance.choice([author.profile_id, None]),
                "author_kind": author.kind,
                "title": "x",
                "html": "",
                "excerpt": "",
                "attachment_count": 0,
                "pictures": [],
                "comments_allowed": True,
                "comment_count": 0,
                "created_at": at,
                "publish_at": at,
                "announced_at": None,
                "expire_at": chance.choice([None, None, write.now - timedelta(hours=1)]),
                "important_from": None,
                "important_to": None,
                "edited_at": None,
                "withdrawn_at": gone,
                "withdrawn_by": WithdrawnBy.AUTHOR if gone else None,
            },
        )
        for group in chance.sample(sorted(people.groups.values()), chance.randint(1, 3)):
            await write.execute(
                sa.insert(audience),
                common
                | {
                    "post_id": key,
                    "group_id": group,
                    "role": chance.choice(list(Kind)),
                    "position": 0,
                    "publish_at": at,
                    "removed_at": chance.choice([None, None, None, write.now]),
                },
            )
        await write.execute(
            sa.insert(comment),
            common
            | {
                "id": new_id(),
                "post_id": key,
                "parent_id": None,
                "author_id": chance.choice(cast).profile_id,
                "author_kind": Kind.GUARDIAN,
                "text": "x",
                "answer_count": 0,
                "written_at": at,
                "edited_at": None,
                "withdrawn_at": None,
                "withdrawn_by": None,
            },
        )


class Oracle:
    """The rules as one would say them, over all rows at once."""

    def __init__(self, rows: dict[str, Any], now: datetime) -> None:
        self.rows = rows
        self.now = now

    def _holds(self, row: Any) -> bool:
        return row.valid_from <= self.now and (row.valid_to is None or row.valid_to > self.now)

    def _has_access(self, guardian: UUID, child: UUID) -> bool:
        return any(
            tie.access and (tie.guardian_id, tie.child_id) == (guardian, child) and self._holds(tie)
            for tie in self.rows["ties"]
        )

    def _belonged(self, row: Any, published: datetime) -> bool:
        """Whoever belongs now sees what is current; who has left, what was published before."""
        if row.valid_from > self.now:
            return False
        if row.valid_to is None:
            return True
        return bool(row.valid_from < row.valid_to and published < row.valid_to)

    def _is_meant(self, profiles: set[UUID], one: Any) -> bool:
        return any(
            reached.profile_id in profiles
            and (reached.group_id, reached.kind) == (meant.group_id, meant.role)
            and self._belonged(reached, one.publish_at)
            and (reached.child_id is None or self._has_access(reached.profile_id, reached.child_id))
            for meant in self.rows["audience"]
            if meant.post_id == one.id and meant.removed_at is None
            for reached in self.rows["reach"]
        )

    def _is_out(self, one: Any) -> bool:
        return bool(
            one.publish_at <= self.now
            and (one.withdrawn_at is None or one.withdrawn_at >= one.publish_at)
        )

    def followed(self, actor: Actor) -> set[UUID]:
        """Return the posts that the actor has in the list: own ones and those meant for them."""
        profiles = {profile.id for profile in actor.profiles}
        return {
            one.id
            for one in self.rows["posts"]
            if one.municipality_id in actor.municipalities
            and (
                one.author_id in profiles
                or (
                    self._is_out(one)
                    and (one.expire_at is None or one.expire_at > self.now)
                    and self._is_meant(profiles, one)
                )
            )
        }

    def overseen(self, actor: Actor, action: str) -> set[UUID]:
        """Return the posts of the institutions that the actor looks after."""
        places = {
            place
            for holding in actor.holdings.get(action, ())
            if holding.relation == "institution"
            for place in holding.institutions
        }
        return {
            one.id
            for one in self.rows["posts"]
            if one.institution_id in places and self._is_out(one)
        }

    def comments(self, posts: set[UUID]) -> set[UUID]:
        """Return the comments on those of the posts that still stand."""
        standing = {one.id for one in self.rows["posts"] if one.withdrawn_at is None} & posts
        return {one.id for one in self.rows["comments"] if one.post_id in standing}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_is_visible_is_what_the_rules_say(
    platform: Platform, people: People, actor_of: Callable[..., Any], seed: int
) -> None:
    """Rule 13, POST-7, ID-12: ``visible`` agrees with the oracle, and ``may`` with ``visible``.

    The list's way of finding posts (``posts.follow``) and the page's (``posts.read``) are two
    statements of one rule; both are held to it.
    """
    chance = random.Random(seed)
    actors = [await actor_of(member) for member in people.profiles]
    async with platform.write() as write:
        await live_at_random(write, chance, people, people.profiles)
        await post_at_random(write, chance, people, people.profiles)
    async with platform.read() as read:
        rows = {
            "posts": await read.rows(sa.select(post)),
            "audience": await read.rows(sa.select(audience)),
            "comments": await read.rows(sa.select(comment)),
            "reach": await read.rows(sa.select(stamdata.reach)),
            "ties": await read.rows(sa.select(stamdata.guardianship)),
        }
        oracle = Oracle(rows, read.now)
        rights = platform.permissions
        for actor in actors:
            followed = oracle.followed(actor)
            readable = followed | oracle.overseen(actor, "posts.read")
            spoken = followed | oracle.overseen(actor, "posts.read_comment")
            for action, resource, expected in (
                ("posts.follow", POSTS, followed),
                ("posts.read", POSTS, readable),
                (
                    "posts.remove_from_group",
                    POSTS,
                    oracle.overseen(actor, "posts.remove_from_group"),
                ),
                ("posts.read_comment", COMMENTS, oracle.comments(spoken)),
            ):
                visible = rights.visible(actor, action)
                statement = sa.select(resource.id).where(visible.clause)
                found = {row[0] for row in await read.rows(statement, visible.params)}
                assert found == expected, (actor.name, actor.role, action)
                for one in rows["posts" if resource is POSTS else "comments"][:5]:
                    may = await rights.may(read, actor, action, one.id)
                    assert may == (one.id in expected)
        seen = set().union(*(oracle.followed(actor) for actor in actors))
        assert POST_COUNT / 4 < len(seen) < POST_COUNT
