"""Migrations, one history per owner: each kernel room and each plugin migrates alone.

An owner keeps its revisions in ``<folder>/versions`` and its place in
``<owner>_alembic_version``, so that installing or removing one plugin never moves another's
history (decision 0002). There is one transaction per owner: a failure leaves it as it was. On
PostgreSQL it ends by putting every table that has a municipality behind the wall (`policies`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory

from aula_platform.storage.database import Storage
from aula_platform.storage.policies import raise_walls
from aula_platform.storage.wall import EVERYWHERE, SETTING

_ADVISORY_LOCK = 4_162_026
BASE = "base"
HEAD = "heads"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose tables they are, and where their history lies."""

    name: str
    metadata: sa.MetaData
    folder: Path

    @property
    def version_table(self) -> str:
        """The table with the owner's present revision."""
        return f"{self.name}_alembic_version"

    def scripts(self) -> ScriptDirectory:
        """Return the owner's revisions."""
        return ScriptDirectory(str(self.folder), version_locations=[str(self.folder / "versions")])


async def migrate(storage: Storage, owners: Sequence[Owner], target: str = HEAD) -> list[str]:
    """Bring each owner to ``target`` in turn; return the names of those that moved.

    Several processes may do this at once: they wait for each other. Raises what the failing
    migration raised; owners before it stay migrated, the failing one is as it was.
    """
    moved = []
    for owner in owners:
        async with storage.engines.writing.connect() as connection:
            if await connection.run_sync(_migrate_one, owner, target):
                moved.append(owner.name)
    return moved


async def pending(storage: Storage, owners: Sequence[Owner]) -> list[str]:
    """Return the names of owners whose tables are behind their revisions.

    Tables at a revision that the code does not know are ahead of it: a newer release has migrated
    them already, and works side by side with this one (see docs/operating/schema-changes.md).
    """
    async with storage.engines.reading.connect() as connection:
        return [owner.name for owner in owners if await connection.run_sync(_is_behind, owner)]


def _is_behind(connection: sa.Connection, owner: Owner) -> bool:
    context = MigrationContext.configure(connection, opts={"version_table": owner.version_table})
    scripts, present = owner.scripts(), set(context.get_current_heads())
    known = {script.revision for script in scripts.walk_revisions()}
    return present <= known and present != set(scripts.get_heads())


def _migrate_one(connection: sa.Connection, owner: Owner, target: str) -> bool:
    with exclusive(connection):
        has_moved = move(connection, owner, target)
        enclosed = raise_walls(connection)
    return has_moved or bool(enclosed)


def move(connection: sa.Connection, owner: Owner, target: str) -> bool:
    """Bring one owner to ``target`` within the caller's transaction; return whether it moved."""
    scripts = owner.scripts()
    steps: list[RevisionStep] = []

    def plan(revision: object, _context: MigrationContext) -> list[RevisionStep]:
        if target == BASE:
            steps[:] = scripts._downgrade_revs(BASE, revision)  # type: ignore[arg-type] # noqa: SLF001  # Alembic's own commands call it too.
        else:
            steps[:] = scripts._upgrade_revs(target, revision)  # type: ignore[arg-type] # noqa: SLF001
        return steps

    with EnvironmentContext(Config(), scripts, fn=plan) as environment:
        environment.configure(
            connection=connection,
            target_metadata=owner.metadata,
            version_table=owner.version_table,
            transactional_ddl=False,
        )
        environment.run_migrations()
    return bool(steps)


@contextmanager
def exclusive(connection: sa.Connection) -> Iterator[None]:
    """Hold the whole database against other migrators, in one transaction that we end.

    On SQLite foreign keys are off meanwhile: rebuilding a parent table would delete its children.
    """
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA busy_timeout=60000")
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.close()
    try:
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
                # A migration moves the rows of all municipalities. The setting ends with it.
                connection.execute(
                    sa.select(sa.func.set_config(SETTING, EVERYWHERE.setting, sa.true()))
                )
            yield
            if connection.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    message = f"the migration leaves {len(broken)} rows without their parent"
                    raise RuntimeError(message)
    finally:
        if connection.dialect.name == "sqlite":
            # The connection's settings are no longer those of the pool.
            connection.invalidate()
