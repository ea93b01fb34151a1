"""What a plugin needs to describe its tables; engines and transactions are the kernel's.

Every table of a plugin starts with the plugin's name and carries ``municipality_id``; no foreign
key leaves the plugin (architecture: a plugin owns its tables). The column also puts the table
behind the wall between municipalities: PostgreSQL shows a request its own municipalities' rows
alone, and the test kit refuses a query that would see others on SQLite. No migration need say so.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WrongTable(Exception):
    """A table breaks the rules for plugins' tables; the message says which and how."""


class Id(sa.types.TypeDecorator[UUID]):
    """A UUID: native on PostgreSQL, 16 bytes on SQLite (architecture rule 10)."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the type that the database itself has for it."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.Uuid())
        return dialect.type_descriptor(sa.LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: sa.Dialect) -> object:
        """Return the value as the driver takes it."""
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> UUID | None:
        """Return the value as Python code sees it."""
        return value if value is None or dialect.name == "postgresql" else UUID(bytes=value)


class Instant(sa.types.TypeDecorator[datetime]):
    """A moment in UTC: ``timestamptz`` on PostgreSQL, whole microseconds on SQLite (rule 14)."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the type that the database itself has for it."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(sa.BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> object:
        """Return the value as the driver takes it."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant needs a time zone"
            raise ValueError(message)
        if dialect.name == "postgresql":
            return value
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Return the value as Python code sees it."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return value.astimezone(UTC)  # type: ignore[no-any-return]  # The driver's datetime.
        return _EPOCH + timedelta(microseconds=value)


JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
"""A JSON document: ``jsonb`` on PostgreSQL, text on SQLite."""


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def plugin_metadata(owner: str) -> sa.MetaData:
    """Return the MetaData of one owner (rule 2: one MetaData per owner)."""
    return sa.MetaData(naming_convention=_CONVENTION, info={"owner": owner})


def plugin_table(
    metadata: sa.MetaData,
    name: str,
    *columns: sa.schema.SchemaItem,
    info: dict[str, Any] | None = None,
) -> sa.Table:
    """Return a table whose name begins with its owner's and that carries ``municipality_id``.

    Raises `WrongTable` when the name belongs to somebody else or a column named
    ``municipality_id`` is given; it is added here, so that it is the same everywhere.
    """
    owner = metadata.info["owner"]
    if not name.startswith(f"{owner}_"):
        message = f"table {name!r} of {owner!r} must be named {owner}_…"
        raise WrongTable(message)
    wall = sa.Column("municipality_id", Id, nullable=False, index=True)
    # Constraints come last, so that they may name the wall too.
    rest = [item for item in columns if not isinstance(item, sa.Column)]
    own = [item for item in columns if isinstance(item, sa.Column)]
    return sa.Table(name, metadata, *own, wall, *rest, info=info or {})
