"""A list costs what the reader has, not what the municipality has: how both databases find it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from aula_plugins.posts.queries import feed
from aula_plugins.posts.queries.feed import Box
from aula_plugins.posts.service.reading import COUNTS_AS_UNREAD
from aula_sdk.protocols import Platform, ReadUnit
from aula_sdk.testing.plugin import People

POSTS, IN_3A_OF = 50_000, 100
"""How many posts there are; every hundredth is for the reader's class."""


class Explain(sa.Executable, sa.ClauseElement):
    """How a database would carry out a statement."""

    inherit_cache = False

    def __init__(self, statement: sa.Select[Any]) -> None:
        self.statement = statement


@compiles(Explain)
def _compile(element: Explain, compiler: Any, **further: Any) -> str:
    words = "EXPLAIN" if compiler.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    text = compiler.process(element.statement, **further)
    # The plan's rows are text, whatever the statement's own would be.
    compiler._result_columns.clear()
    return f"{words} {text}"


async def plan(read: ReadUnit, statement: sa.Select[Any], params: dict[str, Any]) -> list[str]:
    """Return the lines of the plan."""
    rows: Sequence[sa.Row[Any]] = await read.rows(Explain(statement), params)  # type: ignore[arg-type]
    return [str(row[-1]) for row in rows]


def texts(kind: str, people: People) -> tuple[str, str]:
    """Return the two INSERTs that fill the tables, in the words of the database."""
    wall, group = people.teacher.municipality_id, people.groups["3.A"]
    if kind == "postgresql":
        series = f"generate_series(1, {POSTS}) AS numbers(n)"
        fresh, other = "gen_random_uuid()", "md5((n % 300)::text)::uuid"
        at, none, yes = "now() - n * interval '20 minutes'", "'[]'::jsonb", "true"

        def known(value: UUID) -> str:
            return f"'{value}'::uuid"

    else:
        series = (
            "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s "
            f"WHERE n < {POSTS}) SELECT n FROM s) AS numbers"
        )
        fresh, other = "randomblob(16)", "CAST(printf('%016d', n % 300) AS BLOB)"
        at = "(CAST(strftime('%s', 'now') AS INTEGER) - n * 1200) * 1000000"
        none, yes = "'[]'", "1"

        def known(value: UUID) -> str:
            return f"x'{value.hex}'"

    posts = f"""
INSERT INTO posts_post (id, municipality_id, institution_id, author_id, author_kind, title, html,
  excerpt, attachment_count, pictures, comments_allowed, comment_count, created_at, publish_at)
SELECT {fresh}, {known(wall)}, {other}, {other}, 'employee', 'x', 'x', 'x', n, {none}, {yes}, 0,
  {at}, {at} FROM {series}"""
    chosen = f"CASE WHEN attachment_count % {IN_3A_OF} = 0 THEN {known(group)} ELSE author_id END"
    audience = f"""
INSERT INTO posts_audience (post_id, group_id, role, position, publish_at, municipality_id)
SELECT id, {chosen}, 'guardian', 0, publish_at, municipality_id FROM posts_post"""
    return posts, audience


async def test_lists_are_found_by_indexes(
    platform: Platform, people: People, actor_of: Any, database_kind: str
) -> None:
    """Nothing is O(everyone): of 50,000 posts neither list nor badge reads all, on no database.

    The reader's posts come out of the audience's index by group and role; the posts themselves are
    looked up one by one.
    """
    async with platform.write() as write:
        for text in texts(database_kind, people):
            await write.execute(sa.text(text.replace("::", r"\:\:")))
    async with platform.write() as write:
        for table in ("posts_post", "posts_audience"):
            await write.execute(sa.text(f"ANALYZE {table}"))
    actor = await actor_of(people.guardian)
    visible = platform.permissions.visible(actor, "posts.follow")
    shape = {"of_child": False, "of_group": False}
    async with platform.read() as read:
        params = {
            **visible.params,
            "mine": [profile.id for profile in actor.profiles],
            "now": read.now,
            "since": read.now - COUNTS_AS_UNREAD,
        }
        newest = feed.feed(visible.clause, Box.ALL, paged=False, **shape)
        assert len(await read.rows(newest, params)) == feed.PAGE_SIZE + 1
        for statement in (
            newest,
            feed.feed(visible.clause, Box.BOOKMARKED, paged=False, **shape),
            feed.pinned(visible.clause, **shape),
            feed.unread_count(visible.clause),
        ):
            lines = await plan(read, statement, params)
            assert any("ix_posts_audience_group" in line for line in lines), lines
            for line in lines:
                assert "Seq Scan on posts_" not in line.replace("posts_mark", ""), lines
                assert "SCAN posts_" not in line, lines
                assert "ix_posts_post_municipality" not in line, lines
