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


class _Native(sa.types.TypeDecorator[Any]):
    """A type whose values PostgreSQL's driver takes and gives as they are.

    So nothing is done for each of them there: a message to a class has a thousand.
    """

    impl: Any = sa.types.NullType
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        """Return what makes a value fit for the driver; None when it is already."""
        return None if dialect.name == "postgresql" else super().bind_processor(dialect)

    def result_processor(self, dialect: sa.Dialect, coltype: Any) -> Any:
        """Return what makes Python's value of the driver's; None when it is already."""
        return None if dialect.name == "postgresql" else super().result_processor(dialect, coltype)


class Id(_Native):
    """A UUID: native on PostgreSQL, 16 bytes on SQLite (architecture rule 10)."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the type that the database itself has for it."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.Uuid())
        return dialect.type_descriptor(sa.LargeBinary(16))

    def process_bind_param(self, value: UUID | None, _dialect: sa.Dialect) -> object:
        """Return the value as SQLite's driver takes it."""
        return None if value is None else value.bytes

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> UUID | None:
        """Return the value as Python code sees it."""
        return None if value is None else UUID(bytes=value)


def _aware(value: datetime | None) -> datetime | None:
    """Return the moment as it is; PostgreSQL's driver would take a naive one for local time."""
    if value is not None and value.tzinfo is None:
        message = "an instant needs a time zone"
        raise ValueError(message)
    return value


class Instant(_Native):
    """A moment in UTC: ``timestamptz`` on PostgreSQL, whole microseconds on SQLite (rule 14)."""

    impl = sa.BigInteger
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        """Return what makes a moment fit for the driver, and refuses one without a time zone."""
        return _aware if dialect.name == "postgresql" else super().bind_processor(dialect)

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the type that the database itself has for it."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(sa.BigInteger())

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> object:
        """Return the value as SQLite's driver takes it."""
        moment = _aware(value)
        return None if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> datetime | None:
        """Return the value as Python code sees it."""
        if value is None:
            return None
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
