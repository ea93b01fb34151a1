"""A plugin that comes, lives here and goes: it has of everything that the kernel keeps for one."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from aula_platform.events.jobs import JobRunner
from aula_platform.events.relay import Relay
from aula_platform.events.tables import delivery, lane, outbox, subscriber, topic
from aula_platform.files.tables import file
from aula_platform.kernel import Kernel, make_catalogue, open_kernel
from aula_platform.permissions.tables import grant
from aula_platform.plugin_host import Host
from aula_platform.plugin_host.choices.lattice import Word
from aula_platform.plugin_host.choices.writing import ChoiceWriter
from aula_platform.plugin_host.discovery import Installed
from aula_platform.plugin_host.records import record_failure, record_restart
from aula_platform.plugin_host.running import Place
from aula_platform.plugin_host.stamdata import source_of
from aula_platform.settings import Settings
from aula_platform.stamdata import tables as stamdata
from aula_platform.storage import EVERYWHERE, Storage, Write
from aula_platform.storage.migrate import migrate
from aula_platform.storage.tables import idempotency
from aula_sdk.contributions import DemoData
from aula_sdk.ids import new_id
from tests.broken_plugins.factory import Shelf

IS_LONG = bool(os.environ.get("AULA_LONG"))
_SLOW_TO_FILL = {"groups"}
"""Each group of the demo is a delivery of stamdata; two lines of SQL make one for the short run."""
HOOKS = """
    metadata = plugin_metadata("guest")
    note = sa.Table(
        "guest_note",
        metadata,
        sa.Column("id", Id, primary_key=True),
        sa.Column("municipality_id", Id, nullable=False),
    )

    class Written(Event, frozen=True, kw_only=True):
        name: ClassVar[str] = "guest.written.v1"
        note_id: UUID

        @property
        def stream(self):
            return self.note_id

    async def listen(event, write, platform):
        await write.execute(
            sa.insert(note), {"id": event.note_id, "municipality_id": event.municipality_id}
        )

    async def work(platform):
        pass

    async def fill(platform):
        from aula_sdk.ids import new_id

        municipality = platform.active_municipalities("guest")[0]
        async with platform.write() as write:
            write.emit(Written(municipality_id=municipality, note_id=new_id()))
            write.changed("guest", [new_id()])
        return "a note"

    @hookimpl
    def aula_migrations():
        yield Migrations(Path(__file__).parent / "migrations", metadata)

    @hookimpl
    def aula_subscribers():
        yield Subscriber("guest.listen", Written, listen)

    @hookimpl
    def aula_jobs():
        yield Job("guest.work", timedelta(hours=1), work)

    @hookimpl
    def aula_demo_data():
        yield DemoData("guest", fill)
    """
REVISION = """
    import sqlalchemy as sa
    from alembic import op

    import aula_sdk.db

    revision = "guest_0001"
    down_revision = None

    def upgrade():
        op.create_table(
            "guest_note",
            sa.Column("id", aula_sdk.db.Id(), primary_key=True),
            sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        )
        op.execute("CREATE VIEW guest_view AS SELECT id, municipality_id FROM guest_note")

    def downgrade():
        {down}
    """
CLEAN = 'op.execute("DROP VIEW guest_view"); op.drop_table("guest_note")'


def add_guest(shelf: Shelf, down: str = CLEAN) -> Installed:
    """Install it; ``down`` is what its migration does to take its tables away."""
    files = {"migrations/versions/0001_first.py": REVISION.replace("{down}", down)}
    return shelf.add("guest", HOOKS, files=files)


@asynccontextmanager
async def opened(settings: Settings, host: Host) -> AsyncIterator[Kernel]:
    """Open the kernel as a command does, after ``aula migrate``."""
    storage = Storage(settings.database_url)
    await migrate(storage, host.owners())
    yield await open_kernel(settings, host, storage, make_catalogue(host))
    await storage.close()


async def live_here(kernel: Kernel, plugin: str, folder: Path) -> None:
    """Let the plugin fill its demo, deliver its events, and leave a row wherever it can."""
    for owner, demo in kernel.host.each(DemoData):
        if owner == plugin and (IS_LONG or plugin not in _SLOW_TO_FILL):
            await demo.fill(kernel.platform)
    await Relay(
        kernel.storage, kernel.platform, kernel.subscribers, worker="test"
    ).deliver_waiting()
    await JobRunner(kernel.storage, kernel.platform, kernel.jobs, worker="test").schedule()
    place = Place(plugin, "route GET /")
    await record_failure(kernel.storage, place, "ValueError")
    await record_restart(kernel.storage, "died", place, kernel.settings.watchdog)
    upload = folder / "upload"
    upload.write_bytes(b"words")
    file_id = new_id()
    await kernel.files.blobs.put(file_id, "", upload)
    async with kernel.storage.write(EVERYWHERE) as write:
        municipality = next(iter(kernel.municipalities.values()))
        await _attach(write, plugin, file_id, municipality)
        await _make_group(write, plugin)
        choices = ChoiceWriter(write, municipality, None, None)
        await choices.switch(plugin, Word("on", "institution"))
        await choices.set_up(plugin, {"anything": 1})
        key = {"account_id": new_id(), "key": f"{plugin}.make:1", "object_id": new_id()}
        await write.execute(sa.insert(idempotency), {**key, "created_at": write.now})
        await park(write, plugin, municipality)


async def _attach(write: Write, plugin: str, file_id: object, municipality: object) -> None:
    row = {
        "id": file_id,
        "municipality_id": municipality,
        "account_id": new_id(),
        "name": "words.txt",
        "media_type": "text/plain",
        "size": 5,
        "sha256": "0" * 64,
        "has_preview": False,
        "created_at": write.now,
        "action": f"{plugin}.read",
        "object_id": new_id(),
    }
    await write.execute(sa.insert(file), row)
    granted = {
        "id": new_id(),
        "municipality_id": municipality,
        "role": "leader",
        "action": f"{plugin}.use",
        "relation": "",
        "allowed": True,
        "step_up": False,
        "created_at": write.now,
    }
    await write.execute(sa.insert(grant), granted)


async def _make_group(write: Write, plugin: str) -> None:
    """A group with somebody in it, as the plugin would have delivered it."""
    profile = await write.first(sa.select(stamdata.profile).limit(1))
    assert profile is not None
    of_plugin = {
        "municipality_id": profile.municipality_id,
        "source": source_of(plugin),
        "valid_from": write.now,
    }
    group = {"id": new_id(), "institution_id": profile.institution_id, "source_id": plugin}
    named = {"name": "Gæster", "sort_key": "gæster", "kind": "other"}
    await write.execute(sa.insert(stamdata.group), of_plugin | group | named)
    member = {"id": new_id(), "group_id": group["id"], "profile_id": profile.id, "role": "member"}
    await write.execute(sa.insert(stamdata.membership), of_plugin | member)


async def park(write: Write, plugin: str, municipality: object) -> UUID:
    """Park an event that the plugin's own subscriber could not take, and another's has had.

    Returns the lane's stream.
    """
    stream, name = new_id(), f"{plugin}.parked"
    event = {
        "id": new_id(),
        "municipality_id": municipality,
        "name": f"{plugin}.parked.v1",
        "stream": stream,
        "payload": {},
        "created_at": write.now,
    }
    added = await write.execute(sa.insert(outbox).values(event).returning(outbox.c.sequence))
    about = {"sequence": added.scalar(), "stream": stream, "municipality_id": municipality}
    receipts = [
        {**about, "subscriber": name, "delivered_at": None},
        {**about, "subscriber": "elsewhere.listen", "delivered_at": write.now},
    ]
    await write.execute(sa.insert(delivery), receipts)
    await write.execute(sa.insert(subscriber), {"name": name, "event": event["name"]})
    times = {"leased_until": write.now, "retry_at": write.now, "parked_at": write.now}
    await write.execute(sa.insert(lane), {"subscriber": name, "stream": stream, **times})
    told = {"name": plugin, "profiles": [], "created_at": write.now}
    await write.execute(sa.insert(topic), told)
    return stream
