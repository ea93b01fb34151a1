"""A plugin's failing migration leaves that plugin out, on or off, and stops nobody (B3, R26)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from aula_platform.kernel import ROOMS
from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import Installed
from aula_platform.plugin_host.migrating import migrate_plugins
from aula_platform.settings import PluginChoice
from aula_platform.storage import Storage
from aula_platform.storage.migrate import migrate, pending
from aula_platform.testing import import_cast, run_site, settings_for
from aula_sdk.testing.cast import NORTH, SOUTH
from tests.broken_plugins.factory import Shelf, add_good
from tests.broken_plugins.kinds import find_installed

HOOKS = """
    metadata = plugin_metadata("{name}")
    sa.Table("{name}_thing", metadata, sa.Column("id", sa.Integer, primary_key=True))

    @get("/", opt=needs("{name}.use"))
    async def page() -> str:
        return "{name} page"

    @get("/open", opt=public("for a test"))
    async def open_page() -> str:
        return "{name} open page"

    @hookimpl
    def aula_routes():
        yield Routes(pages=(page, open_page))

    @hookimpl
    def aula_migrations():
        yield Migrations(Path(__file__).parent / "migrations", metadata)
    """
REVISION = """
    import sqlalchemy as sa
    from alembic import op

    revision = "{name}_0001"
    down_revision = None

    def upgrade():
        op.create_table("{name}_thing", sa.Column("id", sa.Integer, primary_key=True))
        {further}

    def downgrade():
        op.drop_table("{name}_thing")
    """


def _add(shelf: Shelf, name: str, further: str = "", *, revision: str = "") -> Installed:
    text = revision or REVISION.replace("{name}", name).replace("{further}", further)
    return shelf.add(name, HOOKS, files={"migrations/versions/0001_first.py": text})


def _install(shelf: Shelf) -> list[Installed]:
    """One works, one fails, one fails and is off, and one cannot be read."""
    return find_installed(
        [
            add_good(shelf),
            _add(shelf, "grows"),
            _add(shelf, "breaks", "raise ValueError('half way')"),
            _add(shelf, "sleeps", "op.execute('SELECT * FROM nowhere')"),
            _add(shelf, "garbles", revision="this is no Python"),
        ]
    )


@pytest.fixture
async def storage(empty_database: str) -> AsyncIterator[Storage]:
    opened = Storage(empty_database)
    yield opened
    await opened.close()


@pytest.mark.expects_fault(r"migration_failed|plugin_left_out", reason="revisions that raise")
async def test_a_failing_migration_leaves_its_plugin_out_and_the_site_starts(
    storage: Storage, empty_database: str, shelf: Shelf, tmp_path: Path
) -> None:
    """B3, R26: named with what to do where one migrates, where one starts, and in the health."""
    installed = _install(shelf)
    migrating = start_host(installed)
    await migrate(storage, ROOMS)
    assert await migrate_plugins(storage, migrating) == ["grows"]
    failed = {refusal.plugin: refusal for refusal in migrating.refusals}
    assert set(failed) == {"breaks", "sleeps", "garbles"}
    assert "its migration failed (ValueError at " in failed["breaks"].problem
    assert "aula migrate" in failed["breaks"].remedy

    host = start_host(installed)
    grows = [owner for owner in host.owners() if owner.name == "grows"]
    assert await pending(storage, grows) == []
    names = ["good", "grows", "breaks", "garbles"]
    settings = settings_for(empty_database, names, tmp_path)
    for key in (NORTH, SOUTH):
        settings.municipalities[key].plugins["sleeps"] = PluginChoice("off")
    async with run_site(settings, host) as site:
        await import_cast(site.storage)
        assert set(host.accepted) == {"good", "grows"}
        assert {refusal.problem for refusal in host.refusals} == {"its tables are behind"}
        members = {member.key: member for member in await site.members()}
        cookies, headers = await site.sign_in(members["teacher"])
        transport = httpx.ASGITransport(cast(Any, site.app))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://testserver", cookies=cookies, headers=headers
        ) as client:
            assert (await client.get("/grows")).text == "grows page"
            assert (await client.get("/good")).text == "good page"
            for left_out in ("breaks", "sleeps", "garbles"):
                assert (await client.get(f"/{left_out}")).status_code == 404
                assert (await client.get(f"/{left_out}/open")).status_code == 404
        report = await site.app.state.platform.health.look()
        assert set(report.behind) == {"breaks", "sleeps", "garbles"}
        assert {(fault.plugin, fault.place) for fault in report.faults} == {
            (name, "migration") for name in ("breaks", "sleeps", "garbles")
        }
        activation = site.app.state.activation
        found = {each.plugin: activation.declared(each).problem for each in activation.sites()}
        assert "its tables are behind" in found["breaks"]
