"""A plugin that writes down every message that it is told of: the effect that must come once."""

from __future__ import annotations

from tests.broken_plugins.factory import Shelf

HOOKS = """
    from aula_plugins.messages.events import MessageSent

    metadata = plugin_metadata("witness")
    seen = sa.Table(
        "witness_seen",
        metadata,
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("thread_id", Id, nullable=False),
        sa.Column("message_id", Id, nullable=False),
    )

    async def note(event, write, platform):
        await write.execute(
            sa.insert(seen), {"thread_id": event.thread_id, "message_id": event.message_id}
        )

    @hookimpl
    def aula_migrations():
        yield Migrations(Path(__file__).parent / "migrations", metadata)

    @hookimpl
    def aula_subscribers():
        yield Subscriber("witness.note", MessageSent, note)
    """
REVISION = """
    import sqlalchemy as sa
    from alembic import op

    import aula_sdk.db

    revision = "witness_0001"
    down_revision = None

    def upgrade():
        op.create_table(
            "witness_seen",
            sa.Column("place", sa.Integer, primary_key=True, autoincrement=True),
            sa.Column("thread_id", aula_sdk.db.Id(), nullable=False),
            sa.Column("message_id", aula_sdk.db.Id(), nullable=False),
        )

    def downgrade():
        op.drop_table("witness_seen")
    """


def add_witness(shelf: Shelf) -> None:
    """Install it. That the same message can be noted twice is the point: nothing prevents it."""
    shelf.add("witness", HOOKS, files={"migrations/versions/0001_first.py": REVISION})
