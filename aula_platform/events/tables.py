"""The tables of the outbox, its receipts and lanes, live topics and scheduled jobs.

None of them is deleted from by the code that fills it; `housekeeping` removes what is done.
"""

import sqlalchemy as sa

from aula_sdk.db import JSON, Id, Instant, plugin_metadata

metadata = plugin_metadata("events")

_Sequence = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""Numbered by the database; SQLite numbers plain INTEGER keys only."""

outbox = sa.Table(
    "events_outbox",
    metadata,
    sa.Column("sequence", _Sequence, primary_key=True, autoincrement=True),
    sa.Column("id", Id, nullable=False, unique=True),
    sa.Column("municipality_id", Id, nullable=False, index=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("stream", Id, nullable=False),
    sa.Column("payload", JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False, index=True),
    sqlite_autoincrement=True,
)

subscriber = sa.Table(
    "events_subscriber",
    metadata,
    sa.Column("name", sa.String(120), primary_key=True),
    sa.Column("event", sa.String(120), nullable=False, index=True),
)
"""Who is to get which events, known also while the subscriber's plugin is broken."""

delivery = sa.Table(
    "events_delivery",
    metadata,
    sa.Column(
        "sequence",
        _Sequence,
        sa.ForeignKey("events_outbox.sequence", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("subscriber", sa.String(120), primary_key=True),
    sa.Column("stream", Id, nullable=False),
    sa.Column("municipality_id", Id, nullable=False),
    sa.Column("delivered_at", Instant),
    sa.Column("skipped", sa.Boolean, nullable=False, server_default=sa.false()),
)
"""One row for each event and subscriber; ``delivered_at`` is the receipt."""

sa.Index(
    "ix_events_delivery_waiting",
    delivery.c.subscriber,
    delivery.c.stream,
    delivery.c.sequence,
    postgresql_where=delivery.c.delivered_at.is_(None),
    sqlite_where=delivery.c.delivered_at.is_(None),
)

lane = sa.Table(
    "events_lane",
    metadata,
    sa.Column("subscriber", sa.String(120), primary_key=True),
    sa.Column("stream", Id, primary_key=True),
    sa.Column("leased_by", sa.String(64), nullable=False, server_default=""),
    sa.Column("leased_until", Instant, nullable=False),
    sa.Column("retry_at", Instant, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("parked_at", Instant),
    sa.Column("error", sa.String(300), nullable=False, server_default=""),
)
"""A (subscriber, stream) that is being worked on, waits for its next try, or is parked."""

topic = sa.Table(
    "events_topic",
    metadata,
    sa.Column("sequence", _Sequence, primary_key=True, autoincrement=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("profiles", JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False, index=True),
    sqlite_autoincrement=True,
)

job = sa.Table(
    "events_job",
    metadata,
    sa.Column("name", sa.String(120), primary_key=True),
    sa.Column("next_run", Instant, nullable=False),
    sa.Column("leased_by", sa.String(64), nullable=False, server_default=""),
    sa.Column("leased_until", Instant, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("finished_at", Instant),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.String(300), nullable=False, server_default=""),
)
