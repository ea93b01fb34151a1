"""Migrations: one history per owner, alone, together, and when one of them fails."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from aula_platform.kernel import ROOMS
from aula_platform.storage import EVERYWHERE, Owner, Storage
from aula_platform.storage.migrate import migrate, pending

_REVISION = '''
"""A revision."""
import sqlalchemy as sa
from alembic import op

revision = "{name}_{number}"
down_revision = {down!r}


def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
'''


@pytest.fixture
async def storage(empty_database: str) -> AsyncIterator[Storage]:
    opened = Storage(empty_database)
    yield opened
    await opened.close()


def _owner(folder: Path, name: str, *upgrades: str) -> Owner:
    versions = folder / name / "versions"
    versions.mkdir(parents=True)
    for number, upgrade in enumerate(upgrades):
        text = _REVISION.format(
            name=name,
            number=number,
            down=f"{name}_{number - 1}" if number else None,
            upgrade=upgrade,
            downgrade=f'op.drop_table("{name}_{number}")',
        )
        (versions / f"{number}.py").write_text(text, encoding="utf-8")
    return Owner(name, sa.MetaData(info={"owner": name}), folder / name)


def _create(name: str) -> str:
    return f'op.create_table("{name}", sa.Column("id", sa.Integer, primary_key=True))'


async def _tables(storage: Storage) -> set[str]:
    async with storage.engines.reading.connect() as connection:
        names = await connection.run_sync(lambda found: sa.inspect(found).get_table_names())
    return set(names)


async def test_every_table_is_named_after_its_owner(storage: Storage) -> None:
    """Rule 4: a table's name begins with the name of whoever owns it."""
    for owner in ROOMS:
        before = await _tables(storage)
        await migrate(storage, [owner])
        made = await _tables(storage) - before
        assert {name for name in made if not name.startswith(f"{owner.name}_")} == set()


async def test_a_failing_owner_leaves_nothing_and_stops_nobody_before_it(
    storage: Storage, tmp_path: Path
) -> None:
    """R26: the failing migration is as if never begun; the owner before it has migrated."""
    good = _owner(tmp_path, "good", _create("good_0"))
    bad = _owner(tmp_path, "bad", _create("bad_0"), 'raise ValueError("half way")')
    with pytest.raises(ValueError, match="half way"):
        await migrate(storage, [good, bad])
    assert await _tables(storage) == {"good_0", "good_alembic_version"}
    assert await pending(storage, [good, bad]) == ["bad"]


async def test_an_owner_that_is_gone_disturbs_nobody(storage: Storage, tmp_path: Path) -> None:
    """Decision 0002: uninstalling a plugin leaves its tables, and others go on migrating."""
    gone = _owner(tmp_path, "gone", _create("gone_0"))
    await migrate(storage, [gone])
    stays = _owner(tmp_path, "stays", _create("stays_0"))
    assert await migrate(storage, [stays]) == ["stays"]
    assert "gone_0" in await _tables(storage)


async def test_six_at_once_migrate_once(
    storage: Storage, empty_database: str, tmp_path: Path
) -> None:
    """Several that start at the same moment wait for each other; each table is made once."""
    owner = _owner(tmp_path, "shared", _create("shared_0"), _create("shared_1"))
    others = [Storage(empty_database) for _process in range(6)]
    moved = await asyncio.gather(*(migrate(other, [owner]) for other in others))
    for other in others:
        await other.close()
    assert sorted(moved) == [[], [], [], [], [], ["shared"]]
    assert await pending(storage, [owner]) == []


async def test_a_parent_table_is_rebuilt_without_losing_its_children(
    empty_database: str, tmp_path: Path
) -> None:
    """SQLite rebuilds a table by dropping it; rows that refer to it must survive that."""
    parent = _create("family_parent")
    child = (
        'op.create_table("family_child", sa.Column("id", sa.Integer, primary_key=True),'
        ' sa.Column("parent_id", sa.Integer,'
        ' sa.ForeignKey("family_parent.id", ondelete="CASCADE")));'
        ' op.execute("INSERT INTO family_parent VALUES (1)");'
        ' op.execute("INSERT INTO family_child VALUES (1, 1)")'
    )
    rebuild = (
        'batch = op.batch_alter_table("family_parent"); table = batch.__enter__();'
        ' table.add_column(sa.Column("name", sa.String)); batch.__exit__(None, None, None)'
    )
    owner = _owner(tmp_path, "family", parent, child, rebuild)
    storage = Storage(empty_database)
    await migrate(storage, [owner])
    async with storage.read(EVERYWHERE) as read:
        children = await read.rows(sa.text("SELECT parent_id FROM family_child"))
    await storage.close()
    assert [row.parent_id for row in children] == [1]
