"""Lets a municipality decide, time pass, and runs be carried out; then looks for what is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.events.tables import outbox
from aula_platform.files.housekeeping import remove_expired_files
from aula_platform.privacy.retention.archive import Archive
from aula_platform.privacy.retention.executing import Execution
from aula_platform.privacy.retention.tables import count, item, run, tombstone
from aula_platform.privacy.retention.working import RetentionWork
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.ids import MUNICIPALITY, new_id
from aula_sdk.people import Actor, Assurance
from aula_sdk.retention import FreezeLine, RetentionSubject, RunState
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People
from tests.administration.office import appoint
from tests.together.one_life import CANARY, OTHERS, Life, PersonDesk

LONG = timedelta(days=12 * 365)
"""Longer ago than anything is kept."""
_DATES: dict[str, tuple[str, ...]] = {
    "messages_thread": ("started_at",),
    "messages_message": ("sent_at",),
    "posts_post": ("publish_at", "created_at"),
    "posts_audience": ("publish_at",),
}


class Keeping:
    """The municipality of the leader, and what is done in it."""

    def __init__(self, site: RunningSite, browser: Browser, people: People, folder: Path) -> None:
        self.site, self.people, self.browser = site, people, browser
        self.desk = PersonDesk(site, folder)
        self.life = Life(site, browser, people)
        self.archive_folder = folder / "archived"
        self.archive = Archive(f"file://{self.archive_folder}")
        self.kept = dict(self.desk.kept)
        self.work = RetentionWork(
            self.desk.installation, self.archive, self.kept, seconds=60, pause=0
        )
        self.north = people.leader.municipality_id

    @property
    def retention(self) -> Any:
        """What administrators decide by."""
        return self.site.platform.retention

    async def begin(self) -> None:
        """Let people live, and somebody administer each municipality."""
        await appoint(self.site, self.people)
        await self.life.live()

    async def leader(self) -> Actor:
        """Return who decides for the municipality."""
        return await self.site.actor(self.people.leader, Assurance.SUBSTANTIAL)

    async def age(self, *tables: str, by: timedelta = LONG, only: Sequence[UUID] = ()) -> None:
        """Let what is in these tables have happened so much earlier."""
        known = {table.name: table for table in self.tables}
        async with self.site.storage.write(EVERYWHERE) as write:
            for name in tables or tuple(_DATES):
                table = known[name]
                values = dict.fromkeys(_DATES[name], write.now - by)
                chosen = sa.update(table).values(values)
                key = table.c.id if "id" in table.c else table.c.post_id
                await write.execute(chosen.where(key.in_(only)) if only else chosen)

    @property
    def tables(self) -> list[sa.Table]:
        """All tables of everybody."""
        return [table for _owner, table in self.desk.installation.tables()]

    async def ids(self, name: str) -> list[UUID]:
        """Return the ids in a table, the oldest first."""
        table = next(one for one in self.tables if one.name == name)
        async with self.site.storage.read(EVERYWHERE) as read:
            return [row.id for row in await read.rows(sa.select(table.c.id).order_by(table.c.id))]

    async def decide(self, what: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Let the leader decide something."""
        actor = await self.leader()
        async with self.site.platform.write(actor) as write:
            return await what(write, actor, *given, **named)

    async def previewed(self) -> UUID:
        """Plan a run and let it be previewed; return its id."""
        planned: UUID = await self.decide(self.retention.plan, self.north)
        await self.work.run()
        return planned

    async def announced(self) -> UUID:
        """Plan, preview and announce a run whose day has come."""
        found = await self.previewed()
        await self.decide(self.retention.announce, found, 30)
        await self.let_the_day_come()
        return found

    async def let_the_day_come(self) -> None:
        """Let what is announced be for now."""
        async with self.site.storage.write(EVERYWHERE) as write:
            await write.execute(sa.update(run).values(deletes_from=write.now))

    async def deleted(self) -> UUID:
        """Go the whole way; return the run's id."""
        found = await self.announced()
        await self.work.run()
        assert await self.state(found) == RunState.DONE
        await remove_expired_files(self.site.platform, self.desk.blobs)
        return found

    def execution(self, run_id: UUID, place: Any, **more: Any) -> Execution:
        """Return the carrying out of a run, to be done by hand."""
        installation = self.desk.installation
        return Execution(installation, self.archive, place, run_id, self.kept, pause=0, **more)

    async def place(self) -> Any:
        """Return the municipality as the room knows it."""
        found = await self.desk.installation.places()
        return next(one for one in found if one.id == self.north)

    async def last(self) -> Any:
        """Return the newest run."""
        actor = await self.leader()
        async with self.site.platform.read() as read:
            return (await self.retention.runs(read, actor, self.north))[0]

    async def frozen(self) -> list[FreezeLine]:
        """Return what is frozen now."""
        actor = await self.leader()
        async with self.site.platform.read() as read:
            return list(await self.retention.freezes(read, actor, self.north))

    def replace(self, name: str, subject: RetentionSubject) -> None:
        """Let one kind of thing be removed otherwise."""
        self.kept = {**self.kept, name: subject}
        self.work = RetentionWork(
            self.desk.installation, self.archive, self.kept, seconds=60, pause=0
        )

    async def state(self, run_id: UUID) -> str:
        """Return how far a run is."""
        async with self.site.storage.read(EVERYWHERE) as read:
            return str(await read.scalar(sa.select(run.c.state).where(run.c.id == run_id)))

    async def counts(self, run_id: UUID) -> dict[str, Any]:
        """Return by kind what a run has found and done in all."""
        sums = ("found", "frozen", "deleted", "preserved", "spared", "failed")
        numbers = [sa.func.sum(count.c[key]).label(key) for key in sums]
        async with self.site.storage.read(EVERYWHERE) as read:
            rows = await read.rows(
                sa.select(count.c.subject, *numbers)
                .where(count.c.run_id == run_id)
                .group_by(count.c.subject)
            )
        return {row.subject: {key: int(getattr(row, key)) for key in sums} for row in rows}

    async def stones(self) -> dict[UUID, str]:
        """Return the kind of everything that has a tombstone, by id."""
        async with self.site.storage.read(EVERYWHERE) as read:
            rows = await read.rows(sa.select(tombstone))
        return {row.object_id: row.subject for row in rows}

    async def items(self) -> int:
        """Return how many things a run has still to do."""
        async with self.site.storage.read(EVERYWHERE) as read:
            return int(await read.scalar(sa.select(sa.func.count()).select_from(item)))

    async def everything(self) -> dict[str, set[str]]:
        """Return every row of every table as text, by table."""
        found: dict[str, set[str]] = {}
        async with self.site.storage.read(EVERYWHERE) as read:
            for table in self.tables:
                columns = [
                    sa.type_coerce(column, sa.String())
                    if isinstance(column.type, sa.Enum)
                    else column
                    for column in table.c
                ]
                rows = await read.rows(sa.select(*columns))
                found[table.name] = {repr(dict(row._mapping)) for row in rows}
        return found

    async def words_left(self) -> set[str]:
        """Return the tables and files in which somebody's words are still to be found."""
        found = {
            name
            for name, rows in (await self.everything()).items()
            if any(word in row for row in rows for word in (CANARY, OTHERS))
        }
        folder = Path(self.site.app.state.settings.files_url.removeprefix("file://"))
        return found | {
            "a file"
            for path in folder.rglob("*")
            if path.is_file() and CANARY.encode() in path.read_bytes()
        }

    async def audited(self) -> list[str]:
        """Return what the room has audited, in order."""
        action = entry.c.action.like("privacy.retention%")
        async with self.site.storage.read(EVERYWHERE) as read:
            rows = await read.rows(sa.select(entry.c.action).where(action).order_by(entry.c.id))
        return [row.action for row in rows]

    async def events(self) -> int:
        """Return how many events are in the outbox."""
        async with self.site.storage.read(EVERYWHERE) as read:
            return int(await read.scalar(sa.select(sa.func.count()).select_from(outbox)))

    async def leave(self, member: Member, ago: timedelta) -> None:
        """Let somebody have left so long ago."""
        await self.desk.leave(member)
        profile = next(one for one in self.tables if one.name == "stamdata_profile")
        async with self.site.storage.write(EVERYWHERE) as write:
            mine = profile.c.person_id == member.person_id
            ended: datetime = write.now - ago
            await write.execute(sa.update(profile).where(mine).values(valid_to=ended))

    @property
    def place_key(self) -> str:
        """The municipality on the wire."""
        return MUNICIPALITY.format(self.north)


def strange_id() -> UUID:
    """Return an id of nothing."""
    return new_id()
