"""``python -m aula_platform.storage.autogenerate PACKAGE "message"``: draft a revision.

PACKAGE is a package with ``tables`` (or ``models``) that hold ``metadata``, such as
``aula_platform.stamdata``. The draft is written from the difference between the tables and an
empty database brought to the owner's head; read it before you keep it.
"""

import asyncio
import sys
import tempfile
from importlib import import_module, util
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

from aula_platform.storage.database import Storage
from aula_platform.storage.migrate import Owner, migrate

_TEMPLATE = '''"""{message}."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "{revision}"
down_revision = {down!r}


def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    {downgrade}
'''


def owner_of(package: str) -> Owner:
    """Return the owner whose tables ``package`` describes."""
    module = "tables" if util.find_spec(f"{package}.tables") else "models"
    metadata: sa.MetaData = import_module(f"{package}.{module}").metadata
    location = import_module(package).__file__
    assert location is not None  # noqa: S101  # A package with tables has a file.
    return Owner(metadata.info["owner"], metadata, Path(location).parent / "migrations")


def _render(kind: str, item: Any, _context: object) -> str | Literal[False]:
    if kind == "type" and type(item).__module__ == "aula_sdk.db":
        return f"aula_sdk.db.{type(item).__name__}()"
    if kind == "type" and isinstance(item, sa.JSON):
        return "aula_sdk.db.JSON"
    return False


def _draft(connection: sa.Connection, owner: Owner, message: str) -> str:
    context = MigrationContext.configure(
        connection,
        opts={"version_table": owner.version_table, "render_item": _render},
    )
    script = produce_migrations(context, owner.metadata)
    upgrade, downgrade = script.upgrade_ops, script.downgrade_ops
    assert upgrade is not None  # noqa: S101  # Alembic has just produced both.
    assert downgrade is not None  # noqa: S101
    heads = owner.scripts().get_heads()
    count = len(list((owner.folder / "versions").glob("[0-9]*.py")))
    return _TEMPLATE.format(
        message=message,
        revision=f"{owner.name}_{count + 1:04}",
        down=heads[0] if heads else None,
        upgrade=render_python_code(upgrade, render_item=_render).strip(),
        downgrade=render_python_code(downgrade, render_item=_render).strip(),
    )


async def draft(package: str, message: str) -> Path:
    """Write the draft into the owner's ``versions`` and return its path."""
    owner = owner_of(package)
    versions = owner.folder / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(f"sqlite:///{folder}/draft.db")
        await migrate(storage, [owner])
        async with storage.engines.reading.connect() as connection:
            text = await connection.run_sync(_draft, owner, message)
        await storage.close()
    number = len(list(versions.glob("[0-9]*.py"))) + 1
    path = versions / f"{number:04}_{message.lower().replace(' ', '_')[:40]}.py"
    path.write_text(text, encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(draft(sys.argv[1], sys.argv[2]))}\n")
