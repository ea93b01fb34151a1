"""The storage room's own table: what idempotency keys have made (rule 15)."""

import sqlalchemy as sa

from aula_sdk.db import Id, Instant, plugin_metadata

metadata = plugin_metadata("storage")

idempotency = sa.Table(
    "storage_idempotency",
    metadata,
    sa.Column("account_id", Id, primary_key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("object_id", Id, nullable=False),
    sa.Column("created_at", Instant, nullable=False, index=True),
)
