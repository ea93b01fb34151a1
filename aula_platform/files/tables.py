"""The table of uploaded files; their bytes lie in the blob store under the file's id."""

import sqlalchemy as sa

from aula_sdk.db import Id, Instant, plugin_metadata

metadata = plugin_metadata("files")

file = sa.Table(
    "files_file",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False, index=True),
    sa.Column("account_id", Id, nullable=False),
    sa.Column("name", sa.String(160), nullable=False),
    sa.Column("media_type", sa.String(120), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("has_preview", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("action", sa.String(120)),
    sa.Column("object_id", Id),
    sa.Column("part_id", Id),
)
"""``expires_at`` is set as long as the file belongs to no object; ``action`` and ``object_id`` say
whom an attached one is open to: whoever may do that to that, at the moment of asking."""

sa.Index("ix_files_file_object", file.c.object_id, file.c.part_id)
sa.Index(
    "ix_files_file_waiting",
    file.c.account_id,
    file.c.expires_at,
    postgresql_where=file.c.expires_at.is_not(None),
    sqlite_where=file.c.expires_at.is_not(None),
)
