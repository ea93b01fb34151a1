"""A plugin's table and view in two municipalities, for tests of the wall between these."""

from pathlib import Path

import sqlalchemy as sa

from aula_platform.storage import EVERYWHERE, Owner, Storage
from aula_sdk.db import Id, plugin_metadata, plugin_table
from aula_sdk.ids import new_id

NORTH, SOUTH = new_id(), new_id()
REVISION = '''
"""A table and a view, as a plugin's author writes them: there is no word of a wall."""
import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "fence_0001"
down_revision = None


def upgrade():
    op.create_table(
        "fence_thing",
        sa.Column("id", aula_sdk.db.Id(), primary_key=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
    )
    op.execute("CREATE VIEW fence_view AS SELECT id, municipality_id FROM fence_thing")


def downgrade():
    op.execute("DROP VIEW fence_view")
    op.drop_table("fence_thing")
'''
metadata = plugin_metadata("fence")
thing = plugin_table(metadata, "fence_thing", sa.Column("id", Id, primary_key=True))
view = sa.table("fence_view", sa.column("municipality_id", Id))


def write_owner(folder: Path) -> Owner:
    """Write the migration into ``folder``, and return whose it is."""
    versions = folder / "fence" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001.py").write_text(REVISION, encoding="utf-8")
    return Owner("fence", metadata, folder / "fence")


async def plant(storage: Storage) -> None:
    """Put a thing into each of the two municipalities."""
    async with storage.write(EVERYWHERE) as write:
        rows = [{"id": new_id(), "municipality_id": place} for place in (NORTH, SOUTH)]
        await write.execute(sa.insert(thing), rows)
