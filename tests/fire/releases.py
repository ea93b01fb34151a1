"""Four releases of one plugin, which between them give a column another name."""

from __future__ import annotations

from aula_platform.plugin_host.discovery import Installed
from tests.broken_plugins.factory import Shelf

HOOKS = """
    from litestar.params import FromQuery

    from aula_sdk.ids import new_id

    metadata = plugin_metadata("notes")
    note = sa.Table(
        "notes_note",
        metadata,
        sa.Column("id", Id, primary_key=True),
        sa.Column("municipality_id", Id, nullable=False),
        {columns},
    )

    @post("/", opt=needs("notes.use"))
    async def write_note(
        actor: NamedDependency[Actor], write: NamedDependency[WriteUnit],
        words: FromQuery[str],
    ) -> str:
        row = {"id": new_id(), "municipality_id": actor.municipalities[0], {written}}
        await write.execute(sa.insert(note), row)
        return words

    @get("/", opt=needs("notes.use"))
    async def list_notes(read: NamedDependency[ReadUnit]) -> list[str]:
        return [row[0] for row in await read.rows(sa.select({read}).order_by(note.c.id))]

    async def backfill(platform):
        some = sa.select(note.c.id).where({left}).limit(20)
        moved = 20
        while moved == 20:
            async with platform.write() as write:
                change = sa.update(note).where(note.c.id.in_(some)).values({moved})
                moved = (await write.execute(change)).rowcount

    @hookimpl
    def aula_routes():
        yield Routes(api=(write_note, list_notes))

    @hookimpl
    def aula_migrations():
        yield Migrations(Path(__file__).parent / "migrations", metadata)

    @hookimpl
    def aula_jobs():
        yield Job("notes.backfill", timedelta(hours=1), backfill)
    """
_OLD = 'sa.Column("words", sa.String(80), nullable=False)'
_OLD_FREE = 'sa.Column("words", sa.String(80))'
_NEW = 'sa.Column("heading", sa.String(80))'
_NOTHING_LEFT = {"left": "sa.false()", "moved": '{"municipality_id": note.c.municipality_id}'}
CODES = {
    # Knows the old column alone.
    1: {"columns": _OLD, "written": '"words": words', "read": "note.c.words", **_NOTHING_LEFT},
    # Expands: writes both, reads either, and can move what is left.
    2: {
        "columns": f"{_OLD_FREE}, {_NEW}",
        "written": '"words": words, "heading": words',
        "read": "sa.func.coalesce(note.c.heading, note.c.words)",
        "left": "note.c.heading.is_(None)",
        "moved": '{"heading": note.c.words}',
    },
    # Has forgotten the old column, which is still there.
    3: {"columns": _NEW, "written": '"heading": words', "read": "note.c.heading", **_NOTHING_LEFT},
}
REVISION = """
    import sqlalchemy as sa
    from alembic import op

    import aula_sdk.db

    revision = "notes_000{number}"
    down_revision = {down!r}

    def upgrade():
        {up}

    def downgrade():
        {back}
    """
_BATCH = 'with op.batch_alter_table("notes_note") as table: '
_MAKE = f"""op.create_table(
            "notes_note",
            sa.Column("id", aula_sdk.db.Id(), primary_key=True),
            sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
            {_OLD},
        )"""
_ADD = f"table.add_column({_NEW}); "
_FREE = 'table.alter_column("words", existing_type=sa.String(80), nullable=True)'
FIRST = (_MAKE, 'op.drop_table("notes_note")')
EXPAND = (_BATCH + _ADD + _FREE, 'op.drop_column("notes_note", "heading")')
CONTRACT = (
    _BATCH + 'table.drop_column("words")',
    f'op.add_column("notes_note", {_OLD_FREE})',
)
STEPS = (FIRST, EXPAND, CONTRACT)
RELEASES = {1: (1, 1), 2: (2, 2), 3: (3, 2), 4: (3, 3)}
"""Of each release which code it has, and how many revisions. The fourth contracts."""


def add_release(shelf: Shelf, release: int) -> Installed:
    """Put a release onto the shelf, in a package of its own so that several can run."""
    code, revisions = RELEASES[release]
    hooks = HOOKS
    for name, text in CODES[code].items():
        hooks = hooks.replace(f"{{{name}}}", text)
    files = {}
    for number, (up, back) in enumerate(STEPS[:revisions], start=1):
        down = f"notes_000{number - 1}" if number > 1 else None
        files[f"migrations/versions/000{number}.py"] = (
            REVISION.replace("{number}", str(number))
            .replace("{down!r}", repr(down))
            .replace("{up}", up)
            .replace("{back}", back)
        )
    return shelf.add("notes", hooks, package=f"notes_release_{release}", files=files)
